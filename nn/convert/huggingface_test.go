package convert_test

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"wafer/nn/convert"
	"wafer/nn/format/foreign"
	"wafer/nn/format/huggingface/hubtest"
	"wafer/nn/model"
	"wafer/nn/task"
)

// opened is the model that files become.
func opened(t *testing.T, files foreign.Files) *model.Model {
	t.Helper()
	file, err := convert.Model(files, convert.Options{Name: "tiny"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Open(file, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAHuggingFaceFolderClassifies(t *testing.T) {
	m := opened(t, hubtest.Folder())
	info := m.Info()
	if want := []string{"NEGATIVE", "POSITIVE"}; !slices.Equal(info.Labels, want) || info.Kind != task.Text {
		t.Fatalf("it is of kind %s with labels %q, expected texts and %q", info.Kind, info.Labels, want)
	}
	results := m.ClassifyAll([]task.Input{{Text: "The films was very good"},
		{Text: "boring " + strings.Repeat("a film ", 40)}, {Text: "猫"}})
	if a, b := results[0], results[1]; a.Error != "" || len(a.Scores) != 2 ||
		a.Scores[0].Probability == b.Scores[0].Probability {
		t.Errorf("the answers are %+v and %+v, expected two that differ", a, b)
	}
	if !strings.Contains(results[1].Note, "only the first 32 of 83") {
		t.Errorf("the note of a long text is %q, expected how much was read", results[1].Note)
	}
	if results[2].Error == "" {
		t.Errorf("a text without a known word has the answer %+v, expected none", results[2])
	}
}

// A zip is the same as its folder.
func TestAZippedFolderIsTheSame(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range hubtest.Folder() {
		w, err := z.Create(f.Name)
		if err == nil {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	zipped := opened(t, foreign.Files{{Name: "tiny.zip", Data: b.Bytes()}})
	if !bytes.Equal(zipped.Bytes(), opened(t, hubtest.Folder()).Bytes()) {
		t.Error("the model of an archive differs from that of its folder")
	}
}
