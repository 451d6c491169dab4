package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/nn/task"
)

// An input for which a model gives no numbers is one object with an error, and the next input has its own.
func TestPredictSaysWhyThereIsNoAnswer(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "cases")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("the cases are not there: %v", err)
	}
	scores := filepath.Join(folder, "scores-that-are-no-numbers")
	for _, model := range []string{"nan", "linear"} {
		px := filepath.Join(scores, "px.png")
		out, err := runWafer(t, "predict", filepath.Join(scores, model+".wafer"), px, px, "--json")
		if err == nil || !strings.Contains(err.Error(), "2 of 2 inputs could not be classified") {
			t.Errorf("%s: got %v, expected that both inputs are counted", model, err)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		for _, line := range lines {
			var r task.Result
			if err := json.Unmarshal([]byte(line), &r); err != nil || len(r.Scores) > 0 ||
				!strings.Contains(r.Error, "no shares of its labels") {
				t.Errorf("%s: printed %s, expected an object with an error (%v)", model, line, err)
			}
		}
		if len(lines) != 2 {
			t.Errorf("%s: printed %d lines, expected one for each of 2 inputs", model, len(lines))
		}
	}
	for path, says := range map[string]string{"scores-that-are-no-numbers/temperature": "has temperature 1e-300",
		"damaged-header-of-a-model/activation": "unknown field", "damaged-header-of-a-model/good": ""} {
		_, err := runWafer(t, "predict", filepath.Join(folder, path+".wafer"), "--text", "what a lovely day")
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, expected %q", path, err, says)
		}
	}
}

// A file with a text in each row is read as such whatever its name ends in; a .txt is one text.
func TestTablesToPredictOf(t *testing.T) {
	for path, want := range map[string]string{"a.csv": "csv", "a.TSV": "table", "a.jsonl": "jsonl", "a.ndjson": "jsonl", "a.json": "table",
		"a.csv.gz": "csv", "a.txt": "", "A.TXT": "", "a.md": "", "a.jpg": ""} {
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
