package charset

import (
	"unicode/utf8"
	"unsafe"
)

// sample is how many bytes are looked at to tell encodings apart.
const sample = 1 << 20

// Guess names the encoding of a text without a byte order mark: UTF-16 where zero bytes say so, UTF-8 where it is
// valid but for a few characters (those that a program cut in the middle), else the encoding in which most of the bytes
// from 0x80 on are characters that people use. Where nothing speaks for one of the others it is Windows-1252, which has
// every byte.
func Guess(b []byte) string {
	if encoding := zeros(b); encoding != "" {
		return encoding
	}
	if mostlyUTF8(b) {
		return UTF8
	}
	if at := Invalid(unsafe.String(unsafe.SliceData(b), len(b))); at > sample/2 { // look at what lies around the first odd byte
		b = b[at-sample/2:]
	}
	list := []scorer{{GB18030, gb18030}, {ShiftJIS, shiftJIS}, {Big5, big5}, {EUCKR, euckr}, {Windows1251, cyrillic}}
	return single(b[:min(len(b), sample)], list)
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

// scorer reads b from i, where a byte from 0x80 on stands, and says how many bytes the character takes, and whether
// it is a common one; size 0: there is no such character.
type scorer struct {
	name string
	read func(b []byte, i int) (size int, common bool)
}

// single tells encodings by the share of common characters; characters that do not exist count against one double.
func single(b []byte, list []scorer) string {
	best, most := Windows1252, score(b, western)
	for _, s := range list {
		got := score(b, s.read)
		// Every text in EUC-KR could be one in GB 2312, but a longer one in GB 2312 has characters beyond EUC-KR's syllables.
		if got > most || got == most && s.name == EUCKR && best == GB18030 && len(b) >= 24 {
			best, most = s.name, got
		}
	}
	return best
}

func score(b []byte, read func([]byte, int) (int, bool)) float64 {
	good, all := 0.0, 0.0
	for i := 0; i < len(b); {
		if b[i] < 0x80 {
			i++
			continue
		}
		size, common := read(b, i)
		switch {
		case size == 0 && i+2 > len(b)-2 && len(b) == sample: // cut by the sample
		case size == 0:
			good -= 2
		case common:
			good += float64(size)
		}
		size = max(size, 1)
		all += float64(size)
		i += size
	}
	if all == 0 {
		return 0
	}
	return good / all
}

func at(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return 0
	}
	return b[i]
}

func in(c, lo, hi byte) bool { return c >= lo && c <= hi }

func letter(c byte) bool { return in(c|0x20, 'a', 'z') }

// western: Windows-1252 has its letters between ASCII letters, seldom two together, seldom capitals inside a word.
func western(b []byte, i int) (int, bool) {
	before, c, after := at(b, i-1), b[i], at(b, i+1)
	crowded := before >= 0x80 && after >= 0x80
	switch {
	case crowded:
		return 1, false
	case in(c, 0xe0, 0xff), c == 0xdf: // small letters
		return 1, letter(before) || letter(after) || before < 0x40 && after < 0x40
	case in(c, 0xc0, 0xde): // capitals
		return 1, !letter(before) || in(before, 'A', 'Z')
	case in(c, 0x91, 0x97), c == 0x80, c == 0x85, c == 0xa0, c == 0xa3, c == 0xa7, c == 0xa9, c == 0xab, c == 0xae, c == 0xb0, c == 0xb4, c == 0xb7, c == 0xbb, c == 0xbf:
		return 1, true // quotation marks, dashes, signs
	}
	return 1, false
}

// gb18030: the 3755 most frequent characters of GB 2312 and its punctuation.
func gb18030(b []byte, i int) (int, bool) {
	lead, trail := b[i], at(b, i+1)
	switch {
	case !in(lead, 0x81, 0xfe):
		return 0, false
	case in(trail, '0', '9') && in(at(b, i+2), 0x81, 0xfe) && in(at(b, i+3), '0', '9'):
		return 4, true
	case trail < 0x40 || trail == 0x7f || trail == 0xff:
		return 0, false
	}
	return 2, trail >= 0xa1 && (in(lead, 0xb0, 0xd7) || in(lead, 0xa1, 0xa3))
}

// shiftJIS: kana, punctuation and the kanji of the first level.
func shiftJIS(b []byte, i int) (int, bool) {
	lead, trail := b[i], at(b, i+1)
	switch {
	case in(lead, 0xa1, 0xdf): // narrow katakana
		return 1, false
	case !in(lead, 0x81, 0x9f) && !in(lead, 0xe0, 0xfc), trail < 0x40, trail == 0x7f, trail > 0xfc:
		return 0, false
	}
	return 2, in(lead, 0x81, 0x83) || in(lead, 0x88, 0x97)
}

// big5: the 5401 frequent characters and punctuation. GB 2312 has no second bytes below 0xa1, so that these speak for Big5.
func big5(b []byte, i int) (int, bool) {
	lead, trail := b[i], at(b, i+1)
	switch {
	case !in(lead, 0xa1, 0xf9), !in(trail, 0x40, 0x7e) && !in(trail, 0xa1, 0xfe):
		return 0, false
	}
	return 2, in(lead, 0xa4, 0xc6) && !in(at(b, i-1), 'a', 'z') || lead == 0xa1
}

// euckr: the 2350 syllables, whose first bytes end where half of GB 2312 begins.
func euckr(b []byte, i int) (int, bool) {
	lead, trail := b[i], at(b, i+1)
	if !in(lead, 0xa1, 0xfd) || !in(trail, 0xa1, 0xfe) {
		return 0, false
	}
	return 2, in(lead, 0xb0, 0xc8) || lead == 0xa1
}

// cyrillic: Windows-1251 has the small letters in the last two lines of its table, in words of several.
func cyrillic(b []byte, i int) (int, bool) {
	c := b[i]
	word := at(b, i-1) >= 0xc0 || at(b, i+1) >= 0xc0
	switch {
	case in(c, 0xe0, 0xff), c == 0xb8:
		return 1, word || !letter(at(b, i-1)) && !letter(at(b, i+1))
	case in(c, 0xc0, 0xdf), c == 0xa8: // capitals
		return 1, at(b, i-1) < 0x80 || in(at(b, i-1), 0xc0, 0xdf)
	case c == 0xab, c == 0xbb, c == 0x96, c == 0x97, c == 0xb9, c == 0xa0:
		return 1, true
	}
	return 1, false
}
