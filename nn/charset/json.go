package charset

import (
	"strings"

	"wafer/nn/say"
)

// JSON is the text of a JSON document: UTF-8, or UTF-16 as its byte order mark or its zero bytes say (RFC 4627, 3).
// Bytes that are not UTF-8 are an error (RFC 8259, 8.1), and so is half of a surrogate pair in an escape, which
// encoding/json would replace by U+FFFD.
func JSON(b []byte) ([]byte, error) {
	encoding, size := Mark(b)
	if encoding == "" {
		if encoding = zeros(b); encoding == "" {
			encoding = UTF8
		}
	}
	s, _, err := Text(b[size:], encoding)
	if err != nil {
		return nil, err
	}
	if half := lone(s); half != "" {
		return nil, say.Errorf("expected whole characters, found the half of a pair %s", half)
	}
	if encoding == UTF8 {
		return b[size:], nil
	}
	return []byte(s), nil
}

// lone finds an escape \ud8xx … \udfxx that has no partner, "" for none.
func lone(s string) string {
	for {
		at := strings.IndexByte(s, '\\')
		if at < 0 || at+2 > len(s) {
			return ""
		}
		s = s[at:]
		switch first := surrogate(s); {
		case first == 'h' && surrogate(s[6:]) == 'l':
			s = s[12:]
		case first != 0:
			return s[:6]
		default:
			s = s[2:] // also over the second of two backslashes
		}
	}
}

// surrogate says whether s begins with the escape of a high ('h') or a low ('l') surrogate; 0: neither.
func surrogate(s string) byte {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' || s[2]|0x20 != 'd' {
		return 0
	}
	for _, c := range []byte(s[4:6]) {
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f') {
			return 0
		}
	}
	switch s[3] | 0x20 {
	case '8' | 0x20, '9' | 0x20, 'a', 'b':
		return 'h'
	case 'c', 'd', 'e', 'f':
		return 'l'
	}
	return 0
}
