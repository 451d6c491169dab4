//go:build goexperiment.simd && go1.27

package native

import "simd"

// maxTaps sets dst[c] to the largest x[first+tap+c].
func maxTaps(dst, x []float32, first int, taps []int) {
	w, c := lanes(), 0
	for ; c+w <= len(dst); c += w {
		best := simd.LoadFloat32s(x[first+taps[0]+c:])
		for _, tap := range taps[1:] {
			v := simd.LoadFloat32s(x[first+tap+c:])
			best = v.IfElse(best.Less(v), best)
		}
		best.Store(dst[c:])
	}
	maxTapsFrom(tail(c, len(dst)), dst, x, first, taps)
}

// meanTaps sets dst[c] to the mean of x[first+tap+c].
func meanTaps(dst, x []float32, first int, taps []int) {
	w, c, count := lanes(), 0, simd.BroadcastFloat32s(float32(len(taps)))
	for ; c+w <= len(dst); c += w {
		var sum simd.Float32s
		for _, tap := range taps {
			sum = sum.Add(simd.LoadFloat32s(x[first+tap+c:]))
		}
		sum.Div(count).Store(dst[c:])
	}
	meanTapsFrom(tail(c, len(dst)), dst, x, first, taps)
}

// addAtMax adds dy[c] to d at the tap whose x is the largest of channel c, the first of equals.
func addAtMax(d, x []float32, first int, dy []float32, taps []int) {
	w, c, one := lanes(), 0, f32v(1)
	for ; c+w <= len(dy); c += w {
		best := simd.LoadFloat32s(x[first+taps[0]+c:])
		var which, t simd.Float32s
		for _, tap := range taps[1:] {
			t = t.Add(one)
			v := simd.LoadFloat32s(x[first+tap+c:])
			more := best.Less(v)
			best = v.IfElse(more, best)
			which = t.IfElse(more, which)
		}
		v := simd.LoadFloat32s(dy[c:])
		t = zeroV()
		for _, tap := range taps {
			to := d[first+tap+c:]
			sum := simd.LoadFloat32s(to)
			sum.Add(v).IfElse(which.Equal(t), sum).Store(to)
			t = t.Add(one)
		}
	}
	addAtMaxFrom(tail(c, len(dy)), d, x, first, dy, taps)
}

// addShare adds to d at every tap dy[c] divided by their number.
func addShare(d []float32, first int, dy []float32, taps []int) {
	w, c, count := lanes(), 0, simd.BroadcastFloat32s(float32(len(taps)))
	for ; c+w <= len(dy); c += w {
		share := simd.LoadFloat32s(dy[c:]).Div(count)
		for _, tap := range taps {
			to := d[first+tap+c:]
			simd.LoadFloat32s(to).Add(share).Store(to)
		}
	}
	addShareFrom(tail(c, len(dy)), d, first, dy, taps)
}
