package tfjs

import (
	"fmt"
	"slices"
	"testing"

	"wafer/nn/format/foreign"
)

// Weights of every type stand for the numbers that TensorFlow.js makes of them, also across the ends of files.
func TestWeightsOfEveryType(t *testing.T) {
	for _, c := range []struct {
		dtype, quantised string
		bytes            []byte
		want             []float32
	}{
		{"float32", "", []byte{0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc1}, []float32{1, -10}},
		{"int32", "", []byte{7, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff}, []float32{7, -2}},
		{"bool", "", []byte{0, 1}, []float32{0, 1}},
		{"uint8", "", []byte{3, 255}, []float32{3, 255}},
		{"float32", `{"dtype":"float16","original_dtype":"float32"}`, []byte{0, 0x3c, 0, 0xc9}, []float32{1, -10}},
		{"float32", `{"dtype":"uint8","scale":0.5,"min":-2}`, []byte{0, 255}, []float32{-2, 125.5}},
		{"float32", `{"dtype":"uint16","scale":0.25,"min":1}`, []byte{4, 0, 0, 1}, []float32{2, 65}},
		{"int32", `{"dtype":"uint8","scale":0.5,"min":-2}`, []byte{1, 3}, []float32{-1, 0}}, // −1.5 and −0.5, half up
	} {
		quantised := ""
		if c.quantised != "" {
			quantised = `,"quantization":` + c.quantised
		}
		manifest := fmt.Sprintf(`{"paths":["a.bin","b.bin","c.bin"],"weights":[{"name":"t","shape":[1],"dtype":"string"},
			{"name":"w","shape":[2],"dtype":%q%s}]}`, c.dtype, quantised)
		data := append([]byte{2, 0, 0, 0, 'h', 'i'}, c.bytes...)
		files := graphFiles(inputNode+`,{"name":"y","op":"Relu","input":["x"]}`, manifest, nil)[:1]
		for i, name := range []string{"a.bin", "b.bin", "c.bin"} {
			cut := []int{0, 5, 7, len(data)}
			files = append(files, foreign.File{Name: "m/" + name, Data: data[cut[i]:cut[i+1]]})
		}
		m, err := Inspect(files)
		if err != nil {
			t.Errorf("%s %s: %v", c.dtype, c.quantised, err)
			continue
		}
		w, err := m.byName["w"].load()
		if err != nil || !slices.Equal(w.F(), c.want) {
			t.Errorf("%s %s: %v and %v, expected %v", c.dtype, c.quantised, w, err, c.want)
		}
		if _, err := m.byName["t"].load(); err == nil {
			t.Error("texts are a tensor, expected an error")
		}
	}
}
