package eval

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.WinogradFilter] = winogradFilter
	kernels[graph.WinogradConv2D] = winograd
}

// line is the longest vector that a transform takes or gives.
type line [6]float32

// square is a matrix of which the transforms use the upper left part.
type square [6]line

// columnsThenRows transforms the columns of a matrix [n,n] by f, then the rows of
// the result [m,n], which gives [m,m].
func columnsThenRows(f func(line) line, in square, n, m int) square {
	var half, out square
	for j := range n {
		var column line
		for i := range n {
			column[i] = in[i][j]
		}
		for i, v := range f(column) {
			half[i][j] = v
		}
	}
	for i := range m {
		out[i] = f(half[i])
	}
	return out
}

// filterLine, imageLine and resultLine are the transforms G, Bᵀ and Aᵀ, by tile.
var filterLine = map[int]func(line) line{
	2: func(g line) line {
		s := g[0] + g[2]
		return line{g[0], float32(0.5 * (s + g[1])), float32(0.5 * (s - g[1])), g[2]}
	},
	4: func(g line) line {
		s := float32(graph.WinogradS0*g[0]) + float32(graph.WinogradS2*g[2])
		r := float32(graph.WinogradS1 * g[1])
		v := float32(graph.WinogradT0*g[0]) + float32(graph.WinogradT2*g[2])
		w := float32(graph.WinogradT1 * g[1])
		return line{g[0], s + r, s - r, v + w, v - w, g[2]}
	},
}

var imageLine = map[int]func(line) line{
	2: func(d line) line {
		return line{d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]}
	},
	4: func(d line) line {
		a := float32(graph.WinogradQ2*d[2]) - d[4]
		b := float32(graph.WinogradQ*d[1]) - float32(graph.WinogradP*d[3])
		c := d[4] - float32(graph.WinogradP2*d[2])
		e := float32(graph.WinogradQ*d[3]) - float32(graph.WinogradP*d[1])
		return line{
			(d[0] + d[4]) - float32(graph.WinogradR*d[2]),
			a + b, a - b, c + e, c - e,
			(d[1] + d[5]) - float32(graph.WinogradR*d[3]),
		}
	},
}

var resultLine = map[int]func(line) line{
	2: func(m line) line {
		return line{m[0] + (m[1] + m[2]), (m[1] - m[2]) - m[3]}
	},
	4: func(m line) line {
		a, b, c, e := m[1]+m[2], m[1]-m[2], m[3]+m[4], m[3]-m[4]
		return line{
			m[0] + (a + c),
			float32(graph.WinogradP*b) + float32(graph.WinogradQ*e),
			float32(graph.WinogradP2*a) + float32(graph.WinogradQ2*c),
			(float32(graph.WinogradP3*b) + float32(graph.WinogradQ3*e)) + m[5],
		}
	},
}

// winogradFilter transforms a kernel [3,3,ci,co] into [t·t,ci,co], t = Tile + 2.
func winogradFilter(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	a := n.Attr.(graph.Winograd)
	k, t := asImage(in[0]), a.Side()
	for i := range k.w * k.c {
		var g square
		for y := range 3 {
			for x := range 3 {
				g[y][x] = k.v[(3*y+x)*k.w*k.c+i]
			}
		}
		u := columnsThenRows(filterLine[a.Tile], g, 3, t)
		for y := range t {
			for x := range t {
				out.F()[(t*y+x)*k.w*k.c+i] = u[y][x]
			}
		}
	}
}

// winograd transforms tiles of the image, multiplies them with the kernel's and sums over ci ascending, and transforms
// back; what hangs over the edge of the result is left out (Lavin, Gray 2015, arXiv 1509.09308).
func winograd(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	a := n.Attr.(graph.Winograd)
	x, y := asImage(in[0]), asImage(out)
	v := make([]square, x.c)
	for b := range y.n {
		for ty := range a.Tiles(y.h) {
			for tx := range a.Tiles(y.w) {
				for ci := range v {
					v[ci] = columnsThenRows(imageLine[a.Tile], pixels(a, x, b, ty, tx, ci), a.Side(), a.Side())
				}
				for co := range y.c {
					sums := winogradSums(a.Side(), v, in[1].F()[co:], y.c)
					tile := columnsThenRows(resultLine[a.Tile], sums, a.Side(), a.Tile)
					for i := range min(a.Tile, y.h-ty*a.Tile) {
						for j := range min(a.Tile, y.w-tx*a.Tile) {
							*y.at(b, ty*a.Tile+i, tx*a.Tile+j, co) = tile[i][j]
						}
					}
				}
			}
		}
	}
}

// pixels is what tile (ty, tx) sees of one channel, zeros outside the image.
func pixels(a graph.Winograd, x image, b, ty, tx, ci int) square {
	var d square
	for i := range a.Side() {
		for j := range a.Side() {
			h, okH := source(a.Window(), 0, ty*a.Tile, i, x.h)
			w, okW := source(a.Window(), 1, tx*a.Tile, j, x.w)
			if okH && okW {
				d[i][j] = *x.at(b, h, w, ci)
			}
		}
	}
	return d
}

// winogradSums is Σ over ci ascending of v·u for one output channel; the elements
// of u lie stride apart.
func winogradSums(t int, v []square, u []float32, stride int) square {
	var sums square
	for ci := range v {
		for i := range t {
			for j := range t {
				sums[i][j] += float32(v[ci][i][j] * u[((t*i+j)*len(v)+ci)*stride])
			}
		}
	}
	return sums
}
