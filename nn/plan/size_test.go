package plan

import (
	"runtime"
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

// Planning takes time in proportion to nodes and edges, whatever their shape: ten times the nodes take about ten times
// the processor's time, 40 at most, where a pass that compares all with all takes a hundred. That for 100,000 nodes is
// a matter of a second where nothing else runs.
func TestPlanningIsLinear(t *testing.T) {
	nodes := 100_000
	if testing.Short() {
		nodes = 20_000
	}
	for shape, build := range large {
		t.Run(shape, func(t *testing.T) {
			few, _ := planning(build, nodes/10, 3)
			many, p := planning(build, nodes, 1)
			t.Logf("%d nodes in %v, %d in %v: %d steps, arena of %d elements", nodes/10, few, nodes, many,
				len(p.Steps), p.ArenaLen)
			if most := 40*few + 300*time.Millisecond; many > most {
				t.Errorf("planning %d nodes took %v of the processor, %d took %v; expected %v at most", nodes/10, few,
					nodes, many, most)
			}
		})
	}
}

// planning is the least time that the processor took to plan a graph of so many nodes, of several tries.
func planning(build func(g *graph.Graph, n int), nodes, tries int) (least time.Duration, p *Plan) {
	g := graph.New()
	build(g, nodes)
	for i := range tries {
		runtime.GC() // what was built before is not collected in the middle
		began := processorTime()
		p = Build(g)
		if took := processorTime() - began; i == 0 || took < least {
			least = took
		}
	}
	return least, p
}
