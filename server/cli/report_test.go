package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The report is one file that names what was measured, with the wrong sentence and the wrong picture in it.
func TestEvalWritesAReport(t *testing.T) {
	dir := t.TempDir()
	texts := filepath.Join(dir, "said.csv")
	rows := "text,label\nwhat a lovely day,positive\nthis is awful and broken,negative\n" +
		"the best meal of my life,negative\n"
	if err := os.WriteFile(texts, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	pictures := filepath.Join(dir, "air")
	for _, name := range []string{"forest", "river"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "static", "samples", "land", name+".jpg"))
		if err != nil {
			t.Fatal(err)
		}
		for _, class := range []string{"Forest", "River"} {
			if err := os.MkdirAll(filepath.Join(pictures, class), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(pictures, class, name+".jpg"), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for data, want := range map[string][]string{
		texts:    {"the best meal of my life", "Right for 66.7% of 3 samples", "Area under ROC", "Weights "},
		pictures: {`src="data:image/jpeg;base64,`, "Right for 50.0% of 4 samples", "Confusion matrix"},
	} {
		model := "../../static/models/sentiment.wafer"
		if data == pictures {
			model = "../../static/models/land.wafer"
		}
		out := filepath.Join(dir, "report.html")
		if said, err := runWafer(t, "eval", model, data, "--report", out); err != nil {
			t.Fatalf("%s: %v\n%s", data, err, said)
		}
		page, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(page), w) {
				t.Errorf("the report on %s does not contain %q", filepath.Base(data), w)
			}
		}
	}
	if _, err := runWafer(t, "eval", "../../static/models/sentiment.wafer", texts, "--report", dir); err == nil {
		t.Error("a report was written over a folder")
	}
}
