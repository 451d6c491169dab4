//go:build goexperiment.simd && go1.27

package native

import "simd"

// addAtMax adds dy[c] to d at the tap whose x is the largest of channel c, the first of equals.
func addAtMax(d, x, dy []float32, taps []int) {
	w, n := lanes(), len(dy)
	c := 0
	for ; c+w <= n; c += w {
		best := simd.LoadFloat32s(x[taps[0]+c:])
		var which simd.Float32s
		for t, at := range taps[1:] {
			v := simd.LoadFloat32s(x[at+c:])
			more := best.Less(v)
			best = v.IfElse(more, best)
			which = simd.BroadcastFloat32s(float32(t+1)).IfElse(more, which)
		}
		v := simd.LoadFloat32s(dy[c:])
		for t, at := range taps {
			sum := simd.LoadFloat32s(d[at+c:])
			sum.Add(v).IfElse(which.Equal(simd.BroadcastFloat32s(float32(t))), sum).Store(d[at+c:])
		}
	}
	addAtMaxFrom(c, d, x, dy, taps)
}
