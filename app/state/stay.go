package state

import (
	"slices"

	"wafer/app/bridge"
	"wafer/nn/task"
)

// staying is a model that the worker has and whose file nobody has asked for yet.
type staying struct{ model task.Model }

// AddStaying lists a model first that a Teach left in the worker. Seal keeps it.
func (s *Store) AddStaying(m task.Model) {
	done := make(chan struct{})
	close(done)
	s.mu.Lock()
	s.loads[m.ID], s.stays[m.ID] = &loading{done: done}, &staying{m}
	s.mu.Unlock()
	s.change(func(st *State) {
		st.Taught = slices.Concat([]task.Model{m}, without(st.Taught, m.ID))
		st.Load = With(st.Load, m.ID, Load{Ready: true})
	})
}

// Seal has the file of a model made that stays in the worker, keeps it, and returns the report with its hashes; nil for
// a model that is kept already. It blocks.
func (s *Store) Seal(id string) (*task.Report, error) {
	s.mu.Lock()
	stay := s.stays[id]
	s.mu.Unlock()
	if stay == nil {
		return nil, nil
	}
	done, files, err := bridge.Ask(s.worker, bridge.Seal, bridge.Named{Model: id})
	file, err := oneOf(files, err)
	if err != nil {
		return nil, err
	}
	m := stay.model
	m.SHA256, m.Bytes, m.WeightsHash = done.Report.Model.SHA256, done.Report.Model.Bytes, done.Report.Model.WeightsHash
	kept, _ := s.Kept()
	if err := kept.SaveModel(m, file); err != nil {
		return nil, err
	}
	s.sealed(stay, m)
	s.KeepSafe()
	return done.Report, nil
}

// BeSure has a taught model answer only where its greatest probability is `least` at least, and keeps it so. It blocks.
func (s *Store) BeSure(id string, least float64) error {
	m, known := s.Get().Find(id)
	if !known {
		return nil
	}
	if err := s.Ready(m); err != nil {
		return err
	}
	done, files, err := bridge.Ask(s.worker, bridge.BeSure, bridge.SureRequest{Model: id, Least: least})
	file, err := oneOf(files, err)
	if err != nil {
		return err
	}
	m.SHA256, m.Bytes, m.Rejects = done.Model.SHA256, done.Model.Bytes, done.Model.Rejects
	kept, _ := s.Kept()
	if err := kept.SaveModel(m, file); err != nil {
		return err
	}
	s.change(func(st *State) { st.Taught = withStaying(st.Taught, m) })
	return nil
}

// sealed lists a model as it is kept, unless a newer one has taken its place.
func (s *Store) sealed(stay *staying, m task.Model) {
	s.mu.Lock()
	newest := s.stays[m.ID] == stay
	if newest {
		delete(s.stays, m.ID)
	}
	s.mu.Unlock()
	if newest {
		s.change(func(st *State) { st.Taught = withStaying(st.Taught, m) })
	}
}

// withStaying are models with one in the place of the one of its name, or before all.
func withStaying(models []task.Model, m task.Model) []task.Model {
	models = slices.Clone(models)
	i := slices.IndexFunc(models, func(n task.Model) bool { return n.ID == m.ID })
	if i < 0 {
		return slices.Concat([]task.Model{m}, models)
	}
	models[i] = m
	return models
}

// addStaying are the kept models with those that stay in the worker.
func (s *Store) addStaying(models []task.Model) []task.Model {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, kind := range []task.Kind{task.Image, task.Text} {
		for _, stay := range s.stays {
			if stay.model.Kind == kind {
				models = withStaying(models, stay.model)
			}
		}
	}
	return models
}
