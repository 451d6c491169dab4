package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cases are the files that package data is tested with.
func cases(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root(), "nn/data/testdata/cases", pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("there are no files %s (%v)", pattern, err)
	}
	return found
}

const happened = `document.querySelector(".happened")?.innerText ?? ""`

// counts are the names of the classes with what stands at them.
func (p *tab) counts() string {
	return eval[string](p, `[...document.querySelectorAll(".card")].map(c =>
		c.querySelector(".card-name").value + " " + parseInt(c.querySelector(".card-count").innerText)).join(", ")`)
}

func (p *tab) texts() {
	p.t.Helper()
	p.waitFor("what was kept", keptIsHere)
	p.click("Texts")
	p.waitFor("the side of texts", `document.querySelector("#teach-table")`)
}

// Tables as programs save them are read in the browser as on the command line: its own decoders find the same texts.
func TestTablesOfEveryProgramAreReadInTheTab(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.texts()
	files := append(cases(t, "table-encodings/*"), cases(t, "table-columns/*.csv")...)
	for i, file := range files {
		p.upload("#teach-table", file)
		want := "Left out: 24 that were there already"
		if i == 0 {
			want = "added 24 examples"
		}
		name := filepath.Base(file)
		p.until("what became of "+name, func() bool { return strings.Contains(eval[string](p, happened), name) })
		if got := eval[string](p, happened); !strings.Contains(got, want) {
			t.Errorf("%s: it says %q, expected %q", name, got, want)
		}
	}
	if got := p.counts(); got != "pos 12, neg 12" {
		t.Errorf("the classes are %q, expected pos 12, neg 12", got)
	}
	japanese := filepath.Join(t.TempDir(), "sjis.csv")
	var b []byte
	for i := range 10 { // この店, in Shift-JIS, and two labels
		b = append(b, fmt.Sprintf("\x82\xb1\x82\xcc\x93X \x97\xbf\x97\x9d%d,%s\n", i,
			[]string{"\x97\xc7\x82\xa2", "\x88\xab\x82\xa2"}[i%2])...)
	}
	p.must("writing a table", os.WriteFile(japanese, b, 0o600))
	p.upload("#teach-table", japanese)
	p.waitFor("the classes of the table in Shift-JIS",
		`[...document.querySelectorAll(".card-name")].some(n => n.value == "良い")`)
	p.until("良い and 悪い with 5 each beside the others",
		func() bool { return p.counts() == "pos 12, neg 12, 良い 5, 悪い 5" })
}

// Where a table does not say what its columns mean the page asks, and the keyboard answers.
func TestColumnsAreAskedWhereTheyAreNotCertain(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.texts()
	file := filepath.Join(t.TempDir(), "two.csv")
	var rows strings.Builder
	for i := range 12 {
		fmt.Fprintf(&rows, "a text about number %d,%s,%s\n", i, []string{"A", "B"}[i%2], []string{"x", "y", "z"}[i%3])
	}
	p.must("writing a table", os.WriteFile(file, []byte(rows.String()), 0o600))
	p.upload("#teach-table", file)
	p.waitText("Which column is which in two.csv?")
	p.until("the keyboard at the first choice", func() bool {
		return eval[string](p, `document.activeElement.id`) == "ask-text"
	})
	p.screenshot("teach-ask")
	eval[bool](p, `(() => { const s = document.querySelector("#ask-label"); s.value = "2"; s.dispatchEvent(new Event("change", { bubbles: true })); return true })()`)
	p.click("Use these columns")
	p.waitText("added 12 examples; the text from column 1, the class from column 3")
	if got := p.counts(); got != "x 4, y 4, z 4" {
		t.Errorf("the classes are %q, expected x, y and z with 4 each", got)
	}
	p.chinese()
	p.upload("#teach-table", file)
	p.waitText("two.csv 中各列是什么？")
	p.click("不用这个表格")
	p.waitNoText("two.csv 中各列是什么？")
}

// What systems leave behind is no example, and a picture is there already when its content is.
func TestPicturesOfArchivesAndOfTheSameName(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.drop("header.bar", cases(t, "hidden-files-on-the-page/mac.zip")...)
	p.waitText("left out: 8 hidden files")
	if got := p.counts(); got != "cat 8, dog 8" {
		t.Errorf("the classes are %q, expected cat 8, dog 8", got)
	}
	p.drop(`.card:nth-of-type(1)`, cases(t, "hidden-files-on-the-page/nested/dog/*.jpg")...)
	p.until("the pictures of dogs among the cats", func() bool { return strings.HasPrefix(p.counts(), "cat 16") })
	p.drop(`.card:nth-of-type(1)`, cases(t, "hidden-files-on-the-page/nested/dog/*.jpg")...)
	p.waitText("left out: 8 that were there already")
}

// A table is classified as a table, and what is downloaded opens in a spreadsheet without computing anything.
func TestATableIsClassifiedInTheTab(t *testing.T) {
	p := open(t, startServer(t), "/?kind=text&model=sentiment")
	p.waitFor("a place to write", `document.querySelector("#sentence")`)
	file := filepath.Join(t.TempDir(), "mails.csv")
	rows := "id;mail;opinion\n"
	for i, r := range []string{"what a lovely day it was;positive", "=2+2 this is terrible and I hate it;negative",
		"thank you so much for the great food;positive",
		"the worst thing that I ever bought;positive", "I love how easy this was;positive",
		"very bad, never again;negative"} {
		rows += fmt.Sprintf("%d;%s\n", i, r)
	}
	p.must("writing a table", os.WriteFile(file, []byte(rows), 0o600))
	p.upload(picker, file)
	p.waitText("5 of 6 right")
	if got := eval[string](p, `[...document.querySelectorAll("#table-text, #table-truth")].map(s => s.selectedOptions[0].text).join(", ")`); got != "mail, opinion" {
		t.Errorf("the columns chosen are %q, expected mail, opinion", got)
	}
	p.screenshot("classify-table")
	p.click("Only the wrong ones (1)")
	p.until("one row", func() bool {
		return eval[int](p, `document.querySelectorAll(".results .answered").length`) == 1
	})
	b, err := os.ReadFile(p.download(func() { p.click("Download CSV") }))
	p.must("reading the CSV", err)
	if s := string(b); !strings.HasPrefix(s, "\ufeffid,mail,opinion,predicted_label,") ||
		!strings.Contains(s, `1,"'=2+2 this is terrible and I hate it",negative,negative,0.`) {
		t.Errorf("the CSV is %q, expected a byte order mark, all columns and no live formula", s)
	}
}
