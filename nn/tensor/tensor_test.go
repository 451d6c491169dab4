package tensor

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

func TestHalfRoundTripIsExactForEveryHalf(t *testing.T) {
	for h := 0; h < 1<<16; h++ {
		v := FromHalf(uint16(h))
		if v != v {
			if back := Half(v); back&0x7c00 != 0x7c00 || back&0x3ff == 0 {
				t.Fatalf("half %04x is NaN, came back as %04x", h, back)
			}
			continue
		}
		if back := Half(v); back != uint16(h) {
			t.Fatalf("half %04x = %v came back as %04x", h, v, back)
		}
	}
}

func TestHalfRoundsToNearestEven(t *testing.T) {
	for _, c := range []struct {
		in   float32
		want uint16
	}{
		{1 + 1.0/2048, 0x3c00},             // tie, down to even
		{1 + 3.0/2048, 0x3c02},             // tie, up to even
		{1 + 1.0/2048 + 1e-6, 0x3c01},      // just above the tie
		{65519.996, 0x7bff},                // largest finite
		{65520, 0x7c00},                    // rounds to infinity
		{float32(math.Pow(2, -25)), 0},     // tie with zero goes to even
		{float32(math.Pow(2, -24)), 1},     // smallest subnormal
		{float32(math.Inf(-1)), 0xfc00},    //
		{-2, 0xc000},                       //
		{float32(math.Pow(2, -14)), 0x400}, // smallest normal
	} {
		if got := Half(c.in); got != c.want {
			t.Errorf("Half(%v) = %04x, want %04x", c.in, got, c.want)
		}
	}
}

func TestDiffSeesSignOfZeroAndNaNBits(t *testing.T) {
	a, b := Floats([]float32{0}, 1), Floats([]float32{float32(math.Copysign(0, -1))}, 1)
	if d := a.Diff(b); !strings.Contains(d, "80000000") {
		t.Errorf("0 against -0: Diff = %q", d)
	}
	n := float32(math.NaN())
	if d := Floats([]float32{n}, 1).Diff(Floats([]float32{n}, 1)); d != "" {
		t.Errorf("same NaN: Diff = %q", d)
	}
}

func TestRowsAndReshapeShareElements(t *testing.T) {
	a := New(Float32, 3, 2)
	a.Rows(1, 2).Reshape(2).F()[1] = 7
	if got := a.F()[3]; got != 7 {
		t.Errorf("element [1 1] = %v, want 7", got)
	}
}

func TestWidenIsFromHalf(t *testing.T) {
	from, to := make([]byte, 2<<16), make([]float32, 1<<16)
	for i := range to {
		binary.LittleEndian.PutUint16(from[2*i:], uint16(i))
	}
	Widen(to, from)
	for i, v := range to {
		if want := FromHalf(uint16(i)); math.Float32bits(v) != math.Float32bits(want) {
			t.Fatalf("%#04x is widened to %v, FromHalf says %v", i, v, want)
		}
	}
}
