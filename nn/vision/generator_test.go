package vision

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
)

// made is the picture of testdata/keras_generator.py.
func made(height, width, channels int) *Image {
	m := New(width, height, channels)
	for i := range m.Pix {
		m.Pix[i] = byte((uint64(i)*2654435761 + 12345) >> 7)
	}
	return m
}

type kerasCase struct {
	Fill      Fill
	Size      [3]int
	Transform struct {
		Theta, Tx, Ty, Shear float64
		Zx, Zy               *float64
	}
	Horizontal bool    `json:"flip_horizontal"`
	Vertical   bool    `json:"flip_vertical"`
	Shift      float64 `json:"channel_shift"`
	Pixels     []float64
}

func (c kerasCase) transform() Transform {
	p := c.Transform
	t := Transform{Theta: p.Theta, Tx: p.Tx, Ty: p.Ty, Shear: p.Shear, Zx: 1, Zy: 1, Brightness: 1,
		ChannelShift: c.Shift, FlipHorizontal: c.Horizontal, FlipVertical: c.Vertical}
	if p.Zx != nil {
		t.Zx, t.Zy = *p.Zx, 1
	}
	if p.Zy != nil {
		t.Zy = *p.Zy
	}
	return t
}

// The pixels are those of Keras' formulas on SciPy; testdata/keras_generator.py says how.
func TestTransformsEqualKeras(t *testing.T) {
	b, err := os.ReadFile("testdata/keras_generator.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []kerasCase
	if err := json.Unmarshal(b, &cases); err != nil || len(cases) < 32 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		m := made(c.Size[0], c.Size[1], c.Size[2])
		k := &ImageDataGenerator{FillMode: string(c.Fill), CVal: 40}
		in := Input{Height: m.Height, Width: m.Width, Channels: m.Channels, Normalisation: None}
		row := make([]float32, len(m.Pix))
		in.WriteTransformed(row, m, k, c.transform())
		for i, want := range c.Pixels {
			if got := float64(row[i]); math.Abs(got-want) > 2e-3 { // sin and cos in float32
				t.Errorf("%s %+v: pixel %d is %v, Keras has %v", c.Fill, c.transform(), i, got, want)
				break
			}
		}
	}
}

// A shift by one pixel is worked out by hand: result (row, column) shows (row+ty, column+tx).
func TestShiftsGoWhereKerasSends(t *testing.T) {
	m := &Image{3, 2, 1, []byte{1, 2, 3, 4, 5, 6}}
	in := Input{Height: 2, Width: 3, Channels: 1, Normalisation: None}
	for _, c := range []struct {
		t    Transform
		want []float32
	}{
		{Transform{Tx: 1, Zx: 1, Zy: 1}, []float32{2, 3, 3, 5, 6, 6}},
		{Transform{Ty: 1, Zx: 1, Zy: 1}, []float32{4, 5, 6, 4, 5, 6}},
		{Transform{Zx: 1, Zy: 1, FlipHorizontal: true}, []float32{3, 2, 1, 6, 5, 4}},
		{Transform{Zx: 1, Zy: 1, FlipVertical: true}, []float32{4, 5, 6, 1, 2, 3}},
		{Transform{Zx: 1, Zy: 1, ChannelShift: 2}, []float32{3, 4, 5, 6, 6, 6}},
		{Transform{Tx: 1, Zx: 1, Zy: 1, FlipHorizontal: true}, []float32{3, 3, 2, 6, 6, 5}},
	} {
		row := make([]float32, 6)
		if in.WriteTransformed(row, m, &ImageDataGenerator{}, c.t); !slices.Equal(row, c.want) {
			t.Errorf("%+v gives %v, want %v", c.t, row, c.want)
		}
	}
}

// PIL's ImageEnhance.Brightness cuts fractions off.
func TestBrightnessIsPILs(t *testing.T) {
	row := []float32{0, 100, 101.9, 255}
	if brighten(row, 1.5); !slices.Equal(row, []float32{0, 150, 151, 255}) {
		t.Errorf("got %v", row)
	}
}

// Every draw lies in its range, both ends come near, and what is off draws nothing.
func TestDrawsStayInTheirRanges(t *testing.T) {
	k := &ImageDataGenerator{RotationRange: 40, WidthShiftRange: 0.2, HeightShiftRange: 3, ShearRange: 20,
		ZoomRange:       []float64{0.8, 1.2},
		BrightnessRange: []float64{0.5, 1.5}, ChannelShiftRange: 30, HorizontalFlip: true, VerticalFlip: true}
	r, flips := stream(9), 0
	lo, hi := slices.Repeat([]float64{math.Inf(1)}, 7), slices.Repeat([]float64{math.Inf(-1)}, 7)
	for range 2000 {
		d := k.Draw(100, 50, r)
		for i, v := range []float64{d.Theta, d.Tx, d.Ty, d.Shear, d.Zx, d.Brightness, d.ChannelShift} {
			lo[i], hi[i] = min(lo[i], v), max(hi[i], v)
		}
		if d.FlipHorizontal {
			flips++
		}
		if d.Tx != math.Trunc(d.Tx) {
			t.Fatalf("a whole number of pixels is wanted, found %v", d.Tx)
		}
	}
	for i, want := range [][2]float64{{-40, 40}, {-2, 2}, {-20, 20}, {-20, 20}, {0.8, 1.2}, {0.5, 1.5}, {-30, 30}} {
		near := 0.02 * (want[1] - want[0])
		if lo[i] < want[0] || hi[i] > want[1] || lo[i] > want[0]+near || hi[i] < want[1]-near {
			t.Errorf("number %d is drawn from %v to %v, want %v", i, lo[i], hi[i], want)
		}
	}
	if flips < 900 || flips > 1100 {
		t.Errorf("%d of 2000 are flipped", flips)
	}
	if d := (&ImageDataGenerator{}).Draw(9, 9, nil); d != (Transform{Zx: 1, Zy: 1, Brightness: 1}) {
		t.Errorf("without arguments there is %+v", d)
	}
}

// The bits are part of every recipe with Keras' augmentation. They were printed by this test
// when it was written; every platform must agree.
func TestGeneratedBitsAreFixed(t *testing.T) {
	m, h, r := noise(31, 17, 3), sha256.New(), stream(5)
	in := Input{Height: 17, Width: 31, Channels: 3, Normalisation: Unit}
	row := make([]float32, len(m.Pix))
	for _, fill := range []Fill{FillNearest, FillReflect, FillConstant, FillWrap} {
		k := &ImageDataGenerator{RotationRange: 40, WidthShiftRange: 0.2, HeightShiftRange: 0.2, ShearRange: 20,
			ZoomRange:       []float64{0.7, 1.3},
			BrightnessRange: []float64{0.8, 1.2}, ChannelShiftRange: 20, FillMode: string(fill), CVal: 9,
			HorizontalFlip: true, VerticalFlip: true}
		for range 5 {
			in.WriteGenerated(row, m, k, r)
			for _, v := range row {
				h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
			}
		}
	}
	const want = "cb6d6b414da9a8ce"
	if got := fmt.Sprintf("%x", h.Sum(nil))[:16]; got != want {
		t.Errorf("digest %s, expected %s", got, want)
	}
}

func BenchmarkGenerate224(b *testing.B) {
	m := noise(224, 224, 3)
	in, row, r := Input{Height: 224, Width: 224, Channels: 3}, make([]float32, len(m.Pix)), stream(6)
	k := &ImageDataGenerator{RotationRange: 20, WidthShiftRange: 0.2, HeightShiftRange: 0.2, ShearRange: 20,
		ZoomRange: []float64{0.8, 1.2}, HorizontalFlip: true}
	for b.Loop() {
		in.WriteGenerated(row, m, k, r)
	}
}
