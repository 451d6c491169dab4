package teach

import (
	"wafer/app/store"
	"wafer/nn/task"
)

// SetSure has the taught model answer only where it is as sure as this, from 0, and those that are taught from now on.
func (t *Teaching) SetSure(least float64) {
	kind := t.shown()
	t.Set(func(s *store.Settings) { s.Sure = least })
	go func() { t.warn(t.beSure(kind)) }()
}

// beSure tells the taught model what the settings say. It blocks.
func (t *Teaching) beSure(kind task.Kind) error {
	t.surely.Lock()
	defer t.surely.Unlock()
	if err := t.seal(kind); err != nil {
		return err
	}
	p := t.project(kind)
	if p.Model == "" {
		return nil
	}
	err := t.app.BeSure(p.Model, p.Settings.Sure)
	t.retry(kind)
	return err
}
