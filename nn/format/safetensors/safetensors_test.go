package safetensors

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"wafer/nn/sharedtest"
	"wafer/nn/tensor"
)

func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func TestTypesAreRead(t *testing.T) {
	b := file(`{"__metadata__":{"a":"b"},"f":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},`+
		`"h":{"dtype":"F16","shape":[2,1],"data_offsets":[4,8]},"b":{"dtype":"BF16","shape":[],"data_offsets":[8,10]},`+
		`"i":{"dtype":"I64","shape":[1],"data_offsets":[10,18]},"u":{"dtype":"U8","shape":[2],"data_offsets":[18,20]}}  `,
		0, 0, 0x80, 0x3f, 0, 0x3c, 0, 0xc0, 0x80, 0x3f, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 7, 255)
	f, err := Inspect(b)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]*tensor.Tensor{
		"f": tensor.Floats([]float32{1}, 1), "h": tensor.Floats([]float32{1, -2}, 2, 1),
		"b": tensor.Floats([]float32{1}),
		"i": tensor.Ints([]int32{-2}, 1), "u": tensor.Ints([]int32{7, 255}, 2),
	} {
		got, err := f.Tensor(name)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s: got %v (%v), expected %v", name, got, err, want)
		}
	}
	if f.Metadata["a"] != "b" || !Recognise(b) {
		t.Errorf("metadata is %v, recognised %v", f.Metadata, Recognise(b))
	}
}

func TestHostileFilesAreASentence(t *testing.T) {
	many := strings.Builder{}
	for i := range maxTensors + 1 {
		fmt.Fprintf(&many, `,"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`, i)
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":         {nil, "has 0 bytes"},
		"header beyond": {binary.LittleEndian.AppendUint64(nil, 50), "but 0 follow"},
		"huge header":   {binary.LittleEndian.AppendUint64(nil, 1<<60), "at most"},
		"no object":     {file(`[1]`), "no JSON object"},
		"bloat":         {file("{" + many.String()[1:] + "}"), "one more"},
		"twice":         {file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1), "twice"},
		"overlap":       {file(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 1, 2), "overlap"},
		"hole":          {file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 1, 2), "hole"},
		"trailing":      {file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1, 2), "its tensors take 1"},
		"mismatch":      {file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,2]}}`, 1, 2), "larger than the file"},
		"shape":         {file(`{"a":{"dtype":"U8","shape":[2,1],"data_offsets":[0,3]}}`, 1, 2, 3), "needs 2 bytes"},
		"overflow": {file(`{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,1]}}`,
			1), "larger than the file"},
		"negative":    {file(`{"a":{"dtype":"U8","shape":[-1,-1],"data_offsets":[0,1]}}`, 1), "shape"},
		"beyond":      {file(`{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}`, 1), "data has 1"},
		"half a byte": {file(`{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}`, 1), "not read"},
		"behind":      {file(`{} x`), "behind"},
		"unfinished":  {file(`{"a":{"dtype":"U8"`), "tensor"},
		"page":        {[]byte("<!DOCTYPE html><html><body>404</body></html>"), "header"},
	} {
		_, err := Inspect(c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, expected an error with %q", name, err, c.want)
		}
	}
}

func TestRealFile(t *testing.T) {
	f, err := Inspect(sharedtest.Read(t, "models/use-lite-en/use_lite_en.f16.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Names()) != 30 {
		t.Fatalf("got %d tensors, expected 30", len(f.Names()))
	}
	sum := 0
	for _, name := range f.Names() {
		v, err := f.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		sum += v.Size()
	}
	if sum != 6975872 {
		t.Errorf("has %d numbers, expected 6975872", sum)
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(file(`{"__metadata__":{"a":"b"},"f":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 1, 2, 3, 4))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Inspect(b)
		if err != nil {
			return
		}
		for _, name := range s.Names() {
			if v, err := s.Tensor(name); err == nil && v.Size() > len(b) {
				t.Fatalf("%q has %d elements in a file of %d bytes", name, v.Size(), len(b))
			}
		}
	})
}
