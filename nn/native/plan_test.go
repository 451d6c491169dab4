package native

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/nntest"
	"wafer/nn/tensor"
)

// TestUpdatesThatReadEachOther is what plans can get wrong: parameters of one
// size whose new values are made of each other's old ones, with results of the
// same buffers kept, broadcast, summed and viewed in between.
func TestUpdatesThatReadEachOther(t *testing.T) {
	shareEverything(t)
	var cases []nntest.Case
	for seed := range uint64(120) {
		cases = append(cases, nntest.Case{Name: fmt.Sprint("updates/", seed), Op: graph.NumOps, Steps: 3,
			Build: func() (*graph.Graph, map[string]*tensor.Tensor, graph.State) { return tangle(seed) }})
	}
	for threads := 1; threads <= 2; threads++ {
		nntest.Compare(t, Runner(threads), cases)
	}
}

// tangle is a random graph over three parameters and an input of one shape.
func tangle(seed uint64) (*graph.Graph, map[string]*tensor.Tensor, graph.State) {
	rng := rand.New(rand.NewPCG(seed, 7))
	shape := []int{[]int{1, 3, 40}[rng.IntN(3)], []int{1, 5, 48}[rng.IntN(3)]}
	random := func(shape ...int) *tensor.Tensor {
		x := tensor.New(tensor.Float32, shape...)
		for i := range x.F() {
			x.F()[i] = 2*rng.Float32() - 1
		}
		return x
	}
	g, state, inputs := graph.New(), graph.State{}, map[string]*tensor.Tensor{}
	var params, values []*graph.Node
	for _, name := range []string{"p", "q", "r"} {
		state[name] = random(shape...)
		params = append(params, g.Param(name, shape...))
	}
	inputs["x"] = random(shape...)
	values = append(values, append(params, g.Input("x", tensor.Float32, shape...))...)
	pick := func() *graph.Node { return values[rng.IntN(len(values))] }
	for range 4 + rng.IntN(16) {
		a, b := pick(), pick()
		var v *graph.Node
		switch rng.IntN(10) {
		case 0:
			v = g.Tanh(a)
		case 1:
			v = g.Sub(a, g.ReduceMax(b, 0)) // a row
		case 2:
			v = g.Add(a, g.Reshape(g.ReduceSum(b, 1), shape[0], 1)) // a column
		case 3:
			v = g.Mul(a, g.ReduceSum(b, 0, 1)) // a scalar
		case 4:
			v = g.Reshape(g.Neg(g.Reshape(a, shape[0]*shape[1])), shape...)
		case 5:
			v = g.Transpose(g.Max(g.Transpose(a, 1, 0), g.Transpose(b, 1, 0)), 1, 0)
		case 6:
			v = g.Tanh(g.Add(g.MatMul(g.MatMul(a, b, false, true), a, false, false), b))
		case 7:
			v = g.Where(g.Less(a, b), pick(), a)
		default:
			v = g.Mul(g.Add(a, b), g.Scalar(0.5))
		}
		values = append(values, v)
	}
	for range rng.IntN(3) {
		g.Output(fmt.Sprint("y", len(g.Outputs)), pick())
	}
	for _, p := range params {
		if rng.IntN(4) > 0 {
			g.Update(p, pick())
		}
	}
	return g, inputs, state
}
