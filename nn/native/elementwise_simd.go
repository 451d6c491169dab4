//go:build goexperiment.simd && go1.27

package native

import (
	"simd"

	"wafer/nn/graph"
)

// Every function here works on whole registers and returns how many elements
// that were. Each op has a small function of its own whose slices move along:
// Go's WebAssembly back end pays for every loop turn and for every large
// function, and the bounds checks of this form are proved away.

// lanes is the number of float32 in a register.
func lanes() int { return zeroV().Len() }

// binaryVectors chooses the function of an op, 0 where it has none. The first three take four registers a turn, as
// their arithmetic is nothing beside the loop.
func binaryVectors(op graph.Op, dst, a, b []float32) int {
	switch op {
	case graph.Add:
		return addVectors(dst, a, b)
	case graph.Sub:
		return subVectors(dst, a, b)
	case graph.Mul:
		return mulVectors(dst, a, b)
	case graph.Div:
		return divVectors(dst, a, b)
	case graph.Max:
		return maxVectors(dst, a, b)
	case graph.Min:
		return minVectors(dst, a, b)
	case graph.Less:
		return lessVectors(dst, a, b)
	case graph.Equal:
		return equalVectors(dst, a, b)
	}
	return 0
}

func addVectors(dst, a, b []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= 4*w && len(a) >= 4*w && len(b) >= 4*w {
		simd.LoadFloat32s(a).Add(simd.LoadFloat32s(b)).Store(dst)
		simd.LoadFloat32s(a[w:]).Add(simd.LoadFloat32s(b[w:])).Store(dst[w:])
		simd.LoadFloat32s(a[2*w:]).Add(simd.LoadFloat32s(b[2*w:])).Store(dst[2*w:])
		simd.LoadFloat32s(a[3*w:]).Add(simd.LoadFloat32s(b[3*w:])).Store(dst[3*w:])
		a, b, dst = a[4*w:], b[4*w:], dst[4*w:]
	}
	for len(dst) >= w && len(a) >= w && len(b) >= w {
		simd.LoadFloat32s(a).Add(simd.LoadFloat32s(b)).Store(dst)
		a, b, dst = a[w:], b[w:], dst[w:]
	}
	return n - len(dst)
}

func subVectors(dst, a, b []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= 4*w && len(a) >= 4*w && len(b) >= 4*w {
		simd.LoadFloat32s(a).Sub(simd.LoadFloat32s(b)).Store(dst)
		simd.LoadFloat32s(a[w:]).Sub(simd.LoadFloat32s(b[w:])).Store(dst[w:])
		simd.LoadFloat32s(a[2*w:]).Sub(simd.LoadFloat32s(b[2*w:])).Store(dst[2*w:])
		simd.LoadFloat32s(a[3*w:]).Sub(simd.LoadFloat32s(b[3*w:])).Store(dst[3*w:])
		a, b, dst = a[4*w:], b[4*w:], dst[4*w:]
	}
	for len(dst) >= w && len(a) >= w && len(b) >= w {
		simd.LoadFloat32s(a).Sub(simd.LoadFloat32s(b)).Store(dst)
		a, b, dst = a[w:], b[w:], dst[w:]
	}
	return n - len(dst)
}

func mulVectors(dst, a, b []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= 4*w && len(a) >= 4*w && len(b) >= 4*w {
		simd.LoadFloat32s(a).Mul(simd.LoadFloat32s(b)).Store(dst)
		simd.LoadFloat32s(a[w:]).Mul(simd.LoadFloat32s(b[w:])).Store(dst[w:])
		simd.LoadFloat32s(a[2*w:]).Mul(simd.LoadFloat32s(b[2*w:])).Store(dst[2*w:])
		simd.LoadFloat32s(a[3*w:]).Mul(simd.LoadFloat32s(b[3*w:])).Store(dst[3*w:])
		a, b, dst = a[4*w:], b[4*w:], dst[4*w:]
	}
	for len(dst) >= w && len(a) >= w && len(b) >= w {
		simd.LoadFloat32s(a).Mul(simd.LoadFloat32s(b)).Store(dst)
		a, b, dst = a[w:], b[w:], dst[w:]
	}
	return n - len(dst)
}

func divVectors(dst, a, b []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(a) >= w && len(b) >= w {
		x, y := simd.LoadFloat32s(a), simd.LoadFloat32s(b)
		x.Div(y).Store(dst)
		a, b, dst = a[w:], b[w:], dst[w:]
	}
	return n - len(dst)
}

func maxVectors(dst, a, b []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(a) >= w && len(b) >= w {
		x, y := simd.LoadFloat32s(a), simd.LoadFloat32s(b)
		y.IfElse(x.Less(y), x).Store(dst)
		a, b, dst = a[w:], b[w:], dst[w:]
	}
	return n - len(dst)
}

func minVectors(dst, a, b []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(a) >= w && len(b) >= w {
		x, y := simd.LoadFloat32s(a), simd.LoadFloat32s(b)
		y.IfElse(y.Less(x), x).Store(dst)
		a, b, dst = a[w:], b[w:], dst[w:]
	}
	return n - len(dst)
}

func lessVectors(dst, a, b []float32) int {
	n, w := len(dst), lanes()
	one, zero := f32v(1), zeroV()
	for len(dst) >= w && len(a) >= w && len(b) >= w {
		x, y := simd.LoadFloat32s(a), simd.LoadFloat32s(b)
		one.IfElse(x.Less(y), zero).Store(dst)
		a, b, dst = a[w:], b[w:], dst[w:]
	}
	return n - len(dst)
}

func equalVectors(dst, a, b []float32) int {
	n, w := len(dst), lanes()
	one, zero := f32v(1), zeroV()
	for len(dst) >= w && len(a) >= w && len(b) >= w {
		x, y := simd.LoadFloat32s(a), simd.LoadFloat32s(b)
		one.IfElse(x.Equal(y), zero).Store(dst)
		a, b, dst = a[w:], b[w:], dst[w:]
	}
	return n - len(dst)
}

func whereVectors(dst, cond, a, b []float32) int {
	n, w := len(dst), lanes()
	zero := zeroV()
	for len(dst) >= w && len(cond) >= w && len(a) >= w && len(b) >= w {
		c, x, y := simd.LoadFloat32s(cond), simd.LoadFloat32s(a), simd.LoadFloat32s(b)
		x.IfElse(c.NotEqual(zero), y).Store(dst)
		cond, a, b, dst = cond[w:], a[w:], b[w:], dst[w:]
	}
	return n - len(dst)
}
