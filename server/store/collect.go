package store

import (
	"context"
	"errors"
	"maps"
	"path"
	"time"
)

// Remove forgets content for which no name stands. Jobs are the caller's to ask.
func (s *Store) Remove(ctx context.Context, digest string) error {
	if _, err := s.Stat(ctx, digest); err != nil && !errors.Is(err, ErrCorrupt) {
		return err
	}
	reached, err := s.named(ctx)
	if err != nil {
		return err
	}
	if reached[digest] {
		return ErrInUse
	}
	_, err = s.remove(ctx, digest, time.Now())
	return err
}

// remove takes content away of which nothing was written since a time. The index goes first: content that lacks
// parts is never visible.
func (s *Store) remove(ctx context.Context, digest string, since time.Time) (removed bool, err error) {
	s.life(digest).Lock()
	defer s.life(digest).Unlock()
	if e, err := s.objects.stat(ctx, blobKey(digest)); err == nil && e.time.After(since) {
		return false, nil
	}
	if err := s.objects.remove(ctx, blobKey(digest)); err != nil {
		return false, err
	}
	return true, s.removeParts(ctx, digest, 0)
}

// Collected says what a collection found.
type Collected struct {
	Kept, Removed int   // contents and uploads that were left lying
	Bytes         int64 // removed
}

// Collect removes content that neither a name nor the caller reaches and of which nothing was written or asked for
// since a time, and uploads with which nobody went on since then. An hour ago is a good time: a client has to name
// its content, or submit its job, within that. also is asked for the digests that the caller's jobs reach, after the
// candidates are known: what becomes reached later is touched on the way, and so is no candidate any more.
func (s *Store) Collect(ctx context.Context, since time.Time,
	also func(context.Context) (map[string]bool, error)) (Collected, error) {
	var c Collected
	old, err := s.candidates(ctx, since, &c)
	if err != nil {
		return c, err
	}
	reached, err := s.named(ctx)
	if err != nil {
		return c, err
	}
	digests, err := also(ctx)
	if err != nil {
		return c, err
	}
	maps.Copy(reached, digests)
	for digest, size := range old {
		if reached[digest] || s.active(digest) {
			c.Kept++
			continue
		}
		removed, err := s.remove(ctx, digest, since)
		if err != nil {
			return c, err
		}
		if !removed {
			c.Kept++
			continue
		}
		s.drop(digest)
		c.Removed++
		c.Bytes += size
	}
	return c, s.objects.sweep(ctx, since)
}

// candidates are the digests of which nothing was written since a time, with their bytes.
func (s *Store) candidates(ctx context.Context, since time.Time, c *Collected) (map[string]int64, error) {
	old, young := map[string]int64{}, map[string]bool{}
	for _, dir := range []string{"part", "blob"} {
		entries, err := s.objects.list(ctx, dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			digest := path.Base(e.key)
			if dir == "part" {
				digest = path.Base(path.Dir(e.key))
			}
			old[digest] += e.size
			young[digest] = young[digest] || e.time.After(since)
		}
	}
	for digest, is := range young {
		if is {
			delete(old, digest)
			c.Kept++
		}
	}
	return old, nil
}

// Used is the size of everything that is kept, in bytes.
func (s *Store) Used(ctx context.Context) (bytes int64, err error) {
	for _, dir := range []string{"part", "blob", "name", "record"} {
		entries, err := s.objects.list(ctx, dir)
		if err != nil {
			return 0, err
		}
		for _, e := range entries {
			bytes += e.size
		}
	}
	return bytes, nil
}
