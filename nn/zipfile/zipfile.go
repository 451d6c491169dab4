// Package zipfile reads the directory of a zip archive, as APPNOTE.TXT 6.3.10 has it, with stored and deflated entries
// and zip64, and writes archives of stored ones. The same code serves every door, also the browser, where archive/zip
// would be a twentieth of the download.
package zipfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"

	"wafer/nn/say"
)

const (
	endSize, endMark         = 22, 0x06054b50
	end64Size, end64Mark     = 56, 0x06064b50
	locatorSize, locatorMark = 20, 0x07064b50
	entrySize, entryMark     = 46, 0x02014b50
	localSize, localMark     = 30, 0x04034b50
)

// Methods and flags of entries.
const (
	Stored, Deflated        = 0, 8
	Encrypted, Later, UTF8N = 1, 1 << 3, 1 << 11 // Later: sizes stand behind the entry; UTF8N: its name is UTF-8
)

// Entry is an entry of the directory.
type Entry struct {
	Name                 []byte // as it stands there
	Flags, Method        uint16
	Sum                  uint32 // CRC-32
	Packed, Size, Offset uint64
	Mode                 uint32 // of Unix, 0 on other systems
	extra                []byte
}

// ErrNone says that a file is no zip archive.
var ErrNone = errors.New("is no zip archive")

var le = binary.LittleEndian

// Directory finds the end of the archive, then its entries, at most so many.
func Directory(b []byte, most int) ([]Entry, error) {
	from := max(0, len(b)-endSize-1<<16)
	at := bytes.LastIndex(b[from:], []byte("PK\x05\x06")) + from
	if at < from || len(b)-at < endSize {
		return nil, ErrNone
	}
	count, start := uint64(le.Uint16(b[at+10:])), uint64(le.Uint32(b[at+16:]))
	if at >= locatorSize && le.Uint32(b[at-locatorSize:]) == locatorMark {
		wide := le.Uint64(b[at-locatorSize+8:])
		if wide+end64Size > uint64(len(b)) || wide > 1<<40 || le.Uint32(b[wide:]) != end64Mark {
			return nil, ErrNone
		}
		count, start = le.Uint64(b[wide+32:]), le.Uint64(b[wide+48:])
	}
	if count > uint64(most) {
		return nil, say.Errorf("expected at most %d files in the archive, found %d", most, count)
	}
	var list []Entry
	for range count {
		e, size := entryOf(b, start)
		if size == 0 {
			return nil, say.Errorf("expected %d entries in the archive, found %d: it is damaged or cut short", count,
				len(list))
		}
		list, start = append(list, e), start+size
	}
	return list, nil
}

// entryOf reads the entry at a place of the directory; size 0: there is none.
func entryOf(b []byte, at uint64) (e Entry, size uint64) {
	if at+entrySize > uint64(len(b)) || at > 1<<40 || le.Uint32(b[at:]) != entryMark {
		return e, 0
	}
	h := b[at:]
	name, extra, comment := uint64(le.Uint16(h[28:])), uint64(le.Uint16(h[30:])), uint64(le.Uint16(h[32:]))
	if size = entrySize + name + extra + comment; at+size > uint64(len(b)) {
		return e, 0
	}
	e = Entry{Flags: le.Uint16(h[8:]), Method: le.Uint16(h[10:]), Sum: le.Uint32(h[16:]),
		Packed: uint64(le.Uint32(h[20:])), Size: uint64(le.Uint32(h[24:])),
		Offset: uint64(le.Uint32(h[42:])), Name: h[entrySize : entrySize+name],
		extra: h[entrySize+name : entrySize+name+extra]}
	if h[5] == 3 || h[5] == 19 { // made on Unix or macOS
		e.Mode = le.Uint32(h[38:]) >> 16
	}
	wide := e.Field(1)
	for _, v := range []*uint64{&e.Size, &e.Packed, &e.Offset} {
		if *v == 0xffffffff && len(wide) >= 8 {
			*v, wide = le.Uint64(wide), wide[8:]
		}
	}
	return e, size
}

// Field is an extra field, nil if there is none.
func (e Entry) Field(id uint16) []byte {
	for x := e.extra; len(x) >= 4; {
		n := int(le.Uint16(x[2:]))
		if 4+n > len(x) {
			return nil
		}
		if le.Uint16(x) == id {
			return x[4 : 4+n]
		}
		x = x[4+n:]
	}
	return nil
}

// IsLink tells symbolic links of Unix.
func (e Entry) IsLink() bool { return e.Mode&0xf000 == 0xa000 }

// Local is the header of an entry at its own place, with its name, and what is packed behind it; ok is false where
// there is no such place in the archive. A part that is cut short is nil.
func (e Entry) Local(b []byte) (header, packed []byte, ok bool) {
	if e.Offset > 1<<40 || e.Offset+localSize > uint64(len(b)) || le.Uint32(b[e.Offset:]) != localMark {
		return nil, nil, false
	}
	name := e.Offset + localSize + uint64(le.Uint16(b[e.Offset+26:]))
	from := name + uint64(le.Uint16(b[e.Offset+28:]))
	if from > uint64(len(b)) || e.Packed > uint64(len(b))-from {
		return b[e.Offset:min(name, uint64(len(b)))], nil, true
	}
	return b[e.Offset:name], b[from : from+e.Packed : from+e.Packed], true
}

// Agrees tells whether an entry has the same name and size at its own place as in the directory.
func (e Entry) Agrees(b []byte) bool {
	header, _, ok := e.Local(b)
	if !ok || !bytes.Equal(header[localSize:], e.Name) {
		return false
	}
	size := le.Uint32(header[22:])
	return e.Flags&Later != 0 || size == 0xffffffff || uint64(size) == e.Size
}

// Writer packs stored entries, without times, so that the same files give the same bytes.
type Writer struct {
	body, directory []byte
	files           uint16
}

// Add puts a file into the archive.
func (w *Writer) Add(name string, data []byte) error {
	if len(w.body)+len(data) > math.MaxUint32-1<<20 || w.files == math.MaxUint16 {
		return say.New("an archive holds 4 GB and 65535 files at most")
	}
	w.files++
	head := make([]byte, localSize-4, localSize+len(name)) // without its mark
	le.PutUint16(head, 20)                                 // version 2.0
	le.PutUint16(head[2:], UTF8N)
	le.PutUint32(head[10:], crc32.ChecksumIEEE(data))
	le.PutUint32(head[14:], uint32(len(data)))
	le.PutUint32(head[18:], uint32(len(data)))
	le.PutUint16(head[22:], uint16(len(name)))
	d := append(le.AppendUint32(w.directory, entryMark), 20, 0)
	d = append(append(d, head...), make([]byte, 10)...) // no comment, first disk, no attributes
	w.directory = append(le.AppendUint32(d, uint32(len(w.body))), name...)
	w.body = append(append(append(le.AppendUint32(w.body, localMark), head...), name...), data...)
	return nil
}

// Bytes is the archive.
func (w *Writer) Bytes() []byte {
	out := append(w.body[:len(w.body):len(w.body)], w.directory...)
	out = append(le.AppendUint32(out, endMark), 0, 0, 0, 0)
	out = le.AppendUint16(le.AppendUint16(out, w.files), w.files)
	return append(le.AppendUint32(le.AppendUint32(out, uint32(len(w.directory))), uint32(len(w.body))), 0, 0)
}
