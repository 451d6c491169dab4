// Package names has the one rule for texts that people are shown of models, data and recipes and that others may have
// written: labels, titles, descriptions. A door where such a text comes in checks it; what is made of another tool's
// file is cleaned.
package names

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"wafer/nn/say"
)

const (
	MaxLine    = 1 << 10 // bytes of a label, a title, a name
	MaxPassage = 1 << 18 // bytes of a description, a credit, an example
	MaxAll     = 1 << 20 // bytes of all texts of one model together
	MaxLabels  = 1 << 16 // labels of a model
)

// Form is how long a text may be, in bytes, and whether it may go on in a new line.
type Form struct {
	Most  int
	Lines bool
}

// Line is the form of labels and titles, Passage that of descriptions.
var (
	Line    = Form{MaxLine, false}
	Passage = Form{MaxPassage, true}
)

// Check says what is wrong with a text: it is too long, it is no text, or it has a character that is an order to what
// shows it (a control character, an end of a line, a mark that turns the direction of what follows).
func (f Form) Check(text string) error {
	if len(text) > f.Most {
		return say.Errorf("is %d bytes long, at most %d are read", len(text), f.Most)
	}
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			return say.Errorf("is not UTF-8 at byte %d", i)
		}
		if f.orders(r) {
			return say.Errorf("has the character U+%04X, which cannot be shown", r)
		}
	}
	return nil
}

// Clean is the text as Check takes it: cut where it is too long, with � for bytes that are no text, spaces for control
// characters and ends of lines, and without marks that turn directions.
func (f Form) Clean(text string) string {
	if len(text) <= f.Most && f.Check(text) == nil {
		return text
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case Turns(r):
			return -1
		case f.orders(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(cut(text, f.Most), "\ufffd"))
	return cut(text, f.Most)
}

// cut keeps whole characters of at most so many bytes, and no space where it was cut.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return strings.TrimRight(text[:most], " ")
}

// orders reports whether a character does something to what stands around it.
func (f Form) orders(r rune) bool {
	if f.Lines && (r == '\n' || r == '\t' || r == '\r') {
		return false
	}
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || Turns(r)
}

// Turns reports whether a character turns the direction of what follows it (UAX 9, 2.1 to 2.5). Letters that are
// written from right to left need none.
func Turns(r rune) bool { return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' }
