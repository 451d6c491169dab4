package fmath

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"runtime"
	"testing"
)

var functions = []struct {
	name   string
	f      func(float32) float32
	exact  func(float64) float64
	domain float32 // largest |x|
	hash   string  // of the results for every 4099th float32, NaNs as 7fc00000
}{
	{"Exp", Exp, math.Exp, math.MaxFloat32, "ae46179f095e7a8a"},
	{"Log", Log, math.Log, math.MaxFloat32, "e4faab916c41983e"},
	{"Tanh", Tanh, math.Tanh, math.MaxFloat32, "45ece9ac149914e4"},
	{"Sigmoid", Sigmoid, func(x float64) float64 {
		return 1 / (1 + math.Exp(-x))
	}, math.MaxFloat32, "ee2bcd6cb9822a35"},
	{"Erf", Erf, math.Erf, math.MaxFloat32, "2035742864c57664"},
	{"Sin", Sin, math.Sin, Domain, "68cc0001da4e1b27"},
	{"Cos", Cos, math.Cos, Domain, "8cccd78a64886afe"},
}

// ulps is the distance of got from want in units in the last place of want; an
// infinity counts as 2¹²⁸, the next after the largest float32.
func ulps(got float32, want float64) float64 {
	g := float64(got)
	if math.IsInf(g, 0) {
		g = math.Copysign(0x1p128, g)
	}
	if math.Abs(want) > 0x1p128 {
		want = math.Copysign(0x1p128, want)
	}
	_, e := math.Frexp(want)
	return math.Abs(g-want) / math.Ldexp(1, max(e-24, -149))
}

func TestErrors(t *testing.T) {
	step := uint64(67) // about 64, and odd so that the low bits take all values
	if testing.Short() || runtime.GOARCH == "wasm" {
		step = 4099
	}
	for _, c := range functions {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			worst, at, n := 0.0, float32(0), 0
			for b := uint64(0); b < 1<<32; b += step {
				x := math.Float32frombits(uint32(b))
				want := c.exact(float64(x))
				if x != x || abs(x) > c.domain || want != want {
					continue
				}
				n++
				if e := ulps(c.f(x), want); !(e <= worst) {
					worst, at = e, x
				}
			}
			t.Logf("%d values, worst error %.3f ulp at %v (%08x)", n, worst, at, math.Float32bits(at))
			if !(worst <= 2) {
				t.Errorf("error %.3f ulp at %v: got %v, want %v; at most 2 ulp is promised", worst, at, c.f(at),
					c.exact(float64(at)))
			}
		})
	}
}

// The bits are the contract, so they are pinned: every platform must give these.
func TestBitsArePinned(t *testing.T) {
	for _, c := range functions {
		h := sha256.New()
		var buf [4]byte
		for b := uint64(0); b < 1<<32; b += 4099 {
			bits := math.Float32bits(c.f(math.Float32frombits(uint32(b))))
			if bits&^signBit > 0x7f800000 {
				bits = 0x7fc00000
			}
			binary.LittleEndian.PutUint32(buf[:], bits)
			h.Write(buf[:])
		}
		if got := hex.EncodeToString(h.Sum(nil)[:8]); got != c.hash {
			t.Errorf("%s: results hash to %s, want %s", c.name, got, c.hash)
		}
	}
}

func TestSpecialValues(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	zero := float32(0)
	tiny := float32(math.SmallestNonzeroFloat32)
	for _, c := range []struct {
		name     string
		f        func(float32) float32
		in, want float32
	}{
		{"Exp", Exp, inf, inf}, {"Exp", Exp, -inf, 0}, {"Exp", Exp, nan, nan}, {"Exp", Exp, -zero, 1},
		{"Exp", Exp, 88.72283, 3.4027985e38}, {"Exp", Exp, 88.72284, inf}, {"Exp", Exp, -103.9, tiny},
		{"Exp", Exp, -104, 0},
		{"Log", Log, inf, inf}, {"Log", Log, -inf, nan}, {"Log", Log, nan, nan}, {"Log", Log, 0, -inf},
		{"Log", Log, -zero, -inf}, {"Log", Log, -tiny, nan}, {"Log", Log, 1, 0}, {"Log", Log, tiny, -103.27893},
		{"Tanh", Tanh, inf, 1}, {"Tanh", Tanh, -inf, -1}, {"Tanh", Tanh, nan, nan}, {"Tanh", Tanh, -tiny, -tiny},
		{"Sigmoid", Sigmoid, inf, 1}, {"Sigmoid", Sigmoid, -inf, 0}, {"Sigmoid", Sigmoid, nan, nan},
		{"Sigmoid", Sigmoid, -zero, 0.5},
		{"Erf", Erf, inf, 1}, {"Erf", Erf, -inf, -1}, {"Erf", Erf, nan, nan}, {"Erf", Erf, -tiny, -tiny},
		{"Sin", Sin, inf, nan}, {"Sin", Sin, nan, nan}, {"Sin", Sin, 8193, nan}, {"Sin", Sin, -8193, nan},
		{"Sin", Sin, -tiny, -tiny},
		{"Cos", Cos, -inf, nan}, {"Cos", Cos, nan, nan}, {"Cos", Cos, 8193, nan}, {"Cos", Cos, -zero, 1},
	} {
		got := c.f(c.in)
		if got != c.want && !(got != got && c.want != c.want) {
			t.Errorf("%s(%v) = %v, want %v", c.name, c.in, got, c.want)
		}
	}
	negativeZero := float32(math.Copysign(0, -1))
	for _, f := range []func(float32) float32{Tanh, Erf, Sin} {
		if got := f(negativeZero); math.Float32bits(got) != signBit {
			t.Errorf("an odd function of -0 is %v (%08x), want -0", got, math.Float32bits(got))
		}
	}
}

func TestTree16AddsAsATree(t *testing.T) {
	// Large and small values that only this order adds without loss.
	p := [16]float32{0: 1 << 24, 8: -1 << 24, 4: 0.5, 12: 0.25, 3: 1e30, 11: -1e30, 7: 3, 15: 1e-3}
	want := (((p[0] + p[8]) + (p[4] + p[12])) + ((p[2] + p[10]) + (p[6] + p[14]))) +
		(((p[1] + p[9]) + (p[5] + p[13])) + ((p[3] + p[11]) + (p[7] + p[15])))
	before := p
	if got := Tree16(&p); got != want || p != before {
		t.Errorf("Tree16 = %v, want %v; operand now %v, was %v", got, want, p, before)
	}
}
