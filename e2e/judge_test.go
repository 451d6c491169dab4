package e2e

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"wafer/nn/sharedtest"
)

// asked is an archive of TREC's: so many of four classes to learn from, and half as many to test with.
func asked(t *testing.T, each int) string {
	t.Helper()
	b, err := os.ReadFile(sharedtest.Path(t, "data/trec-questions/TREC.train"))
	if err != nil {
		t.Fatal(err)
	}
	file, count := filepath.Join(t.TempDir(), "questions.zip"), map[string]int{"HUM": 0, "LOC": 0, "NUM": 0, "ENTY": 0}
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for line := range strings.Lines(string(b)) {
		label, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		class, _, _ := strings.Cut(label, ":")
		n, wanted := count[class]
		if !wanted || !utf8.ValidString(text) || n == each+each/2 {
			continue
		}
		count[class]++
		part := "train"
		if n >= each {
			part = "test"
		}
		w, err := z.Create(part + "/" + strings.ToLower(class) + "/" + strconv.Itoa(n) + ".txt")
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// A test set that came as such is measured when somebody asks, apart from the estimate; a second model that it measures
// is said.
func TestATestSetIsMeasuredWhenAsked(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.texts()
	p.upload("#teach-table", asked(t, 16))
	p.waitText("32 examples of the folder test, kept to test with")
	p.trained()
	p.waitText("Kept apart, never learned from")
	if s := p.text(); strings.Contains(s, "Test set: right for") {
		t.Errorf("the test set was measured unasked:\n%s", s)
	}
	estimate := eval[string](p, `document.querySelector(".outcome-main").innerText`)
	p.click("Measure on the test set (32 examples)")
	p.waitText("Test set: right for")
	p.waitText("of 32 examples")
	if now := eval[string](p, `document.querySelector(".outcome-main").innerText`); now != estimate {
		t.Errorf("the estimate is %q after the test, expected %q as before", now, estimate)
	}
	eval[bool](p, `(document.querySelector("#teach-judge-test").open = true)`)
	cells := `[...document.querySelectorAll("#teach-judge-test .scroll:first-of-type .number")].reduce((n, c) => n + Number(c.innerText), 0)`
	if n := eval[int](p, cells); n != 32 {
		t.Errorf("the matrix of the test set counts %d, expected 32", n)
	}
	p.screenshot("test-set")
	p.phone()
	p.checkFits("the test set on a phone")
	p.screenshot("test-set-phone")
	p.size(1280, 900)
	p.reload()
	p.waitText("Test set: right for")
	if s := p.text(); strings.Contains(s, "an earlier model") || strings.Contains(s, "models by now") {
		t.Errorf("after a reload the test set is told to be old:\n%s", s)
	}
	p.fill("New example of hum", "Who taught the first class ?\n")
	p.waitText("This is about an earlier model")
	p.trained()
	p.click("Measure on the test set (32 examples)")
	p.waitText("This test set has measured 2 models by now")
	p.waitNoText("This is about an earlier model")
}
