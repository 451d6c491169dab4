package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// recordKey is where a caller's record lies: record/OWNER/NAME.
func recordKey(owner, name string) string { return "record/" + owner + "/" + name }

// PutRecord keeps JSON of the caller's own under an owner and a name, both of lower-case letters, digits and hyphens,
// in place of what was there. Records have their hash before them, belong to no content and are never collected.
func (s *Store) PutRecord(ctx context.Context, owner, name string, v any) error {
	if !isWord(owner) || !isWord(name) {
		return fmt.Errorf("store: a record %.100q of %.100q", name, owner)
	}
	return s.putDocument(ctx, recordKey(owner, name), v)
}

// Record reads a record into v: ErrNotFound if there is none, and for what cannot be an owner or a name; ErrCorrupt if
// it is damaged.
func (s *Store) Record(ctx context.Context, owner, name string, v any) error {
	if !isWord(owner) || !isWord(name) {
		return ErrNotFound
	}
	var doc json.RawMessage
	if err := s.getDocument(ctx, recordKey(owner, name), &doc); err != nil {
		return err
	}
	if err := json.Unmarshal(doc, v); err != nil {
		return fmt.Errorf("store: the record %s of %s: %w", name, owner, err)
	}
	return nil
}

// RemoveRecord forgets a record, also when there is none.
func (s *Store) RemoveRecord(ctx context.Context, owner, name string) error {
	if !isWord(owner) || !isWord(name) {
		return nil
	}
	return s.objects.remove(ctx, recordKey(owner, name))
}

// Records lists the names of all records by their owners.
func (s *Store) Records(ctx context.Context) (map[string][]string, error) {
	entries, err := s.objects.list(ctx, "record")
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for _, e := range entries {
		owner, name, ok := strings.Cut(strings.TrimPrefix(e.key, "record/"), "/")
		if ok {
			all[owner] = append(all[owner], name)
		}
	}
	return all, nil
}

// isWord tells 1 to 64 lower-case letters, digits and hyphens, which are safe as a part of a key.
func isWord(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
