package state

import (
	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// Inspected is what was found inside a model.
type Inspected struct {
	Busy    bool
	Outline task.Outline
	Error   string
	Spreads map[string]task.Spread // of the weights that were asked for, by their names
}

// Inspect looks into a model.
func (s *Store) Inspect(m task.Model) {
	s.change(func(st *State) { st.Inspected = With(st.Inspected, m.ID, Inspected{Busy: true}) })
	go func() {
		var found Inspected
		file, err := s.fileOf(m)
		if err == nil {
			found.Outline, _, err = bridge.Ask(s.Reader, bridge.Inspect, bridge.ConvertRequest{Names: []string{m.ID}},
				browser.Bytes(file))
		}
		if err != nil {
			found.Error = words.Explain(err)
		}
		s.change(func(st *State) { st.Inspected = With(st.Inspected, m.ID, found) })
	}()
}

// CloseInspect forgets what was found.
func (s *Store) CloseInspect(m task.Model) {
	s.change(func(st *State) { st.Inspected = With(st.Inspected, m.ID, Inspected{}) })
}

// Weigh looks at the numbers of a weight of a model that was looked into.
func (s *Store) Weigh(m task.Model, weight string) {
	go func() {
		var spread task.Spread
		file, err := s.fileOf(m)
		if err == nil {
			spread, _, err = bridge.Ask(s.Reader, bridge.Weigh, bridge.WeighRequest{Weight: weight},
				browser.Bytes(file))
		}
		s.change(func(st *State) {
			found := st.Inspected[m.ID]
			if err != nil {
				found.Error = words.Explain(err)
			} else {
				found.Spreads = With(found.Spreads, weight, spread)
			}
			st.Inspected = With(st.Inspected, m.ID, found)
		})
	}()
}
