package torch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wafer/nn/sharedtest"
	"wafer/nn/tensor"
)

// files are those of testdata/torch_files.py, by name.
func files(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.pt")
	if err != nil || len(paths) != 13 {
		t.Fatalf("found %d files, %v; expected 13", len(paths), err)
	}
	m := map[string][]byte{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		m[strings.TrimSuffix(filepath.Base(p), ".pt")] = b
	}
	return m
}

// Every tensor has the numbers that PyTorch wrote, whatever stands around it.
func TestFilesHoldWhatPyTorchWrote(t *testing.T) {
	doc, err := os.ReadFile("testdata/torch_files.json")
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string]map[string]struct {
		Shape  tensor.Shape
		Values []float64
	}
	if err := json.Unmarshal(doc, &expected); err != nil {
		t.Fatal(err)
	}
	for name, file := range files(t) {
		f, err := Open(file)
		if err != nil || !Recognise(file) {
			t.Errorf("%s: %v, recognised %v", name, err, Recognise(file))
			continue
		}
		if got, want := len(f.Names()), len(expected[name]); got != want {
			t.Errorf("%s: has the tensors %v, expected %d", name, f.Names(), want)
		}
		for key, want := range expected[name] {
			v, err := f.Tensor(key)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := values(v); !v.Shape().Equal(want.Shape) || !slices.Equal(got, want.Values) {
				t.Errorf("%s: %s is %v %v, expected %v %v", name, key, v.Shape(), got, want.Shape, want.Values)
			}
		}
	}
}

func values(v *tensor.Tensor) []float64 {
	list := make([]float64, v.Size())
	for i := range list {
		if v.DType() == tensor.Int32 {
			list[i] = float64(v.I()[i])
		} else {
			list[i] = float64(v.F()[i])
		}
	}
	return list
}

// The outline tells types, sizes and which form it is.
func TestOutline(t *testing.T) {
	for name, form := range map[string]string{"dtypes_zip": "PyTorch", "dtypes_old": "PyTorch before 1.6",
		"script_zip": "TorchScript"} {
		f, err := Open(files(t)[name])
		if err != nil {
			t.Fatal(err)
		}
		if o := f.Outline(); o.Format != form || len(o.Weights) != len(f.Names()) {
			t.Errorf("%s: is %q with %d weights, expected %q with %d", name, o.Format, len(o.Weights), form,
				len(f.Names()))
		}
	}
	f, _ := Open(files(t)["dtypes_zip"])
	for _, w := range f.Outline().Weights {
		if w.Name == "bfloat16" && (w.DType != "BF16" || w.Bytes != 12 || !slices.Equal(w.Shape, []int{2, 3})) {
			t.Errorf("bfloat16 is told as %+v", w)
		}
	}
}

// The published checkpoints of shared/models.
func TestRealFiles(t *testing.T) {
	for path, want := range map[string]struct {
		tensors, params int
		name            string
	}{
		"resnet-cifar10-pytorch/resnet20-12fca82f.th": {97, 271098, "layer3.2.conv2.weight"},
		"resnet-cifar10-pytorch/resnet32-d509ac18.th": {157, 466426, "layer3.4.conv2.weight"},
		"mtcnn-pytorch/pnet.pt":                       {13, 6632, "prelu1.weight"},
		"mtcnn-pytorch/rnet.pt":                       {16, 100178, "dense4.weight"},
		"mtcnn-pytorch/onet.pt":                       {21, 389040, "dense5.weight"},
		"ultraface-rfb320/version-RFB-320.pth":        {244, 281135, "base_net.0.0.weight"},
	} {
		f, err := Open(sharedtest.Read(t, "models/"+path))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		o := f.Outline()
		if len(f.Names()) != want.tensors || o.Params() != want.params || !slices.Contains(f.Names(), want.name) {
			t.Errorf("%s: has %d tensors of %d numbers, expected %d of %d and %s among them", path, len(f.Names()),
				o.Params(), want.tensors, want.params, want.name)
		}
		for _, n := range f.Names() {
			if _, err := f.Tensor(n); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}
