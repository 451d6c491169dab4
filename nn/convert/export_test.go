package convert

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"wafer/nn/model"
	"wafer/nn/task"
)

// A shipped model that went out to Teachable Machine's layout comes back with the same shares to the bit, its labels and
// its way to prepare pictures, whatever that is.
func TestExportedModelsComeBack(t *testing.T) {
	for _, name := range []string{"photos", "photos-light", "land"} {
		file, err := os.ReadFile("../../static/models/" + name + ".wafer")
		if err != nil {
			t.Fatal(err)
		}
		zip, err := Export(file, "tfjs")
		if err != nil {
			t.Fatal(err)
		}
		got, err := open(one(zip), Options{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		want, err := model.Open(file, model.Options{})
		if err != nil {
			t.Fatal(err)
		}
		in := task.Input{Name: "cat", File: readFile(t, "../../static/samples/photos/cat.jpg")}
		a, _, err := got.Encode(in)
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := want.Encode(in)
		if err != nil || a.Diff(b) != "" {
			t.Errorf("%s: the network is given other numbers: %v, %v", name, err, a.Diff(b))
		}
		x, err := got.Predict(a)
		if err != nil {
			t.Fatal(err)
		}
		first := x.Clone()
		y, err := want.Predict(b)
		if err != nil || first.Diff(y) != "" {
			t.Errorf("%s: the network gives other numbers: %v, %v", name, err, first.Diff(y))
		}
		if !reflect.DeepEqual(got.Info().Labels, want.Info().Labels) {
			t.Errorf("%s: has %d labels, expected %d", name, len(got.Info().Labels), len(want.Info().Labels))
		}
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

func TestExportSaysWhatItCannot(t *testing.T) {
	file := readFile(t, "../../static/models/intents.wafer")
	if _, err := Export(file, "tflite"); err == nil || !strings.Contains(err.Error(), "choose one of: tfjs") {
		t.Errorf("the error is %v, expected one that lists the formats", err)
	}
	if _, err := Export(file[:100], "tfjs"); err == nil {
		t.Error("a file that is cut short goes out")
	}
}
