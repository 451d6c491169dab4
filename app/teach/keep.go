package teach

import (
	"slices"
	"time"

	"wafer/app/store"
	"wafer/nn/task"
)

// trashLives is how long what was removed is kept where nobody knows whether another tab could still bring it back.
const trashLives = time.Hour

// reopen is a kept project with its samples, or a new one where nothing is in it or it cannot be read. What was removed
// in an earlier visit goes for good, once no other tab can bring it back.
func (t *Teaching) reopen(disk store.Store, kept store.Project, session string) (*Project, error) {
	samples, err := disk.Samples(kept.ID)
	if err != nil {
		return NewProject(kept.Kind, session), err
	}
	if len(kept.Classes) == 0 && len(samples) == 0 {
		return NewProject(kept.Kind, session), nil
	}
	p := OpenProject(kept, samples, session)
	if len(p.Trash) > 0 && (disk.Alone() || t.now().Sub(kept.Updated) > trashLives) {
		if err := disk.DeleteSamples(kept.ID, p.Trash); err != nil {
			return p, err
		}
		p.Trash = nil
	}
	return p, nil
}

// save keeps the project soon; saves that come while one is under way become one.
func (t *Teaching) save(kind task.Kind) {
	t.mu.Lock()
	if kind == "" {
		kind = t.kind
	}
	t.dirty[kind] = true
	busy := t.saving[kind] || !t.opened
	t.saving[kind] = t.saving[kind] || !busy
	t.mu.Unlock()
	if !busy {
		go t.saveNow(kind)
	}
}

// saveNow keeps the project until nothing has changed meanwhile. What cannot be kept becomes a warning, and is tried
// again at the next change.
func (t *Teaching) saveNow(kind task.Kind) {
	for {
		t.mu.Lock()
		if !t.dirty[kind] {
			t.saving[kind] = false
			t.mu.Unlock()
			return
		}
		t.dirty[kind] = false
		t.mu.Unlock()
		if err := t.keepProject(kind); err != nil {
			t.warn(err)
		}
	}
}

// keepProject joins the project with what other tabs have made of it, and keeps that.
func (t *Teaching) keepProject(kind task.Kind) error {
	l := t.workspaces[kind]
	l.disk.Lock()
	defer l.disk.Unlock()
	t.mu.Lock()
	base, mine := l.base, l.project.Project
	moved := l.project.takeUnkept()
	t.mu.Unlock()
	disk, _ := t.app.Kept()
	if len(moved) > 0 { // before the classes that they left may go
		if _, err := disk.AddSamples(mine.ID, moved); err != nil {
			t.changeOf(kind, func(l *workspace) { l.project.markUnkept(ids(moved)) })
			return err
		}
	}
	var joined store.Project
	err := disk.UpdateProject(mine.ID, func(kept *store.Project) store.Project {
		if joined = mine; kept != nil {
			joined = Merge(base, mine, *kept)
		}
		joined.Updated = t.now()
		return joined
	})
	if err != nil {
		return err
	}
	t.mu.Lock()
	l.project.Adopt(mine, joined, nil) // it may have changed meanwhile
	l.base = joined
	t.mu.Unlock()
	return nil
}

// markUnkept notes samples whose class is to be kept.
func (p *Project) markUnkept(list []string) {
	all := make(map[string]bool, len(list)+len(p.unkept))
	for id := range p.unkept {
		all[id] = true
	}
	for _, id := range list {
		all[id] = true
	}
	p.unkept = all
}

// takeUnkept are the samples whose class is not kept yet.
func (p *Project) takeUnkept() (list []store.Sample) {
	if len(p.unkept) == 0 {
		return nil
	}
	for _, s := range p.samples {
		if p.unkept[s.ID] {
			list = append(list, s)
		}
	}
	p.unkept = nil
	return list
}

// takeOver shows what another tab has kept of a project, or of its samples.
func (t *Teaching) takeOver(kind task.Kind) {
	l := t.workspaces[kind]
	if l == nil {
		return
	}
	l.disk.Lock()
	defer l.disk.Unlock()
	disk, _ := t.app.Kept()
	list, err := disk.Projects()
	i := slices.IndexFunc(list, func(p store.Project) bool { return p.ID == string(kind) })
	if err != nil || i < 0 {
		return
	}
	samples, err := disk.Samples(list[i].ID)
	if err != nil {
		return
	}
	retry, more, shared := false, false, !disk.Alone()
	t.changeOf(kind, func(l *workspace) {
		l.shared = shared
		model, report := l.project.Model, l.project.Report
		l.project.Adopt(l.base, list[i], samples)
		l.base = list[i]
		// such as a class that a sample brought back
		more = !slices.Equal(l.project.Classes, list[i].Classes)
		if l.project.Model != model || weights(l.project.Report) != weights(report) { // taught or deleted there
			l.changed, retry = false, l.project.Model != ""
			l.show()
		}
	})
	if more {
		t.save(kind)
	}
	if retry {
		t.retry(kind)
	}
}

// weights is the hash of those that a report is about, "" for none.
func weights(r *task.Report) string {
	if r == nil {
		return ""
	}
	return r.WeightsHash
}
