package tokens

import (
	"cmp"
	"encoding/base64"
	"strings"
	"unicode"

	"wafer/nn/charset"
	"wafer/nn/say"
)

// step is one normaliser or pre-tokeniser of the document; each type uses some of the fields.
type step struct {
	Type          string `json:"type"`
	Normalizers   []step `json:"normalizers"`
	Pretokenizers []step `json:"pretokenizers"`

	CleanText          *bool   `json:"clean_text"`
	HandleChineseChars *bool   `json:"handle_chinese_chars"`
	StripAccents       *bool   `json:"strip_accents"`
	Lowercase          *bool   `json:"lowercase"`
	StripLeft          bool    `json:"strip_left"`
	StripRight         bool    `json:"strip_right"`
	Pattern            pattern `json:"pattern"`
	Content            string  `json:"content"`
	Prepend            string  `json:"prepend"`
	CharsMap           string  `json:"precompiled_charsmap"`

	AddPrefixSpace *bool  `json:"add_prefix_space"`
	UseRegex       *bool  `json:"use_regex"`
	Replacement    string `json:"replacement"`
	PrependScheme  string `json:"prepend_scheme"`
	Split          *bool  `json:"split"`
	Behavior       string `json:"behavior"`
	Invert         bool   `json:"invert"`
	Individual     bool   `json:"individual_digits"`
	Delimiter      string `json:"delimiter"`
}

// pattern is {"String": …} or {"Regex": …}: what is looked for as it stands, or one of the expressions in patterns.go.
type pattern struct {
	String *string `json:"String"`
	Regex  *string `json:"Regex"`
}

// or is *b, or the standard value where the document does not say.
func or(b *bool, standard bool) bool {
	if b == nil {
		return standard
	}
	return *b
}

// maxSteps bounds the steps of a sequence and how deep sequences stand in each other.
const maxSteps, maxDepth = 64, 8

// maxText bounds what a text may grow to, in bytes: the rest is left out.
const maxText = 2 << 20

// normaliser makes a function of a step; nil is none.
func normaliser(s *step, depth int) (func(string) string, error) {
	if s == nil {
		return func(t string) string { return t }, nil
	}
	switch s.Type {
	case "Sequence":
		return normaliseAll(s.Normalizers, depth)
	case "BertNormalizer":
		return s.bert, nil
	case "NFC":
		return charset.NFC, nil
	case "NFD":
		return charset.NFD, nil
	case "NFKC":
		return charset.NFKC, nil
	case "NFKD":
		return charset.NFKD, nil
	case "Lowercase":
		return lower, nil
	case "StripAccents":
		return func(t string) string { return without(t, unicode.M) }, nil
	case "Strip":
		return s.strip, nil
	case "Prepend":
		if len(s.Prepend) > maxToken {
			return nil, errLong
		}
		return s.prepend, nil
	case "Replace":
		return s.replacer()
	case "Precompiled":
		return s.precompiled()
	}
	return nil, say.Errorf("tokenizer: its normalizer is of type %.60q, which is not known here", s.Type)
}

// normaliseAll does the steps one after the other. More than maxSteps, or sequences deeper than maxDepth, are an error.
func normaliseAll(steps []step, depth int) (func(string) string, error) {
	if len(steps) > maxSteps || depth >= maxDepth {
		return nil, errSteps
	}
	var list []func(string) string
	for i := range steps {
		f, err := normaliser(&steps[i], depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return func(t string) string {
		for _, f := range list {
			t = f(t)
		}
		return t
	}, nil
}

var errSteps = say.New("tokenizer: its steps stand in each other, expected 64 in a sequence and 8 levels at most")

var errLong = say.New("tokenizer: a text that it puts in is longer than 256 bytes")

// bert is what BERT's published code calls the basic tokenizer, without its splitting.
func (s *step) bert(t string) string {
	lowercase := or(s.Lowercase, true)
	if or(s.CleanText, true) {
		t = strings.Map(clean, t)
	}
	if or(s.HandleChineseChars, true) {
		t = spaced(t)
	}
	if or(s.StripAccents, lowercase) {
		t = without(charset.NFD(t), unicode.Mn)
	}
	if lowercase {
		t = lower(t)
	}
	return t
}

// clean drops control characters; all white space becomes spaces.
func clean(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return ' '
	case r == 0xfffd || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co):
		return -1
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

// spaced puts spaces around the characters of Chinese, which is written without.
func spaced(t string) string {
	var b strings.Builder
	for _, r := range t {
		if isChinese(r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isChinese has the blocks of the published code.
func isChinese(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf || r >= 0x20000 && r <= 0x2a6df ||
		r >= 0x2a700 && r <= 0x2b73f || r >= 0x2b740 && r <= 0x2b81f || r >= 0x2b820 && r <= 0x2ceaf ||
		r >= 0xf900 && r <= 0xfaff || r >= 0x2f800 && r <= 0x2fa1f
}

// without leaves out the characters of a table.
func without(t string, marks *unicode.RangeTable) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(marks, r) {
			return -1
		}
		return r
	}, t)
}

// lower is Rust's char::to_lowercase of every character: one letter has two.
func lower(t string) string {
	return strings.ToLower(strings.ReplaceAll(t, "İ", "i̇"))
}

// strip takes off the white space at the ends that the step names; neither, where it names none.
func (s *step) strip(t string) string {
	if s.StripLeft {
		t = strings.TrimLeftFunc(t, unicode.IsSpace)
	}
	if s.StripRight {
		t = strings.TrimRightFunc(t, unicode.IsSpace)
	}
	return t
}

// prepend puts the step's text before t, unless t is empty.
func (s *step) prepend(t string) string {
	if t == "" {
		return ""
	}
	return s.Prepend + t
}

// replacer puts content in the place of every match. Growth ends at maxText bytes. An unknown regular expression and
// content above maxToken bytes are errors.
func (s *step) replacer() (func(string) string, error) {
	find, err := s.Pattern.finder()
	if err != nil || len(s.Content) > maxToken {
		return nil, cmp.Or(err, errLong)
	}
	return func(t string) string {
		var b strings.Builder
		for _, p := range find(t) {
			if b.Len() > maxText {
				break
			}
			if p.match {
				b.WriteString(s.Content)
			} else {
				b.WriteString(p.text)
			}
		}
		return b.String()
	}, nil
}

// precompiled is the table that SentencePiece compiled, which the document holds as Base64.
func (s *step) precompiled() (func(string) string, error) {
	b, err := base64.StdEncoding.DecodeString(s.CharsMap)
	if err != nil {
		return nil, say.Errorf("tokenizer: its table of characters is not Base64: %w", err)
	}
	m, err := readCharsMap(b)
	if err != nil {
		return nil, err
	}
	return m.normalise, nil
}
