package native

import (
	"testing"
	"time"

	"wafer/nn/graph"
	"wafer/nn/plan"
)

// same is a convolution with padding "same": a batch of n square images of the
// given side, kernel and stride.
func same(n, side, ci, co, kernel, stride int) plan.Conv {
	w := graph.Window{Kernel: [2]int{kernel, kernel}, Stride: [2]int{stride, stride}, Dilation: [2]int{1, 1}}
	w = w.SamePadding(side, side)
	return plan.Conv{N: n, H: side, W: side, CI: ci, OH: w.Out(0, side), OW: w.Out(1, side), CO: co, Window: w}
}

var convShapes = []struct {
	name string
	g    plan.Conv
}{
	{"128-128at14", same(1, 14, 128, 128, 3, 1)},
	{"1-32at28", same(64, 28, 1, 32, 3, 1)},
	{"32-64at14", same(64, 14, 32, 64, 3, 1)},
	{"3-16at64stride2", same(8, 64, 3, 16, 3, 2)},
	{"64-128at8pointwise", same(16, 8, 64, 128, 1, 1)},
}

func BenchmarkConv2D(b *testing.B) {
	benchConv(b, graph.Conv2D, func(w *workspace, g plan.Conv, x, k, y []float32) {
		w.conv2d(y, x, k, g, epilogue{}, 0, g.N*g.OH, 0, g.CO)
	})
}

func BenchmarkConv2DGradInput(b *testing.B) {
	benchConv(b, graph.Conv2DGradInput, func(w *workspace, g plan.Conv, x, k, y []float32) {
		w.conv2dGradInput(x, y, k, g, 0, g.N*g.H)
	})
}

func BenchmarkConv2DGradFilter(b *testing.B) {
	benchConv(b, graph.Conv2DGradFilter, func(w *workspace, g plan.Conv, x, k, y []float32) {
		w.conv2dGradFilter(k, x, y, g, 0, g.Kernel[0]*g.Kernel[1]*g.CI)
	})
}

func benchConv(b *testing.B, op graph.Op, f func(w *workspace, g plan.Conv, x, k, y []float32)) {
	for _, s := range convShapes {
		g, taps := s.g, s.g.Kernel[0]*s.g.Kernel[1]
		w := workFor(g.Work(op))
		x, k, y := sequence(g.N*g.H*g.W*g.CI), sequence(taps*g.CI*g.CO), sequence(g.N*g.OH*g.OW*g.CO)
		b.Run(s.name, func(b *testing.B) {
			benchProduct(b, g.N*g.OH*g.OW*g.CO*taps*g.CI, func() { f(w, g, x, k, y) })
		})
	}
}

var depthwiseShapes = []struct {
	name string
	g    plan.Conv
}{
	{"64at32", same(1, 32, 64, 64, 3, 1)},
	{"32at32batch16", same(16, 32, 32, 32, 3, 1)},
	{"64at32stride2", same(16, 32, 64, 64, 3, 2)},
}

func BenchmarkDepthwise(b *testing.B) {
	benchDepthwise(b, graph.DepthwiseConv2D, func(w *workspace, g plan.Conv, x, k, y []float32) {
		w.depthwise(y, x, k, g, epilogue{}, 0, g.N*g.OH)
	})
}

func BenchmarkDepthwiseGradInput(b *testing.B) {
	benchDepthwise(b, graph.DepthwiseConv2DGradInput, func(w *workspace, g plan.Conv, x, k, y []float32) {
		w.depthwiseGradInput(x, y, k, g, 0, g.N*g.H)
	})
}

func BenchmarkDepthwiseGradFilter(b *testing.B) {
	benchDepthwise(b, graph.DepthwiseConv2DGradFilter, func(w *workspace, g plan.Conv, x, k, y []float32) {
		w.depthwiseGradFilter(k, x, y, g, 0, g.CI)
	})
}

func benchDepthwise(b *testing.B, op graph.Op, f func(w *workspace, g plan.Conv, x, k, y []float32)) {
	for _, s := range depthwiseShapes {
		g, taps := s.g, s.g.Kernel[0]*s.g.Kernel[1]
		g.Mult = 1
		w := workFor(g.Work(op))
		x, k, y := sequence(g.N*g.H*g.W*g.CI), sequence(taps*g.CI), sequence(g.N*g.OH*g.OW*g.CI)
		b.Run(s.name, func(b *testing.B) {
			benchProduct(b, g.N*g.OH*g.OW*g.CI*taps, func() { f(w, g, x, k, y) })
		})
	}
}

func BenchmarkMaxPool(b *testing.B) {
	benchPool(b, graph.MaxPool, func(w *workspace, g plan.Conv, x, y []float32) {
		w.maxPool(y, x, g, 0, g.N*g.OH)
	})
}

func BenchmarkMaxPoolGrad(b *testing.B) {
	var d []float32
	benchPool(b, graph.MaxPoolGrad, func(w *workspace, g plan.Conv, x, y []float32) {
		if len(d) < len(x) {
			d = make([]float32, len(x))
		}
		w.maxPoolGrad(d, x, y, g, 0, g.N)
	})
}

func BenchmarkAvgPool(b *testing.B) {
	benchPool(b, graph.AvgPool, func(w *workspace, g plan.Conv, x, y []float32) {
		w.avgPool(y, x, g, 0, g.N*g.OH)
	})
}

func BenchmarkAvgPoolGrad(b *testing.B) {
	benchPool(b, graph.AvgPoolGrad, func(w *workspace, g plan.Conv, x, y []float32) {
		w.avgPoolGrad(x, y, g, 0, g.N)
	})
}

func benchPool(b *testing.B, op graph.Op, f func(w *workspace, g plan.Conv, x, y []float32)) {
	g := same(64, 28, 32, 32, 2, 2)
	w := workFor(g.Work(op))
	x, y := sequence(g.N*g.H*g.W*g.CI), sequence(g.N*g.OH*g.OW*g.CI)
	best := time.Hour
	for b.Loop() {
		start := time.Now()
		f(w, g, x, y)
		best = min(best, time.Since(start))
	}
	b.ReportMetric(4*float64(len(x)+len(y))/float64(best), "GB/s")
}
