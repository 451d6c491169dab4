package data

import (
	"slices"
	"strings"
	"unicode"

	"wafer/nn/charset"
)

// Label is the name of a label as people see it, so that two that look alike are one: composed (NFC), every run of
// white space one space and none outside, without the characters that nobody sees. "" is no label.
func Label(s string) string {
	if plain(s) {
		return s
	}
	s = charset.NFC(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200d' || r == '\u200c': // joiners: of emoji, of Persian and Indian letters
			return r
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == '\u034f' || r == '\u115f' ||
			r == '\u3164':
			return -1
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	return strings.Trim(joined(s), "\u200c\u200d ")
}

// missing are the labels that programs write where there is none: pandas and R, databases (\N is MySQL's), errors of
// Excel and the like in English, German, French and Spanish. "None" and "N/A" may be answers.
var missing = strings.Fields("\\N NaN nan <NA> NULL #N/A #NV #N/D #REF! #BEZUG! #VALUE! #WERT! #VALEUR! #¡VALOR! " +
	"#NAME? #NOM? #¿NOMBRE? #DIV/0! #NULL! #NUM! #ZAHL! #SPILL!")

// isMissing tells a label that stands for none, in exactly the capitals in which programs write it.
func isMissing(label string) bool { return slices.Contains(missing, label) }

// joined takes out joiners that join nothing: those beside ASCII.
func joined(s string) string {
	if !strings.ContainsAny(s, "\u200c\u200d") {
		return s
	}
	var out []rune
	list := []rune(s)
	for i, r := range list {
		joiner := r == '\u200c' || r == '\u200d'
		if joiner && (i == 0 || i == len(list)-1 || list[i-1] < 0x80 || list[i+1] < 0x80) {
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

// plain says whether s is ASCII without anything to mend.
func plain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}
