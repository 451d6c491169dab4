package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/nn/sharedtest"
)

// A model that can give no shares of its labels is refused when it is opened, whatever is asked of it.
func TestPredictSaysWhyThereIsNoAnswer(t *testing.T) {
	folder := sharedtest.Path(t, "cases")
	for path, says := range map[string]string{"scores-that-are-no-numbers/temperature": "has temperature 1e-300",
		"scores-that-are-no-numbers/nan":       "values that are no numbers",
		"scores-that-are-no-numbers/linear":    "must end with softmax or sigmoid",
		"damaged-header-of-a-model/activation": "unknown field", "damaged-header-of-a-model/good": ""} {
		file, out := filepath.Join(folder, path+".wafer"), filepath.Join(t.TempDir(), "out")
		for _, args := range [][]string{{"predict", file, "--text", "what a lovely day"}, {"compile", file, "-o", out},
			{"export", file, out}} {
			_, err := runWafer(t, args...)
			if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
				t.Errorf("%s %s: got %v, expected %q", args[0], path, err, says)
			}
		}
	}
}

// A model that needs more than there is, is refused before its weights are read, whatever is asked of it.
func TestAModelThatDoesNotFitIsRefused(t *testing.T) {
	digits, out := filepath.Join("..", "..", "static", "models", "digits.wafer"), filepath.Join(t.TempDir(), "m.wasm")
	for _, args := range [][]string{{"predict", digits, digits}, {"eval", digits, "none.csv"},
		{"compile", digits, "-o", out}} {
		for memory, says := range map[string]string{"1MB": "the model needs ", "10KB": "more than 10.00 KB (--memory)",
			"much": "a size is written like 8GB"} {
			_, err := runWafer(t, append(args, "--memory", memory)...)
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s --memory %s: got %v, expected %q", args[0], memory, err, says)
			}
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("compile wrote a module of a model that it refused")
	}
}

// A file with a text in each row is read as such whatever its name ends in; a .txt is one text.
func TestTablesToPredictOf(t *testing.T) {
	for path, want := range map[string]string{"a.csv": "csv", "a.TSV": "table", "a.jsonl": "jsonl", "a.ndjson": "jsonl",
		"a.json": "table", "a.csv.gz": "csv", "a.txt": "", "A.TXT": "", "a.md": "", "a.jpg": ""} {
		if got := tableForm(path); got != want {
			t.Errorf("%s is read in the form %q, expected %q", path, got, want)
		}
	}
}

// A table without rows is named; it is not as if no file had been given.
func TestATableWithoutRowsIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.csv")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := runWafer(t, "predict", "../../static/models/sentiment.wafer", path)
	if err == nil || !strings.Contains(err.Error(), "empty.csv: expected rows with a text, found none") {
		t.Errorf("got %v, expected that the table has no rows", err)
	}
}
