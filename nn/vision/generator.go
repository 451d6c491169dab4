package vision

import (
	"math"
	"math/rand/v2"

	"wafer/nn/fmath"
	"wafer/nn/recipe"
)

// ImageDataGenerator has the random changes of Keras' class of that name, with its
// arguments, its formulas and its order: one affine transform (rotation, shift, shear and
// zoom in this order, about the middle), then channel shift, flips and brightness. Zero
// values mean no such change.
//
// As in Keras (2.4 on, and 3), WidthShiftRange moves a picture up and down and
// HeightShiftRange left and right: get_random_transform draws tx from the height, and
// apply_affine_transform takes tx for the horizontal axis.
type ImageDataGenerator recipe.ImageDataGenerator

// Transform is what get_random_transform draws: the arguments of apply_transform.
type Transform struct {
	Theta, Tx, Ty, Shear         float64 // degrees; pixels
	Zx, Zy                       float64
	ChannelShift                 float64 // levels
	Brightness                   float64 // factor; 1 leaves the levels as they are
	FlipHorizontal, FlipVertical bool
}

// Draw is Keras' get_random_transform for a picture of the given size.
func (k *ImageDataGenerator) Draw(width, height int, r *rand.Rand) Transform {
	t := Transform{Zx: 1, Zy: 1, Brightness: 1}
	t.Theta = spread(k.RotationRange, r)
	t.Tx = shift(k.HeightShiftRange, height, r)
	t.Ty = shift(k.WidthShiftRange, width, r)
	t.Shear = spread(k.ShearRange, r)
	if z := k.ZoomRange; len(z) == 2 && (z[0] != 1 || z[1] != 1) {
		t.Zx, t.Zy = within(z, r), within(z, r)
	}
	t.FlipHorizontal = coin(k.HorizontalFlip, r)
	t.FlipVertical = coin(k.VerticalFlip, r)
	t.ChannelShift = spread(k.ChannelShiftRange, r)
	if len(k.BrightnessRange) == 2 {
		t.Brightness = within(k.BrightnessRange, r)
	}
	return t
}

func spread(most float64, r *rand.Rand) float64 {
	if most == 0 {
		return 0
	}
	return float64(most * uniform(r))
}

// shift draws pixels: a share of the side, or as numpy's choice of 0…n−1, and of a sign.
func shift(most float64, side int, r *rand.Rand) float64 {
	if most < 1 {
		return float64(spread(most, r) * float64(side))
	}
	pixels := float64(r.IntN(int(most)))
	if coin(true, r) {
		return -pixels
	}
	return pixels
}

func within(limits []float64, r *rand.Rand) float64 {
	share := float64(r.Uint64()>>11) * (1.0 / (1 << 53))
	return limits[0] + float64((limits[1]-limits[0])*share)
}

// matrix is rows, columns, 1 → rows, columns: the first two rows of a 3×3 matrix.
type matrix [2][3]float64

func (a matrix) times(b matrix) matrix {
	var c matrix
	for i := range 2 {
		for j := range 3 {
			c[i][j] = float64(a[i][0]*b[0][j]) + float64(a[i][1]*b[1][j])
		}
		c[i][2] += a[i][2]
	}
	return c
}

// matrix is that of apply_affine_transform: from the row and column of a result to those
// in the picture. ok is false where nothing moves.
func (t Transform) matrix(width, height int) (m matrix, ok bool) {
	m = matrix{{1, 0, 0}, {0, 1, 0}}
	if t.Theta != 0 {
		s, c := turn(t.Theta)
		m, ok = matrix{{c, -s, 0}, {s, c, 0}}, true
	}
	if t.Tx != 0 || t.Ty != 0 {
		m, ok = m.times(matrix{{1, 0, t.Tx}, {0, 1, t.Ty}}), true
	}
	if t.Shear != 0 {
		s, c := turn(t.Shear)
		m, ok = m.times(matrix{{1, -s, 0}, {0, c, 0}}), true
	}
	if t.Zx != 1 || t.Zy != 1 {
		m, ok = m.times(matrix{{t.Zx, 0, 0}, {0, t.Zy, 0}}), true
	}
	// transform_matrix_offset_center is called with height and width, and then the axes
	// are exchanged.
	x, y := float64(height)/2-0.5, float64(width)/2-0.5
	m = matrix{{1, 0, x}, {0, 1, y}}.times(m).times(matrix{{1, 0, -x}, {0, 1, -y}})
	return matrix{{m[1][1], m[1][0], m[1][2]}, {m[0][1], m[0][0], m[0][2]}}, ok
}

func turn(degrees float64) (sin, cos float64) {
	angle := float32(degrees * (math.Pi / 180))
	return float64(fmath.Sin(angle)), float64(fmath.Cos(angle))
}

// WriteGenerated writes a prepared picture, changed at random and normalised, into row.
// The same state of r gives the same bits on every machine.
func (in Input) WriteGenerated(row []float32, m *Image, k *ImageDataGenerator, r *rand.Rand) {
	in.WriteTransformed(row, m, k, k.Draw(m.Width, m.Height, r))
}

// WriteTransformed is Keras' apply_transform, then the normalisation.
func (in Input) WriteTransformed(row []float32, m *Image, k *ImageDataGenerator, t Transform) {
	if affine, ok := t.matrix(m.Width, m.Height); ok {
		k.move(row, m, affine)
	} else {
		for i, v := range m.Pix {
			row[i] = float32(v)
		}
	}
	if t.ChannelShift != 0 {
		shiftLevels(row, float32(t.ChannelShift))
	}
	if t.FlipHorizontal {
		for y := range m.Height {
			flip(row[y*m.Width*m.Channels:][:m.Width*m.Channels], m.Channels)
		}
	}
	if t.FlipVertical {
		flip(row, m.Width*m.Channels)
	}
	if len(k.BrightnessRange) == 2 {
		brighten(row, float32(t.Brightness))
	}
	norm := in.Normalisation.affine(in.Channels)
	for i, v := range row {
		row[i] = float32(v*norm.scale[i%m.Channels]) + norm.offset[i%m.Channels]
	}
	in.arrange(row)
}

// shiftLevels is apply_channel_shift: no level leaves the range that the picture had.
func shiftLevels(row []float32, by float32) {
	lo, hi := row[0], row[0]
	for _, v := range row {
		lo, hi = min(lo, v), max(hi, v)
	}
	for i, v := range row {
		row[i] = clamp(v+by, lo, hi)
	}
}

// flip turns the order of groups of n elements around.
func flip(s []float32, n int) {
	for i, j := 0, len(s)-n; i < j; i, j = i+n, j-n {
		for k := range n {
			s[i+k], s[j+k] = s[j+k], s[i+k]
		}
	}
}

// brighten is PIL's ImageEnhance.Brightness on whole levels.
func brighten(row []float32, factor float32) {
	for i, v := range row {
		row[i] = float32(byte(clamp(float32(float32(byte(clamp(v, 0, 255)))*factor), 0, 255)))
	}
}

// move interpolates linearly, as SciPy's ndimage.affine_transform of order 1.
func (k *ImageDataGenerator) move(row []float32, m *Image, a matrix) {
	i, c := 0, m.Channels
	for y := range m.Height {
		v := float64(y)
		for x := range m.Width {
			u := float64(x)
			ly := k.line(float64(a[0][0]*v)+float64(a[0][1]*u)+a[0][2], m.Height)
			lx := k.line(float64(a[1][0]*v)+float64(a[1][1]*u)+a[1][2], m.Width)
			for ch := range c {
				row[i] = k.between(m, ly, lx, ch)
				i++
			}
		}
	}
}

// position is a place between two neighbours of one axis.
type position struct {
	low, high int     // −1: outside, with FillConstant
	share     float64 // of high
}

// line finds the neighbours of a place on an axis of n pixels, counted from the middle of
// the first.
func (k *ImageDataGenerator) line(at float64, n int) position {
	last := float64(n - 1)
	switch Fill(k.FillMode) {
	case FillConstant:
		if at < 0 || at > last {
			return position{low: -1}
		}
	case FillWrap:
		at = wrapped(at, last)
	case FillReflect:
		low := floor(at)
		return position{reflect(low, n), reflect(low+1, n), at - float64(low)}
	default:
		at = clamp(at, 0, last)
	}
	low := floor(at)
	return position{low, min(low+1, n-1), at - float64(low)}
}

// wrapped is SciPy's "wrap": the period is one less than the number of pixels.
func wrapped(at, last float64) float64 {
	switch {
	case last == 0:
		return 0
	case at < 0:
		return at + float64(last*(math.Trunc(-at/last)+1))
	case at > last:
		return at - float64(last*math.Trunc(at/last))
	}
	return at
}

func (k *ImageDataGenerator) between(m *Image, y, x position, channel int) float32 {
	if y.low < 0 || x.low < 0 {
		return float32(k.CVal)
	}
	at := func(row, column int) float64 { return float64(m.Pix[(row*m.Width+column)*m.Channels+channel]) }
	top := float64(at(y.low, x.low)*(1-x.share)) + float64(at(y.low, x.high)*x.share)
	low := float64(at(y.high, x.low)*(1-x.share)) + float64(at(y.high, x.high)*x.share)
	return float32(float64(top*(1-y.share)) + float64(low*y.share))
}
