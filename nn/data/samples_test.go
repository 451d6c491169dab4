package data

import (
	"strings"
	"testing"
	"testing/fstest"

	"wafer/nn/format/samples"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

func packedSet(t *testing.T, classes []string, labels []int, in []task.Input) fstest.MapFS {
	t.Helper()
	b, err := samples.Pack(classes, labels, in)
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{"samples.zip": {Data: b}}
}

var packedSource = []recipe.Source{{Form: "samples", Path: "samples.zip"}}

// A run goes on elsewhere only if both sides see the same data set.
func TestAFileOfSamplesIsTheDataSetThatItWasMadeOf(t *testing.T) {
	p := &task.Pixels{Width: 2, Height: 1, RGBA: []byte{1, 2, 3, 255, 4, 5, 6, 255}}
	classes := []string{"a/b", "a\\b", strings.Repeat("long ", 20)}
	for name, in := range map[string][]task.Input{
		"texts":    {{Name: "1", Text: "one"}, {Text: "two"}, {Text: " \n"}, {Text: "three"}},
		"pictures": {{Pixels: p}, {Name: "2", Pixels: p}, {Pixels: p}, {Pixels: p}},
	} {
		labels := []int{2, 0, 1, 1}
		d, _, err := Load(packedSet(t, classes, labels, in),
			recipe.Preprocess{Labels: classes, Data: recipe.Data{Train: packedSource}}, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := Labelled(classes, labels, in); d.Hash() != want.Hash() || len(d.Train) != len(want.Train) {
			t.Errorf("%s: %d samples, expected %d with the same hash", name, len(d.Train), len(want.Train))
		}
	}
}

func TestFilesOfSamplesThatAreWrong(t *testing.T) {
	p := &task.Pixels{Width: 1, Height: 1, RGBA: []byte{1, 2, 3, 255}}
	mixed := packedSet(t, []string{"a", "b"}, []int{0, 1}, []task.Input{{Text: "x"}, {Pixels: p}})
	same := packedSet(t, []string{"a/", "a?"}, []int{0, 1}, []task.Input{{Text: "x"}, {Text: "y"}})
	for want, c := range map[string]struct {
		root   fstest.MapFS
		labels []string
	}{
		"sample 2: expected a text": {mixed, nil},
		"found class number 2":      {mixed, []string{"a"}},
		`found "a_" twice`:          {same, nil},
		"made by Wafer":             {fstest.MapFS{"samples.zip": {Data: []byte("nonsense")}}, nil},
	} {
		if _, err := Read(c.root, packedSource, Options{Labels: c.labels}); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected an error with %q", err, want)
		}
	}
}
