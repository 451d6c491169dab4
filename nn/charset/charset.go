// Package charset turns the bytes of people's files into Unicode text: by byte order mark, as UTF-8, and else
// by evidence. Natively it decodes with golang.org/x/text, in a browser with the browser's own decoders.
package charset

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// Names of encodings, as the WHATWG encoding standard has them; a browser knows them too.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1252 = "windows-1252"
	Windows1251 = "windows-1251"
	GB18030     = "gb18030"
	Big5        = "big5"
	ShiftJIS    = "shift_jis"
	EUCKR       = "euc-kr"
)

// further are the others; of them Guess does not find windows-1258.
var further = []string{"windows-1250", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257",
	"windows-1258", "windows-874", "iso-8859-2", "koi8-r", "ibm866", "macintosh", "euc-jp"}

// Names lists the encodings that Decode reads.
func Names() []string {
	return append([]string{UTF8, UTF16LE, UTF16BE, Windows1252, Windows1251, GB18030, Big5, ShiftJIS, EUCKR},
		further...)
}

// Text is the text of a file and the encoding that it was read in. encoding "" finds it: a byte order mark decides,
// else valid UTF-8, else Guess. The mark is no part of the text. Valid UTF-8 is not copied: b may not change
// afterwards. In UTF-8 that was guessed, bytes that are none become U+FFFD. The error is a sentence; it says where the
// first byte is that the named encoding does not have.
func Text(b []byte, encoding string) (text, found string, err error) {
	mark, size := Mark(b)
	b = b[size:]
	if found = encoding; found == "" {
		if found = mark; found == "" {
			found = Guess(b)
		}
	}
	switch found {
	case UTF8:
		text = unsafe.String(unsafe.SliceData(b), len(b))
		if encoding == "" && mark == "" {
			return strings.ToValidUTF8(text, "\ufffd"), found, nil
		}
		if at := Invalid(text); at >= 0 {
			return "", found, badByte(text, at)
		}
		return text, found, nil
	case UTF16LE, UTF16BE:
		return fromUTF16(b, found == UTF16BE), found, nil
	case Windows1252:
		return fromWindows1252(b), found, nil
	}
	text, err = decode(b, found)
	return text, found, err
}

// Mark is the encoding that a byte order mark at the beginning names, and its length; "" if there is none.
func Mark(b []byte) (encoding string, size int) {
	switch s := string(b[:min(3, len(b))]); {
	case strings.HasPrefix(s, "\xef\xbb\xbf"):
		return UTF8, 3
	case strings.HasPrefix(s, "\xff\xfe"):
		return UTF16LE, 2
	case strings.HasPrefix(s, "\xfe\xff"):
		return UTF16BE, 2
	}
	return "", 0
}

// Invalid is the position of the first byte that is not UTF-8, −1 for none.
func Invalid(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
}

type byteError struct {
	value byte
	line  int
}

func (e byteError) Error() string {
	const digits = "0123456789abcdef"
	return "expected UTF-8, found the byte 0x" + string(digits[e.value>>4]) + string(digits[e.value&15]) + " in line " +
		itoa(e.line)
}

func badByte(s string, at int) error { return byteError{s[at], 1 + strings.Count(s[:at], "\n")} }

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// windows1252 are the characters 0x80…0x9f; the others are those of Unicode. Five bytes are not assigned and stay
// control characters, as the WHATWG encoding standard has it (Node decodes this encoding as Latin-1).
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

// fromUTF16 puts U+FFFD where a surrogate stands alone; an odd last byte is left out.
func fromUTF16(b []byte, bigEndian bool) string {
	low, high := 0, 1
	if bigEndian {
		low, high = 1, 0
	}
	unit := func(i int) rune { return rune(b[2*i+low]) | rune(b[2*i+high])<<8 }
	var s strings.Builder
	s.Grow(len(b)/2 + len(b)/8)
	for i, n := 0, len(b)/2; i < n; i++ {
		r := unit(i)
		if utf16.IsSurrogate(r) {
			if r = utf8.RuneError; i+1 < n {
				if pair := utf16.DecodeRune(unit(i), unit(i+1)); pair != utf8.RuneError {
					r = pair
					i++
				}
			}
		}
		s.WriteRune(r)
	}
	return s.String()
}
