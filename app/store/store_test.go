package store

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"wafer/nn/task"
)

func open(t *testing.T) Store {
	t.Helper()
	s, err := Open()
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

func TestModels(t *testing.T) {
	s := open(t)
	must(t, s.SaveModel(task.Model{ID: "taught-1", Title: "First", TitleZH: "一"}, []byte("one")))
	must(t, s.SaveModel(task.Model{ID: "taught-2", Title: "Second"}, []byte("two")))
	must(t, s.RenameModel("taught-1", "Cats"))
	list, err := s.Models()
	must(t, err)
	if len(list) != 2 || list[0].ID != "taught-2" || list[1].Title != "Cats" || list[1].TitleZH != "" {
		t.Errorf("models are %+v, want the newest first and the first renamed in both languages", list)
	}
	file, err := s.ModelFile("taught-1")
	must(t, err)
	if string(file) != "one" {
		t.Errorf("the file is %q, want %q", file, "one")
	}
	must(t, s.DeleteModel("taught-1"))
	must(t, s.DeleteModel("taught-1"))
	_, err = s.ModelFile("taught-1")
	wantMissing(t, err)
	wantMissing(t, s.RenameModel("taught-1", "x"))
	must(t, s.SaveModel(list[1], file)) // undo
	if list, _ = s.Models(); len(list) != 2 || list[0].Title != "Cats" {
		t.Errorf("after undo models are %+v", list)
	}
}

func TestSavedBytesAreCopied(t *testing.T) {
	s := open(t)
	file := []byte("one")
	must(t, s.SaveModel(task.Model{ID: "m"}, file))
	file[0] = 'X'
	got, _ := s.ModelFile("m")
	if string(got) != "one" {
		t.Errorf("the kept file changed with the caller's slice: %q", got)
	}
}

func TestSamples(t *testing.T) {
	s := open(t)
	added, err := s.AddSamples("image", []Sample{
		{ID: "b", Class: "c1", Order: 2, Type: "image/png", File: []byte("png")},
		{ID: "a", Class: "c1", Order: 1, Text: "hello"},
	})
	must(t, err)
	if added[0].Bytes != 3 || !strings.HasPrefix(added[0].URL, "data:image/png;base64,") {
		t.Errorf("an added picture is listed as %+v", added[0])
	}
	list, err := s.Samples("image")
	must(t, err)
	if len(list) != 2 || list[0].ID != "a" || list[1].URL == "" || list[0].URL != "" {
		t.Errorf("samples are %+v, want a then b by Order", list)
	}
	if !bytes.Equal(list[1].File, []byte("png")) || list[0].File != nil {
		t.Errorf("files are %q and %q, want none for the text and the picture's bytes", list[0].File, list[1].File)
	}
	if other, _ := s.Samples("text"); len(other) != 0 {
		t.Errorf("another project has %d samples of this one", len(other))
	}
	must(t, s.DeleteSamples("image", []string{"b", "unknown"}))
	if list, _ = s.Samples("image"); len(list) != 1 {
		t.Errorf("%d samples after deleting one of two", len(list))
	}
}

func TestProjects(t *testing.T) {
	s := open(t)
	told := make(chan Change, 10)
	stop := s.Watch(func(c Change) { told <- c })
	put := func(name string, want *Project) {
		t.Helper()
		must(t, s.UpdateProject("image", func(kept *Project) Project {
			if (kept == nil) != (want == nil) || kept != nil && kept.Name != want.Name {
				t.Errorf("before %q is kept there is %+v, want %+v", name, kept, want)
			}
			return Project{ID: "image", Name: name, Trash: []string{"a"}}
		}))
		if c := <-told; c.Project != "image" || c.Models {
			t.Errorf("told %+v, want a change of the project", c)
		}
	}
	put("one", nil)
	put("two", &Project{Name: "one"})
	list, err := s.Projects()
	must(t, err)
	if len(list) != 1 || list[0].Name != "two" || len(list[0].Trash) != 1 {
		t.Errorf("projects are %+v, want the second update only", list)
	}
	if !s.Alone() {
		t.Error("one who watches is taken for two")
	}
	stop2 := s.Watch(func(Change) {})
	if s.Alone() {
		t.Error("two who watch are taken for one")
	}
	stop()
	stop2()
}

func TestErrorsAreSentences(t *testing.T) {
	for _, r := range []Reason{Full, Unavailable, Missing, Newer, Busy, Broken} {
		text := (&Error{r, "the model x"}).Error()
		if !strings.HasSuffix(text, ".") || len(text) < 20 {
			t.Errorf("%s: %q is not a sentence", r, text)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantMissing(t *testing.T, err error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Reason != Missing {
		t.Errorf("the error is %v, want one with Reason %q", err, Missing)
	}
}

func TestFiles(t *testing.T) {
	s := open(t)
	must(t, s.SaveFile("checkpoint", []byte("one")))
	must(t, s.SaveFile("checkpoint", []byte("two")))
	file, err := s.File("checkpoint")
	must(t, err)
	if string(file) != "two" {
		t.Errorf("the file is %q, want %q", file, "two")
	}
	if list, _ := s.Models(); len(list) != 0 {
		t.Errorf("a file is listed among the models: %+v", list)
	}
	must(t, s.SaveFile("checkpoint", nil))
	must(t, s.SaveFile("checkpoint", nil))
	_, err = s.File("checkpoint")
	wantMissing(t, err)
}
