package model

import (
	"cmp"

	"wafer/nn/order"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// Classify answers one input. It never panics: why there is no answer stands in
// Result.Error.
func (m *Model) Classify(in task.Input) task.Result {
	res := m.ClassifyAll([]task.Input{in})[0]
	if p := m.compiled(); p != nil && res.Error == "" {
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
	order.Stable(res.Scores, func(a, b task.Score) int { return cmp.Compare(b.Probability, a.Probability) })
	return res
}

// Encode is what the network is given for one input: [1, …], as in training. note is a
// warning, nil if there is none.
func (m *Model) Encode(in task.Input) (x *tensor.Tensor, note, err error) {
	x = tensor.New(m.encode.DType(), append([]int{1}, m.encode.Shape()...)...)
	note, err = m.encode.Fill(in, x.Reshape(m.encode.Shape()...))
	return x, note, err
}

// Predict runs the network on encoded inputs [n, …]: [n, labels], or [n, 1] for a binary
// model, before calibration. The result is valid until the next call.
func (m *Model) Predict(x *tensor.Tensor) (*tensor.Tensor, error) {
	return m.tester.Run(m.encode.Trim(x))
}
