package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Manifest is what a name stands for.
type Manifest struct {
	Name    string          `json:"name"`
	File    Ref             `json:"file"`           // the content itself
	More    map[string]Ref  `json:"more,omitempty"` // content that belongs to it: "recipe", "checkpoint"
	License string          `json:"license"`        // an SPDX identifier or a sentence
	Meta    json.RawMessage `json:"meta,omitempty"` // the caller's words about it
	Created time.Time       `json:"created"`
}

// reaches lists all content of a manifest.
func (m *Manifest) reaches() []Ref {
	all := []Ref{m.File}
	for _, r := range m.More {
		all = append(all, r)
	}
	return all
}

// CheckName returns ErrBadName for what cannot be a name.
func CheckName(name string) error {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	if name == "" || len(name) > 64 || strings.Trim(name, letters+"._-") != "" || !strings.Contains(letters, name[:1]) {
		return ErrBadName
	}
	return nil
}

// Version tells what a name stood for when somebody looked.
type Version string

// Any is in place of a version for who does not care.
const Any Version = "any"

// Version is that of a name now, "" for one that stands for nothing. Who looks at Version first, then at Name, and then
// sets the name over that version, replaces nothing that it did not see.
func (s *Store) Version(ctx context.Context, name string) (Version, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	v, err := s.objects.version(ctx, nameKey(name))
	return Version(v), err
}

// SetName makes a name stand for content that is there, in place of whatever it stood for. It is ErrChanged if that is
// not of a version any more, since somebody else was faster.
func (s *Store) SetName(ctx context.Context, m Manifest, over Version) error {
	b, err := s.checked(m)
	if err != nil {
		return err
	}
	if err := s.allThere(ctx, m); err != nil {
		return err
	}
	if over == Any {
		if over, err = s.Version(ctx, m.Name); err != nil {
			return err
		}
	}
	old, err := s.objects.get(ctx, nameKey(m.Name))
	switch {
	case errors.Is(err, ErrNotFound):
		if err := s.admitName(ctx); err != nil {
			return err
		}
	case err != nil && !errors.Is(err, ErrCorrupt):
		return err
	}
	set, err := s.objects.putOver(ctx, nameKey(m.Name), b, string(over))
	if err != nil {
		return err
	}
	if err := s.allThere(ctx, m); err != nil { // another process was just collecting it
		if old == nil {
			return errors.Join(err, s.objects.remove(ctx, nameKey(m.Name)))
		}
		_, back := s.objects.putOver(ctx, nameKey(m.Name), old, set)
		return errors.Join(err, back)
	}
	return nil
}

// checked is a manifest as it is written.
func (s *Store) checked(m Manifest) ([]byte, error) {
	if err := CheckName(m.Name); err != nil {
		return nil, err
	}
	b, err := document(m)
	if err == nil && len(b) > s.o.MaxMeta {
		err = fmt.Errorf("the manifest: %w: %d bytes, at most %d are allowed", ErrTooLarge, len(b), s.o.MaxMeta)
	}
	return b, err
}

// admitName is ErrTooMany where one more name would be too much. Two callers at once may both be let in: the limit is
// for the disk's sake, not exact.
func (s *Store) admitName(ctx context.Context) error {
	all, err := s.objects.list(ctx, "name")
	if err == nil && len(all) >= s.o.MaxNames {
		err = fmt.Errorf("%w (%d)", ErrTooMany, len(all))
	}
	return err
}

// allThere sees that all content a manifest reaches is there, and makes it as good as new, so that no collection takes
// it before the name is written. ErrNotFound names the first that is missing, ErrMismatch one of another size.
func (s *Store) allThere(ctx context.Context, m Manifest) error {
	for _, r := range m.reaches() {
		if err := s.admit(r); err != nil {
			return err
		}
		there, err := s.touch(ctx, r)
		if err != nil {
			return err
		}
		if !there {
			return fmt.Errorf("content %.12s…: %w", r.SHA256, ErrNotFound)
		}
	}
	return nil
}

// Name returns what a name stands for.
func (s *Store) Name(ctx context.Context, name string) (Manifest, error) {
	var m Manifest
	if err := CheckName(name); err != nil {
		return m, err
	}
	err := s.getDocument(ctx, nameKey(name), &m)
	return m, err
}

// Names returns all names with what they stand for, by name. Damaged manifests are left out; the log has them.
func (s *Store) Names(ctx context.Context) ([]Manifest, error) {
	all := []Manifest{}
	err := s.eachName(ctx, func(m Manifest, err error) error {
		if err == nil {
			all = append(all, m)
		} else if !errors.Is(err, ErrCorrupt) {
			return err
		}
		return nil
	})
	slices.SortFunc(all, func(a, b Manifest) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

// named is what names reach. One damaged manifest is an error: what it reaches is not known.
func (s *Store) named(ctx context.Context) (map[string]bool, error) {
	reached := map[string]bool{}
	err := s.eachName(ctx, func(m Manifest, err error) error {
		if err != nil {
			return err
		}
		for _, r := range m.reaches() {
			reached[r.SHA256] = true
		}
		return nil
	})
	return reached, err
}

// eachName shows every manifest, or why it cannot be read, in the order of the list, until visit returns an error.
func (s *Store) eachName(ctx context.Context, visit func(Manifest, error) error) error {
	entries, err := s.objects.list(ctx, "name")
	if err != nil {
		return err
	}
	for _, e := range entries {
		m, err := s.Name(ctx, strings.TrimPrefix(e.key, "name/"))
		if errors.Is(err, ErrNotFound) { // just now
			continue
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", e.key, err)
		}
		if err := visit(m, err); err != nil {
			return err
		}
	}
	return nil
}

// Unname forgets a name. Its content stays until it is collected.
func (s *Store) Unname(ctx context.Context, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if _, err := s.objects.stat(ctx, nameKey(name)); err != nil {
		return err
	}
	return s.objects.remove(ctx, nameKey(name))
}
