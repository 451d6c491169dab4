package native

// Convolutions are matrix products whose left operand, the patches of an image, is
// copied together block by block: rows are positions, columns (kh, kw, channel).

// conv2d computes rows lo ≤ u < hi of the n·oh rows of dst.
func conv2d(dst, x, k []float32, g geometry, ep epilogue, lo, hi int) {
	p := imagePatches(x, g)
	left, room := p.rows()
	product(dst, g.co, left, room, matrix{k, g.co, 1}, g.co, p.depth(), ep, lo*g.ow, hi*g.ow)
}

// imagePatches are what the window sees at each output position.
func imagePatches(x []float32, g geometry) patches {
	return patches{g: g, image: x, h: g.h, w: g.w, c: g.ci, tall: g.oh, width: g.ow, source: forward, ascending: g.Dilation[1] == 1}
}

// conv2dGradInput computes rows lo ≤ u < hi of the n·h rows of dx: a product of the
// patches of dy with the kernel, both channel axes exchanged.
func conv2dGradInput(dx, dy, k []float32, g geometry, lo, hi int) {
	p := patches{g: g, image: dy, h: g.oh, w: g.ow, c: g.co, tall: g.h, width: g.w, source: backward}
	left, room := p.rows()
	swapped := exchange(k, g)
	product(dx, g.ci, left, room, matrix{swapped.a, g.ci, 1}, g.ci, p.depth(), epilogue{}, lo*g.w, hi*g.w)
	buffers.Put(swapped)
}

// exchange copies the kernel [kh,kw,ci,co] as [kh,kw,co,ci].
func exchange(k []float32, g geometry) *workspace {
	w := buffers.Get().(*workspace)
	out := w.scratch(len(k))
	for t := range g.Kernel[0] * g.Kernel[1] {
		from, to := k[t*g.ci*g.co:], out[t*g.ci*g.co:]
		for i := range g.ci {
			for j, v := range from[i*g.co : (i+1)*g.co] {
				to[j*g.ci+i] = v
			}
		}
	}
	return w
}

// conv2dGradFilter computes rows lo ≤ u < hi of the kh·kw·ci rows of dk: patchesᵀ·dy,
// summed over all positions.
func conv2dGradFilter(dk, x, dy []float32, g geometry, lo, hi int) {
	p := imagePatches(x, g)
	left, room := p.columns(lo, hi)
	product(dk, g.co, left, room, matrix{dy, g.co, 1}, g.co, g.n*g.oh*g.ow, epilogue{}, lo, hi)
}

// patches describes the left operand: row number i is the position (i / width, i mod
// width) of a tall image of all n results; column (ky, kx, channel) is what source
// finds there in image [n,h,w,c], 0 outside.
type patches struct {
	g       geometry
	image   []float32
	h, w, c int
	tall    int // rows of positions of one image
	width   int // positions of a row
	source  func(g geometry, axis, at, tap int) (int, bool)

	ascending bool // neighbouring taps of a row read neighbouring pixels
}

func (p patches) depth() int { return p.g.Kernel[0] * p.g.Kernel[1] * p.c }

// forward is where on the image a tap of the window at an output position lies.
func forward(g geometry, axis, at, tap int) (int, bool) {
	i := at*g.Stride[axis] + tap*g.Dilation[axis] - g.Pad[2*axis]
	return i, i >= 0 && i < [2]int{g.h, g.w}[axis]
}

// backward is at which output position a tap of the window lay on an image position.
func backward(g geometry, axis, at, tap int) (int, bool) {
	i := at + g.Pad[2*axis] - tap*g.Dilation[axis]
	if i < 0 || i%g.Stride[axis] != 0 {
		return 0, false
	}
	i /= g.Stride[axis]
	return i, i < [2]int{g.oh, g.ow}[axis]
}

// pointwise holds when a patch is the pixel itself, so that nothing need be copied.
func (p patches) pointwise() bool {
	return p.g.Kernel == [2]int{1, 1} && p.g.Stride == [2]int{1, 1} && p.g.Pad == [4]int{}
}

// rows gives blocks of whole patches, one below the other.
func (p patches) rows() (left leftBlock, room int) {
	if p.pointwise() {
		return func(i0, _, p0, _ int, _ []float32) matrix { return matrix{p.image[i0*p.c+p0:], p.c, 1} }, 0
	}
	return func(i0, i1, p0, p1 int, scratch []float32) matrix {
		p.copy(scratch, i0, i1, p0, p1)
		return matrix{scratch, p1 - p0, 1}
	}, blockM * min(blockK, p.depth())
}

// columns gives blocks of the transpose: row number is the column of a patch, of
// which lo ≤ row < hi are wanted at all.
func (p patches) columns(lo, hi int) (left leftBlock, room int) {
	if p.pointwise() {
		return func(i0, _, p0, _ int, _ []float32) matrix { return matrix{p.image[p0*p.c+i0:], 1, p.c} }, 0
	}
	last := -1
	return func(i0, _, p0, p1 int, scratch []float32) matrix {
		if p0 != last {
			p.copy(scratch, p0, p1, lo, hi)
			last = p0
		}
		return matrix{scratch[i0-lo:], 1, hi - lo}
	}, blockK * (hi - lo)
}

// copy writes columns [c0,c1) of patches [r0,r1) to dst, row by row. Taps that are
// neighbours in the image as in the kernel are copied together.
func (p patches) copy(dst []float32, r0, r1, c0, c1 int) {
	line := p.g.Kernel[1] * p.c // columns of one row of the kernel
	for r := r0; r < r1; r++ {
		y, x := r/p.width, r%p.width
		n := y / p.tall
		image := p.image[n*p.h*p.w*p.c:]
		to := dst[(r-r0)*(c1-c0) : (r-r0+1)*(c1-c0)]
		for ky := c0 / line; ky*line < c1; ky++ {
			lo, hi := max(c0-ky*line, 0), min(c1-ky*line, line)
			part := to[ky*line+lo-c0 : ky*line+hi-c0]
			if sy, ok := p.source(p.g, 0, y-n*p.tall, ky); ok {
				p.copyLine(part, image[sy*p.w*p.c:(sy+1)*p.w*p.c], x, lo)
			} else {
				clear(part)
			}
		}
	}
}

// copyLine writes columns lo … lo+len(dst) of one row of the kernel at position x;
// image is the image's row.
func (p patches) copyLine(dst, image []float32, x, lo int) {
	if p.ascending {
		from := (x*p.g.Stride[1]-p.g.Pad[2])*p.c + lo
		before := min(max(-from, 0), len(dst))
		inside := max(min(len(image)-from, len(dst)), before)
		clear(dst[:before])
		if before < inside {
			copy(dst[before:inside], image[from+before:])
		}
		clear(dst[inside:])
		return
	}
	for at := 0; at < len(dst); {
		tap, ch := (lo+at)/p.c, (lo+at)%p.c
		run := min(p.c-ch, len(dst)-at)
		if sx, ok := p.source(p.g, 1, x, tap); ok {
			copy(dst[at:at+run], image[sx*p.c+ch:])
		} else {
			clear(dst[at : at+run])
		}
		at += run
	}
}
