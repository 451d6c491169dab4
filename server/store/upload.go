package store

import (
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
	used  time.Time  // guarded by Store.mu
}

// idleUpload is after how long a silent upload makes room for another. It may still go on.
const idleUpload = 15 * time.Minute

// Begin starts an upload or goes on with one, and returns the offset of the next byte.
// When that is r.Size, the content is there; it then counts as written anew.
func (s *Store) Begin(ctx context.Context, r Ref) (offset int64, err error) {
	_, at, err := s.begin(ctx, r)
	return at, err
}

// begin returns the upload too, unless the content is there.
func (s *Store) begin(ctx context.Context, r Ref) (*upload, int64, error) {
	if err := s.admit(r); err != nil {
		return nil, 0, err
	}
	there, err := s.touch(ctx, r)
	if there || err != nil {
		return nil, r.Size, err
	}
	u, err := s.upload(r.SHA256)
	if err != nil {
		return nil, 0, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.parts < parts(r.Size, s.o.Part) {
		e, err := s.objects.stat(ctx, partKey(r.SHA256, u.parts))
		if errors.Is(err, ErrNotFound) || err == nil && e.size != int64(length(r.Size, s.o.Part, u.parts)) {
			return u, s.place(u.parts), nil
		}
		if err != nil {
			return nil, 0, err
		}
		u.parts++
	}
	at, err := s.finish(ctx, r, u) // which a crash prevented
	return u, at, err
}

// place is where a part begins.
func (s *Store) place(n int) int64 { return int64(n) * int64(s.o.Part) }

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

// upload finds or makes the upload of a digest.
func (s *Store) upload(digest string) (*upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[digest]
	if u == nil {
		for d, other := range s.uploads {
			if time.Since(other.used) > idleUpload {
				delete(s.uploads, d)
			}
		}
		if len(s.uploads) >= s.o.MaxUploads {
			return nil, ErrBusy
		}
		u = &upload{}
		s.uploads[digest] = u
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

func (s *Store) drop(digest string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploads, digest)
}

// Append takes a chunk of r from an offset on, which must be the one that Begin gave, and returns the offset
// of the next byte, also beside an error. Parts are kept as they come, so that a connection that breaks loses less than
// one. The last byte makes the whole be checked and, if it has its hash, appear.
func (s *Store) Append(ctx context.Context, r Ref, offset int64, chunk io.Reader) (next int64, err error) {
	u, at, err := s.begin(ctx, r)
	if err != nil || at == r.Size {
		return at, err
	}
	if at != offset {
		return at, fmt.Errorf("%w: byte %d, not %d", ErrOffset, at, offset)
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

// Abandon forgets an upload and what came of it; content that is complete stays.
func (s *Store) Abandon(ctx context.Context, digest string) error {
	if err := CheckDigest(digest); err != nil {
		return err
	}
	u, err := s.upload(digest)
	if err != nil {
		return err
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
