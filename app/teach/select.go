package teach

import (
	"slices"

	"wafer/app/words"
)

// selection is which samples a person has picked out, to do the same with all of them.
type selection struct {
	picked map[string]bool // replaced, never written to
	last   string          // picked last: where a range begins
}

// here are those that are still in the project, nil for none.
func (s selection) here(p *Project) map[string]bool {
	if len(s.picked) == 0 {
		return nil
	}
	var here map[string]bool
	for _, c := range p.Classes {
		for _, x := range p.live[c.ID] {
			if s.picked[x.ID] {
				if here == nil {
					here = make(map[string]bool, len(s.picked))
				}
				here[x.ID] = true
			}
		}
	}
	return here
}

// with returns the selection with some samples picked, or not.
func (s selection) with(list []string, picked bool, last string) selection {
	all := make(map[string]bool, len(s.picked)+len(list))
	for id := range s.picked {
		all[id] = true
	}
	for _, id := range list {
		if all[id] = picked; !picked {
			delete(all, id)
		}
	}
	return selection{all, last}
}

// SelectSample picks a sample, or drops one that is picked. through picks all from the one picked last to this one,
// where both are in one class.
func (t *Teaching) SelectSample(id string, through bool) {
	t.change(func(l *workspace) {
		s, p := l.selected, l.project
		if x, ok := p.Sample(id); ok && through {
			list := ids(p.Samples(x.Class))
			if a, b := slices.Index(list, s.last), slices.Index(list, id); a >= 0 {
				l.selected = s.with(list[min(a, b):max(a, b)+1], true, s.last)
				return
			}
		}
		l.selected = s.with([]string{id}, !s.picked[id], id)
	})
}

// SelectClass picks all samples of a class.
func (t *Teaching) SelectClass(class string) {
	t.change(func(l *workspace) { l.selected = l.selected.with(ids(l.project.Samples(class)), true, l.selected.last) })
}

// SelectNone drops the selection.
func (t *Teaching) SelectNone() { t.change(func(l *workspace) { l.selected = selection{} }) }

// RemoveSelected removes what is selected.
func (t *Teaching) RemoveSelected() {
	t.withSelected(func(p *Project, list []string) { p.RemoveSamples(list) })
}

// MoveSelected puts what is selected into a class.
func (t *Teaching) MoveSelected(class string) {
	t.withSelected(func(p *Project, list []string) { p.MoveSamples(list, class) })
}

// SplitSelected makes a class of what is selected and returns its ID, "" when there are too many classes.
func (t *Teaching) SplitSelected() (class string) {
	t.withSelected(func(p *Project, list []string) { class = p.SplitClass(list) })
	if class == "" {
		t.notify("", words.Of("teach.class.full", MaxClasses), true)
	}
	return class
}

// withSelected makes an edit of what is selected, after which nothing is.
func (t *Teaching) withSelected(do func(p *Project, list []string)) {
	var list []string
	t.change(func(l *workspace) {
		for id := range l.selected.picked {
			list = append(list, id)
		}
		l.selected = selection{}
	})
	t.told(func(p *Project) { do(p, list) })
}
