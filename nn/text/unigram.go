package text

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"wafer/nn/charset"
	"wafer/nn/json"
)

// Unigram cuts a text into the pieces of a fixed vocabulary such that the sum of their scores is greatest
// (Kudo 2018, arXiv 1804.10959), as SentencePiece and, to the number, TensorFlow.js' Universal Sentence Encoder do.
//
// The text is brought to NFKC, U+2581 is put in front and replaces every space; nothing is trimmed or lower-cased.
// Pieces 0 to 5 (unknown, control) are never found in a text. A character at which no piece ends is piece 0 with
// score 0, and a run of those is one. Of two paths with the same score the one whose last piece is shorter is taken.
type Unigram struct {
	index   map[string]int32
	scores  []float64
	longest int           // bytes
	letters map[rune]bool // that pieces of two letters or more have: those of the languages that it was made for
}

// Limits of a vocabulary.
const (
	maxPieces  = 1 << 18
	maxPiece   = 256 // bytes
	firstPiece = 6
	wordStart  = "\u2581"
)

// UnigramFromJSON reads a vocabulary: a list of [piece, score] in the order of their numbers. A score of null is 0; of
// a piece that is there twice the later one counts.
func UnigramFromJSON(doc []byte) (*Unigram, error) {
	var list []piece
	if err := json.Unmarshal(doc, &list); err != nil {
		return nil, fmt.Errorf("vocabulary: expected a list of [piece, score]: %w", err)
	}
	if len(list) <= firstPiece || len(list) > maxPieces {
		return nil, fmt.Errorf("vocabulary: has %d pieces, expected %d to %d", len(list), firstPiece+1, maxPieces)
	}
	u := &Unigram{index: make(map[string]int32, len(list)), scores: make([]float64, len(list)),
		letters: map[rune]bool{}}
	for i, p := range list {
		u.scores[i] = p.score
		if i < firstPiece {
			continue
		}
		if p.text == "" || len(p.text) > maxPiece {
			return nil, fmt.Errorf("vocabulary: piece %d has %d bytes, expected 1 to %d", i, len(p.text), maxPiece)
		}
		u.index[p.text] = int32(i)
		u.longest = max(u.longest, len(p.text))
		u.learn(p.text)
	}
	return u, nil
}

// learn notes the letters and digits of a piece that has two or more.
func (u *Unigram) learn(piece string) {
	if list := wordsOf(piece); len(list) > 1 {
		for _, r := range list {
			u.letters[r] = true
		}
	}
}

// wordsOf are the letters and digits of a text.
func wordsOf(text string) (list []rune) {
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			list = append(list, r)
		}
	}
	return list
}

// Reads tells that half or more of a text's letters and digits are of the languages that the pieces were made for:
// other scripts have pieces of single letters at most. A text without a letter or digit is not read.
func (u *Unigram) Reads(text string) bool {
	known, all := 0, wordsOf(charset.NFKC(text))
	for _, r := range all {
		if u.letters[r] {
			known++
		}
	}
	return len(all) > 0 && 2*known >= len(all)
}

type piece struct {
	text  string
	score float64
}

// UnmarshalJSON reads ["▁the", -3.7].
func (p *piece) UnmarshalJSON(b []byte) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return errors.New("a piece is not a pair")
	}
	if err := json.Unmarshal(pair[0], &p.text); err != nil {
		return err
	}
	return json.Unmarshal(pair[1], &p.score)
}

// Pieces is the size of the vocabulary: numbers are below it.
func (u *Unigram) Pieces() int { return len(u.scores) }

// Sequence is the numbers of the pieces of a text.
func (u *Unigram) Sequence(text string) []int32 {
	if text == "" {
		return nil
	}
	text = wordStart + spaced(text)
	last, from := u.forward(text)
	var ids []int32
	for _, end := range ends(text, last, from) {
		ids = append(ids, last[end])
	}
	return ids
}

// ends are where the pieces of the best path end.
func ends(text string, last, from []int32) (list []int) {
	for at := len(text); at > 0; at = int(from[at]) {
		if n := len(list); last[at] != 0 || n == 0 || last[list[n-1]] != 0 {
			list = append(list, at)
		}
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// forward finds, for every position between characters, the last piece of the best path to there and where that
// piece begins. A place that no piece ends at is reached by piece 0 from the character before.
func (u *Unigram) forward(text string) (last, from []int32) {
	best := make([]float64, len(text)+1)
	last, from = make([]int32, len(text)+1), make([]int32, len(text)+1)
	for start, r := range text {
		width := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, width = utf8.DecodeRuneInString(text[start:])
		}
		if next := start + width; last[next] == 0 {
			from[next] = int32(start)
		}
		for end := start + width; end <= min(start+u.longest, len(text)); end++ {
			if end < len(text) && !utf8.RuneStart(text[end]) {
				continue
			}
			id, ok := u.index[text[start:end]]
			if !ok {
				continue
			}
			// The published code takes a best score of 0 for none yet.
			if score := best[start] + u.scores[id]; best[end] == 0 || score >= best[end] {
				best[end], last[end], from[end] = score, id, int32(start)
			}
		}
	}
	return last, from
}
