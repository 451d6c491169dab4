package charset

import (
	"bytes"
	"unicode/utf8"
	"unsafe"
)

// sample is how many bytes are looked at to tell UTF-16 from others, judged how many of the odd lines are decoded in
// every encoding.
const sample, judged = 1 << 20, 1 << 14

// Guess names the encoding of a text without a byte order mark: UTF-16 where zero bytes say so, UTF-8 where it is
// valid but for a few characters (those that a program cut in the middle), else the encoding in which the text looks
// most like one that people write. Where nothing speaks for one of the others it is Windows-1252, which has every byte.
func Guess(b []byte) string {
	if encoding := zeros(b); encoding != "" {
		return encoding
	}
	if mostlyUTF8(b) {
		return UTF8
	}
	// look at what lies around the first odd byte
	if at := Invalid(unsafe.String(unsafe.SliceData(b), len(b))); at > sample/2 {
		b = b[at-sample/2:]
	}
	return likeliest(odd(b))
}

// odd are the lines with bytes from 0x80 on, some of them: a line end is in no encoding a part of a character.
func odd(b []byte) (lines []byte) {
	for len(b) > 0 && len(lines) < judged {
		line := b
		if end := bytes.IndexByte(b, '\n'); end >= 0 {
			line = b[:end+1]
		}
		b = b[len(line):]
		for _, c := range line {
			if c >= 0x80 {
				lines = append(lines, line[:min(len(line), judged)]...)
				break
			}
		}
	}
	return lines
}

// mostlyUTF8 says whether b is UTF-8, or has nine bytes of its characters beyond ASCII for each that is in none.
func mostlyUTF8(b []byte) bool {
	if utf8.Valid(b) {
		return true
	}
	good, bad := 0, 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good += size
		}
		b = b[size:]
	}
	return good >= 12 && good >= 9*bad
}

// zeros finds UTF-16 without a mark: a text of eight bits has no zero bytes, or a few strays; one of sixteen has them
// in every second place (of ASCII: digits, separators, line ends).
func zeros(b []byte) string {
	text := b
	b = b[:min(len(b), sample)]
	var count [2]int
	controls := 0
	for i, c := range b {
		if c < ' ' {
			controls++
		}
		if c == 0 {
			count[i&1]++
		}
	}
	few := func(n int) bool { return n <= 1+len(b)/50 }
	switch {
	case count[0]+count[1] == 0 || len(b) < 4 || 1000*(count[0]+count[1]) < len(b):
	case 4*controls < len(b) && utf8.Valid(text): // the first bytes of Cyrillic and Hindi are controls, too
	case few(count[0]) && count[1] > 4*count[0]:
		return UTF16LE
	case few(count[1]) && count[0] > 4*count[1]:
		return UTF16BE
	}
	return ""
}
