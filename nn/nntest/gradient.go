package nntest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Gradients checks package grad on every differentiable case: each float32
// input's gradient against central finite differences, at single elements and
// along whole random directions.
func Gradients(t *testing.T) {
	checked, numbers := 0, 0
	for _, c := range Cases() {
		if c.NoGradient {
			continue
		}
		n, problem := checkGradient(c, grad.Gradients)
		if problem != "" {
			t.Errorf("%s: %s", c.Name, problem)
		}
		checked++
		numbers += n
	}
	t.Logf("%d cases, %d derivatives", checked, numbers)
}

// gradients is the form of grad.Gradients.
type gradients func(g *graph.Graph, loss *graph.Node, wrt []*graph.Node) []*graph.Node

const (
	stepSize   = 1.0 / 32 // with Richardson's extrapolation the error is of order stepSize⁴
	tolerance  = 2e-3     // of the largest derivative of the input
	elements   = 6        // checked one by one for each input
	directions = 2        // checked for each input as a whole
)

// checkGradient compares d loss/d input, loss = Σ weight·output with fixed random
// weights. It gives the number of derivatives compared and the first that is wrong.
func checkGradient(c Case, gradients gradients) (int, string) {
	g, inputs, state := c.Build()
	loss := &lossOf{g: g, state: state, rng: rand.New(rand.NewPCG(7, 7))}
	wrt := floatInputs(g)
	if problem := loss.prepare(wrt, gradients); problem != "" {
		return 0, problem
	}
	analytic, err := loss.backward.Run(inputs)
	if err != nil {
		return 0, err.Error()
	}
	count := 0
	for i, x := range wrt {
		d := analytic[fmt.Sprint("gradient", i)]
		if !d.Shape().Equal(x.Shape) {
			return count, fmt.Sprintf("gradient of %s is %v, want %v", x.Name, d, x.Shape)
		}
		for _, along := range loss.probes(x.Shape.Size()) {
			if problem := loss.probe(inputs, x.Name, d.F(), along); problem != "" {
				return count, problem
			}
			count++
		}
	}
	return count, ""
}

func floatInputs(g *graph.Graph) []*graph.Node {
	var wrt []*graph.Node
	for _, n := range g.Leaves(graph.Input) {
		if n.DType == tensor.Float32 {
			wrt = append(wrt, n)
		}
	}
	return wrt
}

// lossOf evaluates a case's weighted sum of outputs, the sum in float64.
type lossOf struct {
	g        *graph.Graph
	state    graph.State
	rng      *rand.Rand
	weights  map[string][]float32
	forward  graph.Program
	backward graph.Program
}

// prepare makes the program of the outputs, then adds loss and gradients to the
// graph and makes the program of these.
func (l *lossOf) prepare(wrt []*graph.Node, gradients gradients) (problem string) {
	defer func() {
		if p := recover(); p != nil {
			problem = fmt.Sprintf("panic: %v\n%s", p, stack())
		}
	}()
	loss, weights := addLoss(l.g, l.rng)
	l.weights = weights
	forward := *l.g // the outputs so far, but not the gradients
	l.g.Outputs = nil
	for i, d := range gradients(l.g, loss, wrt) {
		l.g.Output(fmt.Sprint("gradient", i), d)
	}
	if err := l.g.Verify(); err != nil {
		return err.Error()
	}
	var err error
	if l.forward, err = eval.Runner(&forward, l.state); err == nil {
		l.backward, err = eval.Runner(l.g, l.state)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// addLoss appends Σ weight·output over all float32 outputs, with random weights of
// size 0.5 to 1.5, and gives the weights by output.
func addLoss(g *graph.Graph, rng *rand.Rand) (*graph.Node, map[string][]float32) {
	loss, weights := g.Scalar(0), map[string][]float32{}
	for _, o := range g.Outputs {
		w := tensor.New(tensor.Float32, o.Node.Shape...)
		for i := range w.F() {
			w.F()[i] = float32(math.Copysign(0.5+rng.Float64(), rng.Float64()-0.5))
		}
		weights[o.Name] = w.F()
		loss = g.Add(loss, g.ReduceSum(g.Mul(o.Node, g.Const(w)), allAxes(o.Node.Shape)...))
	}
	return loss, weights
}

func allAxes(s tensor.Shape) []int {
	axes := make([]int, len(s))
	for a := range axes {
		axes[a] = a
	}
	return axes
}

// withGradient is the case with the gradients of its inputs as further outputs:
// the backward ops as package grad arranges them.
func (c Case) withGradient() Case {
	build := c.Build
	c.Name += "+gradient"
	c.Build = func() (*graph.Graph, map[string]*tensor.Tensor, graph.State) {
		g, inputs, state := build()
		loss, _ := addLoss(g, rand.New(rand.NewPCG(7, 7)))
		for i, d := range grad.Gradients(g, loss, floatInputs(g)) {
			g.Output(fmt.Sprint("gradient", i), d)
		}
		return g, inputs, state
	}
	return c
}

// probes are directions in an input of n elements: single elements and random signs of all.
func (l *lossOf) probes(n int) [][]float32 {
	var all [][]float32
	for range min(elements, n) {
		along := make([]float32, n)
		along[l.rng.IntN(n)] = 1
		all = append(all, along)
	}
	for range min(directions, n-1) {
		along := make([]float32, n)
		for i := range along {
			along[i] = float32(1-2*l.rng.IntN(2)) / 8
		}
		all = append(all, along)
	}
	return all
}

// probe compares the derivative along a direction with (4·D(h) − D(2h))/3.
func (l *lossOf) probe(inputs map[string]*tensor.Tensor, name string, d, along []float32) string {
	want, largest := 0.0, 0.0
	for i, a := range along {
		want += float64(a) * float64(d[i])
		largest = max(largest, math.Abs(float64(d[i])))
	}
	d1, noise1 := l.slope(inputs, name, along, stepSize)
	d2, noise2 := l.slope(inputs, name, along, 2*stepSize)
	got := (4*d1 - d2) / 3
	allowed := tolerance*max(largest, math.Abs(got)) + 4*(noise1+noise2) + 1e-6
	if !(math.Abs(got-want) <= allowed) {
		return fmt.Sprintf("derivative for %s along %s is %.7g by package grad, %.7g by finite differences (±%.2g)",
			name, describe(along), want, got, allowed)
	}
	return ""
}

func describe(along []float32) string {
	at := -1
	for i, a := range along {
		if a == 1 {
			at = i
		} else if a != 0 {
			return "a direction of all elements"
		}
	}
	return fmt.Sprint("element ", at)
}

// slope is (loss(x + h·along) − loss(x − h·along))/2h, with a bound on what the
// rounding of the outputs adds to it.
func (l *lossOf) slope(inputs map[string]*tensor.Tensor, name string, along []float32, h float32) (slope,
	noise float64) {
	up, down := l.shifted(inputs, name, along, h), l.shifted(inputs, name, along, -h)
	for output, w := range l.weights {
		a, b := up[output].F(), down[output].F()
		for i := range w {
			if a[i] != b[i] {
				slope += (float64(a[i]) - float64(b[i])) * float64(w[i])
				noise += (math.Abs(float64(a[i])) + math.Abs(float64(b[i]))) * math.Abs(float64(w[i])) * 0x1p-24
			}
		}
	}
	return slope / float64(2*h), noise / float64(2*h)
}

func (l *lossOf) shifted(inputs map[string]*tensor.Tensor, name string, along []float32,
	h float32) map[string]*tensor.Tensor {
	moved := map[string]*tensor.Tensor{}
	for n, t := range inputs {
		moved[n] = t
	}
	moved[name] = inputs[name].Clone()
	for i, a := range along {
		moved[name].F()[i] += a * h
	}
	out, err := l.forward.Run(moved)
	if err != nil {
		panic(err) // it ran before
	}
	return out
}
