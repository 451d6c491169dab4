package auth

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"wafer/server/atomicfile"
)

// SessionTime is for how long a page stays signed in.
const SessionTime = 30 * 24 * time.Hour

const maxSessions = 10_000 // kept; the oldest go first

// session is a page that signed in with a token.
type session struct {
	Token string    `json:"token"` // SHA-256 of the token, hex: the session ends when that is removed
	Ends  time.Time `json:"ends"`
}

func (t *Tokens) sessionsPath() string { return t.path + ".sessions" }

// SignIn gives a page a session in exchange for a token. ok is false for one that is not known. The session is 256
// random bits, kept as its hash in a file beside that of the tokens, of which one process at a time is the writer.
func (t *Tokens) SignIn(secret string) (id string, ok bool, err error) {
	token, ok, err := t.Check(secret)
	if !ok || err != nil {
		return "", false, err
	}
	id = rand.Text() + rand.Text()
	return id, true, t.editSessions(func(all map[string]session) {
		now := time.Now()
		maps.DeleteFunc(all, func(_ string, s session) bool { return now.After(s.Ends) })
		for len(all) >= maxSessions {
			delete(all, slices.MinFunc(slices.Collect(maps.Keys(all)),
				func(a, b string) int { return all[a].Ends.Compare(all[b].Ends) }))
		}
		all[digest(id)] = session{Token: token.SHA256, Ends: now.Add(SessionTime).UTC().Round(time.Second)}
	})
}

// SignOut ends a session.
func (t *Tokens) SignOut(id string) error {
	if _, ok, err := t.Session(id); !ok || err != nil {
		return err
	}
	return t.editSessions(func(all map[string]session) { delete(all, digest(id)) })
}

// Session returns the token with which a session began. ok is false where that was removed, or the session ended.
func (t *Tokens) Session(id string) (found Token, ok bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.read(); err != nil {
		return Token{}, false, err
	}
	if err := t.readSessions(); err != nil {
		return Token{}, false, err
	}
	s, known := t.sessions[digest(id)]
	if !known || time.Now().After(s.Ends) {
		return Token{}, false, nil
	}
	i := slices.IndexFunc(t.list, func(k Token) bool { return k.SHA256 == s.Token })
	if i < 0 {
		return Token{}, false, nil
	}
	return t.list[i], true, nil
}

func (t *Tokens) editSessions(change func(map[string]session)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.readSessions(); err != nil {
		return err
	}
	all := maps.Clone(t.sessions)
	change(all)
	b, err := json.Marshal(all)
	if err == nil {
		err = atomicfile.Write(t.sessionsPath(), b, 0o600)
	}
	if err != nil {
		return fmt.Errorf("sessions: %w", err)
	}
	t.sessions = all
	return nil
}

// readSessions reads the file once. One that is damaged signs all pages out.
func (t *Tokens) readSessions() error {
	if t.sessions != nil {
		return nil
	}
	b, err := os.ReadFile(t.sessionsPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("sessions: %w", err)
	}
	if json.Unmarshal(b, &t.sessions) != nil || t.sessions == nil {
		t.sessions = map[string]session{}
	}
	return nil
}
