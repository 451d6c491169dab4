package teach

import (
	"fmt"
	"slices"
	"testing"

	"wafer/app/store"
	"wafer/nn/task"
)

func classes(names ...string) (list []store.Class) {
	for _, n := range names {
		id, name := n[:1], n[1:]
		list = append(list, store.Class{ID: id, Name: name})
	}
	return list
}

// Two tabs that began from the same project change it; whoever comes second joins both changes.
func TestMerge(t *testing.T) {
	r := &task.Report{}
	for _, c := range []struct {
		name               string
		base, mine, theirs store.Project
		want               store.Project
	}{
		{"what one side changed holds",
			store.Project{Classes: classes("acat", "bdog"), Settings: store.Settings{Epochs: 1, Seed: 1}, Job: "j"},
			store.Project{Classes: classes("alion", "bdog"), Settings: store.Settings{Epochs: 2, Seed: 1}, Job: "j"},
			store.Project{Classes: classes("acat", "bwolf"), Settings: store.Settings{Epochs: 1, Seed: 5}},
			store.Project{Classes: classes("alion", "bwolf"), Settings: store.Settings{Epochs: 2, Seed: 5}}},
		{"two tabs that were opened on nothing",
			store.Project{Classes: classes("a", "b")},
			store.Project{Classes: classes("abirds", "b")},
			store.Project{Classes: classes("ccats", "ddogs")},
			store.Project{Classes: classes("abirds", "ccats", "ddogs")}},
		{"a class that one removed and the other left as it was goes",
			store.Project{Classes: classes("acat", "bdog", "cowl")},
			store.Project{Classes: classes("acat", "bdog")},
			store.Project{Classes: classes("bdog", "cowl")},
			store.Project{Classes: classes("bdog")}},
		{"a class that one removed and the other renamed stays",
			store.Project{Classes: classes("acat", "bdog")},
			store.Project{Classes: classes("alion", "bdog")},
			store.Project{Classes: classes("bdog")},
			store.Project{Classes: classes("alion", "bdog")}},
		{"what was removed and brought back",
			store.Project{Trash: []string{"1", "2"}},
			store.Project{Trash: []string{"2", "3"}},
			store.Project{Trash: []string{"1", "2", "4"}},
			store.Project{Trash: []string{"2", "4", "3"}}},
		{"a model comes with its report and curve",
			store.Project{Model: "m1", Curve: make([]task.Progress, 1)},
			store.Project{Model: "m1", Curve: make([]task.Progress, 1)},
			store.Project{Model: "m2", Report: r, Curve: make([]task.Progress, 3)},
			store.Project{Model: "m2", Report: r, Curve: make([]task.Progress, 3)}},
		{"my model holds against theirs",
			store.Project{Model: "m1"},
			store.Project{Model: "m3", Curve: make([]task.Progress, 2)},
			store.Project{Model: "m2", Report: r},
			store.Project{Model: "m3", Curve: make([]task.Progress, 2)}},
	} {
		got := Merge(c.base, c.mine, c.theirs)
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", c.want) {
			t.Errorf("%s: got\n%+v, want\n%+v", c.name, got, c.want)
		}
		if again := Merge(got, got, got); !slices.Equal(again.Classes, got.Classes) ||
			!slices.Equal(again.Trash, got.Trash) {
			t.Errorf("%s: joined with itself it is %+v", c.name, again)
		}
	}
}

// The case of two tabs: one adds, the other, opened before, types; nothing of either is lost, now or after a reload.
func TestTwoTabs(t *testing.T) {
	kept := store.Memory()
	a, b := newDesk(t, kept), newDesk(t, kept)
	b.mu.Lock()
	b.kind = task.Text // shown, but nothing of it is kept yet
	b.mu.Unlock()
	b.RenameClass(b.Get().Project.Classes[0].ID, "birds")
	a.SetKind(task.Text)
	if bad := a.AddLines("", "praise\tgood\npraise\tfine\ncomplaint\tbad\ncomplaint\tpoor"); bad != nil {
		t.Fatal(bad.Text())
	}
	both := has("birds 0", "complaint 2", "praise 2")
	b.until("it shows its class and what the other tab added", both)
	a.until("it shows what the other tab typed", both)
	newDesk(t, kept).until("everything is there after a reload", both)
	// What was removed here can be brought back, although another tab was opened since.
	praise := slices.IndexFunc(a.Get().Project.Classes, func(c store.Class) bool { return c.Name == "praise" })
	a.RemoveClass(a.Get().Project.Classes[praise].ID)
	b.until("the class is gone in the other tab", has("birds 0", "complaint 2"))
	newDesk(t, kept)
	a.Undo()
	b.until("it is back in the other tab", both)
}

// A class is removed in one tab while another adds to it: it comes back once, with its name, in both tabs, after Undo
// and after a reload.
func TestAClassIsRemovedWhileAnotherTabAddsToIt(t *testing.T) {
	t.Run("at once", func(t *testing.T) { removedWhileAdding(t, false) })
	t.Run("when it is told", func(t *testing.T) { removedWhileAdding(t, true) })
}

func removedWhileAdding(t *testing.T, told bool) {
	kept := store.Memory()
	a := newDesk(t, kept)
	a.SetKind(task.Text)
	if bad := a.AddLines("", "praise\tgood\npraise\tfine\ncomplaint\tbad"); bad != nil {
		t.Fatal(bad.Text())
	}
	a.until("it is added", has("complaint 1", "praise 2"))
	b := newDesk(t, kept)
	b.SetKind(task.Text)
	b.until("it is there", has("complaint 1", "praise 2"))
	shown := a.Get().Project
	praise := shown.ClassNamed("praise")
	a.RemoveClass(praise)
	if told {
		b.until("the class is gone", has("complaint 1"))
	}
	if bad := b.AddLines(praise, "great"); bad != nil {
		t.Fatal(bad.Text())
	}
	a.until("the sample brings its class back", has("complaint 1", "praise 1"))
	b.until("the other tab has it, too", has("complaint 1", "praise 1"))
	newDesk(t, kept).until("it is so after a reload", has("complaint 1", "praise 1"))
	a.Undo()
	all := has("complaint 1", "praise 3")
	a.until("Undo brings the samples back, and the class once", all)
	b.until("the other tab shows them", all)
	newDesk(t, kept).until("they are there after a reload", all)
}

// has tells whether these are the named classes, each with its number of samples.
func has(want ...string) func(State) bool {
	return func(s State) bool {
		var got []string
		for _, c := range s.Project.Classes {
			if c.Name != "" {
				got = append(got, fmt.Sprint(c.Name, " ", s.Project.Count(c.ID)))
			}
		}
		slices.Sort(got)
		return slices.Equal(got, want)
	}
}

// A sample is never lost because nobody knows its class.
func TestASampleBringsItsClassBack(t *testing.T) {
	kept := store.Memory()
	if _, err := kept.AddSamples("text", []store.Sample{{ID: "s", Class: "gone", Text: "hello",
		Order: 1}}); err != nil {
		t.Fatal(err)
	}
	must(t, kept.UpdateProject("text", func(*store.Project) store.Project {
		return store.Project{ID: "text", Kind: task.Text, Classes: classes("acat")}
	}))
	d := newDesk(t, kept)
	d.until("the sample stands in a class of its own", func(s State) bool {
		return len(s.Project.Classes) == 2 && s.Project.Count("gone") == 1
	})
	if left, _ := kept.Samples("text"); len(left) != 1 {
		t.Errorf("%d samples are kept, want 1", len(left))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
