package data

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"unicode/utf8"

	"wafer/nn/charset"
	"wafer/nn/inflate"
	"wafer/nn/say"
	"wafer/nn/zipfile"
)

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
		if e.IsLink() {
			return nil, say.Errorf("expected files in the archive, found the link %q", name)
		}
		if packed += e.Packed; packed > uint64(len(archive)) {
			return nil, say.New("the entries of the archive overlap: no program packs so")
		}
		read := func(m *meter) ([]byte, error) { return unpack(e, archive, name, m) }
		files = append(files, File{Path: name, Size: int64(min(e.Size, 1<<62)), read: read})
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

// letterByte tells a letter of a drive.
func letterByte(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// directory is the archive's.
func directory(b []byte) ([]zipfile.Entry, error) {
	list, err := zipfile.Directory(b, MaxEntries)
	if err == zipfile.ErrNone {
		return nil, say.Errorf("expected a zip archive, found %s", shorten(string(b[:min(len(b), 16)])))
	}
	return list, err
}

// unpack reads one entry within the budget and checks its sum.
func unpack(e zipfile.Entry, b []byte, name string, m *meter) ([]byte, error) {
	if e.Flags&zipfile.Encrypted != 0 {
		return nil, damage("%s: is encrypted", name)
	}
	_, body, ok := e.Local(b)
	if !ok {
		return nil, damage("%s: the archive is damaged", name)
	}
	if body == nil {
		return nil, damage("%s: the archive is cut short", name)
	}
	switch e.Method {
	case zipfile.Stored:
	case zipfile.Deflated:
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
		return nil, damage("%s: is packed by method %d; stored and deflated files are read", name, e.Method)
	}
	if uint64(len(body)) != e.Size || crc32.ChecksumIEEE(body) != e.Sum {
		return nil, damage("%s: the archive is damaged: the checksum is another", name)
	}
	return body, nil
}

// damage is an error of one file of the archive; the others are still read.
func damage(format string, args ...any) error { return damaged{say.Errorf(format, args...)} }

// namesOf are the names as text: UTF-8 where an entry says so or has a field with it (Info-ZIP's, 0x7075) or where it
// is valid; the others by evidence of all of them together, which is CP437 where they speak a Western language.
func namesOf(entries []zipfile.Entry) []string {
	names, old := make([]string, len(entries)), []byte{}
	for i, e := range entries {
		field := e.Field(0x7075)
		switch {
		case len(field) > 5 && field[0] == 1 && binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE(e.Name) &&
			utf8.Valid(field[5:]):
			names[i] = string(field[5:])
		case e.Flags&zipfile.UTF8N != 0, utf8.Valid(e.Name):
			names[i] = strings.ToValidUTF8(string(e.Name), "�")
		default:
			old = append(append(old, e.Name...), '\n')
		}
	}
	encoding := charset.Guess(old)
	for i, e := range entries {
		if names[i] == "" && len(e.Name) > 0 {
			names[i] = oldName(e.Name, encoding)
		}
		names[i] = strings.ReplaceAll(names[i], `\`, "/") // archives made by old programs of Windows
	}
	return names
}

// western are guesses that stand for CP437: no program packs names in them.
var western = []string{charset.Windows1252, "macintosh", "windows-1250", "iso-8859-2", "windows-1254", "windows-1257"}

// oldName is a name without the mark for UTF-8, in the encoding that all of them together point to, CP437 by default.
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
