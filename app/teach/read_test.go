package teach

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/store"
	"wafer/nn/task"
)

const cases = "../../nn/data/testdata/cases"

func caseFile(t *testing.T, name string) browser.File {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(cases, name))
	if err != nil {
		t.Fatal(err)
	}
	return browser.NewFile(filepath.Base(name), "", b)
}

// counted are the classes with their numbers of examples.
func counted(p Project) string {
	var parts []string
	for _, c := range p.Classes {
		parts = append(parts, c.Name+" "+strings.Repeat("i", p.Count(c.ID)))
	}
	return strings.Join(parts, ", ")
}

func twelve(a, b string) string {
	return a + " " + strings.Repeat("i", 12) + ", " + b + " " + strings.Repeat("i", 12)
}

// Every table that the command line reads is read alike here: two classes of twelve, and a line that says so.
func TestTablesAreReadAsOnTheCommandLine(t *testing.T) {
	for _, folder := range []string{"table-columns", "table-encodings"} {
		files, err := os.ReadDir(filepath.Join(cases, folder))
		if err != nil || len(files) == 0 {
			t.Fatal(err)
		}
		for _, f := range files {
			d := newDesk(t, store.Memory())
			d.SetKind(task.Text)
			d.AddFiles("", []browser.File{caseFile(t, folder+"/"+f.Name())})
			s := d.until(f.Name()+" is read", func(s State) bool { return s.Notice.Say != nil || s.Question != nil })
			want := twelve("pos", "neg")
			if f.Name() == "phrase.tsv" {
				want = twelve("1", "0")
			}
			if got := counted(s.Project); got != want || s.Notice.Bad ||
				!strings.Contains(s.Notice.Text(), "added 24 examples; the text from ") {
				t.Errorf("%s: classes %q, it says %q, asks %+v; expected %q", f.Name(), got, s.Notice.Text(),
					s.Question, want)
			}
		}
	}
}

func TestRowsWithoutAClassAreLeftOutAndCounted(t *testing.T) {
	for _, name := range []string{"empty-label.csv", "empty-label.tsv", "empty-label.jsonl"} {
		d := newDesk(t, store.Memory())
		d.SetKind(task.Text)
		d.AddFiles("", []browser.File{caseFile(t, "empty-label/"+name)})
		s := d.until("it is read", func(s State) bool { return s.Notice.Say != nil || s.Question != nil })
		if got := s.Notice.Text(); len(s.Project.Classes) != 2 || !strings.Contains(got, "added 22 examples") ||
			!strings.Contains(got, "Left out: 2 without a class (line ") {
			t.Errorf("%s: %q, it says %q; expected 22 examples of two classes and two left out", name,
				counted(s.Project), got)
		}
	}
}

// A table says what could not be read of it, and which classes have one example only.
func TestATableSaysWhatLooksWrong(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.SetKind(task.Text)
	rows := "text,label\n"
	for i := range 12 {
		rows += "number " + strings.Repeat("x", i+1) + " of them 很好," + []string{"good", "bad"}[i%2] + "\n"
	}
	rows += "all of \xff them,Total\n"
	d.AddFiles("", []browser.File{browser.NewFile("odd.csv", "text/csv", []byte(rows))})
	s := d.until("it is read", func(s State) bool { return s.Notice.Say != nil || s.Question != nil })
	for _, want := range []string{"added 13 examples", "Classes of one example only: “Total”.",
		"could not be read and stand as �"} {
		if got := s.Notice.Text(); !strings.Contains(got, want) {
			t.Errorf("it says %q, expected %q", got, want)
		}
	}
}

// An address chooses the kind, also before what was kept is here, and a later visit without one changes nothing.
func TestAnAddressChoosesTheKind(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.Visit(task.Text)
	d.until("texts", func(s State) bool { return s.Opened && s.Kind == task.Text })
}

// Where the columns are not certain nothing is added before somebody says which is which.
func TestUncertainColumnsAreAsked(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.SetKind(task.Text)
	rows := "red one here,A,x\nblue two here,B,y\nred three here,A,x\nblue four here,B,y\nred five here,A,y\n" +
		"blue six here,B,x\nred seven here,A,x\nblue eight here,B,y\n"
	d.AddFiles("", []browser.File{browser.NewFile("two.csv", "text/csv", []byte(rows))})
	s := d.until("it asks", func(s State) bool { return s.Question != nil })
	if s.Question.Table.Width != 3 || len(s.Question.Table.First) != 4 || total(s.Project) != 0 {
		t.Errorf("it asks %+v with %d examples there; expected three columns, four rows and none", s.Question.Table,
			total(s.Project))
	}
	d.AnswerQuestion(bridge.Columns{Text: 0, Label: 2})
	s = d.until("it is read", func(s State) bool { return s.Notice.Say != nil && s.Question == nil })
	if got := counted(s.Project); got != "x iiii, y iiii" {
		t.Errorf("read as %q, expected the classes of the third column", got)
	}
	d.AddFiles("", []browser.File{browser.NewFile("again.csv", "text/csv", []byte(rows))})
	d.until("it asks", func(s State) bool { return s.Question != nil })
	d.DropQuestion()
	if s := d.until("it is dropped", func(s State) bool { return s.Question == nil }); total(s.Project) != 8 {
		t.Errorf("%d examples after the question was dropped, expected 8", total(s.Project))
	}
}

// A table whose encoding was guessed can be taken back and read in another, and leaves nothing of the first reading.
func TestAGuessedEncodingCanBeChosen(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.SetKind(task.Text)
	rows := "text;label\n" + strings.Repeat("caf\xe9 one;th\xe9\ncaf\xe9 two;b\n", 2)
	d.AddFiles("", []browser.File{browser.NewFile("latin.csv", "text/csv", []byte(rows))})
	s := d.until("it is read", func(s State) bool { return s.Guessed })
	if got := counted(s.Project); got != "thé i, b i" {
		t.Errorf("read as %q, expected two classes with an accent in one", got)
	}
	d.ChooseEncoding()
	s = d.until("it asks", func(s State) bool { return s.Question != nil })
	if total(s.Project) != 0 || len(s.Project.Classes) != 2 || s.Project.Classes[0].Name != "" || s.Guessed {
		t.Errorf("%d examples and classes %+v are left, expected what was there before", total(s.Project),
			s.Project.Classes)
	}
	d.ReadAs("windows-1251")
	s = d.until("it shows it so", func(s State) bool {
		return s.Question != nil && s.Question.Table.Encoding == "windows-1251"
	})
	if got := s.Question.Table.First[1][0]; got != "cafй one" || len(s.Question.Table.Encodings) < 5 {
		t.Errorf("its first text is %q with %d encodings to choose from", got, len(s.Question.Table.Encodings))
	}
	d.AnswerQuestion(s.Question.Table.Columns)
	s = d.until("it is read again", func(s State) bool { return s.Notice.Say != nil && s.Question == nil })
	if got := counted(s.Project); got != "thй i, b i" || s.Guessed {
		t.Errorf("read as %q (guessed: %v), expected the encoding that was chosen", got, s.Guessed)
	}
	d.AddFiles("", []browser.File{browser.NewFile("latin.csv", "text/csv", []byte(rows))})
	d.until("it is read", func(s State) bool { return s.Guessed })
	d.ChooseEncoding()
	d.until("it asks", func(s State) bool { return s.Question != nil })
	d.ReadAs("klingon")
	if s = d.until("it refuses", func(s State) bool { return s.Notice.Bad }); s.Question == nil {
		t.Error("an encoding that nobody knows takes the question away")
	}
}

func folderFiles(t *testing.T, root string) (files []browser.File) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(cases, root), func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(filepath.Join(cases, root, ".."), name)
		f := caseFile(t, filepath.Join(root, "..", rel))
		f.Path = filepath.ToSlash(rel)
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Folders and archives: what systems leave behind is no class, and what lies beside the classes no example.
func TestFoldersAreReadAsOnTheCommandLine(t *testing.T) {
	for root, want := range map[string]struct {
		kind   task.Kind
		counts string
		says   string
	}{
		"hidden-files-on-the-page/nested": {task.Image, "cat iiiiiiiiii, dog iiiiiiii", "Added 18 examples."},
		"hidden-files-on-the-page/mac.zip": {task.Image, "cat iiiiiiii, dog iiiiiiii",
			"left out: 8 hidden files or files that systems leave behind ("},
		"stray-files-in-folders/licence": {task.Image, "cat iiiiiiii, dog iiiiiiii",
			"left out: 1 file of another kind (licence/LICENSE.txt)"},
		"stray-files-in-folders/licence.zip": {task.Image, "cat iiiiiiii, dog iiiiiiii", "1 file of another kind"},
		"stray-files-in-folders/notes": {task.Image, "cat iiiiiiii, dog iiiiiiii",
			"1 file of another kind (notes/cat/labels.txt)"},
		"stray-files-in-folders/lists": {task.Text, "neg iiiiiiii, pos iiiiiiii",
			"1 file beside the folders of the classes (lists/urls_pos.txt)"},
	} {
		d := newDesk(t, store.Memory())
		d.SetKind(want.kind)
		files := []browser.File{}
		if strings.HasSuffix(root, ".zip") {
			files = append(files, caseFile(t, root))
		} else {
			files = folderFiles(t, root)
		}
		d.AddFiles("", files)
		s := d.until(root+" is read", func(s State) bool { return s.Notice.Say != nil })
		if got := counted(s.Project); got != want.counts || !strings.Contains(s.Notice.Text(), want.says) {
			t.Errorf("%s: %q, it says %q; expected %q and %q", root, got, s.Notice.Text(), want.counts, want.says)
		}
	}
}

// A picture is there already when its content is, whatever its name.
func TestPicturesOfTheSameNameAndSizeAreOthers(t *testing.T) {
	d := newDesk(t, store.Memory())
	file := func(name, content string) browser.File { return browser.NewFile(name, "image/png", []byte(content)) }
	class := d.Get().Project.Classes[0].ID
	add := func(want string, files ...browser.File) {
		t.Helper()
		d.Dismiss()
		d.AddFiles(class, files)
		if s := d.until("they are added", func(s State) bool { return s.Notice.Say != nil }); s.Notice.Text() != want {
			t.Errorf("it says %q, expected %q", s.Notice.Text(), want)
		}
	}
	add("Added 2 examples.", file("0.png", "monday0"), file("1.png", "monday1"))
	add("Added 2 examples.", file("0.png", "tuesda0"), file("1.png", "tuesda1"))
	add("Added 1 example; left out: 2 that were there already.", file("other.png", "monday1"),
		file("2.png", "tuesda2"), file("copy of 2.png", "tuesda2"))
}

func total(p Project) (n int) {
	for _, c := range p.Classes {
		n += p.Count(c.ID)
	}
	return n
}

// Tables that come together, loose, in a folder or in an archive, are all taken; one called test is kept to test with,
// and what is no table is named.
func TestTablesThatComeTogether(t *testing.T) {
	content := func(from string) string {
		return "text,label\n" + from + " one,a\n" + from + " two,b\n" + from + " three,a\n" + from + " four,b\n"
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	loose, folder := []browser.File{}, []browser.File{}
	for _, name := range []string{"train.csv", "test.csv", "notes.md"} {
		f := browser.NewFile(name, "", []byte(content(name)))
		w, err := z.Create("set/" + name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(content(name)))
		if name != "notes.md" {
			loose = append(loose, f)
		}
		f.Path = "set/" + name
		folder = append(folder, f)
	}
	z.Close()
	for name, files := range map[string][]browser.File{"loose": loose, "a folder": folder,
		"an archive": {browser.NewFile("set.zip", "", packed.Bytes())}} {
		d := newDesk(t, store.Memory())
		d.SetKind(task.Text)
		d.AddFiles("", files)
		s := d.until("both are read", func(s State) bool {
			return s.Notice.Say != nil && strings.Contains(s.Notice.Text(), "train.csv") &&
				strings.Contains(s.Notice.Text(), "test.csv")
		})
		tests := 0
		for _, x := range s.Project.samples {
			if x.Test {
				tests++
			}
		}
		if total(s.Project) != 4 || tests != 4 || name != "loose" && !strings.Contains(s.Notice.Text(), "notes.md") {
			t.Errorf("%s: %d examples, %d to test with, it says %q; expected 4, 4 to test with, and notes.md named",
				name, total(s.Project), tests, s.Notice.Text())
		}
	}
}
