package state

import (
	"testing"
)

// The browser's answer is kept as it comes; where it gives none, nothing is known.
func TestTheBrowsersAnswerIsKept(t *testing.T) {
	s, _ := opened(t)
	for _, c := range []struct {
		granted, known bool
		want           Safety
	}{{true, false, SafetyUnknown}, {false, true, AtRisk}, {true, true, Promised}, {false, false, Promised}} {
		s.promised(c.granted, c.known)
		if got := s.Get().Safe; got != c.want {
			t.Errorf("granted %v, known %v: the state is %q, expected %q", c.granted, c.known, got, c.want)
		}
	}
}
