package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An export is measured on samples before it is written, and checked afterwards; a changed one does not pass.
func TestExportIsMeasuredAndChecked(t *testing.T) {
	dir := t.TempDir()
	data, out := filepath.Join(dir, "asked.csv"), filepath.Join(dir, "intents.h5")
	put(t, data, []byte("text,label\n"+strings.Repeat(
		"what is the weather like,weather\nplay my favourite music,play music\n", 4)))
	said, err := runWafer(t, "export", "--format", "h5", "--weights", "float16", "--data", data,
		"../../static/models/intents.wafer", out)
	if err != nil || !strings.Contains(said, "accuracy on 8 samples: 1.0000 as trained, 1.0000 as stored") {
		t.Fatalf("said %q (%v), expected the accuracy as trained and as stored", said, err)
	}
	if said, err = runWafer(t, "export", "--check", out); err != nil || !strings.Contains(said, "apart by 0 at most") {
		t.Errorf("the check says %q (%v), expected that nothing is lost", said, err)
	}
	file, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(file, []byte(`"output":[`)) + len(`"output":[`)
	put(t, out, append(file[:at:at], append([]byte("1"), file[at+1:]...)...))
	if said, err = runWafer(t, "export", "--check", out); err == nil ||
		!strings.Contains(err.Error(), "from what the model gave") {
		t.Errorf("the check of a changed file says %q (%v), expected a failure", said, err)
	}
}
