package teach

import (
	"fmt"
	"strings"
	"testing"

	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
)

// filled is a project whose classes have the given numbers of samples.
func filled(names []string, counts ...int) *Project {
	p := &Project{Project: store.Project{ID: "image", Kind: task.Image}, session: "t-", next: 1}
	for i, name := range names {
		id := p.AddClass(name)
		p.Add(p.NewSamples(id, make([]store.Sample, counts[i])))
	}
	return p
}

func TestCheckSaysWhatIsMissing(t *testing.T) {
	cases := []struct {
		project *Project
		want    []string // beginnings of the keys, stoppers first
		ready   bool
	}{
		{filled([]string{"cat"}, 12), []string{"classes"}, false},
		{filled([]string{"cat", ""}, 12, 12), nil, true},
		{filled([]string{"cat", "Cat"}, 12, 12), []string{"twice"}, false},
		{filled([]string{"", "Class 1"}, 12, 12), []string{"twice"}, false},
		{filled([]string{"cat", "dog"}, 12, 0), []string{"none"}, false},
		{filled([]string{"cat", "dog", "cow"}, 12, 12, 0), []string{"out"}, true},
		{filled([]string{"cat", "dog"}, 1, 12), []string{"one"}, true},
		{filled([]string{"cat", "dog"}, 2, 12), []string{"few"}, true},
		{filled([]string{"cat", "dog"}, 12, 70), []string{"uneven"}, true},
		{filled([]string{"cat", "dog"}, 12, 12), nil, true},
		{NewProject(task.Text, ""), []string{"none", "none"}, false},
	}
	for i, c := range cases {
		var got []string
		for _, a := range c.project.Check() {
			got = append(got, strings.TrimPrefix(a.Key, "teach.check."))
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) || c.project.Ready() != c.ready {
			t.Errorf("case %d: check says %v (ready %v), want %v (ready %v)", i, got, c.project.Ready(), c.want,
				c.ready)
		}
	}
}

func TestCheckNamesTheClass(t *testing.T) {
	advice := filled([]string{"cat", "dog"}, 0, 12).Check()
	if got := advice[0].Text(); !strings.Contains(got, "“cat” has no examples yet") {
		t.Errorf("the sentence is %q, want it to name the class", got)
	}
}

func TestMoveSampleAndUndoKeepEverySampleOnce(t *testing.T) {
	p := filled([]string{"cat", "dog"}, 3, 2)
	cat, dog := p.Classes[0].ID, p.Classes[1].ID
	id := p.Samples(cat)[1].ID
	before := *p
	if n := p.MoveSamples([]string{id}, dog); n != 1 {
		t.Fatalf("%d samples moved, expected one", n)
	}
	if before.Count(cat) != 3 || p.Count(cat) != 2 || p.Count(dog) != 3 {
		t.Errorf("after the move cat has %d and dog %d (what was read before has %d), expected 2, 3 and 3",
			p.Count(cat), p.Count(dog), before.Count(cat))
	}
	if p.MoveSamples([]string{id}, dog)+p.MoveSamples([]string{id}, "nowhere")+p.MoveSamples([]string{"none"},
		cat) > 0 {
		t.Error("a sample moved to where it is, to no class, or without being there")
	}
	if said := p.Undo(); said == nil || said.Text() != "Moved an example from cat to dog." {
		t.Errorf("undo took back %q, expected the move", said.Text())
	}
	if p.Count(cat) != 3 || p.Count(dog) != 2 || p.Samples(cat)[1].ID != id {
		t.Errorf("after undo cat has %d and dog %d, expected 3 and 2 in the old order", p.Count(cat), p.Count(dog))
	}
}

func TestUndo(t *testing.T) {
	p := filled([]string{"cat", "dog", "cow"}, 3, 2, 1)
	dog := p.Classes[1]
	first := p.Samples(dog.ID)[0]
	p.RemoveSample(first.ID)
	if n := p.Count(dog.ID); n != 1 {
		t.Fatalf("dog has %d samples after removing one of two", n)
	}
	p.RemoveClass(dog.ID)
	if len(p.Classes) != 2 || p.class(dog.ID) >= 0 {
		t.Fatalf("the class is still there: %+v", p.Classes)
	}
	if said := p.Undoes().Text(); !strings.Contains(said, "dog") || !strings.Contains(said, "1") {
		t.Errorf("it says %q, want the class and its one sample", said)
	}
	p.Undo()
	if p.Classes[1] != dog || p.Count(dog.ID) != 1 {
		t.Errorf("undo gave %+v with %d samples, want dog second with 1", p.Classes, p.Count(dog.ID))
	}
	p.Undo()
	if got := p.Samples(dog.ID); len(got) != 2 || got[0].ID != first.ID {
		t.Errorf("the sample did not come back to its place: %+v", got)
	}
	if len(p.Trash) != 0 {
		t.Errorf("after both removals are undone there is still something in the trash: %+v", p.Trash)
	}
}

func TestReopenDropsWhatWasRemoved(t *testing.T) {
	p := filled([]string{"cat", "dog"}, 2, 2)
	kept := append(p.Samples(p.Classes[0].ID), p.Samples(p.Classes[1].ID)...)
	p.RemoveSample(kept[0].ID)
	again := OpenProject(p.Project, kept, "u-")
	if again.Count(p.Classes[0].ID) != 1 || again.Count(p.Classes[1].ID) != 2 {
		t.Errorf("reopened with %d and %d samples, want 1 and 2", again.Count(p.Classes[0].ID),
			again.Count(p.Classes[1].ID))
	}
	fresh := again.NewSamples(p.Classes[0].ID, make([]store.Sample, 1))[0]
	for _, s := range kept {
		if s.ID == fresh.ID || s.Order >= fresh.Order {
			t.Errorf("a new sample %s/%d collides with %s/%d", fresh.ID, fresh.Order, s.ID, s.Order)
		}
	}
}

func TestClassNamed(t *testing.T) {
	p := NewProject(task.Text, "t-")
	a := p.ClassNamed(" praise ")
	if a != p.Classes[0].ID || p.Classes[0].Name != "praise" {
		t.Errorf("an unnamed empty class was not taken: %+v", p.Classes)
	}
	if b := p.ClassNamed("PRAISE"); b != a {
		t.Errorf("capitals made another class")
	}
	p.ClassNamed("b")
	for i := len(p.Classes); i < MaxClasses; i++ {
		p.ClassNamed(fmt.Sprint("x", i))
	}
	if id := p.ClassNamed("one too many"); id != "" || len(p.Classes) != MaxClasses {
		t.Errorf("class %d was added, %d are the most", len(p.Classes), MaxClasses)
	}
}

func TestColorsDiffer(t *testing.T) {
	p := filled(make([]string, Colors), make([]int, Colors)...)
	seen := map[int]bool{}
	for _, c := range p.Classes {
		seen[c.Color] = true
	}
	if len(seen) != Colors {
		t.Errorf("%d classes share %d colours", Colors, len(seen))
	}
	p.RemoveClass(p.Classes[2].ID)
	p.AddClass("")
	if c := p.Classes[Colors-1].Color; c != 2 {
		t.Errorf("the new class has colour %d, want the free one, 2", c)
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"  a \n\tb ":             "a b",
		"\x00x\x07":              "x",
		"a\xffb":                 "a�b",
		strings.Repeat("猫", 100): strings.Repeat("猫", 60),
	} {
		if got := words.CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %+v, want %+v", in, got, want)
		}
	}
}

func TestParseLines(t *testing.T) {
	got, bad := ParseLines("praise\tWell done\r\n\r\ncomplaint\tLate\tagain\nno label")
	want := []Labelled{{"praise", "Well done", false}, {"complaint", "Late\tagain", false}, {"", "no label", false}}
	if bad != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("lines are %+v (%v), want %+v", got, bad.Text(), want)
	}
	for in, key := range map[string]string{
		"":                                "empty",
		" \n\n":                           "empty",
		"a\tb\n\tc":                       "nolabel",
		"a\t ":                            "notext",
		"a\tb\nc\xff":                     "utf8",
		"a\x00b":                          "binary",
		strings.Repeat("x", 1e4+1):        "long",
		strings.Repeat("a\n", MaxLines+1): "many",
		strings.Repeat("a", 21e6):         "big",
	} {
		_, bad := ParseLines(in)
		if bad == nil || bad.Key != "teach.lines."+key {
			t.Errorf("%.20q: it says %+v, want %s", in, bad, key)
		}
	}
	if _, bad := ParseLines("a\tb\nc\xff"); !strings.Contains(bad.Text(), "Line 2 ") {
		t.Errorf("it says %q, want the line", bad.Text())
	}
}
