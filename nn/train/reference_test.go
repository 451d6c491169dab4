package train

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
)

// reference is what testdata/reference.py writes.
type reference struct {
	Losses []struct {
		recipe.Loss
		Shape  []int
		X      []float64
		Y      []int32
		Result float64 `json:"loss"`
		Grad   []float64
	}
	Optimizers []struct {
		Options json.RawMessage
		Start   []float64
		Trace   []struct {
			Step int
			W    []float64
		}
	}
	Schedules map[string][]float64
}

func readReference(t *testing.T) reference {
	t.Helper()
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func narrow(v []float64) []float32 {
	out := make([]float32, len(v))
	for i := range v {
		out[i] = float32(v[i])
	}
	return out
}

// near compares float32 results with float64 references.
func near(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if d := math.Abs(float64(got[i]) - want[i]); !(d <= tolerance*(1+math.Abs(want[i]))) {
			t.Errorf("%s: element %d is %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}

func TestLossesAndTheirGradientsAgreeWithPyTorch(t *testing.T) {
	for _, c := range readReference(t).Losses {
		g := graph.New()
		x := g.Input("x", tensor.Float32, c.Shape...)
		y := g.Input("y", tensor.Int32, c.Shape[0])
		loss := Loss(g, c.Loss, x, Targets(g, y, c.Shape[1]), nil)
		g.Output("loss", loss)
		g.Output("grad", grad.Gradients(g, loss, []*graph.Node{x})[0])
		p, err := eval.Runner(g, nil)
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Run(map[string]*tensor.Tensor{"x": tensor.Floats(narrow(c.X), c.Shape...), "y": tensor.Ints(c.Y,
			c.Shape[0])})
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.Name+" loss", out["loss"].F(), []float64{c.Result}, 2e-6)
		near(t, c.Name+" gradient", out["grad"].F(), c.Grad, 2e-6)
	}
}

func TestOptimizersAgreeWithPyTorchAndKeras(t *testing.T) {
	for _, c := range readReference(t).Optimizers {
		var name struct{ Name string }
		if err := json.Unmarshal(c.Options, &name); err != nil {
			t.Fatal(err)
		}
		o := recipe.DefaultOptimizer(name.Name)
		if err := json.Unmarshal(c.Options, &o); err != nil {
			t.Fatal(err)
		}
		n := len(c.Start)
		g := graph.New()
		w := g.Param("w", n)
		d := g.Input("g", tensor.Float32, n)
		Optimizer{o}.Apply(g, []*graph.Node{w}, []*graph.Node{d}, nil)
		state := graph.State{"w": tensor.Floats(narrow(c.Start), n)}
		complete(g, state)
		p, err := eval.Runner(g, state)
		if err != nil {
			t.Fatal(err)
		}
		for step, at := 1, 0; step <= 20; step++ {
			slope := tensor.New(tensor.Float32, n)
			for i := range slope.F() {
				slope.F()[i] = float32(float64(i+1)*0.3*(float64(state["w"].F()[i])-0.5) + 0.05*float64(step))
			}
			in := map[string]*tensor.Tensor{"g": slope}
			for k, v := range (Optimizer{o}).Scalars(step, o.LearningRate) {
				in[k] = tensor.Scalar(float32(v))
			}
			if _, err := p.Run(in); err != nil {
				t.Fatal(err)
			}
			if c.Trace[at].Step == step {
				near(t, string(c.Options), state["w"].F(), c.Trace[at].W, 3e-6)
				at++
			}
		}
	}
}

func TestSchedulesAgreeWithPyTorch(t *testing.T) {
	o := recipe.DefaultOptimizer("sgd")
	o.LearningRate = 0.1
	for name, want := range readReference(t).Schedules {
		o.Schedule = recipe.DefaultSchedule(name)
		o.Schedule.Alpha = 0.1
		for step, rate := range want {
			if got := rateAt(o, step, len(want)); math.Abs(got-rate) > 1e-7 {
				t.Errorf("%s: rate of step %d is %v, want %v", name, step, got, rate)
			}
		}
	}
}
