package plan

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens are small graphs whose plans show one decision each.
var goldens = map[string]func(g *graph.Graph){
	"dense": func(g *graph.Graph) { // bias, residual and activation in the product
		x, w, b := g.Input("x", tensor.Float32, 8, 4), g.Param("w", 4, 4), g.Param("b", 4)
		g.Output("y", g.Relu(g.Add(g.Add(g.MatMul(x, w, false, false), b), x)))
	},
	"sequence": func(g *graph.Graph) { // reshapes on the way to bias and activation
		x, w, b := g.Input("x", tensor.Float32, 2, 3, 4), g.Param("w", 4, 5), g.Param("b", 5)
		z := g.Reshape(g.MatMul(g.Reshape(x, 6, 4), w, false, false), 2, 3, 5)
		g.Output("y", g.Tanh(g.Add(z, b)))
	},
	"convolution": func(g *graph.Graph) { // batch norm as scale and bias of the product
		v := func(name string) *graph.Node { return g.Param(name, 8) }
		w := graph.Window{Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
		x := g.Conv2D(g.Input("x", tensor.Float32, 1, 6, 6, 3), g.Param("k", 3, 3, 3, 8), w)
		x = g.BatchNorm(x, v("gamma"), v("beta"), v("mean"), v("variance"), graph.Norm{Epsilon: 1e-3})
		g.Output("y", g.Relu(x))
	},
	"winograd": func(g *graph.Graph) { // the kernel is transformed once; the product has an epilogue
		attr := graph.Winograd{Tile: 4, Pad: [4]int{1, 1, 1, 1}}
		u := g.WinogradFilter(g.Param("k", 3, 3, 16, 16), attr)
		x := g.Input("x", tensor.Float32, 2, 9, 8, 16)
		g.Output("y", g.Relu(g.Add(g.Add(g.WinogradConv2D(x, u, attr), g.Param("b", 16)), x)))
	},
	"chain": func(g *graph.Graph) { // one pass with every kind of broadcast, in place
		x := g.Softmax(g.Input("x", tensor.Float32, 2, 3, 4))
		row, column, plane := g.Param("row", 4), g.Param("column", 2, 3, 1), g.Param("plane", 2, 1, 4)
		g.Output("y", g.Mul(g.Add(g.Sub(g.Mul(x, row), column), plane), g.Scalar(2)))
	},
	"adam": func(g *graph.Graph) { // three parameters updated in one pass
		s := func(v float32) *graph.Node { return g.Scalar(v) }
		p, m, v, d := g.Param("p", 64), g.Param("m", 64), g.Param("v", 64), g.Input("d", tensor.Float32, 64)
		m2 := g.Add(m, g.Mul(g.Sub(d, m), s(0.1)))
		v2 := g.Add(v, g.Mul(g.Sub(g.Mul(d, d), v), s(0.001)))
		g.Update(m, m2)
		g.Update(v, v2)
		g.Update(p, g.Sub(p, g.Div(g.Mul(m2, s(0.001)), g.Add(g.Sqrt(v2), s(1e-7)))))
	},
	"swap": func(g *graph.Graph) { // updates that read each other's old values
		p, q := g.Param("p", 4), g.Param("q", 4)
		g.Update(p, q)
		g.Update(q, g.Add(p, q))
		g.Output("old", p)
	},
	"training": func(g *graph.Graph) { // forward, backward and update of a small network
		x, t := g.Input("x", tensor.Float32, 8, 6), g.Input("t", tensor.Float32, 8, 3)
		w1, b1, w2, b2 := g.Param("w1", 6, 5), g.Param("b1", 5), g.Param("w2", 5, 3), g.Param("b2", 3)
		h := g.Relu(g.Add(g.MatMul(x, w1, false, false), b1))
		y := g.LogSoftmax(g.Add(g.MatMul(h, w2, false, false), b2))
		loss := g.Neg(g.ReduceMean(g.ReduceDot(y, t, 1), 0))
		params := []*graph.Node{w1, b1, w2, b2}
		for i, d := range grad.Gradients(g, loss, params) {
			g.Update(params[i], g.Sub(params[i], g.Mul(d, g.Scalar(0.1))))
		}
		g.Output("loss", loss)
	},
}

func TestGoldens(t *testing.T) {
	for name, build := range goldens {
		t.Run(name, func(t *testing.T) {
			g := graph.New()
			build(g)
			got := g.String() + "\n" + Build(g).String()
			file := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("plan differs from %s (go test ./nn/plan -update writes it anew); got\n%s", file, got)
			}
		})
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	for name, build := range goldens {
		first := ""
		for range 5 {
			g := graph.New()
			build(g)
			if s := Build(g).String(); first == "" {
				first = s
			} else if s != first {
				t.Fatalf("%s: two plans of one graph:\n%s\n%s", name, first, s)
			}
		}
	}
}

// TestSharesCoverEveryUnitOnce for odd numbers of threads, units and grains.
func TestSharesCoverEveryUnitOnce(t *testing.T) {
	for _, units := range []int{0, 1, 15, 16, 17, 100, 1023} {
		for _, grain := range []int{1, 16} {
			for threads := 1; threads <= 5; threads++ {
				s, next := Step{Units: units, Grain: grain}, 0
				for th := range threads {
					lo, hi := s.Share(th, threads)
					if lo != next || hi < lo || hi < units && hi%grain != 0 {
						t.Errorf("%d units by %d, share %d of %d is %d…%d after %d", units, grain, th, threads, lo,
							hi, next)
					}
					next = hi
				}
				if next != units {
					t.Errorf("%d units by %d over %d threads: shares end at %d", units, grain, threads, next)
				}
			}
		}
	}
}
