package text

import (
	"unicode"
	"unicode/utf8"

	"wafer/nn/recipe"
)

// NGramHasher turns a text into the hashed n-grams of its words and their
// characters (Joulin et al. 2016, arXiv 1607.01759; Weinberger et al. 2009, arXiv
// 0902.2206). It needs no vocabulary and knows every word in advance.
//
// Words are the longest runs of letters, marks, digits and apostrophes of the lower-cased
// text; a character of a script that is written without spaces is a word of its own. An
// n-gram of words is the words with a space between. An n-gram of characters is taken from
// "<word>" and preceded by byte 1; the whole "<word>" is left out, being a word already. Its
// index is 1 + h mod Buckets, where h is FNV-1a, 32 bits, of its UTF-8 bytes.
type NGramHasher recipe.NGrams

// Row fills row with the indices of text: first single words in order, then pairs and so
// on, then n-grams of characters word by word, then zeros. What does not fit is left out;
// Row returns how many n-grams there would have been.
func (h NGramHasher) Row(row []int32, text string) int {
	words := splitWords(Lower(text))
	n := 0
	add := func(sum uint32) {
		if n < len(row) {
			row[n] = int32(sum%uint32(h.Buckets)) + 1
		}
		n++
	}
	for size := 1; size <= h.Words; size++ {
		for i := 0; i+size <= len(words); i++ {
			add(hashWords(words[i : i+size]))
		}
	}
	if h.CharMax > 0 {
		for _, w := range words {
			h.characters(w, add)
		}
	}
	for i := n; i < len(row); i++ {
		row[i] = 0
	}
	return n
}

// Sequence is a new row of MaxLen indices.
func (h NGramHasher) Sequence(text string) []int32 {
	row := make([]int32, h.MaxLen)
	h.Row(row, text)
	return row
}

func (h NGramHasher) characters(word string, add func(uint32)) {
	framed := "<" + word + ">"
	for start := 0; start < len(framed); start += runeLen(framed[start:]) {
		end := start
		for size := 1; size <= h.CharMax && end < len(framed); size++ {
			end += runeLen(framed[end:])
			if size >= h.CharMin && end-start < len(framed) {
				add(fnv1a(fnv1a(fnvOffset, "\x01"), framed[start:end]))
			}
		}
	}
}

func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

const fnvOffset, fnvPrime = 2166136261, 16777619

func fnv1a(sum uint32, s string) uint32 {
	for i := range len(s) {
		sum = (sum ^ uint32(s[i])) * fnvPrime
	}
	return sum
}

func hashWords(words []string) uint32 {
	sum := fnv1a(fnvOffset, words[0])
	for _, w := range words[1:] {
		sum = fnv1a(fnv1a(sum, " "), w)
	}
	return sum
}

// splitWords cuts a text as NGramHasher says.
func splitWords(text string) []string {
	words := []string{}
	start := -1 // of the run that is open
	end := func(i int) {
		if start >= 0 {
			words = append(words, text[start:i])
		}
		start = -1
	}
	for i, r := range text {
		switch {
		case unspaced(r):
			end(i)
			words = append(words, text[i:i+utf8.RuneLen(r)])
		case r == '\'' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			if start < 0 {
				start = i
			}
		default:
			end(i)
		}
	}
	end(len(text))
	return words
}

// unspaced tells letters of scripts that put no spaces between words.
func unspaced(r rune) bool {
	return r >= 0x0e00 && unicode.IsLetter(r) &&
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
			unicode.Myanmar)
}
