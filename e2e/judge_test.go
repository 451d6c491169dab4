package e2e

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/chromedp/kb"

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

// Curves are drawn when somebody opens them and taken along as tables and pictures; the threshold is kept with the
// model, which then says that it does not know, also after a reload.
func TestCurvesAreDrawnAndAThresholdIsKept(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.texts()
	p.upload("#teach-table", asked(t, 16))
	p.trained()
	eval[bool](p, `(document.querySelector("#teach-judge").open = document.querySelector("#teach-curves").open = true)`)
	charts := `document.querySelectorAll("#teach-curves figure svg[aria-label]").length`
	p.until("four charts", func() bool { return eval[int](p, charts) == 4 })
	p.waitText("It always answers; ")
	p.waitText("What surprised it most")
	for _, c := range []struct{ button, begins string }{
		{"Download “Reliability: stated against true” as CSV", "\ufefffrom,to,samples,confidence,accuracy\r\n0,0.1,"},
		{"Download “Precision and recall” as SVG", "<svg xmlns="},
		{"Download “ROC curves, each class against the others” as PNG", "\x89PNG"},
	} {
		file := p.download(func() { p.click(c.button) })
		if b, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(b), c.begins) || len(b) < 100 {
			t.Errorf("%s gives %d bytes (%v), expected them to begin with %q", c.button, len(b), err, c.begins)
		}
	}
	eval[bool](p, `(document.querySelector("#teach-sure").focus(), true)`)
	p.press(kb.End)
	p.waitText("From 99% on: ")
	p.waitFor("the mark", `document.querySelector("#teach-curves figure:last-of-type circle")`)
	unsure := p.unsureOf("What was it called ?", "Name the man or the town .", "Which team has most players ?",
		"What animal lives in China ?", "What city has the largest number of people ?", "Who owns the river ?")
	p.screenshot("curves")
	p.colours("dark")
	p.screenshot("curves-dark")
	p.colours("light")
	p.phone()
	p.checkFits("the curves on a phone")
	eval[bool](p, `(document.querySelector("#teach-curves").scrollIntoView(), true)`)
	p.screenshot("curves-phone")
	p.click("中文")
	p.waitText("达到这个概率才作答")
	p.until("Chinese charts", func() bool {
		return strings.Contains(eval[string](p, `document.querySelector("#teach-curves svg").textContent`), "曲线")
	})
	p.screenshot("curves-chinese")
	p.click("English")
	p.size(1280, 900)
	p.reload()
	p.waitFor("what was kept", keptIsHere)
	p.waitFor("the curves", `document.querySelector("#teach-curves")`)
	p.fill("Write something new", unsure)
	p.waitFor("the threshold to be kept", `document.querySelector(".try-answer .label")?.innerText == "I don’t know"`)
}

// unsureOf tries texts until the model does not know one, and returns that.
func (p *tab) unsureOf(texts ...string) string {
	p.t.Helper()
	label := `document.querySelector(".try-answer .label")?.innerText ?? ""`
	for _, text := range texts {
		p.fill("Write something new", text)
		p.waitFor("an answer", label)
		for range 20 {
			if eval[string](p, label) == "I don’t know" {
				return text
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	p.t.Fatalf("at 99%% it knows each of %q", texts)
	return ""
}
