//go:build goexperiment.simd && go1.27

package native

import "simd"

// Each of these works on whole registers and returns how many elements that were.

func scaleShiftVectors(out, x, s, t []float32) int {
	w, n, i := lanes(), len(x), 0
	out, s, t = out[:n], s[:n], t[:n]
	for ; i+w <= n; i += w {
		simd.LoadFloat32s(x[i:]).Mul(simd.LoadFloat32s(s[i:])).Add(simd.LoadFloat32s(t[i:])).Store(out[i:])
	}
	return i
}

func addScalarVectors(out, x []float32, v float32) int {
	w, n, i, c := lanes(), len(x), 0, f32v(v)
	out = out[:n]
	for ; i+w <= n; i += w {
		simd.LoadFloat32s(x[i:]).Add(c).Store(out[i:])
	}
	return i
}

func mulScalarVectors(out, x []float32, v float32) int {
	w, n, i, c := lanes(), len(x), 0, f32v(v)
	out = out[:n]
	for ; i+w <= n; i += w {
		simd.LoadFloat32s(x[i:]).Mul(c).Store(out[i:])
	}
	return i
}

func divideVectors(x []float32, v float32) int {
	w, n, i, c := lanes(), len(x), 0, f32v(v)
	for ; i+w <= n; i += w {
		simd.LoadFloat32s(x[i:]).Div(c).Store(x[i:])
	}
	return i
}
