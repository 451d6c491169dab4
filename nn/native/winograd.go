package native

import (
	"wafer/nn/graph"
	"wafer/nn/plan"
)

// Winograd convolutions transform a block of tiles at a time: V [t·t, tiles, ci], then
// one product for each of the t·t positions, M [t·t, tiles, co], then M to results.
// The transforms work on vectors of channels, so nothing else is in their way.

// winogradMemory and winogradTiles are the plan's; they are variables for tests.
var (
	winogradMemory = plan.WinogradElements
	winogradTiles  = plan.WinogradTiles
)

// lines are the vectors that a transform takes or gives: 2 to 6 of one length.
type lines [6][]float32

// transform is one of G, Bᵀ and Aᵀ of graph.WinogradFilter and WinogradConv2D.
type transform struct {
	vectors func(dst, src *lines) int // whole registers, and how many elements that were
	one     func([6]float32) [6]float32
	in, out int // lines
}

// run transforms src to dst, element by element.
func (f *transform) run(dst, src *lines) {
	var v [6]float32
	for i := f.vectors(dst, src); i < len(dst[0]); i++ {
		for l := range f.in {
			v[l] = src[l][i]
		}
		for l, r := range f.one(v) {
			if l < f.out {
				dst[l][i] = r
			}
		}
	}
}

// transforms by tile.
var transforms = map[int]struct{ filter, image, result transform }{
	2: {transform{filterVectors2, filterOne2, 3, 4}, transform{imageVectors2, imageOne2, 4, 4},
		transform{resultVectors2, resultOne2, 4, 2}},
	4: {transform{filterVectors4, filterOne4, 3, 6}, transform{imageVectors4, imageOne4, 6, 6},
		transform{resultVectors4, resultOne4, 6, 4}},
}

// winograd binds both ops to their kernels.
func (p *program) winograd(s *plan.Step) kernel {
	out, in := p.operands(s)
	a := s.Attr.(graph.Winograd)
	if s.Op == graph.WinogradFilter {
		k := p.shape(s.In[0])
		return func(t, lo, hi int) { p.spaces[t].winogradFilter(out, in[0], a.Tile, k[2], k[3], lo, hi) }
	}
	g := p.plan.Conv(s)
	ep := p.epilogue(s)
	u := filters{in[1], p.inPanels[s.In[1]]}
	tiles := s.Units * ((g.OW + a.Tile - 1) / a.Tile)
	return p.shared(s, tiles, g.CO, func(w *workspace, lo, hi, from, to int) {
		w.winogradConv2d(out, in[0], u, g, a.Tile, ep, lo, hi, from, to)
	})
}

// filters are transformed kernels [t·t,ci,co]; in panels, each of the t·t matrices has its columns in panels.
type filters struct {
	data   []float32
	panels bool
}

// at is number i of them.
func (f filters) at(i, ci, co int) matrix {
	data := f.data[i*ci*co:][:ci*co]
	if !f.panels {
		return stored(data, co, false)
	}
	nr := microKernel().width
	return matrix{data: data, rows: nr, cols: ci * nr, panels: true}
}

// findPanels chooses the results of Prepare that are kept in panels: transformed kernels that nothing but convolutions
// reads and that fill their panels. Products then need not pack them in every run.
func (p *program) findPanels() {
	p.inPanels = map[int]bool{}
	for _, s := range p.plan.Prepare {
		if s.Op == graph.WinogradFilter && p.shape(s.Out[0]).Last()%microKernel().width == 0 {
			p.inPanels[s.Out[0]] = true
		}
	}
	for _, list := range [][]plan.Step{p.plan.Prepare, p.plan.Steps} {
		for _, s := range list {
			for i, v := range s.In {
				if s.Op != graph.WinogradConv2D || i != 1 {
					delete(p.inPanels, v)
				}
			}
		}
	}
	for _, o := range p.plan.Outputs {
		delete(p.inPanels, o.Value)
	}
	for _, c := range p.plan.Copies {
		delete(p.inPanels, c.From)
	}
}

// layPanels brings what Prepare computed into panels.
func (p *program) layPanels() {
	nr, w := microKernel().width, p.spaces[0]
	for v := range p.inPanels {
		shape := p.shape(v)
		ci, co := shape[1], shape[2]
		w.empty()
		b := w.take(ci * co)
		for rest := p.f(v); len(rest) > 0; rest = rest[ci*co:] {
			copy(b, rest)
			for j := 0; j < co; j += nr {
				packPanel(rest[j*ci:(j+nr)*ci], stored(b, co, false), 0, ci, j, j+nr, nr)
			}
		}
	}
}

// winogradFilter transforms input channels lo ≤ c < hi of k [3,3,ci,co] to u [t·t,ci,co].
func (w *workspace) winogradFilter(u, k []float32, m, ci, co, lo, hi int) {
	w.empty()
	f, t, half := transforms[m].filter, m+2, w.take((m+2)*3*co)
	var from, to lines
	for c := lo; c < hi; c++ {
		for x := range 3 {
			for y := range 3 {
				from[y] = k[((3*y+x)*ci+c)*co:][:co]
			}
			for i := range t {
				to[i] = half[(3*i+x)*co:][:co]
			}
			f.run(&to, &from)
		}
		for i := range t {
			for x := range 3 {
				from[x] = half[(3*i+x)*co:][:co]
			}
			for j := range t {
				to[j] = u[((t*i+j)*ci+c)*co:][:co]
			}
			f.run(&to, &from)
		}
	}
}

// tiling is a Winograd convolution in a workspace.
type tiling struct {
	*workspace
	plan.Conv
	from, to   lines
	m, t       int // results and pixels along each side of a tile
	tall, wide int // tiles that cover the result
	most       int // tiles that are computed in all
	half       []float32
	v, sums    []float32 // of a block
	zeros      []float32 // a row of pixels outside the image
	beyond     []float32 // a pixel beyond the result
}

// winogradConv2d computes channels from ≤ c < to of rows of tiles lo ≤ r < hi of n·ceil(oh/m).
func (w *workspace) winogradConv2d(dst, x []float32, u filters, g plan.Conv, m int, ep epilogue, lo, hi, from,
	to int) {
	w.empty()
	t := &w.tiling
	wide := (g.OW + m - 1) / m
	t.prepare(g, m, (hi-lo)*wide)
	t.runs = append(t.spans(1), run{0, g.CI})
	for i, end := lo*wide, hi*wide; i < end; {
		n := min(t.block(), end-i)
		t.transformImage(x, i, n)
		for k := range t.t * t.t {
			left := operand{data: t.v[k*n*g.CI:], rows: grid{width: n, tall: 1, pixel: g.CI}, step: 1, runs: t.runs}
			t.product(t.sums[k*n*g.CO+from:], g.CO, left, u.at(k, g.CI, g.CO).from(from), to-from, g.CI, true,
				epilogue{}, 0, n)
		}
		for j := range n {
			t.transformSums(dst, i+j, j, n, ep, from, to)
		}
		i += n
	}
}

// prepare lays out the memory for a convolution.
func (t *tiling) prepare(g plan.Conv, m, tiles int) {
	t.Conv, t.m, t.t, t.tall, t.wide, t.most = g, m, m+2, (g.OH+m-1)/m, (g.OW+m-1)/m, tiles
	t2, n := t.t*t.t, t.block()
	parts := []int{t.t * max((t.wide*m+2)*g.CI, m*g.CO), t2 * n * g.CI, t2 * n * g.CO, g.W * g.CI, g.CO}
	rest := t.take(parts[0] + parts[1] + parts[2] + parts[3] + parts[4])
	for i, to := range []*[]float32{&t.half, &t.v, &t.sums, &t.zeros, &t.beyond} {
		*to, rest = rest[:parts[i]], rest[parts[i]:]
	}
	clear(t.zeros)
}

// block is how many tiles are computed at a time.
func (t *tiling) block() int {
	n := max(winogradMemory/(t.t*t.t*(t.CI+t.CO)), winogradTiles)
	return min(n, t.most)
}

// transformImage makes V of tiles first ≤ i < first+n.
func (t *tiling) transformImage(x []float32, first, n int) {
	f := transforms[t.m].image
	line := (t.wide*t.m + 2) * t.CI
	for i := range n {
		column := (first + i) % t.wide
		if i == 0 || column == 0 {
			t.transformRows(x, (first+i)/t.wide)
		}
		for y := range t.t {
			for j := range t.t {
				t.from[j] = t.half[y*line+(column*t.m+j)*t.CI:][:t.CI]
				t.to[j] = t.v[((y*t.t+j)*n+i)*t.CI:][:t.CI]
			}
			f.run(&t.to, &t.from)
		}
	}
}

// transformRows transforms all columns of pixels that a row of tiles sees: to t.half
// [t, wide·m+2, ci]. Zeros, as left and right of the image, are transformed to zeros.
func (t *tiling) transformRows(x []float32, row int) {
	f := transforms[t.m].image
	line, left, length := (t.wide*t.m+2)*t.CI, t.Pad[2]*t.CI, t.W*t.CI
	for i := range t.t {
		t.from[i] = t.zeros[:length]
		if y := row%t.tall*t.m + i - t.Pad[0]; y >= 0 && y < t.H {
			t.from[i] = x[(row/t.tall*t.H+y)*length:][:length]
		}
		whole := t.half[i*line:][:line]
		clear(whole[:left])
		clear(whole[left+length:])
		t.to[i] = whole[left : left+length]
	}
	f.run(&t.to, &t.from)
}

// transformSums makes channels from ≤ c < to of the results of one tile, number j of n in its block.
func (t *tiling) transformSums(dst []float32, tile, j, n int, ep epilogue, from, to int) {
	f := transforms[t.m].result
	for x := range t.t {
		for y := range t.t {
			t.from[y] = t.sums[((y*t.t+x)*n+j)*t.CO:][from:to]
		}
		for y := range t.m {
			t.to[y] = t.half[(y*t.t+x)*t.CO:][from:to]
		}
		f.run(&t.to, &t.from)
	}
	image, top, left := tile/t.wide/t.tall, tile/t.wide%t.tall*t.m, tile%t.wide*t.m
	width := min(t.m, t.OW-left)
	for y := range min(t.m, t.OH-top) {
		at := (image*t.OH+top+y)*t.OW + left
		for x := range t.t {
			t.from[x] = t.half[(y*t.t+x)*t.CO:][from:to]
		}
		for x := range t.m {
			if t.to[x] = t.beyond[from:to]; x < width {
				t.to[x] = dst[(at+x)*t.CO:][from:to]
			}
		}
		f.run(&t.to, &t.from)
		ep.apply(dst, t.CO, at, at+width, from, to)
	}
}

// filterOne2 and its like transform one line: of a kernel (G), an image (Bᵀ) and a result (Aᵀ), for tiles of 2 and of
// 4. Package eval has the same, and graph/winograd.go the numbers.
func filterOne2(g [6]float32) [6]float32 {
	s := g[0] + g[2]
	return [6]float32{g[0], float32(0.5 * (s + g[1])), float32(0.5 * (s - g[1])), g[2]}
}

func imageOne2(d [6]float32) [6]float32 {
	return [6]float32{d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]}
}

func resultOne2(m [6]float32) [6]float32 {
	return [6]float32{m[0] + (m[1] + m[2]), (m[1] - m[2]) - m[3]}
}

func filterOne4(g [6]float32) [6]float32 {
	s := float32(graph.WinogradS0*g[0]) + float32(graph.WinogradS2*g[2])
	r := float32(graph.WinogradS1 * g[1])
	v := float32(graph.WinogradT0*g[0]) + float32(graph.WinogradT2*g[2])
	w := float32(graph.WinogradT1 * g[1])
	return [6]float32{g[0], s + r, s - r, v + w, v - w, g[2]}
}

func imageOne4(d [6]float32) [6]float32 {
	a := float32(graph.WinogradQ2*d[2]) - d[4]
	b := float32(graph.WinogradQ*d[1]) - float32(graph.WinogradP*d[3])
	c := d[4] - float32(graph.WinogradP2*d[2])
	e := float32(graph.WinogradQ*d[3]) - float32(graph.WinogradP*d[1])
	v0 := (d[0] + d[4]) - float32(graph.WinogradR*d[2])
	v5 := (d[1] + d[5]) - float32(graph.WinogradR*d[3])
	return [6]float32{v0, a + b, a - b, c + e, c - e, v5}
}

func resultOne4(m [6]float32) [6]float32 {
	a, b, c, e := m[1]+m[2], m[1]-m[2], m[3]+m[4], m[3]-m[4]
	y1 := float32(graph.WinogradP*b) + float32(graph.WinogradQ*e)
	y2 := float32(graph.WinogradP2*a) + float32(graph.WinogradQ2*c)
	y3 := (float32(graph.WinogradP3*b) + float32(graph.WinogradQ3*e)) + m[5]
	return [6]float32{m[0] + (a + c), y1, y2, y3}
}
