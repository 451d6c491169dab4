package plan

import (
	"testing"
	"time"

	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// large are graphs of n nodes or so, each hard for one pass of the planner.
var large = map[string]func(g *graph.Graph, n int){
	"chain": func(g *graph.Graph, n int) { // fuses from end to end
		x := g.Input("x", tensor.Float32, 4)
		for range n {
			x = g.Tanh(x)
		}
		g.Output("y", x)
	},
	"products": func(g *graph.Graph, n int) { // a buffer per node
		x, w := g.Input("x", tensor.Float32, 2, 2), g.Param("w", 2, 2)
		for range n {
			x = g.MatMul(x, w, false, false)
		}
		g.Output("y", x)
	},
	"residuals": func(g *graph.Graph, n int) { // searches between the two ways around each block
		x, w := g.Input("x", tensor.Float32, 2, 2), g.Param("w", 2, 2)
		for range n / 4 {
			x = g.Add(x, g.Relu(g.MatMul(g.Sigmoid(x), w, false, false)))
		}
		g.Output("y", x)
	},
	"kept": func(g *graph.Graph, n int) { // everything lives until the end
		x, w := g.Input("x", tensor.Float32, 2, 2), g.Param("w", 2, 2)
		var all []*graph.Node
		for range n / 2 {
			x = g.MatMul(x, w, false, false)
			all = append(all, x)
		}
		for i := range all {
			x = g.Sub(x, all[len(all)-1-i])
		}
		g.Output("y", x)
	},
	"readers": func(g *graph.Graph, n int) { // of one node
		x := g.Softmax(g.Input("x", tensor.Float32, 2, 2))
		sum := x
		for range n / 2 {
			sum = g.Add(sum, g.Softmax(x))
		}
		g.Output("y", sum)
	},
	"views": func(g *graph.Graph, n int) { // of views
		x := g.Relu(g.Input("x", tensor.Float32, 2, 3))
		for i := range n {
			x = g.Reshape(x, 2+i%2, 3-i%2)
		}
		g.Output("y", x)
	},
	"training": func(g *graph.Graph, n int) { // fuses across the whole graph, updates in place
		x := g.Input("x", tensor.Float32, 2, 2)
		var params []*graph.Node
		for i := range n / 40 {
			w, b := g.Param(name("w", i), 2, 2), g.Param(name("b", i), 2)
			params = append(params, w, b)
			x = g.Tanh(g.Add(g.MatMul(x, w, false, false), b))
		}
		loss := g.ReduceSum(g.Mul(x, x), 0, 1)
		for i, d := range grad.Gradients(g, loss, params) {
			m := g.Param(name("m", i), params[i].Shape...)
			v := g.Add(g.Mul(m, g.Scalar(0.9)), g.Mul(d, g.Scalar(0.1)))
			g.Update(m, v)
			g.Update(params[i], g.Sub(params[i], g.Div(v, g.Sqrt(g.Add(g.Mul(v, v), g.Scalar(1))))))
		}
		g.Output("loss", loss)
	},
}

func name(s string, i int) string {
	const digits = "0123456789"
	for ; i > 0; i /= 10 {
		s += digits[i%10 : i%10+1]
	}
	return s + "."
}

// Planning takes time in proportion to nodes and edges: a hundred thousand nodes are a
// matter of a second, whatever their shape. It would catch a pass that compares all with
// all, which for these graphs is minutes and gigabytes.
func TestPlanningIsLinear(t *testing.T) {
	nodes, most := 100_000, 20*time.Second // a second on a machine that does nothing else
	if testing.Short() {
		nodes = 20_000
	}
	for shape, build := range large {
		t.Run(shape, func(t *testing.T) {
			g := graph.New()
			build(g, nodes)
			start := time.Now()
			p := Build(g)
			took := time.Since(start)
			t.Logf("%d nodes in %v: %d steps, arena of %d elements", len(g.Nodes), took, len(p.Steps), p.ArenaLen)
			if took > most {
				t.Errorf("planning %d nodes took %v, want %v at most", len(g.Nodes), took, most)
			}
		})
	}
}
