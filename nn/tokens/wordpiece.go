package tokens

import "unicode/utf8"

// wordPiece takes the longest beginning that the vocabulary has, again and again.
type wordPiece struct {
	index   map[string]int32
	unknown int32
	prefix  string // of pieces within a word
	most    int    // characters of a word, else it is unknown
	longest int    // bytes of a piece
}

// cut makes the whole word one unknown token where some part of it is in no piece, or it has more than most characters.
func (w *wordPiece) cut(to []int32, word string) []int32 {
	if utf8.RuneCountInString(word) > w.most {
		return append(to, w.unknown)
	}
	start := len(to)
	for at := 0; at < len(word); {
		id, n := w.piece(word[at:], at > 0)
		if n == 0 {
			return append(to[:start], w.unknown)
		}
		to = append(to, id)
		at += n
	}
	return to
}

// piece is the longest piece with which rest begins and its bytes in the word, 0 bytes where there is none; within a
// word pieces bear the prefix in the vocabulary.
func (w *wordPiece) piece(rest string, within bool) (id int32, n int) {
	for end := min(len(rest), w.longest); end > 0; end-- {
		if end < len(rest) && !utf8.RuneStart(rest[end]) {
			continue
		}
		key := rest[:end]
		if within {
			key = w.prefix + key
		}
		if id, ok := w.index[key]; ok {
			return id, end
		}
	}
	return 0, 0
}

// wordLevel knows whole words only.
type wordLevel struct {
	index   map[string]int32
	unknown int32 // −1: left out
}

// cut takes the word as one token, the unknown one, or none.
func (w *wordLevel) cut(to []int32, word string) []int32 {
	if id, ok := w.index[word]; ok {
		return append(to, id)
	}
	if w.unknown >= 0 {
		return append(to, w.unknown)
	}
	return to
}
