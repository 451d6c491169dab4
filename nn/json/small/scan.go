package small

import (
	"errors"
	"strconv"
)

// maxDepth is how deep objects and arrays may lie in each other.
const maxDepth = 10000

// errShort says that there is no more input where there should be.
var errShort = errors.New("unexpected end of JSON input")

// SyntaxError is what is wrong with a document, and how many bytes of it were read until then.
type SyntaxError struct {
	msg    string
	Offset int64
}

func (e *SyntaxError) Error() string { return e.msg }

// scanner checks the syntax of one value (RFC 8259).
type scanner struct {
	b     []byte
	at    int
	depth int
	more  bool // there may be more input behind b
	err   error
}

// check is where the value that begins at this place ends.
func check(b []byte, at int, more bool) (int, error) {
	s := &scanner{b: b, at: at, more: more}
	s.value()
	return s.at, s.err
}

// whole checks that b is one value and nothing else.
func whole(b []byte) error {
	end, err := check(b, 0, false)
	if err == nil {
		if end = spaces(b, end); end < len(b) {
			err = wrong(b, end, "after top-level value")
		}
	}
	if err == errShort {
		return &SyntaxError{errShort.Error(), int64(len(b))}
	}
	return err
}

// spaces is where what is no white space begins.
func spaces(b []byte, at int) int {
	for at < len(b) && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t') {
		at++
	}
	return at
}

func wrong(b []byte, at int, where string) error {
	c := strconv.Quote(string(rune(b[at])))
	switch c = c[1 : len(c)-1]; b[at] {
	case '\'':
		c = `\'`
	case '"':
		c = `"`
	}
	return &SyntaxError{"invalid character '" + c + "' " + where, int64(at + 1)}
}

// next is the byte at the place reached, or 0 after an error.
func (s *scanner) next() byte {
	if s.err == nil && s.at >= len(s.b) {
		s.err = errShort
	}
	if s.err != nil {
		return 0
	}
	return s.b[s.at]
}

func (s *scanner) fail(where string) {
	if s.err == nil {
		s.err = wrong(s.b, s.at, where)
	}
}

func (s *scanner) skip() byte {
	s.at = spaces(s.b, s.at)
	return s.next()
}

func (s *scanner) value() {
	switch c := s.skip(); {
	case s.err != nil:
	case c == '{':
		s.list('}', s.member, "after object key:value pair")
	case c == '[':
		s.list(']', s.value, "after array element")
	case c == '"':
		s.text()
	case c == '-' || digit(c):
		s.number()
	case c == 't':
		s.word("true")
	case c == 'f':
		s.word("false")
	case c == 'n':
		s.word("null")
	default:
		s.fail("looking for beginning of value")
	}
}

// list is an object or an array.
func (s *scanner) list(end byte, item func(), after string) {
	if s.depth++; s.depth > maxDepth {
		s.err = &SyntaxError{"exceeded max depth", int64(s.at + 1)}
		return
	}
	s.at++
	if s.skip() == end {
		s.at++
		s.depth--
		return
	}
	for s.err == nil {
		item()
		c := s.skip()
		switch {
		case s.err != nil:
		case c == end:
			s.at++
			s.depth--
			return
		case c != ',':
			s.fail(after)
		default:
			s.at++
		}
	}
}

func (s *scanner) member() {
	if s.skip() != '"' {
		s.fail("looking for beginning of object key string")
		return
	}
	s.text()
	if s.skip() != ':' {
		s.fail("after object key")
		return
	}
	s.at++
	s.value()
}

func (s *scanner) text() {
	s.at++
	for {
		c := s.next()
		switch {
		case s.err != nil:
			return
		case c == '"':
			s.at++
			return
		case c < ' ':
			s.fail("in string literal")
			return
		case c == '\\':
			s.at++
			s.escape()
		default:
			s.at++
		}
	}
}

func (s *scanner) escape() {
	switch s.next() {
	case 'b', 'f', 'n', 'r', 't', '\\', '/', '"':
		s.at++
	case 'u':
		s.at++
		for range 4 {
			if c := s.next(); !digit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
				s.fail(`in \u hexadecimal character escape`)
				return
			}
			s.at++
		}
	default:
		s.fail("in string escape code")
	}
}

func (s *scanner) number() {
	if s.b[s.at] == '-' {
		s.at++
	}
	if s.next() == '0' {
		s.at++
	} else {
		s.digits("in numeric literal")
	}
	if s.is('.') {
		s.at++
		s.digits("after decimal point in numeric literal")
	}
	if s.is('e') || s.is('E') {
		s.at++
		if s.is('+') || s.is('-') {
			s.at++
		}
		s.digits("in exponent of numeric literal")
	}
	if s.more && s.at == len(s.b) && s.err == nil {
		s.err = errShort
	}
}

func (s *scanner) is(c byte) bool { return s.err == nil && s.at < len(s.b) && s.b[s.at] == c }

// digits are one or more.
func (s *scanner) digits(where string) {
	if !digit(s.next()) {
		s.fail(where)
	}
	for s.err == nil && s.at < len(s.b) && digit(s.b[s.at]) {
		s.at++
	}
}

func (s *scanner) word(w string) {
	for i := range len(w) {
		if s.next() != w[i] {
			s.fail("in literal " + w + " (expecting '" + w[i:i+1] + "')")
			return
		}
		s.at++
	}
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
