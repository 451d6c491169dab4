package store

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Reader reads content from any offset, for ranges. It checks each part before it gives a byte of it.
// One goroutine at a time.
type Reader struct {
	s      *Store
	ctx    context.Context
	digest string
	index  *index
	offset int64
	part   []byte // number number, if not nil
	number int
}

// Open opens content for reading, or returns ErrNotFound. The reader is good until ctx ends and needs not be closed.
func (s *Store) Open(ctx context.Context, digest string) (*Reader, error) {
	x, err := s.index(ctx, digest)
	if err != nil {
		return nil, err
	}
	return &Reader{s: s, ctx: ctx, digest: digest, index: x}, nil
}

// Size is how many bytes there are.
func (r *Reader) Size() int64 { return r.index.Size }

// Read gives bytes up to the end of a part at most, io.EOF behind the last. A part that was damaged is ErrCorrupt, and
// the content is withdrawn; content that was removed meanwhile is ErrNotFound.
func (r *Reader) Read(b []byte) (int, error) {
	if r.offset >= r.index.Size {
		return 0, io.EOF
	}
	size := int64(r.index.Part)
	n := int(r.offset / size)
	if r.part == nil || r.number != n {
		part, err := r.s.part(r.ctx, r.digest, r.index, n)
		if err != nil {
			return 0, err
		}
		r.part, r.number = part, n
	}
	count := copy(b, r.part[r.offset%size:])
	r.offset += int64(count)
	return count, nil
}

// Seek is io.Seeker's. A place behind the end is no error, Read then says io.EOF.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.offset
	case io.SeekEnd:
		offset += r.index.Size
	}
	if offset < 0 {
		return r.offset, fmt.Errorf("store: a seek to byte %d", offset)
	}
	r.offset = offset
	return offset, nil
}

// Get reads content of a size up to most whole.
func (s *Store) Get(ctx context.Context, digest string, most int64) ([]byte, error) {
	r, err := s.Open(ctx, digest)
	if err != nil {
		return nil, err
	}
	if r.Size() > most {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLarge, r.Size(), most)
	}
	b := make([]byte, r.Size())
	_, err = io.ReadFull(r, b)
	return b, err
}

// part reads a part and checks it.
func (s *Store) part(ctx context.Context, digest string, x *index, n int) ([]byte, error) {
	b, err := s.objects.get(ctx, partKey(digest, n))
	switch {
	case err == nil && digestOf(b) == x.Parts[n]:
		return b, nil
	case err == nil, errors.Is(err, ErrNotFound), errors.Is(err, ErrCorrupt):
		return s.doubt(ctx, digest, n)
	}
	return nil, err
}

// doubt looks once more at a part that is not right, while nobody removes the content. If it has not gone meanwhile and
// the part is damaged, the content is withdrawn, so that it can be uploaded again.
func (s *Store) doubt(ctx context.Context, digest string, n int) ([]byte, error) {
	s.life(digest).Lock()
	defer s.life(digest).Unlock()
	x, err := s.index(ctx, digest)
	if err != nil {
		return nil, err
	}
	b, err := s.objects.get(ctx, partKey(digest, n))
	if err == nil && n < len(x.Parts) && digestOf(b) == x.Parts[n] {
		return b, nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrCorrupt) {
		return nil, err
	}
	s.o.Log.Error("stored content is damaged and was withdrawn", "sha256", digest, "part", n)
	err = s.objects.remove(ctx, blobKey(digest))
	if err == nil {
		err = s.objects.remove(ctx, partKey(digest, n))
	}
	return nil, errors.Join(ErrCorrupt, err)
}

// Check reads content whole and returns the first damage.
func (s *Store) Check(ctx context.Context, digest string) error {
	r, err := s.Open(ctx, digest)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}
