package convert

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"math"
	"path"
	"slices"
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

// Names in files of other tools are cleaned, as are those that options give, and what is in a file is shown so.
func TestNamesOfOthersAreCleaned(t *testing.T) {
	files, _ := machine(t, "teachable-machine-image-tfjs")
	huge := strings.Repeat("很长", 500_000)
	for i, f := range files {
		if strings.HasSuffix(f.Name, "metadata.json") {
			files[i].Data = []byte(strings.NewReplacer("Class 1", `gpj.\u202eexe\u0000`,
				"Class 2", huge).Replace(string(f.Data)))
		}
	}
	m, err := open(files, Options{Name: "\x1b[2Jwaving\u202e"})
	if err != nil {
		t.Fatal(err)
	}
	info := m.Info()
	if want := " [2Jwaving"; info.Title != want || info.ID != want {
		t.Errorf("the model has the title %q and the ID %q, expected %q", info.Title, info.ID, want)
	}
	if want := []string{"gpj.exe ", huge[:1023]}; !slices.Equal(info.Labels, want) {
		t.Errorf("the labels are %.60q, expected %.60q", info.Labels, want)
	}
	m, err = open(files, Options{Labels: []Label{{"\u202e", "\u2066甲"}, {"b\nb", "乙"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Info(); !slices.Equal(got.Labels, []string{"kind 0",
		"b b"}) || !slices.Equal(got.LabelsZH, []string{"甲", "乙"}) {
		t.Errorf("labels that were given are %q, %q, expected kind 0, b b and 甲, 乙", got.Labels, got.LabelsZH)
	}
	for i, f := range files {
		files[i].Data = []byte(strings.ReplaceAll(string(f.Data), "dense_Dense1", `de\u202ense`))
	}
	o, err := Inspect(files)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(o); !strings.Contains(string(text),
		"de"+"nse") || strings.ContainsRune(string(text), '\u202e') {
		t.Errorf("what is in the file is shown as %.500s, expected names without marks that turn directions", text)
	}
}
