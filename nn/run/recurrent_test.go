package run

import (
	"math"
	"testing"

	"wafer/nn/fmath"
	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

// The recurrent ops have a sigmoid and a tanh of their own; here one step without a past
// takes floats of every exponent through them.
func TestRecurrentActivations(t *testing.T) {
	const n, h = 8192, 4
	const stride = 1<<32/(n*h) - 5
	g := graph.New()
	g.Output("trace", g.LSTM(g.Input("zx", tensor.Float32, n, 1, 4*h), g.Input("u", tensor.Float32, h, 4*h)))
	p, err := New(plan.Build(g), nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	zx, u := tensor.New(tensor.Float32, n, 1, 4*h), tensor.New(tensor.Float32, h, 4*h)
	for row := range n {
		for j := range 4 * h { // the same units in all four gates
			zx.F()[row*4*h+j] = math.Float32frombits(uint32((row*h + j%h) * stride))
		}
	}
	out, err := p.Run(map[string]*tensor.Tensor{"zx": zx, "u": u})
	if err != nil {
		t.Fatal(err)
	}
	trace := out["trace"].F()
	for row := range n {
		for j := range h {
			x := zx.F()[row*4*h+j] + 0
			s, y := fmath.Sigmoid(x), fmath.Tanh(x)
			c := float32(s*0) + float32(s*y)
			for part, want := range []float32{s, s, y, s, c, float32(s * fmath.Tanh(c))} {
				got := trace[row*6*h+part*h+j]
				if math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
					t.Fatalf("part %d of the trace of %g (%#x) is %g, not %g", part, x, math.Float32bits(x), got, want)
				}
			}
		}
	}
}
