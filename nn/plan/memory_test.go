package plan

import (
	"testing"

	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// networks have many results that live for long and for short: skips, a chain with many readers, a training step.
func networks() map[string]func(g *graph.Graph) {
	list := map[string]func(g *graph.Graph){
		"skips": func(g *graph.Graph) {
			x := g.Input("x", tensor.Float32, 6, 8)
			kept := []*graph.Node{}
			for i := range 9 {
				y := g.Softmax(x)
				kept = append(kept, y)
				if x = g.Reshape(g.Tanh(y), 8, 6); i%3 == 2 {
					x = g.Reshape(g.Add(g.Reshape(x, 6, 8), kept[i/2]), 8, 6)
				}
				x = g.Reshape(x, 6, 8)
			}
			g.Output("y", x)
			g.Output("early", kept[0])
		},
		"slices": func(g *graph.Graph) {
			x := g.Softmax(g.Input("x", tensor.Float32, 8, 8))
			top, low := g.Slice(x, []int{0, 0}, []int{4, 8}), g.Slice(x, []int{4, 0}, []int{8, 8})
			g.Output("y", g.Concat(0, g.Exp(top), g.Softmax(low), g.Add(top, low)))
		},
		"gradients": func(g *graph.Graph) {
			x := g.Input("x", tensor.Float32, 4, 6)
			var params []*graph.Node
			for _, name := range []string{"a", "b", "c"} {
				params = append(params, g.Param(name, 6, 6))
				x = g.Add(g.Tanh(g.MatMul(x, params[len(params)-1], false, false)), x)
			}
			loss := g.ReduceMean(g.Reshape(x, 24), 0)
			for i, d := range grad.Gradients(g, loss, params) {
				g.Update(params[i], g.Sub(params[i], d))
			}
			g.Output("loss", loss)
		},
	}
	for name, build := range goldens {
		list[name] = build
	}
	return list
}

// written is where an element of the arena was written last: by which step, as which of its results.
type written struct{ step, out int }

// A buffer that is given to another result while somebody still reads it would give wrong numbers in networks large
// enough only, or with several threads only. Here every step of a plan marks what it writes, and whoever reads a value
// must find it whole, as one step wrote it, and again so at every later reading.
func TestNoBufferIsTakenBeforeItsLastReader(t *testing.T) {
	shared := 0
	for name, build := range networks() {
		g := graph.New()
		build(g)
		p := Build(g)
		arena, seen, sizes := make([]written, p.ArenaLen), map[int]written{}, 0
		read := func(step, value int, what string) {
			v := p.Values[value]
			if v.Space != Arena || v.Shape.Size() == 0 {
				return
			}
			now := arena[v.Offset]
			for i := range v.Shape.Size() {
				if at := arena[v.Offset+i]; at != now {
					t.Fatalf("%s: %s of step %d is value %d (%v), whose element %d comes from %+v and the first from "+
						"%+v", name, what, step, value, v.Shape, i, at, now)
				}
			}
			if before, known := seen[value]; now == (written{}) || known && before != now {
				t.Errorf("%s: %s of step %d is value %d, written by %+v, before by %+v", name, what, step, value, now,
					before)
			}
			seen[value] = now
		}
		for i := range p.Steps {
			s := &p.Steps[i]
			for _, v := range readBy(s) {
				read(i, v, "an operand")
			}
			for k, out := range s.Out {
				v := p.Values[out]
				if v.Space != Arena {
					continue
				}
				sizes += v.Shape.Size()
				for e := range v.Shape.Size() {
					arena[v.Offset+e] = written{i + 1, k}
				}
			}
		}
		for _, o := range p.Outputs {
			read(len(p.Steps), o.Value, "the result "+o.Name)
		}
		for _, c := range p.Copies {
			read(len(p.Steps), c.From, "an update")
		}
		if sizes > p.ArenaLen {
			shared++
		}
	}
	if shared < 3 {
		t.Errorf("%d plans use memory twice, expected three or more: the test would miss what it is for", shared)
	}
}

// readBy are the values that a step reads.
func readBy(s *Step) []int {
	list := append([]int(nil), s.In...)
	if ep := s.Epilogue; ep != nil {
		for _, v := range []int{ep.Scale, ep.Bias, ep.Residual} {
			if v >= 0 {
				list = append(list, v)
			}
		}
	}
	return list
}

// An arena that grows with the depth of a network would be one in which nothing is used twice.
func TestADeepNetworkTakesTheMemoryOfAFewLayers(t *testing.T) {
	arena := func(depth int) int {
		g := graph.New()
		x := g.Input("x", tensor.Float32, 16, 16)
		for range depth {
			x = g.Softmax(x)
		}
		g.Output("y", x)
		return Build(g).ArenaLen
	}
	if few, many := arena(4), arena(40); few != many {
		t.Errorf("4 layers take %d elements and 40 take %d, expected the same", few, many)
	}
}
