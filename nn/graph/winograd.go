package graph

import (
	"fmt"

	"wafer/nn/tensor"
)

// Winograd is the attribute of both Winograd ops: F(m×m, 3×3) of Lavin and Gray,
// "Fast Algorithms for Convolutional Neural Networks" (2015), which computes a tile
// of m×m results of a 3×3 convolution with (m+2)² products in place of 9·m².
type Winograd struct {
	Tile int    `json:"tile"` // m, results along each side of a tile: 2 or 4
	Pad  [4]int `json:"pad"`  // as Window.Pad
}

func (a Winograd) String() string { return fmt.Sprintf("tile=%d pad=%v", a.Tile, a.Pad) }

// Window is the convolution that the attribute stands for: 3×3, stride and dilation 1.
func (a Winograd) Window() Window {
	return Window{Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}, Pad: a.Pad}
}

// Side is t = m+2, the pixels along each side of what a tile sees of the image.
func (a Winograd) Side() int { return a.Tile + 2 }

// Tiles is the number of tiles that cover length results; the last may be partial.
func (a Winograd) Tiles(length int) int { return (length + a.Tile - 1) / a.Tile }

// The transforms evaluate polynomials at 0, ±1 and ∞ (tile 2) or at 0, ±2/3, ±3/2
// and ∞ (tile 4). P·Q = 1 makes the latter cheap. Against sums in float64 of normal
// data, the largest error of tile 4 is 1.2e-6 of the largest result with 64 channels
// in and 2.6e-6 with 512, where Conv2D has 0.7e-6 and 2.0e-6, tile 2 has 0.4e-6 and
// 0.7e-6, and tile 4 at the usual points ±1, ±2 would have 5.9e-6 and 14e-6.
//
// Constants are exact here and rounded once, to float32, where they are used.
const (
	WinogradP  = 2.0 / 3
	WinogradP2 = WinogradP * WinogradP
	WinogradP3 = WinogradP * WinogradP2
	WinogradQ  = 3.0 / 2
	WinogradQ2 = WinogradQ * WinogradQ
	WinogradQ3 = WinogradQ * WinogradQ2
	WinogradR  = WinogradP2 + WinogradQ2
	// 1, P and P² over the product of P's distances to the other points; likewise for Q.
	WinogradS0 = 1 / (2 - 2*WinogradP2*WinogradP2)
	WinogradS1 = WinogradS0 * WinogradP
	WinogradS2 = WinogradS0 * WinogradP2
	WinogradT0 = 1 / (2*WinogradQ2*WinogradQ2 - 2)
	WinogradT1 = WinogradT0 * WinogradQ
	WinogradT2 = WinogradT0 * WinogradQ2
)

func init() {
	specs[WinogradFilter] = spec{arity: 1, attr: Winograd{}, infer: winogradFilterShape}
	specs[WinogradConv2D] = spec{arity: 2, attr: Winograd{}, infer: winogradShape}
}

// WinogradFilter transforms a kernel k [3,3,ci,co] to u [t·t,ci,co], t = m+2, for
// WinogradConv2D. For each (ci, co), every column of the 3×3 kernel is transformed by
// G, which gives [t,3], then every row of that, which gives [t,t]; element (i, j) is
// u[t·i+j]. All operations are float32, every product and sum rounded, in this order:
//
//	tile 2: s = g0+g2
//	        u0 = g0    u1 = 0.5·(s+g1)    u2 = 0.5·(s-g1)    u3 = g2
//
//	tile 4: s = S0·g0 + S2·g2    r = S1·g1
//	        v = T0·g0 + T2·g2    w = T1·g1
//	        u0 = g0    u1 = s+r    u2 = s-r    u3 = v+w    u4 = v-w    u5 = g2
func (g *Graph) WinogradFilter(k *Node, attr Winograd) *Node { return g.add(WinogradFilter, attr, k) }

// WinogradConv2D is Conv2D of x [n,h,w,ci] with the 3×3 kernel of which u [t·t,ci,co]
// is the transform, stride and dilation 1: [n,oh,ow,co], equal to Conv2D but for
// rounding. Tile (i, j) gives results m·i ≤ y < m·i+m, m·j ≤ x < m·j+m and sees the
// t×t pixels of the padded image from (m·i, m·j) on. Pixels outside the image are +0
// and take part; results beyond oh or ow are dropped.
//
// V [t,t] is the transform of the pixels of each tile and channel, M [t,t] for each
// output channel is V·u, each element one sum from +0 over ci ascending, and the
// results [m,m] are the transform of M. Columns come first, then rows, as in
// WinogradFilter, and every product and sum is rounded in this order:
//
//	tile 2: v0 = d0-d2    v1 = d1+d2    v2 = d2-d1    v3 = d1-d3
//
//	        y0 = m0+(m1+m2)    y1 = (m1-m2)-m3
//
//	tile 4: a = Q2·d2 - d4      b = Q·d1 - P·d3
//	        c = d4 - P2·d2      e = Q·d3 - P·d1
//	        v0 = (d0+d4) - R·d2    v1 = a+b    v2 = a-b
//	        v5 = (d1+d5) - R·d3    v3 = c+e    v4 = c-e
//
//	        a = m1+m2    b = m1-m2    c = m3+m4    e = m3-m4
//	        y0 = m0+(a+c)          y1 = P·b + Q·e
//	        y2 = P2·a + Q2·c       y3 = (P3·b + Q3·e) + m5
func (g *Graph) WinogradConv2D(x, u *Node, attr Winograd) *Node {
	return g.add(WinogradConv2D, attr, x, u)
}

// winogradFilterShape: k [3 3 ci co] → [t·t ci co].
func winogradFilterShape(n *Node) (tensor.Shape, tensor.DType, string) {
	k, a := n.In[0].Shape, n.Attr.(Winograd)
	if a.Tile != 2 && a.Tile != 4 {
		return no("has tiles of %d, not 2 or 4", a.Tile)
	}
	if len(k) != 4 || k[0] != 3 || k[1] != 3 {
		return no("needs a kernel [3 3 ci co]")
	}
	return f32(a.Side()*a.Side(), k[2], k[3])
}

// winogradShape: x [n h w ci], u [t·t ci co] → [n oh ow co].
func winogradShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x, u, a := n.In[0].Shape, n.In[1].Shape, n.Attr.(Winograd)
	if a.Tile != 2 && a.Tile != 4 {
		return no("has tiles of %d, not 2 or 4", a.Tile)
	}
	if t := a.Side(); len(x) != 4 || len(u) != 3 || u[0] != t*t || u[1] != x[3] {
		return no("needs an image [n h w ci] and a transformed kernel [%d ci co]", t*t)
	}
	return windowShape(x, a.Window(), u[2])
}

// Costs of WinogradTile in multiply-adds of a matrix product. With these the model
// comes near what compiled modules measured on layers of ResNet-18 and VGG16:
// 56×56×64 3.3 times faster (measured 3.3), 28×28×512 3.4 (3.1), 14×14×512 2.2 with
// tile 4 and 2.0 with tile 2 (2.2 and 1.8), 7×7×512 1.37 with tile 2 (1.36).
const (
	winogradLeast = 16  // channels, below which vectors and products are too short
	winogradGain  = 1.2 // what the extra memory and rounding must be worth
	weightByte    = 1.5 // reading a byte of the kernel, which comes from memory once an image
	transformed   = 8   // making an element of V or M
)

// WinogradTile says which tile to compute the convolution of an image x [n,h,w,ci]
// with a kernel k [3,3,ci,co] by: 4, 2, or 0 for Conv2D. The shape alone decides,
// so that every machine gives the same bits, and n does not, so that an image gives
// the same result in every batch.
//
// Large tiles save products (9/4 of them with tile 2, 4 with tile 4) unless they hang
// over the edge, and read more of the transformed kernel: on small images with
// many channels that is what counts.
func WinogradTile(x, k tensor.Shape, w Window) int {
	if len(x) != 4 || len(k) != 4 || w != (Winograd{Pad: w.Pad}).Window() || min(k[2], k[3]) < winogradLeast {
		return 0
	}
	oh, ow := w.Out(0, x[1]), w.Out(1, x[2])
	ci, co := float64(k[2]), float64(k[3])
	best, tile := ci*co*float64(9*oh*ow+9*4*weightByte)/winogradGain, 0
	for _, m := range []int{2, 4} {
		a := Winograd{m, w.Pad}
		tiles, t2 := float64(a.Tiles(oh)*a.Tiles(ow)), float64(a.Side()*a.Side())
		transforms := transformed * tiles * t2 * (ci + co)
		if cost := t2*ci*co*(tiles+4*weightByte) + transforms; cost < best {
			best, tile = cost, m
		}
	}
	return tile
}
