package eval

import (
	"math"
	"math/rand/v2"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// TestWinogradIsAConvolution states the error: the largest difference from sums in
// float64, as a fraction of the largest result, for normal data.
func TestWinogradIsAConvolution(t *testing.T) {
	for _, c := range []struct {
		tile, ci int
		limit    float64
	}{{2, 64, 1.2e-6}, {2, 512, 2.5e-6}, {4, 64, 1.5e-6}, {4, 512, 3e-6}} {
		attr := graph.Winograd{Tile: c.tile, Pad: [4]int{1, 0, 2, 1}}
		r := rand.New(rand.NewPCG(7, uint64(c.ci)))
		x, k := normal(r, 1, 1, 15, 18, c.ci), normal(r, 0.1, 3, 3, c.ci, 8)
		y := run(t, func(g *graph.Graph) *graph.Node {
			return g.WinogradConv2D(g.Const(x), g.WinogradFilter(g.Const(k), attr), attr)
		})
		direct := run(t, func(g *graph.Graph) *graph.Node { return g.Conv2D(g.Const(x), g.Const(k), attr.Window()) })
		want := convolution64(attr.Window(), asImage(x), asImage(k), y.Shape())
		got := relativeToLargest(y.F(), want)
		t.Logf("tile %d, %d channels: %.2g, direct %.2g", c.tile, c.ci, got, relativeToLargest(direct.F(), want))
		if got > c.limit {
			t.Errorf("tile %d, %d channels: error %.2g, want at most %.2g", c.tile, c.ci, got, c.limit)
		}
	}
}

func normal(r *rand.Rand, deviation float64, shape ...int) *tensor.Tensor {
	v := tensor.New(tensor.Float32, shape...)
	for i := range v.F() {
		v.F()[i] = float32(r.NormFloat64() * deviation)
	}
	return v
}

func convolution64(w graph.Window, x, k image, shape tensor.Shape) []float64 {
	y := make([]float64, shape.Size())
	each(shape, func(i int, at []int) {
		for kh := range 3 {
			for kw := range 3 {
				h, okH := source(w, 0, at[1], kh, x.h)
				v, okW := source(w, 1, at[2], kw, x.w)
				for ci := 0; okH && okW && ci < x.c; ci++ {
					y[i] += float64(*x.at(at[0], h, v, ci)) * float64(*k.at(kh, kw, ci, at[3]))
				}
			}
		}
	})
	return y
}

func relativeToLargest(got []float32, want []float64) float64 {
	largest, off := 0.0, 0.0
	for i, v := range want {
		largest, off = max(largest, math.Abs(v)), max(off, math.Abs(v-float64(got[i])))
	}
	return off / largest
}
