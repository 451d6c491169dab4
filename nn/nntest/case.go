// Package nntest is the one list of cases for the ops of package graph, with
// what it is used for: comparing any graph.Runner with the reference interpreter
// bit for bit (Equal), checking package grad by finite differences (Gradients),
// and measuring speed (Benchmark). The results of every case are pinned by hash
// in testdata/bits.txt, so that platforms that never meet agree.
package nntest

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Case is one small graph with its inputs and parameters.
type Case struct {
	Name  string   // "conv2d/3x3_stride2", unique
	Op    graph.Op // the op under test; NumOps for graphs of many
	Large bool     // for Benchmark; Equal leaves it out in short mode and on wasm
	Steps int      // how many times Equal runs it

	// NoGradient: not differentiable, or the inputs lie on kinks.
	NoGradient bool

	// Build makes everything anew, always the same.
	Build func() (*graph.Graph, map[string]*tensor.Tensor, graph.State)
}

// Cases lists all cases, every op several times.
func Cases() []Case {
	var all []Case
	for _, family := range []func() []Case{
		elementwise, matmul, conv, winograd, pool, reduce, norm, shape, gather, recurrent, dropout, training, random,
	} {
		all = append(all, family()...)
	}
	return all
}

// builder is a graph under construction together with values for its leaves.
type builder struct {
	*graph.Graph
	inputs map[string]*tensor.Tensor
	state  graph.State
	rng    *rand.Rand
}

func newBuilder(name string) *builder {
	h := fnv.New64a()
	h.Write([]byte(name))
	return &builder{graph.New(), map[string]*tensor.Tensor{}, graph.State{}, rand.New(rand.NewPCG(h.Sum64(), 1))}
}

// single is a case of one result.
func single(op graph.Op, detail string, build func(b *builder) *graph.Node) Case {
	return several(op, detail, func(b *builder) { b.Output("y", build(b)) })
}

// several is a case that names its own results.
func several(op graph.Op, detail string, build func(b *builder)) Case {
	name := op.String() + "/" + detail
	if op == graph.NumOps {
		name = detail
	}
	return Case{Name: name, Op: op, Steps: 2, Build: func() (*graph.Graph, map[string]*tensor.Tensor, graph.State) {
		b := newBuilder(name)
		build(b)
		return b.Graph, b.inputs, b.state
	}}
}

// rough marks a case as not differentiable.
func (c Case) rough() Case {
	c.NoGradient = true
	return c
}

// large marks a case as one for measuring speed.
func (c Case) large() Case {
	c.Large, c.NoGradient, c.Steps = true, true, 1
	return c
}

// given adds an input with these values.
func (b *builder) given(values []float32, shape ...int) *graph.Node {
	name := fmt.Sprintf("x%d", len(b.inputs))
	b.inputs[name] = tensor.Floats(values, shape...)
	return b.Input(name, tensor.Float32, shape...)
}

// givenInts adds an int32 input with these values.
func (b *builder) givenInts(values []int32, shape ...int) *graph.Node {
	name := fmt.Sprintf("i%d", len(b.inputs))
	b.inputs[name] = tensor.Ints(values, shape...)
	return b.Input(name, tensor.Int32, shape...)
}

// fill makes values one by one.
func fill(shape []int, next func() float32) []float32 {
	v := make([]float32, tensor.Shape(shape).Size())
	for i := range v {
		v[i] = next()
	}
	return v
}

// uniform draws from (−1, 1) with all digits, so that another order of a sum
// shows; one in thirty is a zero of either sign.
func (b *builder) uniform() float32 {
	v := 2*b.rng.Float32() - 1
	if b.rng.IntN(30) == 0 {
		return float32(math.Copysign(0, float64(v)))
	}
	return v
}

// in adds an input of uniform values.
func (b *builder) in(shape ...int) *graph.Node { return b.given(fill(shape, b.uniform), shape...) }

// param adds a parameter of uniform values.
func (b *builder) param(shape ...int) *graph.Node {
	name := fmt.Sprintf("w%d", len(b.state))
	b.state[name] = tensor.Floats(fill(shape, b.uniform), shape...)
	return b.Param(name, shape...)
}

// positive adds an input of values from [0.5, 2).
func (b *builder) positive(shape ...int) *graph.Node {
	return b.given(fill(shape, func() float32 { return 0.5 + 1.5*b.rng.Float32() }), shape...)
}

// lattice is near (k+offset)/4; every value in the unit of k is a cell of its own.
func (b *builder) lattice(k int, offset float32) float32 {
	return (float32(k)+offset)/4 + (b.rng.Float32()-0.5)/32
}

// apart adds an input in (−8, 8) that keeps at least 0.1 from every multiple of
// ¼, where the kinks of relu and its like are.
func (b *builder) apart(shape ...int) *graph.Node {
	return b.given(fill(shape, func() float32 { return b.lattice(b.rng.IntN(64)-32, 0.5) }), shape...)
}

// between adds an input that keeps at least 0.09 from every value of apart.
func (b *builder) between(shape ...int) *graph.Node {
	return b.given(fill(shape, func() float32 { return b.lattice(b.rng.IntN(64)-32, 0) }), shape...)
}

// distinct adds an input whose values are at least 0.2 from each other.
func (b *builder) distinct(shape ...int) *graph.Node {
	perm := b.rng.Perm(tensor.Shape(shape).Size())
	i := -1
	return b.given(fill(shape, func() float32 {
		i++
		return b.lattice(perm[i]-len(perm)/2, 0.5)
	}), shape...)
}

// ints adds an int32 input of values lo ≤ v < hi.
func (b *builder) ints(lo, hi int, shape ...int) *graph.Node {
	v := make([]int32, tensor.Shape(shape).Size())
	for i := range v {
		v[i] = int32(lo + b.rng.IntN(hi-lo))
	}
	return b.givenInts(v, shape...)
}

// edges are the values where float32 functions tend to differ.
var edges = func() []float32 {
	v := []float32{
		0, 0x1p-149, 0x1p-140, 0x1.fffffcp-127, 0x1p-126, 1e-20, 0x1p-24, 1e-3, 0.3, 0.5, 0.625, 0.70710677, 0.92773,
		0.9999999,
		1, 1.0000001, 1.5, 2.5, 3, 3.9999998, 4, 5.9999995, 6, 6.0000005, 9.5, 17, 87.3, 88.72283, 88.72284, 89, 103.9,
		104,
		105,
		1000, 8191.9, 8192, 8192.5, 1e9, 0x1p64, 1e38, math.MaxFloat32, float32(math.Inf(1)), float32(math.NaN()),
	}
	for _, x := range v {
		v = append(v, -x)
	}
	return v
}()

// dims prints a shape for a case's name: 2x3x4.
func dims(shape []int) string {
	if len(shape) == 0 {
		return "scalar"
	}
	s := fmt.Sprint(shape[0])
	for _, d := range shape[1:] {
		s += fmt.Sprint("x", d)
	}
	return s
}

func float(bits uint32) float32 { return math.Float32frombits(bits) }
