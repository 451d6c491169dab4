package tfjs

import (
	"math"

	"wafer/nn/graph"
	"wafer/nn/say"
)

// resize makes pictures of other sizes: along each side a matrix says of which pixels a new one is made.
func resize(taps func(l *loader, i, in, out int, row []float32)) func(*loader) []value {
	return func(l *loader) []value {
		x, size := l.in(0), l.lengths(1)
		if len(x.Shape) != 4 || len(size) != 2 || min(size[0], size[1]) < 1 || max(size[0], size[1]) > 1<<14 {
			fail(say.Errorf("makes pictures of size %v of shape %v", size, x.Shape))
		}
		y := x.Node
		for side, out := range size {
			in := x.Shape[1+side]
			if l.Budget -= in * out; l.Budget < 0 || in*out < 1 {
				fail(say.Errorf("makes pictures of size %v of shape %v", size, x.Shape))
			}
			m := make([]float32, in*out)
			for i := range out {
				taps(l, i, in, out, m[i*in:(i+1)*in])
			}
			y = l.multiplied(y, 1+side, l.floats(m, out, in))
		}
		return []value{{y, false}}
	}
}

// multiplied multiplies an axis of a picture by a matrix [out in].
func (l *loader) multiplied(x *graph.Node, axis int, m *graph.Node) *graph.Node {
	perm := [][]int{1: {0, 2, 3, 1}, 2: {0, 1, 3, 2}}[axis]
	back := [][]int{1: {0, 3, 1, 2}, 2: {0, 1, 3, 2}}[axis]
	t := l.G.Transpose(x, perm...)
	s := t.Shape
	y := l.G.MatMul(l.G.Reshape(t, s[0]*s[1]*s[2], s[3]), m, false, true)
	return l.G.Transpose(l.G.Reshape(y, s[0], s[1], s[2], m.Shape[0]), back...)
}

// place is where a new pixel lies among the old ones.
func (l *loader) place(i, in, out int) float64 {
	switch {
	case l.node.Attrs["half_pixel_centers"].B:
		return (float64(i)+0.5)*float64(in)/float64(out) - 0.5
	case l.node.Attrs["align_corners"].B && out > 1:
		return float64(i) * float64(in-1) / float64(out-1)
	}
	return float64(i) * float64(in) / float64(out)
}

// linearTaps divides each new pixel between the two nearest along the side; beyond the edge the last one counts.
func linearTaps(l *loader, i, in, out int, row []float32) {
	at := l.place(i, in, out)
	low := math.Floor(at)
	share := float32(at - low)
	row[max(0, min(in-1, int(low)))] += 1 - share
	row[max(0, min(in-1, int(low)+1))] += share
}

// nearestTap takes one pixel: the nearest where centres or corners are aligned, else the one before.
func nearestTap(l *loader, i, in, out int, row []float32) {
	at := l.place(i, in, out)
	if l.node.Attrs["half_pixel_centers"].B || l.node.Attrs["align_corners"].B {
		at += 0.5
	}
	row[max(0, min(in-1, int(at)))] = 1
}
