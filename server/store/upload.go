package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// upload is content on its way in. It is only in memory: after a restart the parts that
// are there tell how far it got.
type upload struct {
	mu    sync.Mutex // held while something is written
	parts int        // that are there, all from the first on
	by    string     // whose it is
	size  int64      // bytes that were announced
	used  time.Time  // guarded by Store.mu
}

// idleUpload is after how long a silent upload makes room for another. It may still go on.
const idleUpload = 15 * time.Minute

// Begin says where an upload goes on, or begins, and returns the offset of the next byte. When that is r.Size, the
// content is there; it then counts as written anew. An upload is under way, and counted, from its first byte on.
// Errors: ErrBadDigest, ErrTooLarge, ErrSize, and ErrMismatch.
func (s *Store) Begin(ctx context.Context, r Ref) (offset int64, err error) {
	if err := s.admit(r); err != nil {
		return 0, err
	}
	there, err := s.touch(ctx, r)
	if there || err != nil {
		return r.Size, err
	}
	u := s.known(r.SHA256)
	switch { // before parts are taken for wrong that are somebody's
	case u.by != "" && u.size != r.Size:
		return 0, ErrSize
	case r.Size == 0 && r.SHA256 != RefOf(nil).SHA256:
		return 0, ErrMismatch
	}
	return s.goesOn(ctx, r, u)
}

// known is the upload of a digest that is under way, or one that takes no place.
func (s *Store) known(digest string) *upload {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.uploads[digest]; u != nil && time.Since(u.used) < idleUpload {
		return u
	}
	return &upload{}
}

// goesOn counts the parts of an upload that are there, and returns the offset of the next byte. Content whose parts are
// all there becomes whole.
func (s *Store) goesOn(ctx context.Context, r Ref, u *upload) (int64, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.parts < parts(r.Size, s.o.Part) {
		e, err := s.objects.stat(ctx, partKey(r.SHA256, u.parts))
		if errors.Is(err, ErrNotFound) || err == nil && e.size != int64(length(r.Size, s.o.Part, u.parts)) {
			return s.place(u.parts), nil
		}
		if err != nil {
			return 0, err
		}
		u.parts++
	}
	return s.finish(ctx, r, u) // which a crash prevented
}

// place is where a part begins.
func (s *Store) place(n int) int64 { return int64(n) * int64(s.o.Part) }

// admit checks what a caller says of content, before anything is looked up.
func (s *Store) admit(r Ref) error {
	if r.Size < 0 || r.Size > s.o.MaxBlob {
		return fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrTooLarge, r.Size, s.o.MaxBlob)
	}
	return CheckDigest(r.SHA256)
}

// touch reports whether content is there, and makes it as good as new for a collection.
func (s *Store) touch(ctx context.Context, r Ref) (there bool, err error) {
	s.life(r.SHA256).RLock()
	defer s.life(r.SHA256).RUnlock()
	x, err := s.index(ctx, r.SHA256)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrCorrupt) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if x.Size != r.Size {
		return false, fmt.Errorf("%w: content with this hash has %d bytes, not %d", ErrMismatch, x.Size, r.Size)
	}
	e, err := s.objects.stat(ctx, blobKey(r.SHA256))
	if err == nil && time.Since(e.time) > s.o.Fresh {
		err = s.putDocument(ctx, blobKey(r.SHA256), x)
	}
	return err == nil, err
}

// upload finds or makes the upload of a digest. A caller, unless that is "", has a quarter of the places.
func (s *Store) upload(r Ref, by string) (*upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[r.SHA256]
	if u == nil || u.size != r.Size { // of another size only after it was left
		own := 0
		for d, other := range s.uploads {
			if time.Since(other.used) > idleUpload {
				delete(s.uploads, d)
			} else if other.by == by {
				own++
			}
		}
		if len(s.uploads) >= s.o.MaxUploads {
			return nil, ErrBusy
		}
		if by != "" && own >= (s.o.MaxUploads+3)/4 {
			return nil, ErrShare
		}
		u = &upload{by: by, size: r.Size}
		s.uploads[r.SHA256] = u
	}
	u.used = time.Now()
	return u, nil
}

// active reports whether somebody is uploading content.
func (s *Store) active(digest string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[digest]
	return u != nil && time.Since(u.used) < idleUpload
}

// drop forgets that an upload is under way; its parts stay.
func (s *Store) drop(digest string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploads, digest)
}

// Append takes a chunk of r from an offset on, which must be the one that Begin gave, and returns the offset
// of the next byte, also beside an error. Parts are kept as they come, so that a connection that breaks loses less than
// one. The last byte makes the whole be checked and, if it has its hash, appear.
func (s *Store) Append(ctx context.Context, r Ref, offset int64, chunk io.Reader) (next int64, err error) {
	return s.AppendBy(ctx, "", r, offset, chunk)
}

// AppendBy is Append for one of several callers, of whom none may take all places of uploads: ErrShare.
func (s *Store) AppendBy(ctx context.Context, by string, r Ref, offset int64, chunk io.Reader) (next int64, err error) {
	at, err := s.Begin(ctx, r)
	if err != nil || at == r.Size {
		return at, err
	}
	if at != offset {
		return at, fmt.Errorf("%w: byte %d, not %d", ErrOffset, at, offset)
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(chunk, first); errors.Is(err, io.EOF) {
		return at, ErrShort
	} else if err != nil {
		return at, fmt.Errorf("reading the upload: %w", err)
	}
	chunk = io.MultiReader(bytes.NewReader(first), chunk)
	u, err := s.upload(r, by)
	if err != nil {
		return at, err
	}
	if now, err := s.goesOn(ctx, r, u); err != nil || now != at { // another connection is faster
		return now, cmp.Or(err, ErrOffset)
	}
	part := make([]byte, min(int64(s.o.Part), r.Size))
	for n := int(at / int64(s.o.Part)); n < parts(r.Size, s.o.Part); n++ {
		part = part[:length(r.Size, s.o.Part, n)]
		if _, err := io.ReadFull(chunk, part); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			if at == offset {
				return at, ErrShort
			}
			return at, nil
		} else if err != nil {
			return at, fmt.Errorf("reading the upload: %w", err)
		}
		if at, err = s.writePart(ctx, r, u, n, part); err != nil {
			return at, err
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return s.finish(ctx, r, u)
}

// writePart keeps part n, which must be the next: ErrOffset where another connection wrote it. next is where the upload
// goes on, also beside an error.
func (s *Store) writePart(ctx context.Context, r Ref, u *upload, n int, part []byte) (next int64, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.parts != n { // another connection is faster
		return s.place(u.parts), ErrOffset
	}
	if err := s.objects.put(ctx, partKey(r.SHA256, n), part); err != nil {
		return s.place(n), err
	}
	u.parts++
	s.mu.Lock()
	u.used = time.Now()
	s.mu.Unlock()
	return min(s.place(u.parts), r.Size), nil
}

// finish reads all parts back, and makes content of them if they have the hash. The
// caller holds u.mu.
func (s *Store) finish(ctx context.Context, r Ref, u *upload) (next int64, err error) {
	whole, x := sha256.New(), &index{Size: r.Size, Part: s.o.Part, Parts: []string{}}
	for n := range parts(r.Size, s.o.Part) {
		part, err := s.objects.get(ctx, partKey(r.SHA256, n))
		if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNotFound) {
			return s.place(n), err
		}
		whole.Write(part)
		x.Parts = append(x.Parts, digestOf(part))
	}
	if hex.EncodeToString(whole.Sum(nil)) != r.SHA256 {
		if err := s.removeParts(ctx, r.SHA256, 0); err != nil {
			return 0, err
		}
		u.parts = 0
		return 0, ErrMismatch
	}
	s.life(r.SHA256).RLock()
	defer s.life(r.SHA256).RUnlock()
	if err := s.putDocument(ctx, blobKey(r.SHA256), x); err != nil {
		return 0, err
	}
	u.parts = parts(r.Size, s.o.Part)
	s.drop(r.SHA256)
	return r.Size, nil
}

// Abandon forgets an upload of a caller's own and what came of it; content that is complete stays. That of another
// caller that is under way is ErrOther.
func (s *Store) Abandon(ctx context.Context, by, digest string) error {
	if err := CheckDigest(digest); err != nil {
		return err
	}
	u := s.known(digest)
	if u.by != "" && u.by != by {
		return ErrOther
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	defer s.drop(digest)
	if _, err := s.index(ctx, digest); !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrCorrupt) {
		return err
	}
	u.parts = 0
	return s.removeParts(ctx, digest, 0)
}

// removeParts removes the parts of a digest from number n on.
func (s *Store) removeParts(ctx context.Context, digest string, n int) error {
	all, err := s.objects.list(ctx, partDir(digest))
	for _, e := range all {
		if err == nil && e.key >= partKey(digest, n) {
			err = s.objects.remove(ctx, e.key)
		}
	}
	return err
}

// Put stores content that is all here.
func (s *Store) Put(ctx context.Context, r Ref, content io.ReadSeeker) error {
	at, err := s.Begin(ctx, r)
	if err != nil || at == r.Size {
		return err
	}
	if _, err := content.Seek(at, io.SeekStart); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	at, err = s.Append(ctx, r, at, content)
	if err == nil && at != r.Size {
		err = fmt.Errorf("store: %w after %d of %d bytes", io.ErrUnexpectedEOF, at, r.Size)
	}
	return err
}
