package state

import (
	"slices"

	"wafer/app/browser"
	"wafer/app/store"
	"wafer/nn/task"
)

// changedElsewhere shows what another tab did to the taught models. A file that it
// replaced is loaded anew at its next use.
func (s *Store) changedElsewhere(c store.Change) {
	if !c.Models {
		return
	}
	before, taught := s.Get().Taught, s.listTaught()
	for _, m := range before {
		if !slices.ContainsFunc(taught, func(n task.Model) bool { return n.ID == m.ID && n.SHA256 == m.SHA256 }) {
			s.unload(m.ID)
		}
	}
	s.change(func(st *State) { st.Taught = taught })
}

// learnSafety shows what the browser answered when KeepSafe asked in an earlier
// visit. It blocks.
func (s *Store) learnSafety() { s.promised(browser.Persisted()) }

// KeepSafe asks the browser, once in a visit, not to clear what the page has
// stored. It is called when there is something to lose: some browsers ask the
// person, who should see what for.
func (s *Store) KeepSafe() {
	if s.Get().Safe != Promised {
		s.promise.Do(func() { go func() { s.promised(browser.Persist()) }() })
	}
}

// promised notes the browser's answer; where it gives none, nothing is shown.
func (s *Store) promised(granted, known bool) {
	if !known {
		return
	}
	s.change(func(st *State) {
		if st.Safe = AtRisk; granted {
			st.Safe = Promised
		}
	})
}
