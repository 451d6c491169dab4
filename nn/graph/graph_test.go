package graph

import (
	"strings"
	"testing"

	"wafer/nn/tensor"
)

func TestEveryOpHasANameAndARule(t *testing.T) {
	seen := map[string]bool{}
	for op := Op(0); op < NumOps; op++ {
		if op.String() == "" || seen[op.String()] {
			t.Errorf("op %d: name %q is empty or taken", op, op)
		}
		seen[op.String()] = true
		if !op.IsLeaf() && specs[op].infer == nil {
			t.Errorf("%v has no inference rule", op)
		}
	}
}

func TestTextForm(t *testing.T) {
	g := New()
	x := g.Input("x", tensor.Float32, 2, 3)
	w := g.Param("w", 3, 4)
	y := g.Relu(g.MatMul(x, w, false, false))
	g.Output("y", y)
	g.Update(w, g.Mul(w, g.Scalar(0.5)))
	want := `%0 = input() : f32[2 3]  # x
%1 = param() : f32[3 4]  # w
%2 = matmul(%0, %1) {ta=false tb=false} : f32[2 4]
%3 = relu(%2) : f32[2 4]
%4 = const() : f32[] = 0.5
%5 = mul(%1, %4) : f32[3 4]
output y = %3
update w = %5
`
	if got := g.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if err := g.Verify(); err != nil {
		t.Error(err)
	}
}

func TestWrongGraphsPanicWithOpAndShapes(t *testing.T) {
	defer func() {
		e, ok := recover().(*Error)
		if !ok || e.Op != MatMul || !strings.Contains(e.Error(), "inner lengths 3 and 5 differ") {
			t.Errorf("got %v, want a matmul error about 3 and 5", e)
		}
	}()
	g := New()
	g.MatMul(g.Param("a", 2, 3), g.Param("b", 5, 4), false, false)
}

func TestSamePaddingIsKeras(t *testing.T) {
	for _, c := range []struct{ length, kernel, stride, out, before, after int }{
		{5, 3, 1, 5, 1, 1}, {224, 3, 2, 112, 0, 1}, {7, 2, 2, 4, 0, 1}, {4, 2, 2, 2, 0, 0}, {5, 1, 2, 3, 0, 0},
	} {
		w := Window{Kernel: [2]int{c.kernel, c.kernel}, Stride: [2]int{c.stride, c.stride},
			Dilation: [2]int{1, 1}}.SamePadding(c.length, c.length)
		if w.Out(0, c.length) != c.out || w.Pad != [4]int{c.before, c.after, c.before, c.after} {
			t.Errorf("length %d kernel %d stride %d: %d positions, padding %v; want %d, %d before, %d after",
				c.length, c.kernel, c.stride, w.Out(0, c.length), w.Pad, c.out, c.before, c.after)
		}
	}
}

func TestBroadcastShapes(t *testing.T) {
	if s, ok := BroadcastShapes(tensor.Shape{4, 1, 3}, tensor.Shape{5, 1}); !ok || !s.Equal(tensor.Shape{4, 5, 3}) {
		t.Errorf("got %v %v, want [4 5 3]", s, ok)
	}
	if _, ok := BroadcastShapes(tensor.Shape{2}, tensor.Shape{3}); ok {
		t.Error("[2] and [3] must not broadcast")
	}
}
