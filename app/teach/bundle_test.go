package teach

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/reader"
	"wafer/app/store"
	"wafer/app/worker"
	"wafer/nn/task"
)

// shelf is a desk whose archives are read by the page's own reader, and whose sums by its own worker.
func shelf(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, store.Memory())
	d.worker.On(string(bridge.Hash), worker.New(worker.NN{}).Handle)
	read := reader.Handler()
	for _, verb := range []string{string(bridge.Bundle), string(bridge.Read)} {
		d.worker.On(verb, read)
	}
	return d
}

// packed is the archive of what a desk shows.
func (d *desk) packed() []byte {
	d.t.Helper()
	p := d.Get().Project
	parts, err := d.bundled(&p)
	if err != nil {
		d.t.Fatal(err)
	}
	var b []byte
	for _, part := range parts {
		b = append(b, part.Data()...)
	}
	return b
}

// told is everything of a project that comes back: also what decides the hash of its data.
func told(p *Project) string {
	var out strings.Builder
	for _, c := range p.Classes {
		fmt.Fprintf(&out, "%s %d %v:", c.Name, c.Color, c.Off)
		for _, s := range p.whole(c.ID) {
			fmt.Fprintf(&out, " [%q %q %q %q %q %v %v]", s.Name, s.Text, s.File, s.Type, s.Group, s.Drawn, s.Test)
		}
		out.WriteString("\n")
	}
	return out.String() + fmt.Sprint(p.Name, p.Settings)
}

func TestAProjectComesBackAsItWas(t *testing.T) {
	for _, kind := range []task.Kind{task.Image, task.Text} {
		d := shelf(t)
		d.SetKind(kind)
		p := NewProject(kind, "t-")
		p.RenameClass(p.Classes[0].ID, `a/b: "c"`)
		p.RenameClass(p.Classes[1].ID, "文")
		p.AddClass("")
		p.SwitchClass(p.Classes[1].ID, true)
		p.Settings, p.Name = store.Settings{Epochs: 3, Seed: 7}, "mine"
		samples := []store.Sample{{Name: "x.png", File: []byte("one"), Type: "image/png"},
			{Name: "X.png", File: []byte("two"), Type: "image/png", Group: "burst 1"},
			{File: []byte("three"), Type: "image/png", Drawn: true, Test: true}}
		if kind == task.Text {
			samples = []store.Sample{{Text: "so, \"it\" is\r\nand on"}, {Text: "=1+1", Group: "g"},
				{Text: "好", Test: true}}
		}
		for i := range samples {
			samples[i].Bytes = len(samples[i].File)
		}
		p.Add(p.NewSamples(p.Classes[0].ID, samples))
		p.Add(p.NewSamples(p.Classes[1].ID, samples[:1]))
		want := told(p) // from here on the project is the desk's, which saves it
		d.changeOf(kind, func(l *workspace) { l.project = p })
		file := d.packed()
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File { // archive/zip compares the sums
			if r, err := f.Open(); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			} else if _, err := io.Copy(io.Discard, r); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}

		again := shelf(t)
		again.fill(2) // what is there makes room, and comes back
		before := again.Get().Project
		again.AddFiles("", []browser.File{browser.NewFile("mine.zip", "", file)})
		s := again.until("the project is open", func(s State) bool {
			return s.Kind == kind && strings.HasPrefix(s.Notice.Text(), "Opened mine.zip")
		})
		if got := told(&s.Project); got != want {
			t.Errorf("%s: it came back as\n%s\nexpected\n%s", kind, got, want)
		}
		if kind == task.Text {
			again.Undo()
			s = again.Get()
			if got := shape(&s.Project); got != shape(&before) {
				t.Errorf("after the undo: %q, expected %q", got, shape(&before))
			}
		}
	}
}

// What is damaged is one sentence, and what was there stays.
func TestADamagedProjectIsSaid(t *testing.T) {
	make := func(list string, files ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i, name := range append([]string{"in/project.json"}, files...) {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				io.WriteString(w, list)
			} else {
				io.WriteString(w, "text,label\na,b\n")
			}
		}
		z.Close()
		return b.Bytes()
	}
	for want, file := range map[string][]byte{
		"it is of version 9, and this page reads version 1": make(`{"wafer":"project","version":9}`),
		"expected a project of images or texts, found “sound”": make(
			`{"wafer":"project","version":1,"kind":"sound"}`),
		"texts.csv has 1 row for 2 examples": make(`{"wafer":"project","version":1,"kind":"text","classes":[{"name":"a"}],
			"samples":[{"class":0},{"class":0}]}`, "in/texts.csv"),
		"example 1 belongs to class 3 of 1": make(`{"wafer":"project","version":1,"kind":"text","classes":[{"name":"a"}],
			"samples":[{"class":2}]}`, "in/texts.csv"),
		"the file a/1.png is missing": make(`{"wafer":"project","version":1,"kind":"image","classes":[{"name":"a"}],
			"samples":[{"class":0,"file":"a/1.png"}]}`),
		"cannot unmarshal": make(`{"wafer":"project","version":"1"}`),
	} {
		d := shelf(t)
		d.fill(1)
		before := d.Get().Project
		d.AddFiles("", []browser.File{browser.NewFile("p.zip", "", file)})
		d.until(want, func(s State) bool { return s.Notice.Bad && strings.Contains(s.Notice.Text(), want) })
		if s := d.Get(); shape(&s.Project) != shape(&before) {
			t.Errorf("%s: the project became %q", want, shape(&s.Project))
		}
	}
}

func FuzzRows(f *testing.F) {
	for _, s := range []string{"a,b\n", "\"a\"\"\",b\r\n\"", "", ",,\n\n", "\ufeffx"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, row := range rows(s) {
			if len(row) == 0 {
				t.Errorf("%q has a row without cells", s)
			}
		}
	})
}
