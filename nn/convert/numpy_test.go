package convert

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/model"
	"wafer/nn/tensor"
	"wafer/nn/zoo"
)

// savez writes arrays as numpy.savez does, under the names that name gives.
func savez(t *testing.T, arrays []*tensor.Tensor, name func(i int) string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, a := range arrays {
		w, err := z.Create(name(i) + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		shape := strings.NewReplacer("[", "(", "]", ",)", " ", ",").Replace(a.Shape().String())
		header := "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }\n"
		fmt.Fprintf(w, "\x93NUMPY\x01\x00%s%s", binary.LittleEndian.AppendUint16(nil, uint16(len(header))), header)
		if err := binary.Write(w, binary.LittleEndian, a.F()); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Arrays in the order of get_weights, or by name, become the weights of an architecture that is named.
func TestArraysOfAnArchitecture(t *testing.T) {
	net, err := zoo.New("lenet", zoo.Options{Classes: 3})
	if err != nil {
		t.Fatal(err)
	}
	state := net.InitState(3)
	var inOrder, backwards []*tensor.Tensor
	ours := net.Weights()
	for i := range ours {
		inOrder = append(inOrder, state[ours[i].Name])
		backwards = append(backwards, state[ours[len(ours)-1-i].Name])
	}
	byPlace := savez(t, inOrder, func(i int) string { return fmt.Sprint("arr_", i) })
	byName := savez(t, backwards, func(i int) string { return ours[len(ours)-1-i].Name + ":0" })
	for kind, file := range map[string][]byte{"by their order": byPlace, "by their names": byName} {
		m, err := open(one(file), Options{As: "lenet"})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		sameWeights(t, kind, m, state)
	}
	if _, err := open(one(byPlace), Options{}); err == nil ||
		!strings.Contains(err.Error(), "do not say what network they are of") {
		t.Errorf("without an architecture the error is %v", err)
	}
	if _, err := open(one(byPlace), Options{As: "vgg16"}); err == nil ||
		!strings.Contains(err.Error(), "has 10 arrays, vgg16 has 32 weights") {
		t.Errorf("with another architecture the error is %v", err)
	}
}

func sameWeights(t *testing.T, kind string, m *model.Model, state map[string]*tensor.Tensor) {
	t.Helper()
	for name, want := range state {
		if got := m.State()[name]; got == nil || got.Diff(want) != "" {
			t.Errorf("%s: %s differs", kind, name)
		}
	}
}

// A Keras architecture takes the arrays that lie beside it.
func TestArraysOfAKerasArchitecture(t *testing.T) {
	config := []byte(`{"class_name": "Sequential", "keras_version": "2.4.0", "config": {"name": "m", "layers": [
		{"class_name": "Flatten", "config": {"name": "f", "batch_input_shape": [null, 4, 4, 1]}},
		{"class_name": "Dense", "config": {"name": "d", "units": 3, "activation": "softmax", "use_bias": true}}]}}`)
	kernel, bias := tensor.New(tensor.Float32, 16, 3), tensor.Floats([]float32{1, 2, 3}, 3)
	for i := range kernel.F() {
		kernel.F()[i] = float32(i)
	}
	arrays := savez(t, []*tensor.Tensor{kernel, bias}, func(i int) string { return fmt.Sprint("arr_", i) })
	m, err := open(foreign.Files{{Name: "model.json", Data: config}, {Name: "weights.npz", Data: arrays}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, "Keras", m, map[string]*tensor.Tensor{"d/kernel": kernel, "d/bias": bias})
	more := savez(t, []*tensor.Tensor{kernel, bias, bias}, func(i int) string { return fmt.Sprint("arr_", i) })
	_, err = open(foreign.Files{{Name: "model.json", Data: config}, {Name: "weights.npz", Data: more}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "has 1 arrays more") {
		t.Errorf("with one array more the error is %v", err)
	}
}
