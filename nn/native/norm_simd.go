//go:build goexperiment.simd && go1.27

package native

import "simd"

// Each of these works on whole registers and returns how many elements that were.

func scaleShiftVectors(out, x, s, t []float32) int {
	w, n := lanes(), len(out)
	for len(out) >= w && len(x) >= w && len(s) >= w && len(t) >= w {
		simd.LoadFloat32s(x).Mul(simd.LoadFloat32s(s)).Add(simd.LoadFloat32s(t)).Store(out)
		out, x, s, t = out[w:], x[w:], s[w:], t[w:]
	}
	return n - len(out)
}

func addScalarVectors(out, x []float32, v float32) int {
	w, n, c := lanes(), len(out), f32v(v)
	for len(out) >= w && len(x) >= w {
		simd.LoadFloat32s(x).Add(c).Store(out)
		out, x = out[w:], x[w:]
	}
	return n - len(out)
}

func mulScalarVectors(out, x []float32, v float32) int {
	w, n, c := lanes(), len(out), f32v(v)
	for len(out) >= w && len(x) >= w {
		simd.LoadFloat32s(x).Mul(c).Store(out)
		out, x = out[w:], x[w:]
	}
	return n - len(out)
}

func divideVectors(x []float32, v float32) int {
	w, n, c := lanes(), len(x), f32v(v)
	for len(x) >= w {
		simd.LoadFloat32s(x).Div(c).Store(x)
		x = x[w:]
	}
	return n - len(x)
}
