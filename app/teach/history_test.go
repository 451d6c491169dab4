package teach

import (
	"fmt"
	"strings"
	"testing"

	"wafer/app/store"
	"wafer/nn/task"
)

// shape is a project as people see it: classes in their order with their samples.
func shape(p *Project) string {
	var parts []string
	for _, c := range p.Classes {
		s := p.Title(c.ID)
		if c.Off {
			s += "(off)"
		}
		for _, x := range p.Samples(c.ID) {
			s += " " + x.Text
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

// numbered is a project whose samples are texts that count through.
func numbered(t *testing.T) *Project {
	t.Helper()
	p := NewProject(task.Text, "t-")
	n := 0
	for i, c := range p.Classes {
		p.RenameClass(c.ID, []string{"cat", "dog"}[i])
		var list []store.Sample
		for range 3 {
			n++
			list = append(list, store.Sample{Text: fmt.Sprint(n)})
		}
		p.Add(p.NewSamples(c.ID, list))
	}
	return p
}

func at(p *Project, class, n int) string { return p.Samples(p.Classes[class].ID)[n].ID }

// Every edit is undone to what was there before and done again to what it made, whatever came before it.
func TestEveryEditIsUndoneAndDoneAgain(t *testing.T) {
	edits := []struct {
		name string
		do   func(p *Project)
		want string
	}{
		{"add a class", func(p *Project) { p.AddClass("cow") }, "cat 1 2 3; dog 4 5 6; cow"},
		{"add samples", func(p *Project) { p.Add(p.NewSamples(p.Classes[2].ID, []store.Sample{{Text: "7"}})) },
			"cat 1 2 3; dog 4 5 6; cow 7"},
		{"rename", func(p *Project) { p.RenameClass(p.Classes[2].ID, "calf") }, "cat 1 2 3; dog 4 5 6; calf 7"},
		{"move", func(p *Project) { p.MoveSamples([]string{at(p, 0, 0), at(p, 1, 2)}, p.Classes[2].ID) },
			"cat 2 3; dog 4 5; calf 1 6 7"},
		{"delete", func(p *Project) {
			p.RemoveSamples([]string{at(p, 2, 2), at(p, 0, 0)})
		}, "cat 3; dog 4 5; calf 1 6"},
		{"reorder", func(p *Project) { p.MoveClass(p.Classes[2].ID, -2) }, "calf 1 6; cat 3; dog 4 5"},
		{"split", func(p *Project) { p.SplitClass([]string{at(p, 0, 1)}) }, "calf 1; Class 2 6; cat 3; dog 4 5"},
		{"switch off", func(p *Project) { p.SwitchClass(p.Classes[1].ID, true) },
			"calf 1; Class 2(off) 6; cat 3; dog 4 5"},
		{"merge", func(p *Project) { p.MergeClass(p.Classes[3].ID, p.Classes[1].ID) },
			"calf 1; Class 2(off) 4 5 6; cat 3"},
		{"switch on", func(p *Project) { p.SwitchClass(p.Classes[1].ID, false) }, "calf 1; Class 2 4 5 6; cat 3"},
		{"remove a class", func(p *Project) { p.RemoveClass(p.Classes[1].ID) }, "calf 1; cat 3"},
	}
	p := numbered(t)
	shapes := []string{shape(p)}
	for _, e := range edits {
		e.do(p)
		if got := shape(p); got != e.want {
			t.Fatalf("after %s: %q, expected %q", e.name, got, e.want)
		}
		shapes = append(shapes, e.want)
	}
	for round := range 2 {
		for i := len(edits) - 1; i >= 0; i-- {
			if said := p.Undo(); said == nil || said.Text() == "" || shape(p) != shapes[i] {
				t.Fatalf("round %d, after undoing %s (%q): %q, expected %q", round, edits[i].name, said.Text(),
					shape(p), shapes[i])
			}
		}
		for i := range edits {
			if said := p.Redo(); said == nil || shape(p) != shapes[i+1] {
				t.Fatalf("round %d, after doing %s again: %q, expected %q", round, edits[i].name, shape(p), shapes[i+1])
			}
		}
	}
	if p.Redo() != nil || p.Redoes() != nil {
		t.Error("there is something to do again after everything was done again")
	}
}

// Keys of one name, and pictures of one burst, are one step; an edit after an undo leaves nothing to do again.
func TestEditsThatBelongTogetherAreOneStep(t *testing.T) {
	p := NewProject(task.Text, "t-")
	for _, name := range []string{"c", "ca", "cat"} {
		p.RenameClass(p.Classes[0].ID, name)
	}
	for i := range 3 {
		p.together("burst", func() {
			p.Add(p.NewSamples(p.Classes[0].ID, []store.Sample{{Text: fmt.Sprint(i)}}))
		})
	}
	if got := p.Undoes().Text(); got != "Added 3 examples." {
		t.Errorf("the last step is %q, expected all three of the burst", got)
	}
	if p.Undo(); shape(p) != "cat; Class 2" {
		t.Errorf("after undoing the burst: %q", shape(p))
	}
	if p.Undo(); shape(p) != "Class 1; Class 2" {
		t.Errorf("after undoing the name: %q", shape(p))
	}
	if p.AddClass("dog"); p.Redoes() != nil {
		t.Errorf("after another edit %q can be done again, expected nothing", p.Redoes().Text())
	}
}

// What another tab changed meanwhile stays when an edit of this one is undone.
func TestUndoKeepsWhatAnotherTabDid(t *testing.T) {
	p := numbered(t)
	p.MoveClass(p.Classes[1].ID, -1)
	theirs := p.Project
	theirs.Classes = append([]store.Class{}, p.Classes...)
	theirs.Classes[0].Name = "hound"
	theirs.Classes = append(theirs.Classes, store.Class{ID: "x", Name: "cow"})
	p.Adopt(p.Project, theirs, nil)
	p.Undo()
	if got := shape(p); got != "cat 1 2 3; hound 4 5 6; cow" {
		t.Errorf("after the undo: %q, expected the other tab's name and class to stay", got)
	}
}

// A class that is switched off is not learnt, and nothing waits for its samples.
func TestAClassThatIsOffIsNotLearnt(t *testing.T) {
	p := numbered(t)
	p.AddClass("cow")
	p.Add(p.NewSamples(p.Classes[2].ID, []store.Sample{{Text: "7"}}))
	p.SwitchClass(p.Classes[0].ID, true)
	labels, samples := p.all()
	if got := fmt.Sprint(p.names(), labels, len(samples)); got != "[dog cow] [0 0 0 1] 4" {
		t.Errorf("it learns %s, expected dog and cow alone", got)
	}
	p.SwitchClass(p.Classes[1].ID, true)
	if p.Ready() || p.Check()[0].Key != "teach.check.classes" {
		t.Errorf("with one class that is on it says %+v, expected that another is missing", p.Check())
	}
}
