package state

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/nn/task"
)

// opinions is a text model whose answers are those of the test's worker: "7" for everything.
var opinions = task.Model{ID: "sentiment", Kind: task.Text, Labels: strings.Split("0123456789", "")}

func taken(t *testing.T, name, content string) (*Store, Batch) {
	t.Helper()
	s, _ := opened(t)
	s.Take(browser.Intake{Files: []browser.File{browser.NewFile(name, "", []byte(content))}})
	st := settled(t, s, "the texts", func(st State) bool {
		b := st.Batch[task.Text]
		return len(b.Items) > 0 && b.Done() == len(b.Items) && !b.Running
	})
	return s, st.Batch[task.Text]
}

const rows = "id;when;what they wrote;said\n" +
	"1;2026-01-02;so good, really;7\n2;2026-01-03;=2+3 is bad;1\n3;2026-01-04;\"fine; thanks\";7\n" +
	"4;2026-01-05;not so good;\n" +
	"5;2026-01-06;very nice indeed;7\n6;2026-01-07;I want it back;1\n7;2026-01-08;;7\n" +
	"8;2026-01-09;how nice of you;7\n9;2026-01-10;a bad thing;1\n"

// A table is read as a table: one column is answered, the others stay, and a column of truth says what was wrong.
func TestATableIsClassifiedByOneColumn(t *testing.T) {
	s, b := taken(t, "mails.csv", rows)
	if b.Table == nil || b.Table.Name(b.Table.Columns.Text) != "what they wrote" || len(b.Items) != 8 {
		t.Fatalf("%d items of %+v, expected 8 texts of the column what they wrote", len(b.Items), b.Table)
	}
	if it := b.Items[2]; it.Text != "fine; thanks" || strings.Join(it.Cells, "|") != "3|2026-01-04|fine; thanks|7" {
		t.Errorf("the third item is %+v, expected its text and all cells of its row", it)
	}
	if l := b.Table.Left; len(l) != 1 || l[0].Why != "text" || l[0].Where[0] != "line 8" {
		t.Errorf("left out: %+v, expected the row without a text", l)
	}
	s.SetColumns(bridge.Columns{Header: true, Text: 2, Label: 3})
	b = settled(t, s, "the truth", func(st State) bool {
		b := st.Batch[task.Text]
		return b.Table != nil && b.Table.Columns.Label == 3 && b.Done() == 8 && !b.Running
	}).Batch[task.Text]
	j := b.Judge(opinions)
	if j.Right != 4 || j.All != 7 || j.Matrix[1][7] != 3 || j.Matrix[7][7] != 4 || j.Matrix[1][1] != 0 {
		t.Errorf("judged %+v, expected 4 right of 7 and three of 1 taken for 7", j)
	}
	if !b.Items[1].Wrong(opinions) || b.Items[0].Wrong(opinions) || b.Items[3].Wrong(opinions) {
		t.Error("the second row is wrong, the first right, and the fourth has no right label")
	}
	lines := strings.Split(b.CSV(), "\r\n")
	if want := "\ufeffid,when,what they wrote,said,predicted_label,probability,rejected,ms,error"; lines[0] != want {
		t.Errorf("the head is %q, expected %q", lines[0], want)
	}
	if !strings.HasPrefix(lines[2], `2,2026-01-03,"'=2+3 is bad",1,7,`) ||
		!strings.HasPrefix(lines[3], `3,2026-01-04,"fine; thanks",7,7,`) {
		t.Errorf("rows %q and %q, expected all cells and no live formula", lines[2], lines[3])
	}
}

func TestLinesOfATextAreNoTable(t *testing.T) {
	for name, content := range map[string]string{
		"a.txt": "Well, I like it\nNo; not at all, really, no\nSo: what | then\n",
		"b.txt": "\xff\xfeW\x00e\x00l\x00l\x00\n\x00N\x00o\x00\n\x00o\x00k\x00",
	} {
		_, b := taken(t, name, content)
		if b.Table != nil || len(b.Items) != 3 || !strings.HasPrefix(b.Items[0].Text, "Well") {
			t.Errorf("%s: %d items, table %+v; expected three lines", name, len(b.Items), b.Table)
		}
	}
}

// What a spreadsheet would compute is a text there (OWASP, CSV injection); numbers stay numbers.
func TestNoCellOfTheCSVIsAFormula(t *testing.T) {
	names, err := os.ReadFile("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(names), "\r\n"), "\n")
	lines = append(lines, "\t=1+1", "  =1+1", "＝1+1", "-", "+", "@here", "-2+3", "\r=1")
	for _, name := range lines {
		for _, b := range []Batch{
			{Items: []Item{{Name: name, Step: Answered, Result: task.Result{Scores: []task.Score{{Label: name}}}}}},
			{Items: []Item{{Text: name, Step: Answered, Result: task.Result{Error: name}}}},
		} {
			got := b.CSV()
			_, body, _ := strings.Cut(got, "\r\n")
			for _, start := range []string{"=", "+", "-", "@", "\t", "\"=", "\"+", "\"-", "\"@", "\"\t", "＝"} {
				if strings.HasPrefix(body, start) || strings.Contains(body, ","+start) ||
					strings.Contains(body, ", "+start) {
					t.Errorf("%q is written as %q: a spreadsheet computes it", name, body)
				}
			}
		}
	}
	for _, number := range []string{"-2", "+1.5", "-1e3", "0.25"} {
		if got := cell(number); got != number {
			t.Errorf("the number %s is written as %s", number, got)
		}
	}
}

// What systems leave behind in folders and archives is not answered.
func TestPicturesOfFoldersAndArchives(t *testing.T) {
	s, _ := opened(t)
	zip, err := os.ReadFile("../../nn/data/testdata/cases/hidden-files-on-the-page/mac.zip")
	if err != nil {
		t.Fatal(err)
	}
	s.Take(browser.Intake{Files: []browser.File{browser.NewFile("mac.zip", "application/zip", zip)}})
	st := settled(t, s, "the pictures of the archive", allAnswered(task.Image, 16))
	if !strings.Contains(st.Notice["classify"], "Left out: 8 hidden files") {
		t.Errorf("it says %q, expected the hidden files", st.Notice["classify"])
	}
	var list []browser.File
	for _, p := range []string{"d/a.jpg", "d/._a.jpg", "d/.ipynb_checkpoints/a-checkpoint.jpg", "d/Thumbs.db",
		"d/notes.md", "d/b.png"} {
		f := browser.NewFile(p[strings.LastIndex(p, "/")+1:], "", []byte(p))
		f.Path = p
		list = append(list, f)
	}
	s.Take(browser.Intake{Files: list})
	st = settled(t, s, "the pictures of the folder", allAnswered(task.Image, 2))
	if b := st.Batch[task.Image]; b.Items[0].Name != "a.jpg" || b.Items[1].Name != "b.png" {
		t.Errorf("answered %q and %q, expected a.jpg and b.png", b.Items[0].Name, b.Items[1].Name)
	}
}

// An archive of texts is classified as its files are: a table by its column, texts as they stand.
func TestArchivesOfTextsAreClassified(t *testing.T) {
	pack := func(pairs ...string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := 0; i < len(pairs); i += 2 {
			w, err := z.Create(pairs[i])
			if err != nil {
				t.Fatal(err)
			}
			w.Write([]byte(pairs[i+1]))
		}
		z.Close()
		return b.String()
	}
	_, b := taken(t, "mails.zip", pack("x/mails.csv", rows, "x/README.md", "#"))
	if b.Table == nil || len(b.Items) != 8 {
		t.Errorf("%d items of %+v, expected the eight texts of the table inside", len(b.Items), b.Table)
	}
	if _, b = taken(t, "mails.zip", pack("a.csv", rows, "b.csv", rows)); b.Table != nil || len(b.Items) != 16 {
		t.Errorf("%d items of %+v, expected the sixteen texts of both tables", len(b.Items), b.Table)
	}
	_, b = taken(t, "mails.zip", pack("x/1.txt", "one\nmail", "x/2.txt", "another", "x/.DS_Store", "x"))
	if b.Table != nil || len(b.Items) != 2 || b.Items[0].Text != "one\nmail" {
		t.Errorf("%d items, expected the two texts as they stand", len(b.Items))
	}
	s, _ := opened(t)
	s.Take(browser.Intake{Files: []browser.File{browser.NewFile("none.zip", "", []byte(pack("x/1.heic", "x")))}})
	if got := s.Get().Notice["classify"]; got == "" || len(s.Get().Batch[task.Text].Items) > 0 {
		t.Errorf("an archive of neither says %q, expected a sentence", got)
	}
}
