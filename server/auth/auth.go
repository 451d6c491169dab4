// Package auth keeps tokens: who may do what. A token is 256 random bits; the file holds only its
// SHA-256, so that who reads the file cannot use it.
package auth

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"wafer/server/api"
	"wafer/server/atomicfile"
)

// Errors for callers to tell apart.
var (
	ErrBadName  = errors.New("the name of a token is 1 to 64 letters, digits, dots, hyphens and underscores")
	ErrBadRole  = errors.New("the role of a token is read, submit or admin")
	ErrExists   = errors.New("there is a token with this name already; remove it first")
	ErrNotFound = errors.New("there is no token with this name")
	ErrTooMany  = errors.New("there are as many tokens as there may be; remove some")
	ErrLast     = errors.New("this is the last token: without one nobody can use the server until there is another")
	ErrTokens   = errors.New("there are tokens; a server with tokens is open to nobody else")
)

// prefix makes tokens recognisable, to people and to tools that look for secrets in files.
const prefix = "wafer_"

// Limits of the file.
const (
	maxTokens = 1000
	maxFile   = 1 << 20 // bytes
)

// Token is what is known of a token; not the token itself.
type Token struct {
	Name    string    `json:"name"`
	Role    api.Role  `json:"role"`
	SHA256  string    `json:"sha256"` // of the token, hex
	Created time.Time `json:"created"`
}

// roles by what they may; each may all that the ones before it may.
var roles = []api.Role{api.Nobody, api.Reader, api.Submitter, api.Admin}

// May reports whether a role includes another.
func May(has, needs api.Role) bool { return slices.Index(roles, has) >= slices.Index(roles, needs) }

// Tokens is a file of tokens. What other processes do to the file is seen at the next call. Its methods
// may be called from several goroutines.
type Tokens struct {
	path string

	mu   sync.Mutex
	list []Token
	seen stamp // of the file that list was read from
	used bool  // there was a token once, see Closed

	sessions map[string]session // by the SHA-256 of what the page has, hex; nil: not read yet
}

// stamp tells whether a file has changed.
type stamp struct {
	time time.Time
	size int64
}

// Open reads the tokens in a file, which appears when the first is added.
func Open(path string) (*Tokens, error) {
	t := &Tokens{path: path}
	_, err := t.List()
	return t, err
}

// List returns the tokens by name.
func (t *Tokens) List() ([]Token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.read(); err != nil {
		return nil, err
	}
	return slices.Clone(t.list), nil
}

// marker is a file that appears beside the first token and stays: a server whose tokens are gone must not let everybody
// in.
func (t *Tokens) marker() string { return t.path + ".used" }

const markerText = "A server with this file asks every caller for a token, also while there is none. wafer token " +
	"open takes it away.\n"

// Closed reports whether callers need a token: there is one, or there was one since the last Reopen.
func (t *Tokens) Closed() (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.read(); err != nil || t.used {
		return true, err
	}
	_, err := os.Stat(t.marker())
	if err == nil {
		t.used = true
		return true, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return true, fmt.Errorf("tokens: %w", err)
	}
	return false, nil
}

// Reopen makes a server that is started now let everybody on its machine in, where there are no tokens.
func (t *Tokens) Reopen() error {
	if any, err := t.Any(); err != nil || any {
		return cmp.Or(err, ErrTokens)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used = false
	if err := os.Remove(t.marker()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("tokens: %w", err)
	}
	return nil
}

// Any reports whether there are tokens.
func (t *Tokens) Any() (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	err := t.read()
	return len(t.list) > 0, err
}

// Add makes a token. It is shown here and never again.
func (t *Tokens) Add(name string, role api.Role) (secret string, err error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	if name == "" || len(name) > 64 || strings.Trim(name, letters) != "" {
		return "", ErrBadName
	}
	if role == api.Nobody || !slices.Contains(roles, role) {
		return "", ErrBadRole
	}
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	secret = prefix + base64.RawURLEncoding.EncodeToString(raw)
	return secret, t.edit(func(list []Token) ([]Token, error) {
		if slices.ContainsFunc(list, func(k Token) bool { return k.Name == name }) {
			return nil, ErrExists
		}
		if len(list) >= maxTokens {
			return nil, ErrTooMany
		}
		return append(list, Token{Name: name, Role: role, SHA256: digest(secret),
			Created: time.Now().UTC().Round(time.Second)}), nil
	})
}

// Remove makes a token worthless at once. The last one goes only if that is asked for: else ErrLast.
func (t *Tokens) Remove(name string, alsoLast bool) error {
	return t.edit(func(list []Token) ([]Token, error) {
		left := slices.DeleteFunc(list, func(k Token) bool { return k.Name == name })
		if len(left) == len(list) {
			return nil, ErrNotFound
		}
		if len(left) == 0 && !alsoLast {
			return nil, ErrLast
		}
		return left, nil
	})
}

// Check returns the token that a secret is. It takes the same time wherever a wrong one differs. A file
// that cannot be read lets nobody in and is an error.
func (t *Tokens) Check(secret string) (found Token, ok bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.read(); err != nil {
		return Token{}, false, err
	}
	given := []byte(digest(secret))
	for _, k := range t.list {
		if subtle.ConstantTimeCompare(given, []byte(k.SHA256)) == 1 {
			found, ok = k, true
		}
	}
	return found, ok, nil
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// edit changes the file. The caller's function gets a list of its own.
func (t *Tokens) edit(change func([]Token) ([]Token, error)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.read(); err != nil {
		return err
	}
	list, err := change(slices.Clone(t.list))
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b Token) int { return cmp.Compare(a.Name, b.Name) })
	t.seen = stamp{} // read it again
	if len(list) > 0 {
		if err := t.mark(); err != nil {
			return err
		}
	}
	return t.write(list)
}

// read makes list what the file says. No file is no tokens.
func (t *Tokens) read() error {
	info, err := os.Stat(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		t.list, t.seen = nil, stamp{}
		return nil
	}
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	now := stamp{info.ModTime(), info.Size()}
	if now == t.seen && time.Since(now.time) > time.Second { // else it may change within the resolution of times
		return nil
	}
	if info.Size() > maxFile {
		return fmt.Errorf("tokens: %s is not a file of tokens: it has %d bytes", t.path, info.Size())
	}
	b, err := os.ReadFile(t.path)
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	var list []Token
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("tokens: %s cannot be read: %w", t.path, err)
	}
	t.list, t.seen = list, now
	if len(list) > 0 && !t.used {
		t.used = true
		t.mark() // of tokens of before there were markers; where that fails this process remembers
	}
	return nil
}

// mark leaves the marker, if there is none.
func (t *Tokens) mark() error {
	_, err := os.Stat(t.marker())
	if errors.Is(err, fs.ErrNotExist) {
		err = atomicfile.Write(t.marker(), []byte(markerText), 0o600)
	}
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	return nil
}

// write replaces the file; only its owner may read it.
func (t *Tokens) write(list []Token) error {
	b, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	if err := atomicfile.Write(t.path, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	return nil
}
