package model

import (
	"math/bits"
	"runtime"
	"time"

	"wafer/nn/graph"
	"wafer/nn/metrics"
	"wafer/nn/plan"
	"wafer/nn/preprocess"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// errNoShares is the answer to an input that makes scores which are none.
var errNoShares = say.New("The model gives no shares of its labels for this input, but numbers that are none or lie " +
	"outside 0 to 1.")

var errEncoder = say.New("This model gives features, not answers: teach a model from it.")

const (
	maxTogether = 16        // inputs that ClassifyAll runs at once
	maxPrograms = 512 << 20 // bytes of the programs for that, each of which has its own copy of prepared weights
)

// Together is the largest batch of a model: a power of two, 1 where programs for more would be large.
func (m *Model) Together() int {
	if m.most > 0 {
		return m.most
	}
	m.most = 1
	sum := m.program(1)
	for n := 2; n <= min(maxTogether, train.TestBatch(m.doc.Layers)); n *= 2 {
		if sum += m.program(n); sum > maxPrograms {
			break
		}
		m.most = n
	}
	return m.most
}

// program is the size of the program for n inputs at once, in bytes.
func (m *Model) program(n int) int64 {
	return ProgramBytes(train.TestGraphAlso(m.doc.Layers, nil, m.doc.Layers.Batch(n), m.beside()))
}

// ClassifyAll answers several inputs, each with the bits that Classify gives, and quicker: they run in batches of
// 16, 8, 4, 2 and 1, large models in smaller ones. Result.Millis is the time of all. It never panics.
func (m *Model) ClassifyAll(inputs []task.Input) []task.Result {
	began := time.Now()
	results := make([]task.Result, len(inputs))
	if len(inputs) == 0 {
		return results
	}
	if m.info.Encoder() {
		for i, in := range inputs {
			results[i] = task.Result{Name: in.Name}.Failed(errEncoder)
		}
		return results
	}
	group := 1 // inputs that are prepared at once: as many as run together
	if len(inputs) > 1 {
		group = min(m.Together(), len(inputs))
	}
	rows := tensor.New(m.encode.DType(), append([]int{group}, m.encode.Shape()...)...)
	for at := 0; at < len(inputs); at += group {
		end := min(at+group, len(inputs))
		m.classifyGroup(rows, inputs[at:end], results[at:end])
	}
	for i := range results {
		results[i].Millis = float64(time.Since(began).Microseconds()) / 1000
	}
	return results
}

// classifyGroup answers as many inputs as rows has room for.
func (m *Model) classifyGroup(rows *tensor.Tensor, inputs []task.Input, results []task.Result) {
	var good []int // that could be encoded
	for i, in := range inputs {
		note, err := m.fill(in, rows.Rows(len(good), len(good)+1))
		if err == nil && note == preprocess.ErrUnknown {
			note, err = nil, note
		}
		results[i] = noted(in.Name, note)
		if err != nil {
			results[i] = results[i].Failed(err)
			continue
		}
		results[i].Rejected = m.foreign(in)
		good = append(good, i)
	}
	for at := 0; at < len(good); {
		n := 1 << (bits.Len(uint(len(good)-at)) - 1)
		m.classify(rows.Rows(at, at+n), good[at:at+n], results)
		at += n
	}
}

// noted is a result with a warning, nil for none.
func noted(name string, note error) task.Result {
	r := task.Result{Name: name, Remark: note}
	if note != nil {
		r.Note = note.Error()
	}
	return r
}

// fill encodes one input into a batch of one.
func (m *Model) fill(in task.Input, row *tensor.Tensor) (note, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = say.Errorf("The model failed on this input: %v.", e)
		}
	}()
	return m.encode.Fill(in, row.Reshape(m.encode.Shape()...))
}

// classify runs encoded inputs whose results have the given numbers.
func (m *Model) classify(x *tensor.Tensor, numbers []int, results []task.Result) {
	var err error
	defer func() {
		if e := recover(); e != nil {
			err = say.Errorf("The model failed on this input: %v.", e)
		}
		for _, i := range numbers {
			if err != nil {
				results[i] = results[i].Failed(err)
			}
		}
	}()
	out, features, err := m.tester.RunAlso(m.encode.Trim(x))
	if err != nil {
		return
	}
	n := out.Shape().Last()
	for k, i := range numbers {
		before := results[i]
		shares := metrics.Calibrated(out.F()[k*n:(k+1)*n], m.doc.Temperature)
		if !areShares(shares) {
			results[i] = before.Failed(errNoShares)
			continue
		}
		results[i] = m.result(shares)
		top := float64(results[i].Scores[0].Probability)
		outside := before.Rejected || m.rejects(top, features, k)
		results[i].Unsure = !outside && top < m.doc.Sure
		results[i].Rejected = outside || results[i].Unsure
		results[i].Name, results[i].Note, results[i].Remark = before.Name, before.Note, before.Remark
	}
}

// areShares reports whether all numbers are from 0 to 1.
func areShares(p []float64) bool {
	for _, v := range p {
		if !(v >= 0 && v <= 1) { // nor NaN
			return false
		}
	}
	return true
}

// Memory is what an open model needs when it answers batches: its file, its weights, the prepared inputs of the largest
// batch, and the programs of all sizes, in bytes. It is computed from their plans.
func (m *Model) Memory() int64 {
	sum := int64(len(m.file) + len(m.whole))
	for _, w := range m.state {
		sum += 4 * int64(w.Shape().Size())
	}
	return sum + m.running()
}

// running is what Memory says beside file and weights.
func (m *Model) running() int64 {
	sum := 4 * int64(m.doc.Layers.Batch(m.Together()).Size())
	for n := m.Together(); n > 0; n /= 2 {
		sum += m.program(n)
	}
	return sum
}

// ProgramBytes is the size of a graph's program on all processors: arena, prepared parameters,
// inputs, and each thread's scratch.
func ProgramBytes(g *graph.Graph) int64 { return plan.Build(g).Bytes(runtime.GOMAXPROCS(0)) }
