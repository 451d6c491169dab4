package e2e

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// examples are the classes with their texts, as the page shows them.
func (p *tab) examples() string {
	return eval[string](p, `[...document.querySelectorAll(".card")].map(c => c.querySelector(".card-name").value + ":" +
		[...c.querySelectorAll(".line .pick-one")].map(b => " " + b.innerText.trim()).join("")).join("; ")`)
}

func (p *tab) untilExamples(want string) {
	p.t.Helper()
	p.until("the examples "+want, func() bool { return p.examples() == want })
}

// keyWith presses a key with Control, and Shift or not, where the focus is.
func (p *tab) keyWith(key string, shift bool) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
		{key: %q, ctrlKey: true, shiftKey: %v, bubbles: true, cancelable: true})), true)`, key, shift))
}

// A person sorts examples with the mouse and with keys, takes everything back, and finds it after a reload.
func TestSamplesAreSortedAndEveryEditIsUndone(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.click("Texts")
	p.waitText("Paste many lines")
	p.click("Paste many lines")
	p.fill("One example per line: class, a tab, the text", "a\t1\na\t2\na\t3\nb\t4\nb\t5")
	p.click("Add these lines")
	first := "a: 1 2 3; b: 4 5"
	p.untilExamples(first)

	pick := func(text string, shift bool) {
		eval[bool](p, fmt.Sprintf(`([...document.querySelectorAll(".pick-one")].find(b => b.innerText.trim() == %q)
			.dispatchEvent(new MouseEvent("click", {bubbles: true, shiftKey: %v})), true)`, text, shift))
	}
	pick("1", false)
	p.waitText("1 selected")
	pick("3", true)
	p.waitText("3 selected")
	p.screenshot("samples-selected")
	pick("2", false)
	p.waitText("2 selected")
	p.click("New class")
	p.untilExamples("a: 2; : 1 3; b: 4 5")
	p.waitText("Made a class of 2 examples")
	p.waitFor("the focus in the new name", `document.activeElement.className == "card-name"`)
	p.press("c")
	p.untilExamples("a: 2; c: 1 3; b: 4 5")

	p.click("More for b")
	p.click("Move b up")
	p.untilExamples("a: 2; b: 4 5; c: 1 3")
	p.waitFor("the focus to stay with b", `document.activeElement.getAttribute("aria-label") == "Move b up"`)
	p.press(kb.Enter)
	p.untilExamples("b: 4 5; a: 2; c: 1 3")
	p.waitFor("the focus on the way back", `document.activeElement.getAttribute("aria-label") == "Move b down"`)
	p.click("Switch b off")
	p.waitText("Switched b off")
	p.waitFor("b to look switched off", `document.querySelector(".card").classList.contains("off")`)
	eval[bool](p, `([...document.querySelectorAll("select[id^=merge-]")].at(-1).selectedIndex = 1, true)`)
	p.click("Merge into")
	p.untilExamples("a: 2; c: 1 3 4 5")
	p.screenshot("samples-tools")

	for _, want := range []string{"b: 4 5; a: 2; c: 1 3", "b: 4 5; a: 2; c: 1 3", "a: 2; b: 4 5; c: 1 3",
		"a: 2; c: 1 3; b: 4 5", "a: 2; : 1 3; b: 4 5", first} {
		p.keyWith("z", false)
		p.untilExamples(want)
	}
	p.waitText("Undone: Made a class of 2 examples.")
	p.keyWith("Z", true)
	p.untilExamples("a: 2; : 1 3; b: 4 5")
	p.clickRole("button", "Undo (Ctrl+Z): Made a class of 2 examples.")
	p.untilExamples(first)

	eval[bool](p, `(document.querySelector(".pick-one").focus(), true)`)
	p.press(" ")
	p.waitText("1 selected")
	p.keyWith("a", false)
	p.waitText("3 selected")
	p.press(kb.Delete)
	p.untilExamples("a:; b: 4 5")
	p.phone()
	p.keyWith("z", false)
	p.untilExamples(first)
	pick("5", false)
	p.waitText("1 selected")
	p.checkFits("the selection on a phone")
	p.screenshot("samples-phone")
	p.click("Move to")
	p.untilExamples("a: 1 2 3 5; b: 4")
	p.trained()
	p.reload()
	p.waitFor("what was kept", keptIsHere)
	p.untilExamples("a: 1 2 3 5; b: 4")
	if s := p.text(); strings.Contains(s, "selected") {
		t.Errorf("after a reload something is selected:\n%s", s)
	}
}

// A project is taken along as one file and comes back to the same data, and so to the same weights, bit for bit; what
// lies in a folder called test is not learnt. A second tab says that there is a first.
func TestAProjectIsTakenAlongAndComesBack(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "set")
	for part, numbers := range map[string][]int{"train": {0, 1, 2}, "test": {3}} {
		for _, class := range []string{"bird", "cat"} {
			if err := os.MkdirAll(filepath.Join(folder, part, class), 0o755); err != nil {
				t.Fatal(err)
			}
			for _, i := range numbers {
				if err := os.Rename(picture(t, cut(t, class, i)),
					filepath.Join(folder, part, class, fmt.Sprint(i, ".png"))); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	s := startServer(t)
	p := open(t, s, "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.upload("#teach-folders", folder)
	counts := `[...document.querySelectorAll(".card-count")].map(c => c.innerText).join("; ")`
	p.until("the test set apart", func() bool {
		return eval[string](p, counts) == "3 examples, 1 to test; 3 examples, 1 to test"
	})
	p.waitText("2 examples of the folder test, kept to test with")
	p.trained()
	file := p.download(func() { p.click("Download the project") })
	p.screenshot("project")

	q := open(t, s, "/teach") // another browser, which has nothing yet
	q.waitFor("what was kept", keptIsHere)
	q.upload("#project-open", file)
	q.until("the project", func() bool {
		return eval[string](q, counts) == "3 examples, 1 to test; 3 examples, 1 to test"
	})
	q.waitText("Opened ")
	q.trained()
	again := q.download(func() { q.click("Download the project") })
	for _, name := range []string{"project.json", "model.wafer", "train/cat/0.png"} {
		if a, b := inZip(t, file, name), inZip(t, again, name); a == "" || a != b {
			t.Errorf("%s of the project that came back has %d bytes, expected the same %d", name, len(b), len(a))
		}
	}
	if list := inZip(t, file, "project.json"); !strings.Contains(list, `"data_hash":"`) {
		t.Errorf("the project does not name the hash of its data:\n%s", list)
	}
}

// inZip is a file of an archive, "" if there is none.
func inZip(t *testing.T, archive, name string) string {
	t.Helper()
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return string(b)
}
