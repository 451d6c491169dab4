package nn

import (
	"fmt"
	"math/bits"
	"time"

	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// maxTogether is how many inputs ClassifyAll runs at once.
const maxTogether = 16

// together is the largest batch of a model: a power of two.
func (m *Model) together() int { return min(maxTogether, train.TestBatch(m.doc.Layers)) }

// ClassifyAll answers several inputs, each with the bits that Classify gives, and quicker: they run in batches of
// 16, 8, 4, 2 and 1. Result.Millis is the time of all. It never panics.
func (m *Model) ClassifyAll(inputs []task.Input) []task.Result {
	began := time.Now()
	results := make([]task.Result, len(inputs))
	if len(inputs) == 0 {
		return results
	}
	var good []int // that could be encoded
	rows := tensor.New(m.encode.dtype(), append([]int{len(inputs)}, m.encode.shape()...)...)
	for i, in := range inputs {
		note, err := m.fill(in, rows.Rows(len(good), len(good)+1))
		results[i] = task.Result{Name: in.Name, Note: note}
		if err != nil {
			results[i].Error = err.Error()
			continue
		}
		good = append(good, i)
	}
	for at := 0; at < len(good); {
		n := min(m.together(), 1<<(bits.Len(uint(len(good)-at))-1))
		m.classify(rows.Rows(at, at+n), good[at:at+n], results)
		at += n
	}
	for i := range results {
		results[i].Millis = float64(time.Since(began).Microseconds()) / 1000
	}
	return results
}

// fill encodes one input into a batch of one.
func (m *Model) fill(in task.Input, row *tensor.Tensor) (note string, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("The model failed on this input: %v.", e)
		}
	}()
	return m.encode.fill(in, row.Reshape(m.encode.shape()...))
}

// classify runs encoded inputs whose results have the given numbers.
func (m *Model) classify(x *tensor.Tensor, numbers []int, results []task.Result) {
	var err error
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("The model failed on this input: %v.", e)
		}
		for _, i := range numbers {
			if err != nil {
				results[i].Scores, results[i].Error = nil, err.Error()
			}
		}
	}()
	out, err := m.Predict(x)
	if err != nil {
		return
	}
	n := out.Shape().Last()
	for k, i := range numbers {
		name, note := results[i].Name, results[i].Note
		results[i] = m.result(calibrated(out.F()[k*n:(k+1)*n], m.doc.Temperature))
		results[i].Name, results[i].Note = name, note
	}
}

// Memory is what an open model needs when it answers batches: its file, its weights, and the programs of all sizes,
// in bytes. It is computed from their plans.
func (m *Model) Memory() int64 {
	sum := int64(len(m.file))
	for _, w := range m.state {
		sum += 4 * int64(w.Shape().Size())
	}
	for n := m.together(); n > 0; n /= 2 {
		sum += sizeOf(train.TestGraph(m.doc.Layers, nil, n))
	}
	return sum
}
