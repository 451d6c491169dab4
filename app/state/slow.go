package state

import (
	"strings"

	"wafer/app/browser"
	"wafer/nn/task"
)

const (
	keptSlow  = "wafer.slow"
	lightTwin = "-light" // what the ID of a model has more that answers the same with less arithmetic

	slowMillis  = 400 // an answer that takes longer is slow: the camera wants a few a second
	slowAnswers = 3   // so many in a row make a slow device
	smallMemory = 2   // GB: with as much or less a device is taken for slow from the start
)

// light is 1 for a light twin, 0 for others.
func light(m task.Model) int {
	if strings.HasSuffix(m.ID, lightTwin) {
		return 1
	}
	return 0
}

// slowDevice tells what was measured at an earlier visit, or what the browser says about the memory.
func slowDevice() bool {
	memory := browser.Memory()
	return browser.Kept(keptSlow) != "" || memory > 0 && memory <= smallMemory
}

// timed looks at how long an answer took. When the device is slow for a model that has a light twin, that is remembered
// and taken from the next visit on: a model should not change under one's hands.
func (s *Store) timed(m task.Model, r task.Result) {
	if _, twin := s.Get().Find(m.ID + lightTwin); !twin || r.Error != "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Millis < slowMillis {
		s.slow = 0
		return
	}
	if s.slow++; s.slow == slowAnswers {
		browser.Keep(keptSlow, "yes")
	}
}
