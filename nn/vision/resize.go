package vision

import (
	"fmt"
	"math"
)

// Filter is how a picture is resized.
type Filter string

const (
	Bilinear Filter = "bilinear" // PIL's BILINEAR: a triangle filter, with antialias when shrinking
	Nearest  Filter = "nearest"  // PIL's NEAREST
)

// Mode is how a picture is brought to another shape.
type Mode string

const (
	Stretch Mode = "stretch" // both sides on their own; the shape changes
	Centre  Mode = "centre"  // the largest part in the middle that has the new shape
	Fit     Mode = "fit"     // the whole picture in the middle, with a border of the background
)

// Resize returns the picture in the given size; the bytes are those that PIL gives. A
// picture that has the size already is returned itself.
func (m *Image) Resize(width, height int, f Filter) *Image {
	if m.Width == width && m.Height == height {
		return m
	}
	if f == Nearest {
		return m.nearest(width, height)
	}
	return m.horizontal(width).vertical(height)
}

// ResizeMode resizes after cropping or before adding a border, as mode says.
func (m *Image) ResizeMode(width, height int, f Filter, mode Mode, border Background) *Image {
	switch mode {
	case Stretch, "":
		return m.Resize(width, height, f)
	case Centre:
		w, h := inside(width, height, m.Width, m.Height)
		return m.Crop((m.Width-w)/2, (m.Height-h)/2, w, h).Resize(width, height, f)
	case Fit:
		w, h := inside(m.Width, m.Height, width, height)
		return m.Resize(w, h, f).frame(width, height, border)
	}
	panic(fmt.Sprintf("vision: mode must be stretch, centre or fit, found %q", mode))
}

// inside is the largest size with the shape of w × h that fits into maxW × maxH.
func inside(w, h, maxW, maxH int) (int, int) {
	if maxW*h <= maxH*w {
		return maxW, max(1, (maxW*h+w/2)/w)
	}
	return max(1, (maxH*w+h/2)/h), maxH
}

// frame puts the picture in the middle of a larger one.
func (m *Image) frame(width, height int, border Background) *Image {
	to := New(width, height, m.Channels)
	for i := range to.Pix {
		to.Pix[i] = byte(border.level())
	}
	x, y, row := (width-m.Width)/2, (height-m.Height)/2, m.Width*m.Channels
	for r := range m.Height {
		copy(to.Pix[((y+r)*width+x)*m.Channels:], m.Pix[r*row:][:row])
	}
	return to
}

// weights are those of one output sample: input samples first, first+1, … times
// k, in fixed point with `precision` bits.
type weights struct {
	first int
	k     []int32
}

const precision = 32 - 8 - 2

// triangle is precompute_coeffs and normalize_coeffs_8bpc of PIL's Resample.c.
func triangle(in, out int) []weights {
	scale := float64(in) / float64(out)
	stretch := max(scale, 1) // half the width of the triangle
	size := int(math.Ceil(stretch))*2 + 1
	all, w := make([]int32, size*out), make([]float64, size)
	list := make([]weights, out)
	for i := range list {
		centre := (float64(i) + 0.5) * scale
		lo := max(int(float64(centre-stretch)+0.5), 0)
		hi := min(int(float64(centre+stretch)+0.5), in)
		sum := 0.0
		for j := lo; j < hi; j++ {
			w[j-lo] = max(0, 1-math.Abs(float64((float64(j)-centre+0.5)*(1/stretch))))
			sum += w[j-lo]
		}
		k := all[i*size:][:hi-lo]
		for j := range k {
			if sum != 0 {
				w[j] /= sum
			}
			k[j] = int32(float64(w[j]*(1<<precision)) + 0.5)
		}
		list[i] = weights{lo, k}
	}
	return list
}

// clip rounds a fixed-point sum to a byte.
func clip(sum int32) byte {
	return byte(min(max(sum>>precision, 0), 255))
}

const half = 1 << (precision - 1)

func (m *Image) horizontal(width int) *Image {
	if width == m.Width {
		return m
	}
	to, c := New(width, m.Height, m.Channels), m.Channels
	columns := triangle(m.Width, width)
	for y := range m.Height {
		from, row := m.Pix[y*m.Width*c:][:m.Width*c], to.Pix[y*width*c:][:width*c]
		for x, w := range columns {
			if c == 1 {
				sum := int32(half)
				for j, k := range w.k {
					sum += int32(from[w.first+j]) * k
				}
				row[x] = clip(sum)
				continue
			}
			r, g, b := int32(half), int32(half), int32(half)
			p := from[3*w.first:]
			for _, k := range w.k {
				r, g, b = r+int32(p[0])*k, g+int32(p[1])*k, b+int32(p[2])*k
				p = p[3:]
			}
			row[3*x], row[3*x+1], row[3*x+2] = clip(r), clip(g), clip(b)
		}
	}
	return to
}

func (m *Image) vertical(height int) *Image {
	if height == m.Height {
		return m
	}
	to, row := New(m.Width, height, m.Channels), m.Width*m.Channels
	sums := make([]int32, row)
	for y, w := range triangle(m.Height, height) {
		for x := range sums {
			sums[x] = half
		}
		for j, k := range w.k {
			for x, v := range m.Pix[(w.first+j)*row:][:row] {
				sums[x] += int32(v) * k
			}
		}
		for x, sum := range sums {
			to.Pix[y*row+x] = clip(sum)
		}
	}
	return to
}

// nearest is ImagingScaleAffine of PIL's Geometry.c: the position is added up, which
// decides where it falls on a border between two pixels.
func (m *Image) nearest(width, height int) *Image {
	to, c := New(width, height, m.Channels), m.Channels
	columns := positions(m.Width, width)
	for y, sy := range positions(m.Height, height) {
		for x, sx := range columns {
			copy(to.Pix[(y*width+x)*c:][:c], m.Pix[(sy*m.Width+sx)*c:])
		}
	}
	return to
}

func positions(in, out int) []int {
	list, step := make([]int, out), float64(in)/float64(out)
	at := float64(step * 0.5)
	for i := range list {
		list[i] = min(int(at), in-1)
		at += step
	}
	return list
}
