package tensor

import "math"

// Int8 is a float32 tensor in a quarter of its size: element i is float32(Q[i]) times the scale
// (i / Run) mod len(Scales), rounded once. With Run 1 there is a scale per innermost channel, with
// Run = size / len(Scales) one per row. Q lies in ±127.
type Int8 struct {
	Q      []int8
	Scales []float32
	Run    int
}

// Widen writes the floats that v stands for, as many as to holds.
func (v Int8) Widen(to []float32) {
	if n := len(v.Scales); v.Run == 1 {
		for ; len(to) > 0; to, v.Q = to[n:], v.Q[n:] {
			for i, scale := range v.Scales {
				to[i] = float32(v.Q[i]) * scale
			}
		}
		return
	}
	for start := 0; start < len(to); start += v.Run {
		scale := v.Scales[start/v.Run%len(v.Scales)]
		for i := start; i < start+v.Run; i++ {
			to[i] = float32(v.Q[i]) * scale
		}
	}
}

// ToInt8 rounds floats, which must be finite, to the nearest of 255 steps of their channel, ties to
// even. A scale with which nothing is lost is found where there is one; else it is the channel's
// greatest absolute value over 127.
func ToInt8(f []float32, channels, run int) Int8 {
	v := Int8{Q: make([]int8, len(f)), Scales: make([]float32, channels), Run: run}
	for c := range channels {
		scale, ok := v.exactScale(f, c)
		if !ok {
			scale = v.greatest(f, c) / 127
		}
		v.Scales[c] = scale
		v.each(len(f), c, func(i int) bool { v.Q[i] = step(f[i], scale); return true })
	}
	return v
}

// ExactInt8 is the tensor without a loss in 8 bits; ok is false where that cannot be. It tries a scale
// per innermost channel, per channel of the two innermost axes (depthwise kernels) and per row.
func ExactInt8(f []float32, shape Shape) (v Int8, ok bool) {
	if len(shape) < 2 || len(f) == 0 {
		return Int8{}, false
	}
	last := shape.Last()
	for _, form := range [][2]int{{last, 1}, {last * shape[len(shape)-2], 1}, {shape[0], len(f) / shape[0]}} {
		if v, ok := exactInt8(f, form[0], form[1]); ok {
			return v, true
		}
	}
	return Int8{}, false
}

func exactInt8(f []float32, channels, run int) (Int8, bool) {
	if channels == len(f) { // a scale per element: nothing would be saved
		return Int8{}, false
	}
	v := Int8{Scales: make([]float32, channels), Run: run}
	for c := range channels {
		var ok bool
		if v.Scales[c], ok = v.exactScale(f, c); !ok {
			return Int8{}, false
		}
	}
	v.Q = make([]int8, len(f))
	for c, scale := range v.Scales {
		v.each(len(f), c, func(i int) bool { v.Q[i] = step(f[i], scale); return true })
	}
	return v, true
}

// exactScale looks for the scale of a channel of which every element is a whole multiple: the
// greatest element over 127, 126 …, or a neighbour of that quotient.
func (v Int8) exactScale(f []float32, c int) (float32, bool) {
	most := v.greatest(f, c)
	if most == 0 {
		return 0, v.fits(f, c, 0)
	}
	for q := float32(127); q >= 1; q-- {
		scale := most / q
		for _, s := range []float32{scale, math.Nextafter32(scale, 0), math.Nextafter32(scale, most)} {
			if v.fits(f, c, s) {
				return s, true
			}
		}
	}
	return 0, false
}

func (v Int8) fits(f []float32, c int, scale float32) bool {
	return v.each(len(f), c, func(i int) bool {
		return math.Float32bits(float32(step(f[i], scale))*scale) == math.Float32bits(f[i])
	})
}

func (v Int8) greatest(f []float32, c int) float32 {
	most := float32(0)
	v.each(len(f), c, func(i int) bool { most = max(most, f[i], -f[i]); return true })
	return most
}

// each calls do for the elements of channel c until it says no, and tells whether it never did.
func (v Int8) each(n, c int, do func(i int) bool) bool {
	for start := c * v.Run; start < n; start += len(v.Scales) * v.Run {
		for i := start; i < start+v.Run; i++ {
			if !do(i) {
				return false
			}
		}
	}
	return true
}

// step is x over scale, rounded to a whole number of ±127.
func step(x, scale float32) int8 {
	if scale == 0 {
		return 0
	}
	q := math.RoundToEven(float64(x / scale))
	if q != q {
		return 0
	}
	return int8(min(max(q, -127), 127))
}
