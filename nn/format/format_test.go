package format

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"wafer/nn/digest"
	"wafer/nn/tensor"
)

type meta struct{ Name string }

func sample(t testing.TB) []byte {
	t.Helper()
	b, err := Encode(meta{"m"}, []Tensor{
		{Name: "b", Value: tensor.Floats([]float32{1, -2.5, 65504, float32(math.Inf(1))}, 2, 2), Half: true},
		{Name: "a", Value: tensor.Floats([]float32{1e-30, 3}, 2)},
		{Name: "empty", Value: tensor.New(tensor.Float32, 0, 3)},
		{Name: "q", Value: tensor.Floats([]float32{-127, 127, 64, 3 * 0.25, 0, -0.25}, 2, 3),
			Int8: &tensor.Int8{Q: []int8{-127, 127, 64, 3, 0, -1}, Scales: []float32{1, 0.25}, Run: 3}},
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
	if err != nil || m.Name != "m" || len(state) != 5 {
		t.Fatalf("got %v, meta %v, %d tensors", err, m, len(state))
	}
	for name, want := range map[string]*tensor.Tensor{
		"a": tensor.Floats([]float32{1e-30, 3}, 2),
		"b": tensor.Floats([]float32{1, -2.5, 65504, float32(math.Inf(1))}, 2, 2),
		"q": tensor.Floats([]float32{-127, 127, 64, 3 * 0.25, 0, -0.25}, 2, 3),
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

// unhashed is a file as it was before headers had a hash.
func unhashed(file []byte) []byte {
	b := bytes.Clone(file)
	for i := prefix + 1; i < hashAt+len(noHash)+2; i++ { // behind the brace, up to the comma
		b[i] = ' '
	}
	return b
}

// One bit of the header that is another is noticed, wherever it is; in a file without its hash nothing but the words
// can be another.
func TestEveryBitOfTheHeaderCounts(t *testing.T) {
	good := sample(t)
	head := int(binary.LittleEndian.Uint32(good[12:])) + prefix
	for bit := range 8 * head {
		b := bytes.Clone(good)
		b[bit/8] ^= 1 << (bit % 8)
		if _, err := Decode(b, &meta{}); err == nil {
			t.Fatalf("bit %d of byte %d is another, and nobody notices", bit%8, bit/8)
		}
	}
	if _, err := Decode(unhashed(good), &meta{}); err != nil {
		t.Errorf("a file of before headers had a hash: %v", err)
	}
}

// A file of another kind is named.
func TestOtherFilesAreNamed(t *testing.T) {
	for begins, is := range map[string]string{
		"":                                     "it is empty",
		"\x89HDF\r\n\x1a\n rest":               "HDF5",
		"PK\x03\x04 rest":                      "zip file",
		"PK\x03\x04......archive/data.pkl":     "PyTorch checkpoint",
		"PK\x03\x04......model.weights.h5":     ".keras file",
		"\x08\x07\x12\x07pytorch\x1a\x05":      "ONNX",
		"%PDF-1.7":                             "PDF document",
		"\x89PNG\r\n":                          "PNG picture",
		"\x1f\x8b\x08":                         "gzip or tar",
		"\x89WAF":                              "cut short",
		"\n<!DOCTYPE html><title>404":          "web page",
		"<HTML>":                               "web page",
		"version https://git-lfs.github":       "git lfs pull",
		"\x1c\x00\x00\x00TFL3 rest":            "TFLite",
		"\x40\x00\x00\x00\x00\x00\x00\x00{\"a": "safetensors",
		`{"name":"a recipe"}`:                  "JSON",
		"anything else":                        `begins with "anything"`,
	} {
		if _, err := Decode([]byte(begins), &meta{}); err == nil ||
			!strings.Contains(err.Error(), "is not a .wafer file") || !strings.Contains(err.Error(), is) {
			t.Errorf("%q: got %v, expected that it says %q", begins, err, is)
		}
	}
}

func TestDamageIsASentence(t *testing.T) {
	good := unhashed(sample(t))
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
		"scales":     {bytes.Replace(good, []byte(`"scales":2`), []byte(`"scales":4`), 1), "do not divide"},
		"no scales":  {bytes.Replace(good, []byte(`"scales":2`), []byte(`"scales":0`), 1), "do not divide"},
		"no run":     {bytes.Replace(good, []byte(`"run":3`), []byte(`"run":0`), 1), "do not divide"},
		"stray":      {bytes.Replace(good, []byte(`"dtype":"i8"`), []byte(`"dtype":"f16"`), 1), ""},
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
	f.Add(unhashed(sample(f)))
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

// Whoever hashes, at once or piece by piece, finds the same.
func TestHashesOfWeightsDoNotDependOnWhoComputesThem(t *testing.T) {
	state := map[string]*tensor.Tensor{"w": tensor.Floats([]float32{0, 1, -2.5}, 3), "a": tensor.Ints([]int32{7}, 1)}
	if got, want := Sum(digest.Sum256).Hash(state), Hash(state); got != want {
		t.Errorf("at once the hash is %s, piece by piece %s", got, want)
	}
}

func TestSmallestLosesNothing(t *testing.T) {
	quantised := tensor.New(tensor.Float32, 4, 6)
	tensor.Int8{Q: []int8{1, -2, 3, 127, 5, 6, 7, 8, -127, 10, 11, 12, 13, 14, 15, 16, 127, 18, 127, 127, 21, 22, 23,
		127}, Scales: []float32{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}, Run: 1}.Widen(quantised.F())
	roots := tensor.New(tensor.Float32, 8, 8)
	for i := range roots.F() {
		roots.F()[i] = float32(math.Sqrt(float64(i + 2)))
	}
	for name, c := range map[string]struct {
		value *tensor.Tensor
		dtype string
	}{
		"halves": {tensor.Floats([]float32{1, 0.5, -2, 3}, 2, 2), "f16"},
		"bytes":  {quantised, "i8"},
		"floats": {roots, "f32"},
		"ints":   {tensor.Ints([]int32{7}, 1), "i32"},
	} {
		s := Smallest("w", c.value)
		b, err := Encode(meta{"m"}, []Tensor{s})
		if err != nil || s.dtype() != c.dtype {
			t.Errorf("%s: stored as %s (%v), expected %s", name, s.dtype(), err, c.dtype)
			continue
		}
		var m meta
		state, err := Decode(b, &m)
		if err != nil || !state["w"].Equal(c.value) {
			t.Errorf("%s: came back as %v (%v), expected %v", name, state["w"], err, c.value)
		}
	}
}
