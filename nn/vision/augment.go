package vision

import (
	"fmt"
	"math"
	"math/rand/v2"

	"wafer/nn/fmath"
	"wafer/nn/recipe"
)

// Augment are the random changes of a recipe's training pictures, after Keras' ImageDataGenerator. A cut-out square is
// set to 0 after normalisation (DeVries and Taylor 2017, arXiv 1708.04552).
type Augment recipe.Augment

// Fill is what lies beyond the edge of a picture, for the picture abcd.
type Fill string

const (
	FillNearest  Fill = "nearest"  // aaaa|abcd|dddd
	FillReflect  Fill = "reflect"  // dcba|abcd|dcba
	FillConstant Fill = "constant" // the border's level
	FillWrap     Fill = "wrap"     // dbcd|abcd|bcab, SciPy's; of ImageDataGenerator only
)

// Check says whether Input has the fill.
func (f Fill) Check() error {
	switch f {
	case FillNearest, FillReflect, FillConstant, "":
		return nil
	}
	return fmt.Errorf("fill must be %q, %q or %q, found %q", FillNearest, FillReflect, FillConstant, f)
}

// warp takes the middle of an output pixel to the place in the input where its value is.
type warp struct{ xx, xy, x0, yx, yy, y0 float64 }

// WriteAugmented writes a prepared picture, changed at random and normalised, into row.
// The same state of r gives the same bits on every machine. Nothing is allocated.
func (in Input) WriteAugmented(row []float32, m *Image, a *Augment, r *rand.Rand) {
	if a == nil || *a == (Augment{}) {
		in.Write(row, m)
		return
	}
	w := a.warp(m, r)
	factor, add := a.tone(m, r)
	norm := in.Normalisation.affine(in.Channels)
	width, c := m.Width, m.Channels
	var value [3]float32
	for i, y := 0, 0; y < m.Height; y++ {
		// The middles of the line's pixels go to (bx + x·w.xx, by + x·w.yx).
		v := float64(y) + 0.5
		bx, by := float64(w.xy*v)+w.x0-0.5, float64(w.yy*v)+w.y0-0.5
		for x := range width {
			u := float64(x) + 0.5
			in.sample(&value, m, float64(w.xx*u)+bx, float64(w.yx*u)+by)
			for k := range c {
				level := clamp(float32(value[k]*factor)+add, 0, 255)
				row[i] = float32(level*norm.scale[k]) + norm.offset[k]
				i++
			}
		}
	}
	in.arrange(row)
	a.cut(row, m, r)
}

// uniform draws from [−1, 1).
func uniform(r *rand.Rand) float64 { return float64(r.Uint64()>>11)*(1.0/(1<<52)) - 1 }

func coin(wanted bool, r *rand.Rand) bool { return wanted && r.Uint64()>>63 == 1 }

// warp draws the geometry: flips first, then zoom, shift and rotation, about the middle.
func (a *Augment) warp(m *Image, r *rand.Rand) warp {
	width, height := float64(m.Width), float64(m.Height)
	w := warp{xx: 1, yy: 1}
	if coin(a.Transpose && m.Width == m.Height, r) {
		w = warp{xy: 1, yx: 1}
	}
	if coin(a.FlipHorizontal, r) {
		w.xx, w.xy = -w.xx, -w.xy
	}
	if coin(a.FlipVertical, r) {
		w.yx, w.yy = -w.yx, -w.yy
	}
	if a.Zoom != 0 {
		zx, zy := 1+float64(a.Zoom*uniform(r)), 1+float64(a.Zoom*uniform(r))
		w.xx, w.xy, w.yx, w.yy = w.xx*zx, w.xy*zx, w.yx*zy, w.yy*zy
	}
	if a.Shift != 0 {
		w.x0, w.y0 = float64(float64(a.Shift*uniform(r))*width), float64(float64(a.Shift*uniform(r))*height)
	}
	if a.Rotation != 0 {
		w = w.turned(float32(float64(a.Rotation*uniform(r)) * (math.Pi / 180)))
	}
	cx, cy := width/2, height/2
	w.x0 += cx - (float64(w.xx*cx) + float64(w.xy*cy))
	w.y0 += cy - (float64(w.yx*cx) + float64(w.yy*cy))
	return w
}

// turned is the warp followed by a rotation.
func (w warp) turned(angle float32) warp {
	s, c := float64(fmath.Sin(angle)), float64(fmath.Cos(angle))
	x := func(a, b float64) float64 { return float64(c*a) - float64(s*b) }
	y := func(a, b float64) float64 { return float64(s*a) + float64(c*b) }
	return warp{x(w.xx, w.yx), x(w.xy, w.yy), x(w.x0, w.y0), y(w.xx, w.yx), y(w.xy, w.yy), y(w.x0, w.y0)}
}

// tone draws contrast and brightness: v·factor + add, in levels 0…255.
func (a *Augment) tone(m *Image, r *rand.Rand) (factor, add float32) {
	factor = 1
	if a.Contrast != 0 {
		sum := 0
		for _, v := range m.Pix {
			sum += int(v)
		}
		mean := float32(sum) / float32(max(1, len(m.Pix)))
		factor = float32(1 + float64(a.Contrast*uniform(r)))
		add = mean - float32(mean*factor)
	}
	if a.Brightness != 0 {
		add += float32(float64(a.Brightness*uniform(r)) * 255)
	}
	return factor, add
}

// cut sets a square to 0, in normalised values; part of it may lie outside.
func (a *Augment) cut(row []float32, m *Image, r *rand.Rand) {
	if a.Cutout == 0 {
		return
	}
	w, h := int(float64(a.Cutout*float64(m.Width))+0.5), int(float64(a.Cutout*float64(m.Height))+0.5)
	x, y := r.IntN(m.Width)-w/2, r.IntN(m.Height)-h/2
	for line := max(y, 0); line < min(y+h, m.Height); line++ {
		lo, hi := max(x, 0), min(x+w, m.Width)
		if lo < hi {
			clear(row[(line*m.Width+lo)*m.Channels : (line*m.Width+hi)*m.Channels])
		}
	}
}

// sample interpolates linearly between the four pixels around (x, y), counted from the
// middle of the first.
func (in *Input) sample(value *[3]float32, m *Image, x, y float64) {
	if in.Fill == FillNearest || in.Fill == "" {
		x, y = clamp(x, 0, float64(m.Width-1)), clamp(y, 0, float64(m.Height-1))
	}
	x0, y0 := floor(x), floor(y)
	rx, ry := float32(x-float64(x0)), float32(y-float64(y0))
	c := m.Channels
	if uint(x0) < uint(m.Width-1) && uint(y0) < uint(m.Height-1) {
		p := m.Pix[(y0*m.Width+x0)*c:]
		q := p[m.Width*c:]
		if c == 1 {
			value[0] = blend(float32(p[0]), float32(p[1]), float32(q[0]), float32(q[1]), rx, ry)
			return
		}
		p, q = p[:6], q[:6]
		for k := range 3 {
			value[k] = blend(float32(p[k]), float32(p[3+k]), float32(q[k]), float32(q[3+k]), rx, ry)
		}
		return
	}
	for k := range c {
		value[k] = blend(in.at(m, x0, y0, k), in.at(m, x0+1, y0, k), in.at(m, x0, y0+1, k), in.at(m, x0+1, y0+1, k), rx,
			ry)
	}
}

// clamp is faster than min and max, which look for NaNs.
func clamp[T float32 | float64](v, lo, hi T) T {
	if v < lo {
		return lo
	}
	if v > hi {
		return hi
	}
	return v
}

// floor is faster than math.Floor; positions are far above −2²⁰.
func floor(v float64) int { return int(v+1<<20) - 1<<20 }

func blend(a, b, c, d, rx, ry float32) float32 {
	top := a + float32((b-a)*rx)
	low := c + float32((d-c)*rx)
	return top + float32((low-top)*ry)
}

// at is one sample of the picture, or what Fill puts there.
func (in *Input) at(m *Image, x, y, k int) float32 {
	if uint(x) >= uint(m.Width) || uint(y) >= uint(m.Height) {
		switch in.Fill {
		case FillConstant:
			return float32(in.Border.level())
		case FillReflect:
			x, y = reflect(x, m.Width), reflect(y, m.Height)
		default:
			x, y = min(max(x, 0), m.Width-1), min(max(y, 0), m.Height-1)
		}
	}
	return float32(m.Pix[(y*m.Width+x)*m.Channels+k])
}

func reflect(i, n int) int {
	i %= 2 * n
	if i < 0 {
		i += 2 * n
	}
	if i >= n {
		i = 2*n - 1 - i
	}
	return i
}
