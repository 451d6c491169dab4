package convert

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"wafer/nn/sharedtest"
	"wafer/nn/task"
)

var cifar = []Label{{"airplane", ""}, {"automobile", ""}, {"bird", ""}, {"cat", ""}, {"deer", ""}, {"dog", ""},
	{"frog", ""}, {"horse", ""}, {"ship", ""}, {"truck", ""}}

// The published CIFAR ResNets have the accuracy that PyTorch has on the same files.
func TestCIFARResNets(t *testing.T) {
	for name, want := range map[string]struct{ lossless, jpeg float64 }{
		"resnet20-12fca82f.th": {0.97, 0.8103}, "resnet32-d509ac18.th": {0.98, 0.8310},
	} {
		m, err := open(one(sharedtest.Read(t, "models/resnet-cifar10-pytorch/"+name)),
			Options{Name: name, Labels: cifar})
		if err != nil {
			t.Fatal(err)
		}
		check := func(archive, within string, want, tolerance float64) {
			right, of := 0, 0
			inputs := entries(t, sharedtest.Read(t, "data/cifar10-jpeg/"+archive), within)
			for i, r := range m.ClassifyAll(inputs) {
				of++
				if r.Error == "" && r.Scores[0].Label == classOf(inputs[i].Name) {
					right++
				}
			}
			accuracy := float64(right) / float64(of)
			t.Logf("%s: %d of %d pictures of %s are right", name, right, of, archive)
			if !(math.Abs(accuracy-want) <= tolerance) {
				t.Errorf("%s has an accuracy of %.4f on %s, PyTorch has %.4f", name, accuracy, archive, want)
			}
		}
		check("cifar10-lossless-100.zip", ".png", want.lossless, 0)
		if !testing.Short() {
			check("cifar10-jpeg.zip", "/test/", want.jpeg, 0.005)
		}
	}
}

// entries are the files of an archive whose names contain a part.
func entries(t *testing.T, archive []byte, part string) (list []task.Input) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range z.File {
		if strings.Contains(e.Name, part) && !strings.HasSuffix(e.Name, "/") {
			b, err := fs.ReadFile(z, e.Name)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, task.Input{Name: e.Name, File: b})
		}
	}
	return list
}

// classOf is the class that a picture's path tells: its folder, or a part of its name.
func classOf(name string) string {
	for _, c := range cifar {
		if path.Base(path.Dir(name)) == c.Name || strings.Contains(path.Base(name), c.Name) {
			return c.Name
		}
	}
	return ""
}

// SqueezeNet's weights in a safetensors file give the scores that its ONNX twin gives in onnxruntime-web.
func TestSqueezeNetOfWeights(t *testing.T) {
	tsv, err := os.ReadFile("../../static/cards/photos.tsv")
	if err != nil {
		t.Fatal(err)
	}
	names, err := ParseLabels(string(tsv))
	if err != nil {
		t.Fatal(err)
	}
	m, err := open(one(sharedtest.Read(t, "models/squeezenet-1.1/squeezenet1_1.f16.safetensors")),
		Options{ImageNet: names})
	if err != nil {
		t.Fatal(err)
	}
	golden := map[string]json.RawMessage{}
	if err := json.Unmarshal(sharedtest.Read(t, "conformance/reference-outputs/golden.json"), &golden); err != nil {
		t.Fatal(err)
	}
	pictures := map[string][][2]float64{}
	if err := json.Unmarshal(golden["squeezenet-1.1 (onnx, BGR-mean 104/117/123)"], &pictures); err != nil {
		t.Fatal(err)
	}
	for name, want := range pictures {
		got := m.Classify(task.Input{Name: name, File: sharedtest.Read(t, "data/sample-photos/png224/"+name)})
		for _, w := range want {
			label := names[int(w[0])].Name
			i := slices.IndexFunc(got.Scores, func(s task.Score) bool { return s.Label == label })
			if i < 0 || math.Abs(float64(got.Scores[i].Probability)-w[1]) > 1e-4 {
				t.Errorf("%s: %s has place %d in %v (%s), expected %v", name, label, i,
					got.Scores[:min(5, len(got.Scores))], got.Error, w[1])
			}
		}
	}
}
