package data

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"unicode/utf8"

	"wafer/nn/charset"
	"wafer/nn/inflate"
	"wafer/nn/say"
)

// A zip archive is read from its central directory, as APPNOTE.TXT 6.3.10 has it: stored and deflated entries, zip64.
// The same reader serves every door, also the browser, where archive/zip would be a twentieth of the download.

const (
	endSize, endMark         = 22, 0x06054b50
	end64Size, end64Mark     = 56, 0x06064b50
	locatorSize, locatorMark = 20, 0x07064b50
	entrySize, entryMark     = 46, 0x02014b50
	localSize, localMark     = 30, 0x04034b50

	methodStored, methodDeflated = 0, 8
	flagEncrypted, flagUTF8      = 1, 1 << 11
)

// zipEntry is an entry of the central directory.
type zipEntry struct {
	name                 []byte // as it stands there
	extra                []byte
	flags, method        uint16
	sum                  uint32
	packed, size, offset uint64
	mode                 uint32 // of Unix, 0 on other systems
}

var le = binary.LittleEndian

// Unzip lists the files of an archive; their bytes are unpacked when they are read. An archive whose names lead out of
// it, with .., as absolute names or as links, is refused.
func Unzip(archive []byte) ([]File, error) {
	entries, err := directory(archive)
	if err != nil {
		return nil, err
	}
	names := namesOf(entries)
	var files []File
	var packed uint64
	for i, e := range entries {
		name := names[i]
		if err := safe(name); err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, "/") {
			continue
		}
		if e.mode&0xf000 == 0xa000 {
			return nil, say.Errorf("expected files in the archive, found the link %q", name)
		}
		if packed += e.packed; packed > uint64(len(archive)) {
			return nil, say.New("the entries of the archive overlap: no program packs so")
		}
		read := func(m *meter) ([]byte, error) { return e.unpack(archive, name, m) }
		files = append(files, File{Path: name, Size: int64(min(e.size, 1<<62)), read: read})
	}
	return files, nil
}

// safe refuses names that lead out of an archive.
func safe(name string) error {
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			return say.Errorf("expected names inside the archive, found %q with ..", name)
		}
	}
	if strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' && letterByte(name[0]) {
		return say.Errorf("expected names inside the archive, found the absolute name %q", name)
	}
	return nil
}

func letterByte(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// directory finds the end of the archive, then its entries.
func directory(b []byte) ([]zipEntry, error) {
	none := say.Errorf("expected a zip archive, found %s", shorten(string(b[:min(len(b), 16)])))
	from := max(0, len(b)-endSize-1<<16)
	at := bytes.LastIndex(b[from:], []byte("PK\x05\x06")) + from
	if at < from || len(b)-at < endSize {
		return nil, none
	}
	count, start := uint64(le.Uint16(b[at+10:])), uint64(le.Uint32(b[at+16:]))
	if at >= locatorSize && le.Uint32(b[at-locatorSize:]) == locatorMark {
		wide := le.Uint64(b[at-locatorSize+8:])
		if wide+end64Size > uint64(len(b)) || wide > 1<<40 || le.Uint32(b[wide:]) != end64Mark {
			return nil, none
		}
		count, start = le.Uint64(b[wide+32:]), le.Uint64(b[wide+48:])
	}
	if count > MaxEntries {
		return nil, say.Errorf("expected at most %d files in the archive, found %d", MaxEntries, count)
	}
	var list []zipEntry
	for range count {
		e, size := entryOf(b, start)
		if size == 0 {
			return nil, say.Errorf("expected %d entries in the archive, found %d: it is damaged or cut short", count, len(list))
		}
		list, start = append(list, e), start+size
	}
	return list, nil
}

// entryOf reads the entry at a place of the directory; size 0: there is none.
func entryOf(b []byte, at uint64) (e zipEntry, size uint64) {
	if at+entrySize > uint64(len(b)) || at > 1<<40 || le.Uint32(b[at:]) != entryMark {
		return e, 0
	}
	h := b[at:]
	name, extra, comment := uint64(le.Uint16(h[28:])), uint64(le.Uint16(h[30:])), uint64(le.Uint16(h[32:]))
	if size = entrySize + name + extra + comment; at+size > uint64(len(b)) {
		return e, 0
	}
	e = zipEntry{flags: le.Uint16(h[8:]), method: le.Uint16(h[10:]), sum: le.Uint32(h[16:]),
		packed: uint64(le.Uint32(h[20:])), size: uint64(le.Uint32(h[24:])),
		offset: uint64(le.Uint32(h[42:])), name: h[entrySize : entrySize+name],
		extra: h[entrySize+name : entrySize+name+extra]}
	if h[5] == 3 || h[5] == 19 { // made on Unix or macOS
		e.mode = le.Uint32(h[38:]) >> 16
	}
	wide := e.field(1)
	for _, v := range []*uint64{&e.size, &e.packed, &e.offset} {
		if *v == 0xffffffff && len(wide) >= 8 {
			*v, wide = le.Uint64(wide), wide[8:]
		}
	}
	return e, size
}

// field is an extra field, nil if there is none.
func (e zipEntry) field(id uint16) []byte {
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

// unpack reads one entry within the budget and checks its sum.
func (e zipEntry) unpack(b []byte, name string, m *meter) ([]byte, error) {
	if e.flags&flagEncrypted != 0 {
		return nil, damage("%s: is encrypted", name)
	}
	if e.offset+localSize > uint64(len(b)) || e.offset > 1<<40 || le.Uint32(b[e.offset:]) != localMark {
		return nil, damage("%s: the archive is damaged", name)
	}
	from := e.offset + localSize + uint64(le.Uint16(b[e.offset+26:])) + uint64(le.Uint16(b[e.offset+28:]))
	if from > uint64(len(b)) || e.packed > uint64(len(b))-from {
		return nil, damage("%s: the archive is cut short", name)
	}
	body := b[from : from+e.packed : from+e.packed]
	switch e.method {
	case methodStored:
	case methodDeflated:
		packed := &counter{n: int64(len(body))}
		var err error
		body, err = m.read(inflate.Deflated(body), name, packed, 0)
		if _, much := err.(tooMuch); much {
			return nil, err
		}
		if err != nil {
			return nil, damage("%s: the archive is damaged: %w", name, err)
		}
	default:
		return nil, damage("%s: is packed by method %d; stored and deflated files are read", name, e.method)
	}
	if uint64(len(body)) != e.size || crc32.ChecksumIEEE(body) != e.sum {
		return nil, damage("%s: the archive is damaged: the checksum is another", name)
	}
	return body, nil
}

func damage(format string, args ...any) error { return damaged{say.Errorf(format, args...)} }

// namesOf are the names as text: UTF-8 where an entry says so or has a field with it (Info-ZIP's, 0x7075) or where it
// is valid; the others by evidence of all of them together, which is CP437 where they speak a Western language.
func namesOf(entries []zipEntry) []string {
	names, old := make([]string, len(entries)), []byte{}
	for i, e := range entries {
		field := e.field(0x7075)
		switch {
		case len(field) > 5 && field[0] == 1 && le.Uint32(field[1:]) == crc32.ChecksumIEEE(e.name) && utf8.Valid(field[5:]):
			names[i] = string(field[5:])
		case e.flags&flagUTF8 != 0, utf8.Valid(e.name):
			names[i] = strings.ToValidUTF8(string(e.name), "�")
		default:
			old = append(append(old, e.name...), '\n')
		}
	}
	encoding := charset.Guess(old)
	for i, e := range entries {
		if names[i] == "" && len(e.name) > 0 {
			names[i] = oldName(e.name, encoding)
		}
		names[i] = strings.ReplaceAll(names[i], `\`, "/") // archives made by old programs of Windows
	}
	return names
}

// western are guesses that stand for CP437: no program packs names in them.
var western = []string{charset.Windows1252, "macintosh", "windows-1250", "iso-8859-2", "windows-1254", "windows-1257"}

func oldName(b []byte, encoding string) string {
	if !slices.Contains(western, encoding) {
		if s, _, err := charset.Text(b, encoding); err == nil {
			return s
		}
	}
	high := []rune(cp437)
	var s strings.Builder
	for _, c := range b {
		if c < 0x80 {
			s.WriteByte(c)
		} else {
			s.WriteRune(high[c-0x80])
		}
	}
	return s.String()
}

// cp437 are the characters 0x80…0xff of the IBM PC, in which APPNOTE.TXT has names that are not UTF-8.
const cp437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓" +
	"│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0"
