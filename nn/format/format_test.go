package format

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"wafer/nn/tensor"
)

type meta struct{ Name string }

func sample(t testing.TB) []byte {
	t.Helper()
	b, err := Encode(meta{"m"}, []Tensor{
		{Name: "b", Value: tensor.Floats([]float32{1, -2.5, 65504, float32(math.Inf(1))}, 2, 2), Half: true},
		{Name: "a", Value: tensor.Floats([]float32{1e-30, 3}, 2)},
		{Name: "empty", Value: tensor.New(tensor.Float32, 0, 3)},
		{Name: "i", Value: tensor.Ints([]int32{math.MinInt32, 7}, 1, 2), Half: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRoundTripKeepsEveryTensor(t *testing.T) {
	b := sample(t)
	var m meta
	state, err := Decode(b, &m)
	if err != nil || m.Name != "m" || len(state) != 4 {
		t.Fatalf("got %v, meta %v, %d tensors", err, m, len(state))
	}
	for name, want := range map[string]*tensor.Tensor{
		"a": tensor.Floats([]float32{1e-30, 3}, 2),
		"b": tensor.Floats([]float32{1, -2.5, 65504, float32(math.Inf(1))}, 2, 2),
		"i": tensor.Ints([]int32{math.MinInt32, 7}, 1, 2),
	} {
		if d := state[name].Diff(want); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if !bytes.Equal(b, sample(t)) {
		t.Error("the same content gave other bytes")
	}
}

func TestDamageIsASentence(t *testing.T) {
	good := sample(t)
	change := func(f func(b []byte)) []byte { b := bytes.Clone(good); f(b); return b }
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":      {nil, "is not a .wafer file"},
		"text":       {[]byte("hello, world"), "is not a .wafer file"},
		"stub":       {good[:10], "cut short"},
		"cut header": {good[:60], "cut short"},
		"cut data":   {good[:len(good)-1], "cut short"},
		"longer":     {append(bytes.Clone(good), 0), "added"},
		"flipped":    {change(func(b []byte) { b[len(b)-65] ^= 1 }), "damaged"},
		"version":    {change(func(b []byte) { b[8] = 9 }), "version 9"},
		"huge":       {change(func(b []byte) { binary.LittleEndian.PutUint32(b[12:], math.MaxUint32) }), "at most"},
		"json":       {change(func(b []byte) { b[16] = '[' }), "cannot be read"},
		"shape":      {bytes.Replace(good, []byte(`"shape":[2,2]`), []byte(`"shape":[2,9]`), 1), ""},
		"dtype":      {bytes.Replace(good, []byte(`"f16"`), []byte(`"f64"`), 1), "f64"},
		"offset":     {bytes.Replace(good, []byte(`"offset":64`), []byte(`"offset":99`), 1), "should stand"},
		"big shape":  {bytes.Replace(good, []byte(`"shape":[0,3]`), []byte(`"shape":[9e9]`), 1), ""},
		"twice":      {bytes.Replace(good, []byte(`"name":"a"`), []byte(`"name":"b"`), 1), "two tensors"},
	} {
		var m meta
		_, err := Decode(c.file, &m)
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
}

func TestEveryPrefixIsAnError(t *testing.T) {
	good := sample(t)
	for n := range len(good) {
		var m meta
		if _, err := Decode(good[:n], &m); err == nil {
			t.Fatalf("the first %d of %d bytes were read without an error", n, len(good))
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		var m meta
		if state, err := Decode(b, &m); err == nil {
			for _, v := range state {
				_ = v.Clone()
			}
		}
	})
}

func TestHashSeesNameShapeAndBits(t *testing.T) {
	base := map[string]*tensor.Tensor{"w": tensor.Floats([]float32{0, 1}, 2)}
	for name, other := range map[string]map[string]*tensor.Tensor{
		"name":  {"v": base["w"]},
		"shape": {"w": base["w"].Reshape(1, 2)},
		"bits":  {"w": tensor.Floats([]float32{float32(math.Copysign(0, -1)), 1}, 2)},
	} {
		if Hash(base) == Hash(other) {
			t.Errorf("another %s has the same hash", name)
		}
	}
}
