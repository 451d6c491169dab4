package data

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"wafer/nn/text"
)

// file reads a whole file; one that begins like gzip is unpacked.
func (r *reader) file(path string) ([]byte, error) {
	f, err := r.root.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := limited(f, path)
	if err != nil || !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		return b, err
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%s: expected gzip, found a damaged header: %w", path, err)
	}
	b, err = limited(z, path)
	if err != nil {
		return nil, fmt.Errorf("%s: the gzip file is damaged or cut short: %w", path, err)
	}
	return b, nil
}

func limited(from io.Reader, path string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(from, int64(maxFile)+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("%s: expected at most %d MB, found more", path, maxFile>>20)
	}
	return b, nil
}

// text reads a file as text: UTF-8 or UTF-16 by their byte order marks, else UTF-8, and
// where that is not valid Windows-1252, which is what old spreadsheets write. Line ends
// become \n.
func (r *reader) text(path string) (string, error) {
	b, err := r.file(path)
	if err != nil {
		return "", err
	}
	s := string(b)
	switch {
	case strings.HasPrefix(s, "\ufeff"):
		s = s[len("\ufeff"):]
	case strings.HasPrefix(s, "\xff\xfe"), strings.HasPrefix(s, "\xfe\xff"):
		s = fromUTF16(b[2:], s[0] == 0xfe)
		r.note("read as UTF-16, as its byte order mark says")
	case text.Invalid(s) >= 0:
		at := text.Invalid(s)
		r.note("is not UTF-8 (byte 0x%02x in line %d): read as Windows-1252", s[at], 1+strings.Count(s[:at], "\n"))
		s = fromWindows1252(b)
	}
	return strings.ReplaceAll(s, "\r\n", "\n"), nil
}

func fromUTF16(b []byte, bigEndian bool) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
		if bigEndian {
			units[i] = units[i]<<8 | units[i]>>8
		}
	}
	return string(utf16.Decode(units))
}

// windows1252 are the characters 0x80…0x9f; the others are those of Unicode. Five bytes
// are not assigned and stay control characters, as the WHATWG encoding standard has it.
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"

func fromWindows1252(b []byte) string {
	high := []rune(windows1252)
	var s strings.Builder
	s.Grow(len(b) + len(b)/8)
	for _, c := range b {
		if c >= 0x80 && c < 0xa0 {
			s.WriteRune(high[c-0x80])
		} else {
			s.WriteRune(rune(c))
		}
	}
	return s.String()
}
