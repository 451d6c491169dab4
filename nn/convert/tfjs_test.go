package convert

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"math"
	"path"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
)

// machine is an export of Teachable Machine, as the files of a folder and as a zip.
func machine(t *testing.T, name string) (files, zipped foreign.Files) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range []string{"model.json", "metadata.json", "weights.bin"} {
		data := sharedtest.Read(t, path.Join("models", name, part))
		files = append(files, foreign.File{Name: "my model/" + part, Data: data})
		w, err := z.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return files, one(b.Bytes())
}

// An export of Teachable Machine has its labels, takes pictures as Teachable Machine does and gives its shares, from a
// folder and from a zip alike; its features can be taught from.
func TestTeachableMachineExports(t *testing.T) {
	files, zipped := machine(t, "teachable-machine-image-tfjs")
	m, err := open(files, Options{Name: "waving"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := open(zipped, Options{Name: "waving"})
	if err != nil || !bytes.Equal(m.Bytes(), other.Bytes()) {
		t.Errorf("the zip gives another model than the folder (%v)", err)
	}
	golden := map[string]json.RawMessage{}
	if err := json.Unmarshal(sharedtest.Read(t, "conformance/reference-outputs/golden.json"), &golden); err != nil {
		t.Fatal(err)
	}
	pictures := map[string]struct{ Probs []float64 }{}
	if err := json.Unmarshal(golden["teachable-machine-image-tfjs (RGB/127.5-1)"], &pictures); err != nil ||
		len(pictures) != 6 {
		t.Fatalf("golden.json has %d pictures (%v), expected 6", len(pictures), err)
	}
	for name, want := range pictures {
		got := m.Classify(task.Input{Name: name, File: sharedtest.Read(t, "data/sample-photos/png224/"+name)})
		for _, s := range got.Scores {
			if s.Label != []string{"Class 1", "Class 2"}[s.Index] ||
				math.Abs(float64(s.Probability)-want.Probs[s.Index]) > 1e-4 {
				t.Errorf("%s: %q has %v, expected %v", name, s.Label, s.Probability, want.Probs[s.Index])
			}
		}
		if len(got.Scores) != 2 || got.Error != "" {
			t.Errorf("%s has %d scores and error %q, expected 2", name, len(got.Scores), got.Error)
		}
	}
	if n := m.FeatureSize(); n != 100 {
		t.Errorf("the model has %d features, expected those of the layer before the last", n)
	}
}

// Grey pictures stay grey.
func TestTeachableMachineGrey(t *testing.T) {
	files, _ := machine(t, "teachable-machine-tiny-gray-tfjs")
	m, err := open(files, Options{Name: "tiny"})
	if err != nil {
		t.Fatal(err)
	}
	info := m.Info()
	if info.Channels != 1 || info.Height != 96 || strings.Join(info.Labels, ", ") != "Class 1, Class 2" {
		t.Errorf("the model takes %d×%d×%d and has labels %v, expected 96×96×1 and two classes", info.Height,
			info.Width, info.Channels, info.Labels)
	}
	o, err := Inspect(files)
	if err != nil || o.Format != "Teachable Machine, TensorFlow.js layers-model" || o.Params() != info.Params {
		t.Errorf("inspected as %q with %d parameters (%v), expected Teachable Machine's and %d", o.Format, o.Params(),
			err, info.Params)
	}
}
