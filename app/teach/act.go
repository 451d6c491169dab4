package teach

import (
	"strings"

	"wafer/app/words"
)

// AddClass adds an unnamed class and returns its ID, "" when there are too many.
func (t *Teaching) AddClass() (id string) {
	t.edit("", func(l *workspace) {
		if id = l.project.AddClass(""); id == "" {
			l.notice = words.Notice{Say: words.Of("teach.class.full", MaxClasses), Bad: true}
		}
	})
	return id
}

// RenameClass gives a class a new name.
func (t *Teaching) RenameClass(id, name string) {
	t.edit("", func(l *workspace) { l.project.RenameClass(id, name) })
}

// RemoveClass removes a class with its samples.
func (t *Teaching) RemoveClass(id string) { t.told(func(p *Project) { p.RemoveClass(id) }) }

// MergeClass moves the samples of a class into another and removes it.
func (t *Teaching) MergeClass(id, into string) { t.told(func(p *Project) { p.MergeClass(id, into) }) }

// MoveClass moves a class by some places.
func (t *Teaching) MoveClass(id string, by int) { t.told(func(p *Project) { p.MoveClass(id, by) }) }

// SwitchClass switches a class off, so that it is not learnt, or on again.
func (t *Teaching) SwitchClass(id string, off bool) {
	t.told(func(p *Project) { p.SwitchClass(id, off) })
}

// RemoveSample removes one sample.
func (t *Teaching) RemoveSample(id string) { t.told(func(p *Project) { p.RemoveSample(id) }) }

// MoveSample puts a sample into another class.
func (t *Teaching) MoveSample(id, class string) {
	t.told(func(p *Project) { p.MoveSamples([]string{id}, class) })
}

// told is an edit after which the page says what was done, with a way back.
func (t *Teaching) told(do func(*Project)) {
	t.edit("", func(l *workspace) {
		before := len(l.project.done)
		if do(l.project); len(l.project.done) != before {
			l.notice = words.Notice{Say: l.project.Undoes()}
		}
	})
}

// Undo takes back the last edit.
func (t *Teaching) Undo() { t.stepped("teach.undone", (*Project).Undo) }

// Redo makes the edit again that Undo took back last.
func (t *Teaching) Redo() { t.stepped("teach.redone", (*Project).Redo) }

// stepped does or undoes an edit and says which, under the key; nothing where there is none.
func (t *Teaching) stepped(key string, step func(*Project) *words.Say) {
	t.edit("", func(l *workspace) {
		if said := step(l.project); said != nil {
			l.notice = words.Notice{Say: words.Of(key, said)}
		}
	})
}

// Dismiss takes away the notice.
func (t *Teaching) Dismiss() {
	t.change(func(l *workspace) { l.notice, l.deleted = words.Notice{}, nil })
}

// Undoable reports whether the notice is about the last edit, so that Undo belongs beside it.
func (s *State) Undoable() bool {
	last := s.Project.Undoes()
	return last != nil && (s.Notice.Say == last || strings.HasPrefix(s.Notice.Key, "teach.added"))
}
