package e2e

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The reading of a large file of another tool ends with a press of Stop, and the next file is read as if nothing had
// been.
func TestTheReadingOfALargeFileIsStopped(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.bin")
	writeVectors(t, large, 300_000)
	p := open(t, startServer(t), "/models")
	p.waitFor("a usable page", usable)
	for range 2 {
		p.upload("#import", large)
		p.waitText("Reading large.bin…")
		p.click("Stop")
		p.waitText("large.bin could not be imported")
		p.waitText("It was stopped.")
		p.waitNoText("Reading large.bin…")
	}
	p.upload("#import", filepath.Join(root(), "static/models/digits.wafer"))
	p.waitText("was imported")
	small := filepath.Join(t.TempDir(), "small.bin")
	writeVectors(t, small, 50)
	p.upload("#import", small)
	p.waitText("small was imported")
}

// writeVectors writes vectors of so many words as word2vec's text.
func writeVectors(t *testing.T, path string, words int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, words, 50)
	for i := range words {
		fmt.Fprintf(w, "word%d", i)
		for k := range 50 {
			fmt.Fprintf(w, " 0.%d", (i*7+k*13)%1000+1)
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}
