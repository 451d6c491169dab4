// Package hdf5 reads and writes HDF5 files, as far as h5py writes them for models: superblocks 0 to 3, groups of either
// form, attributes, and data that is contiguous, compact or in chunks, with gzip and shuffle. It follows The HDF
// Group's "HDF5 File Format Specification Version 3.0". It reads what is asked for, follows no link to other files, and
// trusts no length or address: what a file can make it read in all is bounded by the file's size. It writes the oldest
// form.
package hdf5

import (
	"bytes"
	"io"

	"wafer/nn/say"
)

const signature = "\x89HDF\r\n\x1a\n"

// File is an open HDF5 file.
type File struct {
	r       io.ReaderAt
	size    int64
	base    int64 // of addresses
	offsets int   // bytes of an address
	lengths int   // bytes of a length
	root    int64 // of the root group's object header
	budget  int64 // bytes that may still be read beside the data of datasets
	version int   // of the superblock
	heaps   map[int64]map[int][]byte
}

// Recognise tells an HDF5 file by its signature, which may stand behind a user block of 512·2ⁿ bytes.
func Recognise(file []byte) bool {
	for at := 0; at+len(signature) <= len(file); at = max(512, 2*at) {
		if string(file[at:at+len(signature)]) == signature {
			return true
		}
	}
	return false
}

// fault is a failure on its way to one of the package's doors.
type fault struct{ error }

// fail leaves the parser.
func fail(err error) { panic(fault{err}) }

// caught turns a fault into an error.
func caught(err *error) {
	switch f := recover().(type) {
	case nil:
	case fault:
		*err = f.error
	default:
		panic(f)
	}
}

// Bytes opens a file that is in memory.
func Bytes(file []byte) (*File, error) { return Open(bytes.NewReader(file), int64(len(file))) }

// Open reads the superblock of a file of the size. What r holds must not change afterwards: headers are read when they
// are asked for. A missing signature, or a superblock of a version above 3, is an error.
func Open(r io.ReaderAt, size int64) (f *File, err error) {
	defer func() {
		if err != nil {
			err = say.Errorf("HDF5 file: %w", err)
		}
	}()
	defer caught(&err)
	f = &File{r: r, size: size, budget: 8*size + 1<<20, offsets: 8, lengths: 8, heaps: map[int64]map[int][]byte{}}
	for at := int64(0); ; at = max(512, 2*at) {
		if at+int64(len(signature)) > size {
			return nil, say.New("the signature is missing")
		}
		if string(f.read(at, len(signature))) == signature {
			f.superblock(at)
			return f, nil
		}
	}
}

// Version is that of the superblock, 0 to 3.
func (f *File) Version() int { return f.version }

// superblock reads the superblock (II.A of the specification) at a position. Its base address is taken to be that
// position, as the library does with a user block; the end of the file that it names is not looked at.
func (f *File) superblock(at int64) {
	c := f.cursor(at+8, int(min(f.size-at-8, 256)), "superblock")
	f.version, f.base = c.number(1), at
	switch f.version {
	case 0, 1:
		c.skip(4)
	case 2, 3:
	default:
		fail(say.Errorf("the superblock has version %d, versions 0 to 3 are read", f.version))
	}
	f.offsets, f.lengths = c.number(1), c.number(1)
	if f.offsets != 4 && f.offsets != 8 || f.lengths != 4 && f.lengths != 8 {
		fail(say.Errorf("the superblock has addresses of %d and lengths of %d bytes, expected 4 or 8", f.offsets,
			f.lengths))
	}
	if f.version >= 2 {
		c.skip(1)
		c.skip(3 * f.offsets) // base, extension, end
		f.root = c.address()
		return
	}
	c.skip(1 + 4 + 4)
	if f.version == 1 {
		c.skip(4)
	}
	c.skip(4*f.offsets + f.offsets) // base, free space, end, driver; the name of the root
	f.root = c.address()
}

// read is n bytes at an address of the file, paid for from the budget. It is for structures. Each is read once or a few
// times at most, so 8 times the file and a megabyte are enough, and a file whose structures lead in circles is an
// error, not an endless loop.
func (f *File) read(at int64, n int) []byte {
	if f.budget -= int64(n); f.budget < 0 {
		fail(say.New("it reads the same places over and over"))
	}
	return f.data(at, n)
}

// data is n bytes at a position of the file. A position beyond the end is an error before any memory is taken.
func (f *File) data(at int64, n int) []byte {
	if at < 0 || n < 0 || at > f.size || int64(n) > f.size-at {
		fail(say.Errorf("%d bytes at %d lie beyond the end, the file has %d", n, at, f.size))
	}
	b := make([]byte, n)
	if _, err := f.r.ReadAt(b, at); err != nil && err != io.EOF {
		fail(err)
	}
	return b
}

// cursor reads little-endian numbers one behind the other.
type cursor struct {
	f    *File
	b    []byte
	at   int
	what string // for errors
}

// cursor is at a position of the file, with n bytes before it.
func (f *File) cursor(at int64, n int, what string) *cursor {
	return &cursor{f, f.read(at, n), 0, what}
}

// upTo is a cursor at a position, with n bytes or what is left of the file.
func (f *File) upTo(at int64, n int, what string) *cursor {
	if at < 0 || at >= f.size {
		fail(say.Errorf("the %s at %d lies beyond the end, the file has %d bytes", what, at, f.size))
	}
	return f.cursor(at, int(min(int64(n), f.size-at)), what)
}

// bytes are the next n. The slice is c's own, cut so that appending to it copies.
func (c *cursor) bytes(n int) []byte {
	if n < 0 || n > len(c.b)-c.at {
		fail(say.Errorf("a %s ends early: %d bytes are left, %d are needed", c.what, len(c.b)-c.at, n))
	}
	c.at += n
	return c.b[c.at-n : c.at : c.at]
}

// skip passes over n bytes, which must be there.
func (c *cursor) skip(n int) { c.bytes(n) }

// left is how many bytes stand before the end.
func (c *cursor) left() int { return len(c.b) - c.at }

// align skips to a multiple of n bytes.
func (c *cursor) align(n int) { c.skip((n - c.at%n) % n) }

// big is an unsigned number of n bytes, at most 8, below 2⁶³.
func (c *cursor) big(n int) int64 {
	v := uint64(0)
	for i, b := range c.bytes(n) {
		v |= uint64(b) << (8 * i)
	}
	if v >= 1<<63 {
		fail(say.Errorf("a %s has a number of %d, which is too large", c.what, v))
	}
	return int64(v)
}

// number is an unsigned number of n bytes that is no larger than any length may be.
func (c *cursor) number(n int) int {
	v := c.big(n)
	if v > 1<<40 {
		fail(say.Errorf("a %s has a number of %d, which is too large", c.what, v))
	}
	return int(v)
}

// length is a number of the width that the superblock gives to lengths, 4 or 8 bytes.
func (c *cursor) length() int { return c.number(c.f.lengths) }

// nowhere is the address of what is not there.
const nowhere = -1

// address is a position in the file, nowhere where all bits are set.
func (c *cursor) address() int64 {
	b, unset, v := c.bytes(c.f.offsets), true, uint64(0)
	for i, x := range b {
		unset = unset && x == 0xff
		v |= uint64(x) << (8 * i)
	}
	if unset {
		return nowhere
	}
	if v > 1<<60 {
		fail(say.Errorf("a %s has the address %d, the file has %d bytes", c.what, v, c.f.size))
	}
	return int64(v) + c.f.base
}

// sign sees that a structure begins with its four letters.
func (c *cursor) sign(letters string) {
	if got := string(c.bytes(4)); got != letters {
		fail(say.Errorf("a %s begins with %q, expected %q", c.what, got, letters))
	}
}

// version reads a byte that must not be above most.
func (c *cursor) version(most int) int {
	v := c.number(1)
	if v > most {
		fail(say.Errorf("a %s has version %d, versions up to %d are read", c.what, v, most))
	}
	return v
}
