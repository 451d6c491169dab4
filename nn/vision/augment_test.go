package vision

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func stream(n uint64) *rand.Rand { return rand.New(rand.NewPCG(n, 7)) }

func augmented(in Input, m *Image, a Augment, r *rand.Rand) []float32 {
	row := make([]float32, len(m.Pix))
	in.WriteAugmented(row, m, &a, r)
	return row
}

func TestNormalisations(t *testing.T) {
	m := &Image{2, 1, 3, []byte{0, 51, 255, 255, 0, 102}}
	for n, want := range map[Normalisation][]float64{
		Unit:      {0, 0.2, 1, 1, 0, 0.4},
		PlusMinus: {-1, -0.6, 1, 1, -1, -0.2},
		None:      {0, 51, 255, 255, 0, 102},
		Caffe:     {255 - 103.939, 51 - 116.779, 0 - 123.68, 102 - 103.939, 0 - 116.779, 255 - 123.68},
		ImageNet: {-0.485 / 0.229, (0.2 - 0.456) / 0.224, (1 - 0.406) / 0.225, (1 - 0.485) / 0.229, -0.456 / 0.224,
			(0.4 - 0.406) / 0.225},
	} {
		got := ToTensor([]*Image{m, m}, Input{Height: 1, Width: 2, Channels: 3, Normalisation: n})
		if s := got.String(); s != "f32[2 1 2 3]" {
			t.Errorf("%s: a tensor %s, expected f32[2 1 2 3]", n, s)
		}
		for i, w := range slices.Concat(want, want) {
			if g := float64(got.F()[i]); math.Abs(g-w) > 2e-6*max(1, math.Abs(w)) {
				t.Errorf("%s: value %d is %v, expected %v", n, i, g, w)
			}
		}
	}
	if Normalisation("zscore").Check() == nil || Fill("wrap").Check() == nil || Unit.Check() != nil ||
		FillReflect.Check() != nil {
		t.Error("Check must refuse zscore and wrap, and take the names it lists")
	}
}

func TestSymmetriesOnlyMovePixels(t *testing.T) {
	m := &Image{2, 2, 1, []byte{1, 2, 3, 4}}
	in := Input{Height: 2, Width: 2, Channels: 1, Normalisation: None}
	seen := map[string]int{}
	r := stream(1)
	for range 800 {
		seen[fmt.Sprint(augmented(in, m, Augment{FlipHorizontal: true, FlipVertical: true, Transpose: true}, r))]++
	}
	for _, want := range []string{"[1 2 3 4]", "[2 1 4 3]", "[3 4 1 2]", "[4 3 2 1]", "[1 3 2 4]", "[3 1 4 2]",
		"[2 4 1 3]", "[4 2 3 1]"} {
		if n := seen[want]; n < 60 || n > 140 {
			t.Errorf("symmetry %s came %d times of 800, expected about 100", want, n)
		}
	}
	if len(seen) != 8 {
		t.Errorf("found %d different pictures, expected the eight symmetries: %v", len(seen), seen)
	}
}

func TestRotationTurnsAboutTheMiddle(t *testing.T) {
	const n = 33
	m := New(n, n, 1)
	m.Pix[(n/2)*n+n/2] = 200 // the middle stays, whatever the angle
	in := Input{Height: n, Width: n, Channels: 1, Normalisation: None}
	r := stream(2)
	for range 20 {
		if got := augmented(in, m, Augment{Rotation: 180}, r)[(n/2)*n+n/2]; got < 199.9 {
			t.Fatalf("the middle pixel is %v after a rotation, expected 200", got)
		}
	}
	// A bright quarter keeps its mass in every rotation that leaves it inside.
	for i := range m.Pix {
		if x, y := i%n-n/2, i/n-n/2; x*x+y*y < 64 && x > 0 && y > 0 {
			m.Pix[i] = 100
		}
	}
	m.Pix[(n/2)*n+n/2] = 0
	sum := func(v []float32) (s float64) {
		for _, x := range v {
			s += float64(x)
		}
		return s
	}
	want := sum(augmented(in, m, Augment{}, r))
	for range 20 {
		if got := sum(augmented(in, m, Augment{Rotation: 90}, r)); math.Abs(got-want) > 0.02*want {
			t.Errorf("mass %v after a rotation, expected about %v", got, want)
		}
	}
}

func TestFillBeyondTheEdge(t *testing.T) {
	m := &Image{4, 1, 1, []byte{10, 20, 30, 40}}
	for _, c := range []struct {
		fill Fill
		want []float32
	}{
		{FillNearest, []float32{10, 10, 10, 20, 40, 40}},
		{FillReflect, []float32{20, 10, 10, 20, 40, 30}},
		{FillConstant, []float32{0, 0, 10, 20, 0, 0}},
	} {
		in := Input{Fill: c.fill, Border: Black}
		var got []float32
		for _, x := range []int{-2, -1, 0, 1, 4, 5} {
			got = append(got, in.at(m, x, 0, 0))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: positions -2 -1 0 1 4 5 give %v, expected %v", c.fill, got, c.want)
		}
	}
	if got := [4]int{reflect(-9, 4), reflect(11, 4), reflect(1<<30, 4), reflect(0, 1)}; got != [4]int{0, 3, 0, 0} {
		t.Errorf("reflect gives %v, expected [0 3 0 0]", got)
	}
}

func TestToneStaysInRange(t *testing.T) {
	m := noise(8, 8, 3)
	in := Input{Height: 8, Width: 8, Channels: 3, Normalisation: None}
	r := stream(3)
	differs := false
	for range 50 {
		v := augmented(in, m, Augment{Brightness: 0.5, Contrast: 0.5}, r)
		if slices.Min(v) < 0 || slices.Max(v) > 255 {
			t.Fatalf("values from %v to %v, expected 0…255", slices.Min(v), slices.Max(v))
		}
		differs = differs || math.Abs(float64(v[5])-float64(m.Pix[5])) > 20
	}
	if !differs {
		t.Error("brightness and contrast changed nothing")
	}
	// Contrast alone turns about the mean of the picture.
	flat := &Image{2, 1, 1, []byte{100, 120}}
	v := augmented(Input{Height: 1, Width: 2, Channels: 1, Normalisation: None}, flat, Augment{Contrast: 0.5},
		stream(4))
	if mean := (v[0] + v[1]) / 2; math.Abs(float64(mean)-110) > 1e-4 || v[1]-v[0] < 9 || v[1]-v[0] > 31 {
		t.Errorf("100 and 120 become %v, expected a mean of 110 and a distance from 10 to 30", v)
	}
}

func TestCutoutBlanksASquare(t *testing.T) {
	m := New(20, 20, 1)
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	in, most := Input{Height: 20, Width: 20, Channels: 1}, 0
	for seed := range 40 {
		zeros := 0
		for _, v := range augmented(in, m, Augment{Cutout: 0.25}, stream(uint64(seed))) {
			if v == 0 {
				zeros++
			}
		}
		if zeros == 0 || zeros > 25 {
			t.Errorf("seed %d: %d pixels are blank, expected 1 to 25", seed, zeros)
		}
		most = max(most, zeros)
	}
	if most != 25 {
		t.Errorf("at most %d pixels are blank, expected 25 where the square lies inside", most)
	}
}

// The bits are part of every recipe with augmentation. They were printed by this test when
// it was written; every platform must agree.
func TestAugmentedBitsAreFixed(t *testing.T) {
	m := noise(31, 17, 3)
	in := Input{Height: 17, Width: 31, Channels: 3, Normalisation: ImageNet, Fill: FillReflect}
	a := Augment{FlipHorizontal: true, FlipVertical: true, Rotation: 40, Shift: 0.2, Zoom: 0.3, Brightness: 0.2,
		Contrast: 0.3, Cutout: 0.2}
	h, r := sha256.New(), stream(5)
	for range 20 {
		for _, v := range augmented(in, m, a, r) {
			h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
		}
	}
	const want = "3405385f2e1d44b6"
	if got := fmt.Sprintf("%x", h.Sum(nil))[:16]; got != want {
		t.Errorf("digest %s, expected %s", got, want)
	}
}

func TestAugmentingAllocatesNothing(t *testing.T) {
	m, row, r := noise(28, 28, 1), make([]float32, 784), stream(6)
	in := Input{Height: 28, Width: 28, Channels: 1}
	a := &Augment{Rotation: 12, Shift: 0.1, Zoom: 0.12, Brightness: 0.1, Contrast: 0.1, Cutout: 0.2}
	if n := testing.AllocsPerRun(100, func() { in.WriteAugmented(row, m, a, r) }); n != 0 {
		t.Errorf("%v allocations a picture, expected none", n)
	}
}

func BenchmarkAugment28(b *testing.B) {
	m, row, r := noise(28, 28, 1), make([]float32, 784), stream(6)
	in := Input{Height: 28, Width: 28, Channels: 1}
	for b.Loop() {
		in.WriteAugmented(row, m, &Augment{Rotation: 12, Shift: 0.1, Zoom: 0.12}, r)
	}
}

func BenchmarkWrite28(b *testing.B) {
	m, row := noise(28, 28, 1), make([]float32, 784)
	in := Input{Height: 28, Width: 28, Channels: 1}
	for b.Loop() {
		in.Write(row, m)
	}
}
