package tokens

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// addedToken is a token that is found in the text itself, before the model cuts it.
type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"` // only where no word goes on beside it
	LStrip     bool   `json:"lstrip"`      // takes the white space before it
	RStrip     bool   `json:"rstrip"`
	Normalized *bool  `json:"normalized"` // looked for in the normalised text; nil: where it is not special
	Special    bool   `json:"special"`
}

// segment is a token that was found, or the text between two.
type segment struct {
	text  string
	token int32 // −1: text
}

// finder finds added tokens in a text.
type finder struct {
	tokens  map[string]addedToken
	first   [256]bool // bytes that they begin with
	lengths []int     // descending
}

// add takes a token into the finder; of several with the same text the last one stays. An empty text is passed over: it
// would be found everywhere.
func (f *finder) add(a addedToken) {
	if a.Content == "" {
		return
	}
	if f.tokens == nil {
		f.tokens = map[string]addedToken{}
	}
	f.tokens[a.Content], f.first[a.Content[0]] = a, true
	at := 0
	for at < len(f.lengths) && f.lengths[at] > len(a.Content) {
		at++
	}
	if at == len(f.lengths) || f.lengths[at] != len(a.Content) {
		f.lengths = append(f.lengths, 0)
		copy(f.lengths[at+1:], f.lengths[at:])
		f.lengths[at] = len(a.Content)
	}
}

// cut finds tokens from left to right, the longest where several begin. The text between keeps its order and nothing is
// lost of it but the white space that LStrip and RStrip take. Time grows with the text times the number of different
// lengths.
func (f *finder) cut(text string) []segment {
	var out []segment
	start := 0
	for at := 0; at < len(text); {
		a, ok := f.longest(text, at)
		if !ok {
			at++
			continue
		}
		from, end := at, at+len(a.Content)
		if a.LStrip {
			from = start + len(strings.TrimRightFunc(text[start:at], unicode.IsSpace))
		}
		if a.RStrip {
			end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		}
		if from > start {
			out = append(out, segment{text[start:from], -1})
		}
		out = append(out, segment{"", a.ID})
		start, at = end, end
	}
	if start < len(text) {
		out = append(out, segment{text[start:], -1})
	}
	return out
}

// longest is the longest token that begins at a place, false where none does.
func (f *finder) longest(text string, at int) (addedToken, bool) {
	if !f.first[text[at]] {
		return addedToken{}, false
	}
	for _, n := range f.lengths {
		if n > len(text)-at {
			continue
		}
		if a, ok := f.tokens[text[at:at+n]]; ok && (!a.SingleWord || alone(text, at, at+n)) {
			return a, true
		}
	}
	return addedToken{}, false
}

// alone tells that no word goes on before start or behind end.
func alone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return (start == 0 || !isWord(before)) && (end == len(text) || !isWord(after))
}

// isWord is what \w matches. In Unicode's definition, with the joiners U+200C and U+200D.
func isWord(r rune) bool {
	return r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc) ||
		unicode.Is(unicode.Other_Alphabetic, r) || r == 0x200c || r == 0x200d
}
