package tokens

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"wafer/nn/say"
)

// span is a part of a text: a match, or what stands between two.
type span struct {
	text  string
	match bool
}

// matcher is how many bytes match at the beginning of rest, 0 for none.
type matcher func(rest string) int

// The regular expressions that published tokenizers use, written out: none takes more than linear time.
var patterns = map[string]matcher{
	`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`:                  gpt2,
	`<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`: clip,
	`\s+`:          func(s string) int { return run(s, unicode.IsSpace) },
	`\s`:           func(s string) int { return one(s, unicode.IsSpace) },
	` {2,}`:        func(s string) int { return least(2, run(s, isBlank)) },
	` +`:           func(s string) int { return run(s, isBlank) },
	`\d+`:          func(s string) int { return run(s, unicode.IsDigit) },
	`\d`:           func(s string) int { return one(s, unicode.IsDigit) },
	`\w+|[^\w\s]+`: words,
}

// finder cuts a text at the matches of a pattern. A regular expression must be one of patterns, letter by letter:
// others are an error.
func (p pattern) finder() (func(string) []span, error) {
	switch {
	case p.String != nil && *p.String != "":
		literal := *p.String
		return func(t string) []span {
			return spans(t, func(s string) int {
				if strings.HasPrefix(s, literal) {
					return len(literal)
				}
				return 0
			})
		}, nil
	case p.Regex != nil:
		if m := patterns[*p.Regex]; m != nil {
			return func(t string) []span { return spans(t, m) }, nil
		}
		return nil, say.Errorf("tokenizer: its regular expression %.80q is none of those that are known here", *p.Regex)
	}
	return nil, say.New("tokenizer: a pattern is empty, expected a text or a regular expression")
}

// spans are the matches of m from left to right and what stands between them, which together are t.
func spans(t string, m matcher) (list []span) {
	start := 0
	for at := 0; at < len(t); {
		n := m(t[at:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(t[at:])
			at += size
			continue
		}
		if at > start {
			list = append(list, span{t[start:at], false})
		}
		list = append(list, span{t[at : at+n], true})
		at += n
		start = at
	}
	if start < len(t) {
		list = append(list, span{t[start:], false})
	}
	return list
}

// run is how many bytes the characters at the beginning have that are of a kind.
func run(s string, is func(rune) bool) int {
	for i, r := range s {
		if !is(r) {
			return i
		}
	}
	return len(s)
}

// one is the bytes of the first character where it is of a kind, else 0.
func one(s string, is func(rune) bool) int {
	if r, n := utf8.DecodeRuneInString(s); n > 0 && is(r) {
		return n
	}
	return 0
}

// least is found, or 0 where that is below n.
func least(n, found int) int {
	if found < n {
		return 0
	}
	return found
}

func isBlank(r rune) bool  { return r == ' ' }
func isLetter(r rune) bool { return unicode.Is(unicode.L, r) }
func isNumber(r rune) bool { return unicode.Is(unicode.N, r) }
func isOther(r rune) bool  { return !unicode.IsSpace(r) && !isLetter(r) && !isNumber(r) }

// short are the endings of English words that GPT-2 takes off. Only in small letters and with the plain apostrophe, as
// there.
func short(s string) int {
	for _, end := range []string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"} {
		if strings.HasPrefix(s, end) {
			return len(end)
		}
	}
	return 0
}

// gpt2 is the first pattern: of white space before a word the last character is left for the word.
func gpt2(s string) int {
	if n := short(s); n > 0 {
		return n
	}
	blank := 0
	if strings.HasPrefix(s, " ") {
		blank = 1
	}
	for _, is := range []func(rune) bool{isLetter, isNumber, isOther} {
		if n := run(s[blank:], is); n > 0 {
			return blank + n
		}
	}
	n := run(s, unicode.IsSpace)
	if n < len(s) {
		if _, last := utf8.DecodeLastRuneInString(s[:n]); n > last {
			return n - last
		}
	}
	return n
}

// clip is the second pattern, CLIP's: digits are words of their own, and white space belongs to none.
func clip(s string) int {
	for _, special := range []string{"<|startoftext|>", "<|endoftext|>"} {
		if strings.HasPrefix(s, special) {
			return len(special)
		}
	}
	for _, n := range []int{short(s), run(s, isLetter), one(s, isNumber), run(s, isOther)} {
		if n > 0 {
			return n
		}
	}
	return 0
}

// words is the last pattern: runs of letters and digits, and runs of what is neither these nor white space.
func words(s string) int {
	if n := run(s, isWord); n > 0 {
		return n
	}
	return run(s, func(r rune) bool { return !isWord(r) && !unicode.IsSpace(r) })
}
