package teach

import (
	"slices"

	"wafer/app/store"
	"wafer/app/words"
)

// step is one edit of a project, as the difference that it makes: what another tab changed meanwhile stays.
type step struct {
	said          *words.Say    // what it does, in the past tense
	key           string        // steps of one key that follow each other are one, such as keys of one name; "": alone
	before, after []store.Class // all of them
	gone, came    []string      // ids of samples that it takes away, and that it brings
	moved         []passage
}

// passage is a sample on its way from one class to another.
type passage struct{ id, from, to string }

// back is the step that takes a step back.
func (s step) back() step {
	moved := make([]passage, len(s.moved))
	for i, m := range s.moved {
		moved[len(moved)-1-i] = passage{m.id, m.to, m.from}
	}
	return step{s.said, s.key, s.after, s.before, s.came, s.gone, moved}
}

// do makes an edit. Its classes after it are those of now where it does not say.
func (p *Project) do(s step) {
	if s.before = p.Classes; s.after == nil {
		s.after = p.Classes
	}
	p.apply(s)
	p.record(s)
}

// apply makes the difference of a step.
func (p *Project) apply(s step) {
	p.Classes = mergeClasses(s.before, s.after, p.Classes)
	p.Trash = slices.Concat(allBut(allBut(p.Trash, s.came), s.gone), s.gone)
	if len(s.moved) > 0 {
		p.pass(s.moved)
	}
	p.bringBack()
}

// pass moves samples.
func (p *Project) pass(moved []passage) {
	to, list := make(map[string]string, len(moved)), make([]string, len(moved))
	for i, m := range moved {
		to[m.id], list[i] = m.to, m.id
	}
	p.samples = slices.Clone(p.samples)
	for i, x := range p.samples {
		if class, ok := to[x.ID]; ok {
			p.samples[i].Class = class
		}
	}
	p.markUnkept(list)
}

// allBut is a list of ids but for some.
func allBut(list, some []string) []string {
	if len(list) == 0 || len(some) == 0 {
		return list
	}
	drop := make(map[string]bool, len(some))
	for _, id := range some {
		drop[id] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return drop[id] })
}

// record remembers a step that was made; what was undone before cannot be done again after it.
func (p *Project) record(s step) {
	if p.joining != "" {
		s.key = p.joining
	}
	p.undone = nil
	if n := len(p.done); n > 0 && s.key != "" && p.done[n-1].key == s.key {
		last := p.done[n-1]
		if s.before = last.before; last.said.Key == openedBundle {
			s.said = last.said
		}
		s.gone, s.came = slices.Concat(last.gone, s.gone), slices.Concat(last.came, s.came)
		s.moved = slices.Concat(last.moved, s.moved)
		if s.said.Key == "teach.added" {
			s.said = words.Of("teach.added", len(s.came))
		}
		p.done = slices.Clip(p.done[:n-1])
	}
	p.done = append(slices.Clip(p.done), s)
}

// together makes one step of all edits that do makes, and of those before under the same key.
func (p *Project) together(key string, do func()) {
	p.joining = key
	do()
	p.joining = ""
}

// Undo takes back the last edit and says which, nil when there is none.
func (p *Project) Undo() *words.Say {
	n := len(p.done)
	if n == 0 {
		return nil
	}
	s := p.done[n-1]
	p.done, p.undone = slices.Clip(p.done[:n-1]), append(slices.Clip(p.undone), s)
	p.apply(s.back())
	return s.said
}

// Redo makes the edit again that Undo took back last, and says which, nil when there is none.
func (p *Project) Redo() *words.Say {
	n := len(p.undone)
	if n == 0 {
		return nil
	}
	s := p.undone[n-1]
	p.undone, p.done = slices.Clip(p.undone[:n-1]), append(slices.Clip(p.done), s)
	p.apply(s)
	return s.said
}

// Undoes says what Undo would take back, nil for nothing; Redoes what Redo would do again.
func (p *Project) Undoes() *words.Say { return said(p.done) }

// Redoes is described at Undoes.
func (p *Project) Redoes() *words.Say { return said(p.undone) }

// said describes the last step of a list, nil for none.
func said(list []step) *words.Say {
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1].said
}
