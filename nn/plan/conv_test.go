package plan

import (
	"math/rand/v2"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// randomConv is a convolution whose kernel fits; some of its taps may never meet the image.
func randomConv(r *rand.Rand) (Conv, bool) {
	below := func(n int) int { return r.IntN(n) }
	c := Conv{N: 1, H: 1 + below(12), W: 1 + below(12), CI: 1, CO: 1, Window: graph.Window{
		Kernel: [2]int{1 + below(6), 1 + below(6)}, Stride: [2]int{1 + below(9), 1 + below(9)},
		Dilation: [2]int{1 + below(20), 1 + below(20)}, Pad: [4]int{below(60), below(60), below(60), below(60)}}}
	c.OH, c.OW = c.Out(0, c.H), c.Out(1, c.W)
	return c, c.OH > 0 && c.OW > 0
}

// meetings are the pairs of tap and result that see the image along an axis of so many
// positions, taps being counted from first on.
func meetings(c Conv, axis, first int) map[[2]int]int {
	length, results := [2]int{c.H, c.W}[axis], [2]int{c.OH, c.OW}[axis]
	seen := map[[2]int]int{}
	for tap := range c.Kernel[axis] {
		for o := range results {
			if at := o*c.Stride[axis] + tap*c.Dilation[axis] - c.Pad[2*axis]; at >= 0 && at < length {
				seen[[2]int{first + tap, o}] = at
			}
		}
	}
	return seen
}

// A clipped window sees what the whole one saw, in the same order, and spans no more than image
// and result do. It would catch a tap cut off, one kept far outside (memory in proportion to the
// dilation), and a padding that shifts the rest.
func TestClippedWindowsSeeTheSame(t *testing.T) {
	r, cut := rand.New(rand.NewPCG(1, 2)), 0
	for range 20000 {
		c, ok := randomConv(r)
		if !ok {
			continue
		}
		less := c
		w, taps := clipped(c)
		less.Window = w
		for axis, length := range [2]int{c.H, c.W} {
			want, got := meetings(c, axis, 0), meetings(less, axis, taps[axis].lo)
			if len(want) != len(got) {
				t.Fatalf("%v of %d: axis %d sees %d positions clipped to %v, want %d", c.Window, length, axis,
					len(got), w, len(want))
			}
			for pair, at := range want {
				if now, ok := got[pair]; !ok || now != at {
					t.Fatalf("%v of %d: tap %d of result %d sees %d (%t) clipped to %v, want %d", c.Window, length,
						pair[0], pair[1], now, ok, w, at)
				}
			}
			steps := [2]int{c.OH, c.OW}[axis]*c.Stride[axis] + length
			if less.Reach(axis) > steps {
				t.Fatalf("%v of %d: axis %d spans %d clipped to %v, want %d at most", c.Window, length, axis,
					less.Reach(axis), w, steps)
			}
		}
		if w.Kernel != c.Kernel {
			cut++
		}
	}
	if cut < 1000 {
		t.Errorf("only %d windows were cut: the test would miss what it is for", cut)
	}
}

// The plan of a far dilation computes with one tap; it would catch a lowering that is not called.
func TestAFarDilationIsOneTap(t *testing.T) {
	g := graph.New()
	far := graph.Window{Kernel: [2]int{3, 3}, Stride: [2]int{1, 1},
		Dilation: [2]int{1 << 18, 1 << 18}}.SamePadding(8, 8)
	x, k := g.Input("x", tensor.Float32, 1, 8, 8, 2), g.Param("k", 3, 3, 2, 4)
	g.Output("y", g.Conv2D(x, k, far))
	p := Build(g)
	s := &p.Steps[len(p.Steps)-1]
	c := p.Conv(s)
	if c.Kernel != [2]int{1, 1} || c.Pad != [4]int{} || !c.IsMatrix() {
		t.Errorf("the convolution has the window %v, want one tap without padding", c.Window)
	}
}
