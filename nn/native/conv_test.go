package native

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/plan"
)

// TestConvolutionsEqualLoops draws windows of every kind, those whose stride or
// padding leaves parts of the image unseen among them, and compares the three
// products and their depthwise twins, computed in two shares, with one loop nest. Every
// other image is laid out some lines at a time.
func TestConvolutionsEqualLoops(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	memory, rows := frameMemory, frameRows
	defer func() { frameMemory, frameRows = memory, rows }()
	for i := range 62 {
		if frameMemory, frameRows = memory, rows; i%2 == 1 {
			frameMemory, frameRows = 100, 0
		}
		g := randomGeometry(r)
		if i >= 60 { // more images than are laid out at a time
			g = same(3, 40, 33, 4, 3, i-59)
		}
		t.Run(fmt.Sprintf("%d/%d,%d,%d,%d-%d %v", i, g.N, g.H, g.W, g.CI, g.CO, g.Window),
			func(t *testing.T) { convEqualsLoop(t, r, g) })
		g.Mult, g.CO = 1+i%3/2, g.CI*(1+i%3/2)
		t.Run(fmt.Sprintf("%d/depthwise", i), func(t *testing.T) { depthwiseEqualsLoop(t, r, g) })
	}
}

func randomGeometry(r *rand.Rand) plan.Conv {
	for {
		w := graph.Window{}
		for i := range 2 {
			w.Kernel[i], w.Stride[i], w.Dilation[i] = 1+r.IntN(4), 1+r.IntN(3), 1+r.IntN(2)
			w.Pad[2*i], w.Pad[2*i+1] = r.IntN(4)*r.IntN(2), r.IntN(4)*r.IntN(2)
		}
		g := plan.Conv{N: 1 + r.IntN(3), H: 1 + r.IntN(12), W: 1 + r.IntN(12), CI: 1 + r.IntN(35),
			CO: 1 + r.IntN(35), Window: w}
		if g.OH, g.OW = w.Out(0, g.H), w.Out(1, g.W); g.OH > 0 && g.OW > 0 {
			return g
		}
	}
}

// pairs calls f for each pair of a pixel of the image and one of the result that a
// tap of the window joins, in the order of all sums of a convolution.
func pairs(g plan.Conv, f func(pixel, tap, result int)) {
	for n := range g.N {
		for oy := range g.OH {
			for ox := range g.OW {
				for ky := range g.Kernel[0] {
					for kx := range g.Kernel[1] {
						y, x := oy*g.Stride[0]+ky*g.Dilation[0]-g.Pad[0], ox*g.Stride[1]+kx*g.Dilation[1]-g.Pad[2]
						if y >= 0 && y < g.H && x >= 0 && x < g.W {
							f((n*g.H+y)*g.W+x, ky*g.Kernel[1]+kx, (n*g.OH+oy)*g.OW+ox)
						}
					}
				}
			}
		}
	}
}

// byTap is pairs with the taps in the outermost loop: the order of the gradient of the input.
func byTap(g plan.Conv, f func(pixel, tap, result int)) {
	for want := range g.Kernel[0] * g.Kernel[1] {
		pairs(g, func(pixel, tap, result int) {
			if tap == want {
				f(pixel, tap, result)
			}
		})
	}
}

// with is a workspace of what the plan states for an op.
func with(g plan.Conv, op graph.Op) *workspace { return workFor(g.Work(op)) }

func shares(units int, f func(lo, hi int)) {
	f(0, units/3)
	f(units/3, units)
}

func convEqualsLoop(t *testing.T, r *rand.Rand, g plan.Conv) {
	taps := g.Kernel[0] * g.Kernel[1]
	x, k, dy := random(r, g.N*g.H*g.W*g.CI), random(r, taps*g.CI*g.CO), random(r, g.N*g.OH*g.OW*g.CO)
	each := func(dst, a, b []float32, order func(plan.Conv, func(pixel, tap, result int)),
		at func(pixel, tap, result, i, j int) (d, a, b int)) {
		order(g, func(pixel, tap, result int) {
			for i := range g.CI {
				for j := range g.CO {
					to, p, q := at(pixel, tap, result, i, j)
					dst[to] += float32(a[p] * b[q])
				}
			}
		})
	}
	y, wantY := random(r, len(dy)), make([]float32, len(dy))
	shares(g.N*g.OH, func(lo, hi int) { with(g, graph.Conv2D).conv2d(y, x, k, g, epilogue{}, lo, hi, 0, g.CO) })
	each(wantY, x, k, pairs, func(p, t, q, i, j int) (int, int, int) {
		return q*g.CO + j, p*g.CI + i, (t*g.CI+i)*g.CO + j
	})
	sameBits(t, y, wantY)
	dx, wantX := random(r, len(x)), make([]float32, len(x))
	shares(g.N*g.H, func(lo, hi int) { with(g, graph.Conv2DGradInput).conv2dGradInput(dx, dy, k, g, lo, hi) })
	each(wantX, dy, k, byTap, func(p, t, q, i, j int) (int, int, int) {
		return p*g.CI + i, q*g.CO + j, (t*g.CI+i)*g.CO + j
	})
	sameBits(t, dx, wantX)
	dk, wantK := random(r, len(k)), make([]float32, len(k))
	shares(taps*g.CI, func(lo, hi int) { with(g, graph.Conv2DGradFilter).conv2dGradFilter(dk, x, dy, g, lo, hi) })
	each(wantK, x, dy, pairs, func(p, t, q, i, j int) (int, int, int) {
		return (t*g.CI+i)*g.CO + j, p*g.CI + i, q*g.CO + j
	})
	sameBits(t, dk, wantK)
}

func depthwiseEqualsLoop(t *testing.T, r *rand.Rand, g plan.Conv) {
	taps := g.Kernel[0] * g.Kernel[1]
	x, k, dy := random(r, g.N*g.H*g.W*g.CI), random(r, taps*g.CO), random(r, g.N*g.OH*g.OW*g.CO)
	y, dx, dk := random(r, len(dy)), random(r, len(x)), random(r, len(k))
	shares(g.N*g.OH, func(lo, hi int) { with(g, graph.DepthwiseConv2D).depthwise(y, x, k, g, epilogue{}, lo, hi) })
	shares(g.N*g.H, func(lo, hi int) {
		with(g, graph.DepthwiseConv2DGradInput).depthwiseGradInput(dx, dy, k, g, lo, hi)
	})
	shares(g.CI, func(lo, hi int) {
		with(g, graph.DepthwiseConv2DGradFilter).depthwiseGradFilter(dk, x, dy, g, lo, hi)
	})
	wantY, wantX, wantK := make([]float32, len(y)), make([]float32, len(x)), make([]float32, len(k))
	pairs(g, func(p, t, q int) {
		for i := range g.CO {
			wantY[q*g.CO+i] += float32(x[p*g.CI+i/g.Mult] * k[t*g.CO+i])
			wantK[t*g.CO+i] += float32(x[p*g.CI+i/g.Mult] * dy[q*g.CO+i])
		}
	})
	byTap(g, func(p, t, q int) {
		for i := range g.CO {
			wantX[p*g.CI+i/g.Mult] += float32(dy[q*g.CO+i] * k[t*g.CO+i])
		}
	})
	sameBits(t, y, wantY)
	sameBits(t, dx, wantX)
	sameBits(t, dk, wantK)
}
