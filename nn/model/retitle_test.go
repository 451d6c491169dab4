package model_test

import (
	"os"
	"strings"
	"testing"

	"wafer/nn/model"
)

// A file with another title is the same model.
func TestRetitled(t *testing.T) {
	file, err := os.ReadFile("../../static/models/digits.wafer")
	if err != nil {
		t.Fatal(err)
	}
	was, err := model.Open(file, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"Mine", "我的 “数字” & more, a title much longer than the one before, " +
		"so that the header grows past its padding"} {
		other, err := model.Retitled(file, title, nil)
		if err != nil {
			t.Fatal(err)
		}
		m, err := model.Open(other, model.Options{})
		if err != nil {
			t.Fatalf("%q: %v", title, err)
		}
		is, want := m.Info(), was.Info()
		want.Title, want.TitleZH, want.SHA256, want.Bytes = title, "", is.SHA256, is.Bytes
		if is.Title != want.Title || is.TitleZH != "" || is.WeightsHash != want.WeightsHash ||
			is.Accuracy != want.Accuracy {
			t.Errorf("retitled it is %+v, expected %+v", is, want)
		}
		if back, err := model.Retitled(other, title, nil); err != nil || string(back) != string(other) {
			t.Errorf("%q once more gives another file (%v)", title, err)
		}
	}
	if _, err := model.Retitled(file[:len(file)-1], "x", nil); err == nil {
		t.Error("a damaged file got another title")
	}
	for title, says := range map[string]string{
		strings.Repeat("x", 5_000_000): "the title is 5000000 bytes long, at most 1024 are read",
		"gpj.\u202eexe":                "the title has the character U+202E, which cannot be shown",
		"two\nlines":                   "U+000A",
	} {
		_, again := model.Retitled(file, title, nil)
		_, module := was.Export(model.ExportOptions{Title: title})
		_, page := was.ExportPage("{{title}}{{model}}", model.ExportOptions{Title: title})
		for door, err := range map[string]error{"another title": again, "a module": module, "a page": page} {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s with the title %.20q: got %v, expected %q", door, title, err, says)
			}
		}
	}
}
