package native

import "wafer/nn/plan"

// Convolutions are matrix products whose left operand, the patches of an image, is
// read where it lies: in the image with its padding.

// conv2d computes channels from ≤ c < to of rows lo ≤ u < hi of the n·oh rows of dst.
func (w *workspace) conv2d(dst, x, k []float32, g plan.Conv, ep epilogue, lo, hi, from, to int) {
	w.empty()
	v := forwardScene(g, x)
	f := v.Frame
	w.runs = w.spans(g.Kernel[0] * g.Kernel[1])
	for ky := range g.Kernel[0] {
		w.line(ky*g.Dilation[0]*f.Wide*g.CI, g.Dilation[1]*g.CI, g.Kernel[1], g.CI)
	}
	left := operand{step: 1, runs: w.runs, rows: grid{g.OW, g.OH, g.Stride[1] * g.CI, g.Stride[0] * f.Wide * g.CI,
		f.Size()}}
	for lo < hi {
		data, base, end := w.lay(v, lo, hi)
		left.data, left.first = data, base*g.OW
		w.product(dst[from:], g.CO, left, stored(k[from:], g.CO, false), to-from, g.Kernel[0]*g.Kernel[1]*g.CI, true,
			ep.from(from), lo*g.OW, end*g.OW)
		lo = end
	}
}

// conv2dGradInput computes rows lo ≤ u < hi of the n·h rows of dx: a product of the
// patches of dy with the kernel, both channel axes exchanged. Where the stride left
// positions out, dy has zeros.
func (w *workspace) conv2dGradInput(dx, dy, k []float32, g plan.Conv, lo, hi int) {
	w.empty()
	right := stored(k, g.CO, true) // of a 1×1 kernel
	if g.Kernel != [2]int{1, 1} {
		right = stored(w.exchanged(k, g), g.CI, false)
	}
	v := backwardScene(g, dy)
	f := v.Frame
	w.runs = w.spans(g.Kernel[0] * g.Kernel[1])
	for ky := range g.Kernel[0] {
		at := (g.Kernel[0]-1-ky)*g.Dilation[0]*f.Wide + (g.Kernel[1]-1)*g.Dilation[1]
		w.line(at*g.CO, -g.Dilation[1]*g.CO, g.Kernel[1], g.CO)
	}
	left := operand{step: 1, runs: w.runs, rows: grid{g.W, g.H, g.CO, f.Wide * g.CO, f.Size()}}
	for lo < hi {
		data, base, end := w.lay(v, lo, hi)
		left.data, left.first = data, base*g.W
		w.product(dx, g.CI, left, right, g.CI, g.Kernel[0]*g.Kernel[1]*g.CO, true, epilogue{}, lo*g.W, end*g.W)
		lo = end
	}
}

// conv2dGradFilter computes rows lo ≤ u < hi of the kh·kw·ci rows of dk: patchesᵀ·dy,
// summed over all positions.
func (w *workspace) conv2dGradFilter(dk, x, dy []float32, g plan.Conv, lo, hi int) {
	w.empty()
	v := forwardScene(g, x)
	f := v.Frame
	left := operand{step: g.Stride[1] * g.CI,
		rows: grid{g.CI, g.Kernel[1], 1, g.Dilation[1] * g.CI, g.Dilation[0] * f.Wide * g.CI}}
	w.runs = w.spans(g.N * g.OH)
	for from, rows := 0, g.N*g.OH; from < rows; {
		data, base, end := w.lay(v, from, rows)
		left.data = data
		w.runs = w.runs[:0]
		for u := from; u < end; u++ {
			w.runs = append(w.runs, run{v.at(u - base), g.OW})
		}
		left.runs = w.runs
		w.product(dk, g.CO, left, stored(dy[from*g.OW*g.CO:], g.CO, false), g.CO, (end-from)*g.OW, from == 0,
			epilogue{}, lo, hi)
		from = end
	}
	if g.N*g.OH == 0 {
		clear(dk[lo*g.CO : hi*g.CO])
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

// exchanged is the kernel [kh,kw,ci,co] as [kh,kw,co,ci].
func (w *workspace) exchanged(k []float32, g plan.Conv) []float32 {
	out := w.take(len(k))
	for t := range g.Kernel[0] * g.Kernel[1] {
		from, to := k[t*g.CI*g.CO:], out[t*g.CI*g.CO:]
		for i := range g.CI {
			for j, v := range from[i*g.CO : (i+1)*g.CO] {
				to[j*g.CI+i] = v
			}
		}
	}
	return out
}
