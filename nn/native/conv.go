package native

// Convolutions are matrix products whose left operand, the patches of an image, is
// read where it lies: in the image with its padding.

// conv2d computes channels from ≤ c < to of rows lo ≤ u < hi of the n·oh rows of dst.
func conv2d(dst, x, k []float32, g geometry, ep epilogue, lo, hi, from, to int) {
	w := buffers.Get().(*workspace)
	defer buffers.Put(w)
	v := g.forwardScene(x)
	f := v.frame
	w.runs = w.runs[:0]
	for ky := range g.Kernel[0] {
		w.line(ky*g.Dilation[0]*f.wide*g.ci, g.Dilation[1]*g.ci, g.Kernel[1], g.ci)
	}
	left := operand{step: 1, runs: w.runs, rows: grid{g.ow, g.oh, g.Stride[1] * g.ci, g.Stride[0] * f.wide * g.ci, f.size()}}
	for lo < hi {
		data, base, end := w.lay(v, lo, hi)
		left.data, left.first = data, base*g.ow
		w.product(dst[from:], g.co, left, stored(k[from:], g.co, false), to-from, g.Kernel[0]*g.Kernel[1]*g.ci, true, ep.from(from), lo*g.ow, end*g.ow)
		lo = end
	}
}

// conv2dGradInput computes rows lo ≤ u < hi of the n·h rows of dx: a product of the
// patches of dy with the kernel, both channel axes exchanged. Where the stride left
// positions out, dy has zeros.
func conv2dGradInput(dx, dy, k []float32, g geometry, lo, hi int) {
	w, swapped := buffers.Get().(*workspace), buffers.Get().(*workspace)
	defer buffers.Put(w)
	defer buffers.Put(swapped)
	right := stored(k, g.co, true) // of a 1×1 kernel
	if g.Kernel != [2]int{1, 1} {
		swapped.exchange(k, g)
		right = stored(swapped.image, g.ci, false)
	}
	v := g.backwardScene(dy)
	f := v.frame
	w.runs = w.runs[:0]
	for ky := range g.Kernel[0] {
		at := (g.Kernel[0]-1-ky)*g.Dilation[0]*f.wide + (g.Kernel[1]-1)*g.Dilation[1]
		w.line(at*g.co, -g.Dilation[1]*g.co, g.Kernel[1], g.co)
	}
	left := operand{step: 1, runs: w.runs, rows: grid{g.w, g.h, g.co, f.wide * g.co, f.size()}}
	for lo < hi {
		data, base, end := w.lay(v, lo, hi)
		left.data, left.first = data, base*g.w
		w.product(dx, g.ci, left, right, g.ci, g.Kernel[0]*g.Kernel[1]*g.co, true, epilogue{}, lo*g.w, end*g.w)
		lo = end
	}
}

// conv2dGradFilter computes rows lo ≤ u < hi of the kh·kw·ci rows of dk: patchesᵀ·dy,
// summed over all positions.
func conv2dGradFilter(dk, x, dy []float32, g geometry, lo, hi int) {
	w := buffers.Get().(*workspace)
	defer buffers.Put(w)
	v := g.forwardScene(x)
	f := v.frame
	left := operand{step: g.Stride[1] * g.ci, rows: grid{g.ci, g.Kernel[1], 1, g.Dilation[1] * g.ci, g.Dilation[0] * f.wide * g.ci}}
	for from, rows := 0, g.n*g.oh; from < rows; {
		data, base, end := w.lay(v, from, rows)
		left.data = data
		w.runs = w.runs[:0]
		for u := from; u < end; u++ {
			w.runs = append(w.runs, run{v.at(u - base), g.ow})
		}
		left.runs = w.runs
		w.product(dk, g.co, left, stored(dy[from*g.ow*g.co:], g.co, false), g.co, (end-from)*g.ow, from == 0, epilogue{}, lo, hi)
		from = end
	}
	if g.n*g.oh == 0 {
		clear(dk[lo*g.co : hi*g.co])
	}
}

// line appends the runs of taps that lie step apart, c channels each; neighbours are
// one run.
func (w *workspace) line(at, step, taps, c int) {
	if step == c {
		w.runs = append(w.runs, run{at, taps * c})
		return
	}
	for t := range taps {
		w.runs = append(w.runs, run{at + t*step, c})
	}
}

// exchange copies the kernel [kh,kw,ci,co] to w.image as [kh,kw,co,ci].
func (w *workspace) exchange(k []float32, g geometry) {
	w.image = grown(w.image, len(k))
	for t := range g.Kernel[0] * g.Kernel[1] {
		from, to := k[t*g.ci*g.co:], w.image[t*g.ci*g.co:]
		for i := range g.ci {
			for j, v := range from[i*g.co : (i+1)*g.co] {
				to[j*g.ci+i] = v
			}
		}
	}
}
