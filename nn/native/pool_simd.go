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
	maxTapsFrom(c, dst, x, first, taps)
}

// meanTaps sets dst[c] to the mean of x[first+tap+c].
func meanTaps(dst, x []float32, first int, taps []int) {
	w, c := lanes(), 0
	for ; c+w <= len(dst); c += w {
		var sum simd.Float32s
		for _, tap := range taps {
			sum = sum.Add(simd.LoadFloat32s(x[first+tap+c:]))
		}
		sum.Div(simd.BroadcastFloat32s(float32(len(taps)))).Store(dst[c:])
	}
	meanTapsFrom(c, dst, x, first, taps)
}

// addAtMax adds dy[c] to d at the tap whose x is the largest of channel c, the first of equals.
func addAtMax(d, x []float32, first int, dy []float32, taps []int) {
	w, c := lanes(), 0
	for ; c+w <= len(dy); c += w {
		best := simd.LoadFloat32s(x[first+taps[0]+c:])
		var which simd.Float32s
		for t, tap := range taps[1:] {
			v := simd.LoadFloat32s(x[first+tap+c:])
			more := best.Less(v)
			best = v.IfElse(more, best)
			which = simd.BroadcastFloat32s(float32(t+1)).IfElse(more, which)
		}
		v := simd.LoadFloat32s(dy[c:])
		for t, tap := range taps {
			to := d[first+tap+c:]
			sum := simd.LoadFloat32s(to)
			sum.Add(v).IfElse(which.Equal(simd.BroadcastFloat32s(float32(t))), sum).Store(to)
		}
	}
	addAtMaxFrom(c, d, x, first, dy, taps)
}

// addShare adds to d at every tap dy[c] divided by their number.
func addShare(d []float32, first int, dy []float32, taps []int) {
	w, c := lanes(), 0
	for ; c+w <= len(dy); c += w {
		share := simd.LoadFloat32s(dy[c:]).Div(simd.BroadcastFloat32s(float32(len(taps))))
		for _, tap := range taps {
			to := d[first+tap+c:]
			simd.LoadFloat32s(to).Add(share).Store(to)
		}
	}
	addShareFrom(c, d, first, dy, taps)
}
