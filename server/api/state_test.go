package api

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

var (
	allStates = []State{"", Queued, Running, Paused, Succeeded, Failed, Cancelled}
	allMoves  = []Move{Submit, Claim, Release, Lose, Succeed, Fail, Pause, Resume, Cancel, Retry}
)

// The table, once more and the other way round: for every state, what is legal and
// where it leads. Everything else must be refused.
var expected = map[State]string{
	"":        "submit>queued",
	Queued:    "claim>running pause>paused cancel>cancelled",
	Running:   "release>queued lose>queued succeed>succeeded fail>failed pause>paused cancel>cancelled",
	Paused:    "resume>queued cancel>cancelled",
	Succeeded: "",
	Failed:    "retry>queued",
	Cancelled: "retry>queued",
}

func TestMoves(t *testing.T) {
	for _, s := range allStates {
		var legal []string
		for _, m := range allMoves {
			to, err := s.After(m)
			if err == nil {
				legal = append(legal, string(m)+">"+string(to))
				continue
			}
			var illegal *IllegalMove
			if !errors.As(err, &illegal) || illegal.Move != m || illegal.State != s || to != "" {
				t.Errorf("%q after %s: got %q, %v", s, m, to, err)
			}
			if text := err.Error(); !strings.Contains(text, string(m)) || !strings.Contains(text, string(s)) {
				t.Errorf("%q after %s: the error %q names neither", s, m, text)
			}
		}
		if got := strings.Join(legal, " "); got != expected[s] {
			t.Errorf("%q: got %q, expected %q", s, got, expected[s])
		}
		if got := len(s.Moves()); got != len(legal) {
			t.Errorf("%q: Moves has %d, expected %d", s, got, len(legal))
		}
	}
}

func TestEveryStateIsReachedAndFinalOnesStandStill(t *testing.T) {
	reached := map[State]bool{"": true}
	for range allStates {
		for _, row := range moves {
			reached[row.to] = reached[row.to] || reached[row.from]
		}
	}
	for _, s := range allStates {
		if !reached[s] {
			t.Errorf("no moves lead to %q", s)
		}
		for _, m := range s.Moves() {
			if s.Final() && m != Retry {
				t.Errorf("%q is final, but %s is legal", s, m)
			}
		}
	}
	for i, a := range moves {
		if !slices.Contains(allMoves, a.move) || !slices.Contains(allStates, a.from) ||
			!slices.Contains(allStates, a.to) {
			t.Errorf("row %d of the table has a word that is not in the lists: %v", i, a)
		}
		for _, b := range moves[:i] {
			if a.move == b.move && a.from == b.from {
				t.Errorf("the table has %s from %q twice", a.move, a.from)
			}
		}
	}
}

func TestFilesOfAJob(t *testing.T) {
	j := Job{Spec: Spec{Data: []File{{SHA256: "a"}, {SHA256: "b"}}, Checkpoint: &File{SHA256: "c"}},
		Status: Status{Checkpoint: &File{SHA256: "d"}, Result: &Result{File: File{SHA256: "e"}}}}
	var got string
	for _, f := range j.Files() {
		got += f.SHA256
	}
	if got != "abcde" || len(j.Spec.Data) != 2 {
		t.Errorf("got %q, expected abcde", got)
	}
}

func TestAStatusIsSmallOnTheWire(t *testing.T) {
	b, err := json.Marshal(Status{State: Queued, Queued: 1})
	if err != nil || string(b) != `{"state":"queued","queued":1,"attempt":0}` {
		t.Errorf("got %s, %v", b, err)
	}
}
