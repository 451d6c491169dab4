package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The article's text program becomes a recipe that trains on a table.
func TestAKerasProgramIsTrained(t *testing.T) {
	dir := t.TempDir()
	var table strings.Builder
	table.WriteString("text,label\n")
	for i := range 40 {
		fmt.Fprintf(&table, "this film number %d was %s,%d\n", i, []string{"dull and cold", "warm and funny"}[i%2], i%2)
	}
	program, err := os.ReadFile("../../nn/format/kerasprogram/testdata/article-text.py")
	if err != nil {
		t.Fatal(err)
	}
	program = []byte(strings.NewReplacer("LSTM(64)", "LSTM(8)", "10000", "100", "maxlen=100", "maxlen=8", "epochs=10",
		"epochs=3").Replace(string(program)))
	write := func(name, s string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(s), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("texts.csv", table.String())
	py, recipe, model := write("article.py", string(program)), filepath.Join(dir, "article.json"),
		filepath.Join(dir, "m.wafer")
	if _, err := runWafer(t, "recipe", py, "--out", recipe, "--data", dir, "--fix"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(recipe)
	if err != nil || !strings.Contains(string(b), `"oov_token": "\u003cOOV\u003e"`) {
		t.Errorf("the advice to have an unknown token was not followed: %v\n%s", err, b)
	}
	if out, err := runWafer(t, "train", recipe, "--data", dir, "--out", model); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := runWafer(t, "recipe", write("none.py", "x = 1"), "--out", recipe); err == nil ||
		!strings.Contains(err.Error(), "no network was found") {
		t.Errorf("a program without a network: %v", err)
	}
}
