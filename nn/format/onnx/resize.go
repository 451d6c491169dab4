package onnx

import (
	"math"

	"wafer/nn/graph"
)

// Resizing is linear: along each axis a matrix says of which elements a new one is made.

// upsample is Upsample, the form of Resize before opset 10.
func upsample(l *loader) []value {
	x := l.in(0)
	scales := []float32(nil)
	if a := l.node.attr("scales"); a != nil {
		scales = a.Floats
	} else {
		scales = l.known(l.in(1))
	}
	r := resizer{mode: l.text("mode", "nearest"), transform: "asymmetric", nearest: "floor"}
	return []value{l.resized(x, r, from(0, x.rank()), scales, nil, nil)}
}

// resize is Resize with scales or sizes that are known now.
func resize(l *loader) []value {
	x := l.in(0)
	r := resizer{mode: l.text("mode", "nearest"), transform: l.text("coordinate_transformation_mode", "half_pixel"),
		nearest: l.text("nearest_mode", "round_prefer_floor"), cubic: float64(l.float("cubic_coeff_a", -0.75)),
		antialias: l.int("antialias", 0) != 0, exclude: l.int("exclude_outside", 0) != 0,
		fill: l.float("extrapolation_value", 0)}
	axes := l.ints("axes", from(0, x.rank())...)
	for i, a := range axes {
		axes[i] = l.axis(a, x.rank())
	}
	if l.Opset < 11 {
		r.transform, r.nearest = "asymmetric", "floor"
		return []value{l.resized(x, r, axes, l.known(l.in(1)), nil, nil)}
	}
	var roi, scales []float32
	var sizes []int
	if v, ok := l.optional(1); ok && r.transform == "tf_crop_and_resize" {
		roi = l.known(v)
	}
	if v, ok := l.optional(2); ok && v.node.Shape.Size() > 0 {
		scales = l.known(v)
	}
	if v, ok := l.optional(3); ok && v.node.Shape.Size() > 0 {
		sizes = l.lengths(v)
	}
	return []value{l.resized(x, r, axes, scales, sizes, roi)}
}

// resizer says how a new element's place becomes one in the old axis, and what is made of what lies there.
type resizer struct {
	mode, transform, nearest string
	cubic                    float64
	antialias, exclude       bool
	fill                     float32
}

// resized goes axis by axis. scales count where they are given, else sizes; roi has a start and an end of each axis as
// shares, for tf_crop_and_resize.
func (l *loader) resized(x value, r resizer, axes []int, scales []float32, sizes []int, roi []float32) value {
	if scales != nil && len(scales) != len(axes) || scales == nil && len(sizes) != len(axes) ||
		roi != nil && len(roi) != 2*len(axes) {
		l.fail("has %d scales and %d sizes for %d axes", len(scales), len(sizes), len(axes))
	}
	factor := make([]float64, len(axes))
	for i, a := range axes {
		if scales != nil {
			factor[i] = float64(scales[i])
		} else {
			factor[i] = float64(sizes[i]) / float64(x.shape()[a])
		}
	}
	policy := l.text("keep_aspect_ratio_policy", "stretch")
	if scales == nil && policy != "stretch" {
		one := factor[0]
		for _, f := range factor {
			if policy == "not_larger" {
				one = min(one, f)
			} else {
				one = max(one, f)
			}
		}
		for i, a := range axes {
			factor[i] = one
			sizes[i] = int(math.Floor(one*float64(x.shape()[a]) + 0.5))
		}
	}
	y := x.node
	var outside *graph.Node
	for i, a := range axes {
		in := x.shape()[a]
		length := int(math.Floor(float64(in) * factor[i]))
		if scales == nil {
			length = sizes[i]
		}
		if length < 1 || length > 1<<16 {
			l.fail("makes an axis of %d", length)
		}
		start, end := 0.0, 1.0
		if roi != nil {
			start, end = float64(roi[i]), float64(roi[len(axes)+i])
		}
		m, beyond := r.matrix(in, length, factor[i], start, end)
		if m == nil {
			l.fail("has mode %q, transformation %q, nearest mode %q", r.mode, r.transform, r.nearest)
		}
		axis := x.stored(a)
		if length != in || !identityMatrix(m, in) {
			y = l.matrixAlong(y, axis, m, length)
		}
		if r.transform == "tf_crop_and_resize" {
			shape := ones(x.rank())
			shape[axis] = length
			mask := l.floats(beyond, shape...)
			if outside != nil {
				mask = l.g.Max(outside, mask)
			}
			outside = mask
		}
	}
	if outside != nil {
		y = l.g.Where(l.fold(outside), l.scalar(r.fill), y)
	}
	return x.like(y)
}

// identityMatrix tells that nothing would change along an axis.
func identityMatrix(m []float32, n int) bool {
	for i, v := range m {
		if i/n == i%n && v != 1 || i/n != i%n && v != 0 {
			return false
		}
	}
	return true
}

// matrix is [out in], and which new elements lie outside of the old ones; nil for modes that are not known.
func (r resizer) matrix(in, out int, scale, start, end float64) (m, outside []float32) {
	m, outside = make([]float32, in*out), make([]float32, out)
	for i := range out {
		x, ok := r.place(float64(i), float64(in), float64(out), scale, start, end)
		if !ok {
			return nil, nil
		}
		if x < 0 || x > float64(in-1) {
			outside[i] = 1
		}
		taps, ok := r.taps(x, in, scale)
		if !ok {
			return nil, nil
		}
		row, sum := make([]float64, in), 0.0
		for _, t := range taps {
			if r.exclude && (t.at < 0 || t.at >= in) {
				continue
			}
			row[max(0, min(t.at, in-1))] += t.weight
			sum += t.weight
		}
		for j, v := range row {
			m[i*in+j] = float32(v / sum)
		}
	}
	return m, outside
}

// place is where in the old axis new element i lies.
func (r resizer) place(i, in, out, scale, start, end float64) (float64, bool) {
	switch r.transform {
	case "half_pixel":
		return (i+0.5)/scale - 0.5, true
	case "half_pixel_symmetric":
		adjust := out / (scale * in)
		center := in / 2
		return center*(1-adjust) + (i+0.5)/scale - 0.5, true
	case "pytorch_half_pixel":
		if out == 1 {
			return 0, true
		}
		return (i+0.5)/scale - 0.5, true
	case "align_corners":
		if out == 1 || scale*in == 1 {
			return 0, true
		}
		return i * (in - 1) / (scale*in - 1), true
	case "asymmetric":
		return i / scale, true
	case "tf_half_pixel_for_nn":
		return (i + 0.5) / scale, true
	case "tf_crop_and_resize":
		if out == 1 {
			return 0.5 * (start + end) * (in - 1), true
		}
		return start*(in-1) + i*(end-start)*(in-1)/(out-1), true
	}
	return 0, false
}

type tap struct {
	at     int
	weight float64
}

// taps are the old elements of which one at x is made.
func (r resizer) taps(x float64, in int, scale float64) ([]tap, bool) {
	stretch := 1.0
	if r.antialias && scale < 1 {
		stretch = scale
	}
	var reach float64
	var weight func(d float64) float64
	switch r.mode {
	case "nearest":
		at, ok := r.nearestTo(x)
		return []tap{{at, 1}}, ok
	case "linear":
		reach, weight = 1, func(d float64) float64 { return math.Max(0, 1-d) }
	case "cubic":
		reach, weight = 2, func(d float64) float64 {
			a := r.cubic
			switch {
			case d <= 1:
				return ((a+2)*d-(a+3))*d*d + 1
			case d < 2:
				return ((a*d-5*a)*d+8*a)*d - 4*a
			}
			return 0
		}
	default:
		return nil, false
	}
	var list []tap
	for at := int(math.Floor(x - reach/stretch)); at <= int(math.Ceil(x+reach/stretch)); at++ {
		if w := weight(math.Abs(float64(at)-x) * stretch); w != 0 {
			list = append(list, tap{at, w})
		}
	}
	return list, true
}

func (r resizer) nearestTo(x float64) (int, bool) {
	switch r.nearest {
	case "round_prefer_floor":
		return int(math.Ceil(x - 0.5)), true
	case "round_prefer_ceil":
		return int(math.Floor(x + 0.5)), true
	case "floor":
		return int(math.Floor(x)), true
	case "ceil":
		return int(math.Ceil(x)), true
	}
	return 0, false
}
