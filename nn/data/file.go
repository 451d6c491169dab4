package data

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"wafer/nn/inflate"
	"wafer/nn/say"
)

// meter counts the bytes that reading may still take in memory, while they come.
type meter struct {
	left *int64 // nil: no limit
	had  int64
}

// newMeter counts down *budget, in bytes; nil: no limit.
func newMeter(budget *int64) *meter {
	m := &meter{left: budget}
	if budget != nil {
		m.had = *budget
	}
	return m
}

// take counts n bytes; a negative n gives bytes back.
func (m *meter) take(n int64) error {
	if m.left == nil {
		return nil
	}
	if *m.left -= n; *m.left < 0 {
		return say.Errorf("reading it takes more than the %.2f MB of memory that are left for samples",
			float64(m.had)/1e6)
	}
	return nil
}

// ratio is the most that a packed file may grow; what texts and pictures pack to is far less.
const (
	ratio     = 100
	ratioFrom = 1 << 20 // bytes unpacked, below which the ratio does not matter
)

// file reads a whole file; one that begins like gzip is unpacked. Its bytes are counted as they come.
func (r *reader) file(path string) ([]byte, error) {
	f, err := r.root.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size := int64(0)
	if info, err := f.Stat(); err == nil {
		if size = info.Size(); info.IsDir() {
			return nil, say.Errorf("%s: expected a file, found a folder", path)
		}
	}
	return r.meter.file(f, path, size)
}

// gzipMark begins every file that gzip packed (RFC 1952).
var gzipMark = []byte("\x1f\x8b")

// file reads a whole file of about size bytes, 0: unknown; one that begins like gzip is unpacked.
func (m *meter) file(f io.Reader, path string, size int64) ([]byte, error) {
	packed := &counter{from: f}
	buffered := bufio.NewReader(packed)
	start, err := buffered.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if !bytes.Equal(start, gzipMark) {
		return m.read(buffered, path, nil, size)
	}
	z, err := inflate.Gzip(buffered)
	if err != nil {
		return nil, say.Errorf("%s: expected gzip, found a damaged header: %w", path, err)
	}
	b, err := m.read(z, path, packed, 0)
	if err != nil && !errors.As(err, new(tooMuch)) {
		return nil, say.Errorf("%s: the gzip file is damaged or cut short: %w", path, err)
	}
	return b, err
}

// counter counts what was read of a packed file, or has its whole size.
type counter struct {
	from io.Reader
	n    int64
}

// Read is io.Reader's, and counts.
func (c *counter) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += int64(n)
	return n, err
}

// tooMuch is the error of a file that is larger than it may be.
type tooMuch struct{ sentence string }

// Error is the sentence, which names the file.
func (e tooMuch) Error() string { return e.sentence }

// read reads all of a file within the budget; packed counts the bytes that it is unpacked from, nil: it is not packed.
// size is how long it says that it is, 0: unknown. What read returns stays counted.
func (m *meter) read(from io.Reader, path string, packed *counter, size int64) ([]byte, error) {
	size = min(max(size, 0), int64(maxFile)) + 1 // and one to see the end
	if err := m.take(size); err != nil {
		return nil, tooMuch{path + ": " + err.Error()}
	}
	b := make([]byte, 0, size)
	for {
		if len(b) == cap(b) {
			grown := append(b, 0)[:len(b)]
			if err := m.take(int64(cap(grown) - cap(b))); err != nil {
				return nil, tooMuch{path + ": " + err.Error()}
			}
			b = grown
		}
		n, err := from.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case len(b) > maxFile:
			return nil, tooMuch{fmt.Sprintf("%s: expected at most %d MB, found more", path, maxFile>>20)}
		case packed != nil && len(b) > ratioFrom && int64(len(b)) > ratio*packed.n:
			return nil, tooMuch{fmt.Sprintf("%s: unpacks to more than %d times its size (%d bytes so far): "+
				"no data set does", path, ratio, len(b))}
		case err == io.EOF:
			return b, nil
		case err != nil:
			return nil, err
		}
	}
}

// damaged is the error of one file that cannot be read while the others can.
type damaged struct{ error }

// Unwrap is the error without the mark.
func (d damaged) Unwrap() error { return d.error }

// isDamage tells an error of one file, which is left out while the others are taken.
func isDamage(err error) bool { return errors.As(err, new(damaged)) }
