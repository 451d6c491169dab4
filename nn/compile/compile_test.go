package compile

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

var update = flag.Bool("update", false, "write testdata anew")

// goldens are small graphs whose modules are listed in testdata.
var goldens = map[string]func(g *graph.Graph){
	"dense": func(g *graph.Graph) {
		x := g.Input("x", tensor.Float32, 2, 20)
		g.Output("y", g.Relu(g.Add(g.MatMul(x, g.Param("w", 20, 12), false, false), g.Param("b", 12))))
	},
	"convolution": func(g *graph.Graph) {
		x := g.Input("x", tensor.Float32, 1, 6, 6, 3)
		w := graph.Window{Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}, Pad: [4]int{1, 1, 1, 1}}
		y := g.Conv2D(x, g.Param("k", 3, 3, 3, 8), w)
		y = g.BatchNorm(y, g.Param("gamma", 8), g.Param("beta", 8), g.Param("mean", 8), g.Param("variance", 8),
			graph.Norm{Epsilon: 1e-3})
		g.Output("y", g.Relu(y))
	},
	"training": func(g *graph.Graph) {
		x, w := g.Input("x", tensor.Float32, 4, 8), g.Param("w", 8, 5)
		d := g.Sub(g.MatMul(x, w, false, false), g.Input("t", tensor.Float32, 4, 5))
		g.Update(w, g.Sub(w, g.Mul(g.Scalar(0.1), g.MatMul(x, d, true, false))))
	},
}

func compiled(build func(g *graph.Graph), o Options) *Module {
	g := graph.New()
	build(g)
	return Compile(plan.Build(g), o)
}

// Where everything lies and which function does what, as text that a change shows in.
func TestListings(t *testing.T) {
	for name, build := range goldens {
		got, file := compiled(build, Options{Threads: 2, Shared: true}).String(), "testdata/"+name+".txt"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(file); err != nil || got != string(want) {
			t.Errorf("the listing differs from %s (go test ./nn/compile -update writes it anew); got\n%s", file, got)
		}
	}
}

// The same plan gives the same bytes.
func TestCompileIsAFunction(t *testing.T) {
	for name, build := range goldens {
		for _, o := range []Options{{}, {Threads: 4, Shared: true}, {Profile: true}} {
			if a, b := compiled(build, o), compiled(build, o); !bytes.Equal(a.Bytes, b.Bytes) {
				t.Errorf("%s: two compilations with %+v differ", name, o)
			}
		}
	}
}
