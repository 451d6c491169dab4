package tensor

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestInt8KeepsWhatWasInt8(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		shape         Shape
		channels, run int
	}{{Shape{3, 3, 8, 16}, 16, 1}, {Shape{3, 3, 8, 1}, 8, 1}, {Shape{20, 32}, 20, 32}, {Shape{64, 5}, 5, 1}} {
		want := Int8{Q: make([]int8, c.shape.Size()), Scales: make([]float32, c.channels), Run: c.run}
		for i := range want.Q {
			want.Q[i] = int8(r.IntN(255) - 127)
		}
		for i := range want.Scales {
			want.Scales[i] = r.Float32() * 0.01
		}
		f := make([]float32, len(want.Q))
		want.Widen(f)
		got, ok := ExactInt8(f, c.shape)
		if !ok {
			t.Errorf("%v: no exact form was found", c.shape)
			continue
		}
		back := make([]float32, len(f))
		got.Widen(back)
		if !slices.Equal(back, f) || len(got.Scales) != c.channels || got.Run != c.run {
			t.Errorf("%v: %d scales in runs of %d do not give the floats back, expected %d of %d",
				c.shape, len(got.Scales), got.Run, c.channels, c.run)
		}
	}
}

func TestInt8OfAnyFloatsIsWithinHalfAStep(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	f := make([]float32, 40*7)
	for i := range f {
		f[i] = float32(r.NormFloat64())
	}
	if _, ok := ExactInt8(f, Shape{40, 7}); ok {
		t.Fatal("random floats were held exactly by 8 bits")
	}
	for _, form := range [][2]int{{7, 1}, {40, 7}, {1, 1}} {
		v, back := ToInt8(f, form[0], form[1]), make([]float32, len(f))
		v.Widen(back)
		for i := range f {
			half := float64(v.Scales[i/v.Run%len(v.Scales)])/2 + 1e-6
			if d := math.Abs(float64(f[i] - back[i])); d > half {
				t.Fatalf("form %v, element %d: %v became %v, more than half a step of %v away", form, i, f[i], back[i],
					half)
			}
		}
	}
}

func TestInt8DoesNotLoseTheSignOfZero(t *testing.T) {
	negative := float32(math.Copysign(0, -1))
	if _, ok := ExactInt8([]float32{negative, 1, 2, 3}, Shape{2, 2}); ok {
		t.Error("-0 was taken for 0")
	}
	if _, ok := ExactInt8([]float32{float32(math.NaN()), 1, 2, 3}, Shape{2, 2}); ok {
		t.Error("NaN was taken for a number")
	}
}
