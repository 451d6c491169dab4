package native

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"wafer/nn/graph"
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
		t.Run(fmt.Sprintf("%d/%d,%d,%d,%d-%d %v", i, g.n, g.h, g.w, g.ci, g.co, g.Window), func(t *testing.T) { convEqualsLoop(t, r, g) })
		g.mult, g.co = 1+i%3/2, g.ci*(1+i%3/2)
		t.Run(fmt.Sprintf("%d/depthwise", i), func(t *testing.T) { depthwiseEqualsLoop(t, r, g) })
	}
}

func randomGeometry(r *rand.Rand) geometry {
	for {
		w := graph.Window{}
		for i := range 2 {
			w.Kernel[i], w.Stride[i], w.Dilation[i] = 1+r.IntN(4), 1+r.IntN(3), 1+r.IntN(2)
			w.Pad[2*i], w.Pad[2*i+1] = r.IntN(4)*r.IntN(2), r.IntN(4)*r.IntN(2)
		}
		g := geometry{n: 1 + r.IntN(3), h: 1 + r.IntN(12), w: 1 + r.IntN(12), ci: 1 + r.IntN(35), co: 1 + r.IntN(35), Window: w}
		if g.oh, g.ow = w.Out(0, g.h), w.Out(1, g.w); g.oh > 0 && g.ow > 0 {
			return g
		}
	}
}

// pairs calls f for each pair of a pixel of the image and one of the result that a
// tap of the window joins, in the order of all sums of a convolution.
func pairs(g geometry, f func(pixel, tap, result int)) {
	for n := range g.n {
		for oy := range g.oh {
			for ox := range g.ow {
				for ky := range g.Kernel[0] {
					for kx := range g.Kernel[1] {
						y, x := oy*g.Stride[0]+ky*g.Dilation[0]-g.Pad[0], ox*g.Stride[1]+kx*g.Dilation[1]-g.Pad[2]
						if y >= 0 && y < g.h && x >= 0 && x < g.w {
							f((n*g.h+y)*g.w+x, ky*g.Kernel[1]+kx, (n*g.oh+oy)*g.ow+ox)
						}
					}
				}
			}
		}
	}
}

// byTap is pairs with the taps in the outermost loop: the order of the gradient of the input.
func byTap(g geometry, f func(pixel, tap, result int)) {
	for want := range g.Kernel[0] * g.Kernel[1] {
		pairs(g, func(pixel, tap, result int) {
			if tap == want {
				f(pixel, tap, result)
			}
		})
	}
}

func shares(units int, f func(lo, hi int)) {
	f(0, units/3)
	f(units/3, units)
}

func convEqualsLoop(t *testing.T, r *rand.Rand, g geometry) {
	taps := g.Kernel[0] * g.Kernel[1]
	x, k, dy := random(r, g.n*g.h*g.w*g.ci), random(r, taps*g.ci*g.co), random(r, g.n*g.oh*g.ow*g.co)
	each := func(dst, a, b []float32, order func(geometry, func(pixel, tap, result int)), at func(pixel, tap, result, i, j int) (d, a, b int)) {
		order(g, func(pixel, tap, result int) {
			for i := range g.ci {
				for j := range g.co {
					to, p, q := at(pixel, tap, result, i, j)
					dst[to] += float32(a[p] * b[q])
				}
			}
		})
	}
	y, wantY := random(r, len(dy)), make([]float32, len(dy))
	shares(g.n*g.oh, func(lo, hi int) { conv2d(y, x, k, g, epilogue{}, lo, hi, 0, g.co) })
	each(wantY, x, k, pairs, func(p, t, q, i, j int) (int, int, int) {
		return q*g.co + j, p*g.ci + i, (t*g.ci+i)*g.co + j
	})
	sameBits(t, y, wantY)
	dx, wantX := random(r, len(x)), make([]float32, len(x))
	shares(g.n*g.h, func(lo, hi int) { conv2dGradInput(dx, dy, k, g, lo, hi) })
	each(wantX, dy, k, byTap, func(p, t, q, i, j int) (int, int, int) {
		return p*g.ci + i, q*g.co + j, (t*g.ci+i)*g.co + j
	})
	sameBits(t, dx, wantX)
	dk, wantK := random(r, len(k)), make([]float32, len(k))
	shares(taps*g.ci, func(lo, hi int) { conv2dGradFilter(dk, x, dy, g, lo, hi) })
	each(wantK, x, dy, pairs, func(p, t, q, i, j int) (int, int, int) {
		return (t*g.ci+i)*g.co + j, p*g.ci + i, q*g.co + j
	})
	sameBits(t, dk, wantK)
}

func depthwiseEqualsLoop(t *testing.T, r *rand.Rand, g geometry) {
	taps := g.Kernel[0] * g.Kernel[1]
	x, k, dy := random(r, g.n*g.h*g.w*g.ci), random(r, taps*g.co), random(r, g.n*g.oh*g.ow*g.co)
	y, dx, dk := random(r, len(dy)), random(r, len(x)), random(r, len(k))
	shares(g.n*g.oh, func(lo, hi int) { depthwise(y, x, k, g, epilogue{}, lo, hi) })
	shares(g.n*g.h, func(lo, hi int) { depthwiseGradInput(dx, dy, k, g, lo, hi) })
	shares(g.ci, func(lo, hi int) { depthwiseGradFilter(dk, x, dy, g, lo, hi) })
	wantY, wantX, wantK := make([]float32, len(y)), make([]float32, len(x)), make([]float32, len(k))
	pairs(g, func(p, t, q int) {
		for i := range g.co {
			wantY[q*g.co+i] += float32(x[p*g.ci+i/g.mult] * k[t*g.co+i])
			wantK[t*g.co+i] += float32(x[p*g.ci+i/g.mult] * dy[q*g.co+i])
		}
	})
	byTap(g, func(p, t, q int) {
		for i := range g.co {
			wantX[p*g.ci+i/g.mult] += float32(dy[q*g.co+i] * k[t*g.co+i])
		}
	})
	sameBits(t, y, wantY)
	sameBits(t, dx, wantX)
	sameBits(t, dk, wantK)
}
