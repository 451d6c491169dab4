package nn

import (
	"math/rand/v2"

	"wafer/nn/fmath"
	"wafer/nn/recipe"
)

// augment changes a picture of bytes [h, w, c] at random as a says, into out. All
// arithmetic is float32 without fused operations, so that it gives the same bits everywhere; the
// draws are made in a fixed order.
func augment(out []float32, pixels []byte, h, w, c int, a *recipe.Augment, r *rand.Rand) {
	m := drawWarp(h, w, a, r)
	for y := range h {
		for x := range w {
			sy, sx := m.source(float32(y), float32(x))
			sample(out[(y*w+x)*c:][:c], pixels, h, w, c, sy, sx)
		}
	}
	if a.Brightness > 0 || a.Contrast > 0 {
		relight(out, float32(255*a.Brightness)*spread(r), 1+float32(float32(a.Contrast)*spread(r)))
	}
	if a.Cutout > 0 {
		cutout(out, h, w, c, a.Cutout, r)
	}
}

// spread is uniform in −1…1.
func spread(r *rand.Rand) float32 { return float32(2*r.Float32()) - 1 }

// warp maps a position of the result to one of the picture: centred, then a 2×2
// matrix, then moved to the centre plus the shift.
type warp struct {
	yy, yx, xy, xx float32
	cy, cx         float32 // centre
	dy, dx         float32
}

func drawWarp(h, w int, a *recipe.Augment, r *rand.Rand) warp {
	m := warp{yy: 1, xx: 1, cy: float32(h-1) / 2, cx: float32(w-1) / 2}
	if a.Rotation > 0 {
		angle := float32(a.Rotation*0.017453292519943295) * spread(r)
		sin, cos := fmath.Sin(angle), fmath.Cos(angle)
		m.yy, m.yx, m.xy, m.xx = cos, sin, -sin, cos
	}
	if a.Zoom > 0 {
		scale := 1 / (1 + float32(float32(a.Zoom)*spread(r)))
		m.yy, m.yx, m.xy, m.xx = m.yy*scale, m.yx*scale, m.xy*scale, m.xx*scale
	}
	if a.Shift > 0 {
		m.dy, m.dx = float32(float64(h)*a.Shift)*spread(r), float32(float64(w)*a.Shift)*spread(r)
	}
	if a.FlipHorizontal && r.IntN(2) == 1 {
		m.xy, m.xx = -m.xy, -m.xx
	}
	if a.FlipVertical && r.IntN(2) == 1 {
		m.yy, m.yx = -m.yy, -m.yx
	}
	if a.Transpose && r.IntN(2) == 1 {
		m.yy, m.yx, m.xy, m.xx = m.xy, m.xx, m.yy, m.yx
	}
	return m
}

func (m *warp) source(y, x float32) (sy, sx float32) {
	v, u := y-m.cy, x-m.cx
	sy = float32(float32(m.yy*v)+float32(m.yx*u)) + float32(m.cy+m.dy)
	sx = float32(float32(m.xy*v)+float32(m.xx*u)) + float32(m.cx+m.dx)
	return sy, sx
}

// sample reads between four pixels; positions outside take the nearest edge.
func sample(out []float32, pixels []byte, h, w, c int, y, x float32) {
	y = min(max(y, 0), float32(h-1))
	x = min(max(x, 0), float32(w-1))
	y0, x0 := int(y), int(x)
	y1, x1 := min(y0+1, h-1), min(x0+1, w-1)
	fy, fx := y-float32(y0), x-float32(x0)
	for k := range c {
		a := between(pixels[(y0*w+x0)*c+k], pixels[(y0*w+x1)*c+k], fx)
		b := between(pixels[(y1*w+x0)*c+k], pixels[(y1*w+x1)*c+k], fx)
		out[k] = a + float32((b-a)*fy)
	}
}

func between(a, b byte, share float32) float32 {
	return float32(a) + float32((float32(b)-float32(a))*share)
}

// relight is (v − mean)·contrast + mean + brightness, kept in 0…255.
func relight(v []float32, brightness, contrast float32) {
	sum := float64(0)
	for _, p := range v {
		sum += float64(p)
	}
	mean := float32(sum / float64(len(v)))
	for i, p := range v {
		v[i] = min(max(float32((p-mean)*contrast)+mean+brightness, 0), 255)
	}
}

// cutout blanks a square whose centre lies anywhere (DeVries, Taylor 2017, arXiv 1708.04552).
func cutout(v []float32, h, w, c int, share float64, r *rand.Rand) {
	side := int(share * float64(min(h, w)))
	top, left := r.IntN(h)-side/2, r.IntN(w)-side/2
	for y := max(top, 0); y < min(top+side, h); y++ {
		for x := max(left, 0); x < min(left+side, w); x++ {
			clear(v[(y*w+x)*c:][:c])
		}
	}
}
