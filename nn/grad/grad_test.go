package grad

import (
	"slices"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func TestEveryForwardOpHasARule(t *testing.T) {
	backwardOnly := []graph.Op{
		graph.Conv2DGradInput, graph.Conv2DGradFilter, graph.DepthwiseConv2DGradInput, graph.DepthwiseConv2DGradFilter,
		graph.MaxPoolGrad, graph.AvgPoolGrad, graph.LayerNormGradInput, graph.LayerNormGradScale, graph.LSTMGrad,
		graph.GRUGrad,
	}
	for op := graph.Neg; op < graph.NumOps; op++ {
		if rules[op] == nil && !slices.Contains(flat, op) && !slices.Contains(backwardOnly, op) {
			t.Errorf("%v has no gradient rule and is not listed as flat", op)
		}
	}
}

func TestGradientsOfAProductThatIsUsedTwice(t *testing.T) {
	g := graph.New()
	w := g.Param("w", 2, 3)
	unused := g.Param("unused", 4)
	y := g.Mul(w, w)
	loss := g.ReduceSum(g.Add(y, w), 0, 1)
	grads := Gradients(g, loss, []*graph.Node{w, unused})
	if err := g.Verify(); err != nil {
		t.Fatal(err)
	}
	if !grads[0].Shape.Equal(tensor.Shape{2, 3}) || !grads[1].Shape.Equal(tensor.Shape{4}) {
		t.Errorf("shapes %v and %v, want [2 3] and [4]", grads[0].Shape, grads[1].Shape)
	}
}

func TestSecondGradientOfAConvolutionPanics(t *testing.T) {
	g := graph.New()
	w := graph.Window{Kernel: [2]int{1, 1}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
	x, k := g.Param("x", 1, 2, 2, 1), g.Param("k", 1, 1, 1, 1)
	dx := Gradients(g, g.ReduceSum(g.Conv2D(x, k, w), 0, 1, 2, 3), []*graph.Node{x})[0]
	defer func() {
		if _, ok := recover().(*graph.Error); !ok {
			t.Error("want a panic with *graph.Error")
		}
	}()
	Gradients(g, g.ReduceSum(dx, 0, 1, 2, 3), []*graph.Node{k})
}
