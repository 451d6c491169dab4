package nn

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"wafer/nn/task"
	"wafer/nn/tensor"
)

// Classify answers one input. It never panics: why there is no answer stands in
// Result.Error.
func (m *Model) Classify(in task.Input) (res task.Result) {
	began := time.Now()
	defer func() {
		if e := recover(); e != nil {
			res.Scores, res.Error = nil, fmt.Sprintf("The model failed on this input: %v.", e)
		}
		res.Name = in.Name
		res.Millis = float64(time.Since(began).Microseconds()) / 1000
	}()
	p, note, err := m.probabilities(in)
	if err != nil {
		return task.Result{Error: err.Error()}
	}
	res = m.result(p)
	res.Note = note
	if p := m.compiled(); p != nil {
		res.Threads, res.Memory = p.Threads(), p.MemoryBytes()
	}
	return res
}

// result names the probabilities of one input.
func (m *Model) result(p []float64) task.Result {
	res := task.Result{Binary: m.info.Binary}
	for i, label := range m.info.Labels {
		res.Scores = append(res.Scores, task.Score{Label: label, Index: i, Probability: float32(p[i])})
	}
	slices.SortStableFunc(res.Scores, func(a, b task.Score) int { return cmp.Compare(b.Probability, a.Probability) })
	res.Rejected = m.info.Rejects && float64(res.Scores[0].Probability) < m.doc.Threshold
	return res
}

// probabilities runs the network on one input: one number per label.
func (m *Model) probabilities(in task.Input) ([]float64, string, error) {
	x, note, err := m.Encode(in)
	if err != nil {
		return nil, "", err
	}
	out, err := m.Predict(x)
	if err != nil {
		return nil, "", err
	}
	return calibrated(out.F(), m.doc.Temperature), note, nil
}

// Encode is what the network is given for one input: [1, …], as in training. note is a
// warning in plain words, "" if there is none.
func (m *Model) Encode(in task.Input) (x *tensor.Tensor, note string, err error) {
	x = tensor.New(m.encode.dtype(), append([]int{1}, m.encode.shape()...)...)
	note, err = m.encode.fill(in, x.Reshape(m.encode.shape()...))
	return x, note, err
}

// Predict runs the network on encoded inputs [n, …]: [n, labels], or [n, 1] for a binary
// model, before calibration. The result is valid until the next call.
func (m *Model) Predict(x *tensor.Tensor) (*tensor.Tensor, error) { return m.tester.Run(x) }

// calibrated divides the logits behind a softmax row, or behind a single sigmoid,
// by the temperature (Guo et al. 2017, arXiv 1706.04599) and gives one probability per label.
func calibrated(p []float32, temperature float64) []float64 {
	if temperature <= 0 {
		temperature = 1
	}
	if len(p) == 1 {
		yes := min(max(float64(p[0]), 1e-7), 1-1e-7)
		logit := math.Log(yes / (1 - yes))
		yes = 1 / (1 + math.Exp(-logit/temperature))
		return []float64{1 - yes, yes}
	}
	out, sum := make([]float64, len(p)), 0.0
	for i, v := range p {
		out[i] = float64(v)
		if temperature != 1 {
			out[i] = math.Exp(math.Log(max(out[i], 1e-30)) / temperature)
		}
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// fitTemperature finds the temperature with the least cross-entropy on rows of
// probabilities with known labels, to two decimals from 0.5 to 4.
func fitTemperature(rows *tensor.Tensor, labels []int) float64 {
	best, least := 1.0, math.Inf(1)
	n := rows.Shape().Last()
	for t := 50; t <= 400; t += 5 {
		temperature, loss := float64(t)/100, 0.0
		for i, label := range labels {
			loss -= math.Log(max(calibrated(rows.F()[i*n:(i+1)*n], temperature)[label], 1e-12))
		}
		if loss < least {
			best, least = temperature, loss
		}
	}
	return best
}
