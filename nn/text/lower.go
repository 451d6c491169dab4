package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lower is Python's str.lower, which is Unicode's full lower-casing without a
// locale. It differs from strings.ToLower in two letters: İ becomes i with a
// combining dot above, and Σ at the end of a word becomes ς.
func Lower(s string) string {
	if !strings.ContainsAny(s, "İΣ") {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range s {
		switch {
		case r == 'İ':
			b.WriteString("i̇")
		case r == 'Σ' && finalSigma(s[:i], s[i+len("Σ"):]):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// finalSigma is the condition Final_Sigma of the Unicode standard, section 3.13,
// table 3-17: a cased letter before and none after, case-ignorable ones skipped.
func finalSigma(before, after string) bool {
	for {
		r, n := utf8.DecodeLastRuneInString(before)
		if n == 0 || !ignorable(r) && !cased(r) {
			return false
		}
		before = before[:len(before)-n]
		if !ignorable(r) {
			break
		}
	}
	for _, r := range after {
		if !ignorable(r) {
			return !cased(r)
		}
	}
	return true
}

// cased is the property Cased.
func cased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Uppercase, unicode.Other_Lowercase)
}

// ignorable is the property Case_Ignorable: marks, format characters, modifiers
// and the characters that may stand inside a word (Word_Break = MidLetter,
// MidNumLet, Single_Quote).
func ignorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("':.·\u0387\u055f\u05f4‘’․‧\ufe13\ufe52\ufe55\uff07\uff0e\uff1a", r)
}
