package convert

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"wafer/nn/document"
	"wafer/nn/format/torchmodule/torchtest"
	"wafer/nn/model"
	"wafer/nn/task"
)

// A shipped model that went out comes back with the same shares to the bit, its labels and its way to prepare inputs,
// from every format that has its layers, and passes the check that went with it. Rounded weights come back as they were
// rounded.
func TestExportedModelsComeBack(t *testing.T) {
	lacks := map[string]string{"sentences/tfjs": "TensorFlow.js has no such layer",
		"sentences/keras": "Keras 3 has no such", "intents/tflite": "networks of pictures are written",
		"sentences/tflite": "networks of pictures are written", "sentiment/tflite": "networks of pictures are written",
		"sentiment-lstm/tflite": "networks of pictures are written",
		"sentences/h5":          "Keras 2 has no such", "sentiment/tfjs": "TensorFlow.js has no such layer",
		"sentiment/keras": "Keras 3 has no such", "sentiment/h5": "Keras 2 has no such"}
	for _, name := range []string{"photos-light", "land", "digits", "fashion", "intents", "sentiment", "sentiment-lstm",
		"sentences"} {
		if testing.Short() && name != "digits" && name != "intents" {
			continue
		}
		file := shippedFile(t, name)
		for _, w := range writers {
			if w.name == "pytorch" {
				continue // it is a program: TestTorchRunsShippedModels
			}
			if w.name == "onnx" && name == "sentiment" {
				continue // its n-grams go out, and are not read: TestShippedModelsComeBackFromONNX
			}
			for _, weights := range w.stores {
				if name == "photos-light" && w.name != "h5" || len(name) > 9 && weights != "float32" {
					continue // the reference takes seconds
				}
				out, err := Export(file, ExportOptions{Format: w.name, Weights: weights})
				if says := lacks[name+"/"+w.name]; says != "" {
					if err == nil || !strings.Contains(err.Error(), says) {
						t.Errorf("%s as %s: the error is %v, expected %q", name, w.name, err, says)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s as %s: %v", name, w.name, err)
					continue
				}
				same(t, name+" as "+w.name+" in "+weights, file, out, weights)
			}
		}
	}
}

// same compares a model that went out with a rounded one.
func same(t *testing.T, what string, file, out []byte, weights string) {
	t.Helper()
	if apart, err := CheckFile(one(out)); err != nil || apart != 0 {
		t.Errorf("%s: the check is %g apart (%v), expected 0", what, apart, err)
	}
	got, err := open(one(out), Options{})
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	rounded, err := Rounded(file, ExportOptions{Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	want, err := model.Open(rounded, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := task.Input{Text: "I would like to play some music, it was a wonderful film"}
	if want.Info().Kind == task.Image {
		in = task.Input{Name: "cat", File: readFile(t, "../../static/samples/photos/cat.jpg")}
	}
	if got.Info().Encoder() {
		vectors(t, what, got, want, in)
		return
	}
	a, _, err := got.Encode(in)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	b, _, err := want.Encode(in)
	if err != nil || a.Diff(b) != "" {
		t.Errorf("%s: the network is given other numbers: %v, %v", what, err, a.Diff(b))
	}
	x, err := got.Predict(a)
	if err != nil {
		t.Fatal(err)
	}
	first := x.Clone()
	if y, err := want.Predict(b); err != nil || first.Diff(y) != "" {
		t.Errorf("%s: the network gives other numbers: %v, %v", what, err, first.Diff(y))
	}
	if !reflect.DeepEqual(got.Info().Labels, want.Info().Labels) || got.Info().Title != want.Info().Title {
		t.Errorf("%s: is %q with %d labels, expected %q with %d", what, got.Info().Title, len(got.Info().Labels),
			want.Info().Title, len(want.Info().Labels))
	}
}

// vectors compares what two encoders make of an input.
func vectors(t *testing.T, what string, got, want *model.Model, in task.Input) {
	t.Helper()
	x, err := got.Features(t.Context(), []task.Input{in}, nil)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if y, err := want.Features(t.Context(), []task.Input{in}, nil); err != nil || x.Diff(y) != "" {
		t.Errorf("%s: gives another vector: %v, %v", what, err, x.Diff(y))
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shippedFile is a model of static/models, a head together with its base.
func shippedFile(t *testing.T, name string) []byte {
	t.Helper()
	file, err := document.Whole(readFile(t, "../../static/models/"+name+".wafer"), nil, func(string) ([]byte, error) {
		return readFile(t, "../../static/models/sentences.wafer"), nil
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return file
}

func TestExportSaysWhatItCannot(t *testing.T) {
	file := readFile(t, "../../static/models/intents.wafer")
	if _, err := Export(file, ExportOptions{Format: "coreml"}); err == nil ||
		!strings.Contains(err.Error(), "choose one of: tfjs") {
		t.Errorf("the error is %v, expected one that lists the formats", err)
	}
	if _, err := Export(file, ExportOptions{Format: "h5", Weights: "int8"}); err == nil ||
		!strings.Contains(err.Error(), "float32 or float16") {
		t.Errorf("the error is %v, expected one that lists what weights can be stored as", err)
	}
	if _, err := Export(file[:100], ExportOptions{Format: "tfjs"}); err == nil {
		t.Error("a file that is cut short goes out")
	}
}

// The programs for PyTorch give what the models give.
func TestTorchRunsShippedModels(t *testing.T) {
	torchtest.Need(t)
	for name, weights := range map[string]string{"land": "float16", "sentiment-lstm": "", "sentences": "float32",
		"intents": ""} {
		file, err := Export(shippedFile(t, name), ExportOptions{Format: "pytorch", Weights: weights})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		torchtest.Check(t, name, file)
	}
}
