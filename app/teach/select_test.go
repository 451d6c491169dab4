package teach

import (
	"slices"
	"testing"

	"wafer/app/store"
	"wafer/nn/task"
)

func TestSelection(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.SetKind(task.Text)
	d.changeOf(task.Text, func(l *workspace) { l.project = numbered(t) })
	p := d.Get().Project
	cat := ids(p.Samples(p.Classes[0].ID))
	check := func(what string, want ...string) {
		t.Helper()
		var got []string
		for id := range d.Get().Selected {
			got = append(got, id)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q is selected, expected %q", what, got, want)
		}
	}
	d.SelectSample(cat[2], false)
	d.SelectSample(cat[1], true)
	check("two by a range backwards", cat[1], cat[2])
	d.SelectSample(cat[1], false)
	check("one dropped", cat[2])
	d.SelectSample(cat[0], true)
	check("a range from the one that was touched last", cat...)
	d.RemoveSample(cat[0])
	check("one of them removed", cat[1:]...)
	d.MoveSelected(p.Classes[1].ID)
	check("moved")
	p = d.Get().Project
	if got := shape(&p); got != "cat; dog 2 3 4 5 6" {
		t.Errorf("after moving the selection: %q", got)
	}
	d.until("the move is kept", func(State) bool {
		kept, _ := d.kept.Samples(string(task.Text))
		return len(kept) == 2 && kept[0].Class == p.Classes[1].ID && kept[1].Class == p.Classes[1].ID
	})
	d.SelectClass(p.Classes[1].ID)
	d.RemoveSelected()
	d.Undo()
	d.Undo()
	d.Undo()
	p = d.Get().Project
	if got := shape(&p); got != "cat 1 2 3; dog 4 5 6" {
		t.Errorf("after three undos: %q", got)
	}
	if said := d.Get().Notice.Text(); said != "Undone: Removed an example of cat." {
		t.Errorf("the page says %q", said)
	}
}
