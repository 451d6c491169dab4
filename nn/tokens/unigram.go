package tokens

import "unicode/utf8"

// unigram takes the pieces with the greatest sum of scores.
type unigram struct {
	index    map[string]int32
	scores   []float64
	unknown  int32 // −1: an unknown character is left out
	least    float64
	longest  int // bytes of a piece
	bytes    bool
	fallback [256]int32
}

// below is how much less an unknown character scores than the least piece.
const below = 10

// cut takes the best path through the word (Viterbi), which forward leaves behind, from its end. Time grows with the
// word times the longest piece.
func (u *unigram) cut(to []int32, word string) []int32 {
	last, from := u.forward(word)
	start := len(to)
	for at := len(word); at > 0; at = int(from[at]) {
		to = append(to, last[at])
	}
	for i, j := start, len(to)-1; i < j; i, j = i+1, j-1 {
		to[i], to[j] = to[j], to[i]
	}
	if u.bytes {
		return u.toBytes(to[:start], word, last, from)
	}
	return u.fused(to, start)
}

// fused makes one token of several unknown ones in a row.
func (u *unigram) fused(to []int32, start int) []int32 {
	out := to[:start]
	for i, id := range to[start:] {
		if id != u.unknown || u.unknown >= 0 && (i == 0 || out[len(out)-1] != id || len(out) == start) {
			out = append(out, id)
		}
	}
	return out
}

// toBytes writes unknown characters as their bytes.
func (u *unigram) toBytes(to []int32, word string, last, from []int32) []int32 {
	var ends []int
	for at := len(word); at > 0; at = int(from[at]) {
		ends = append(ends, at)
	}
	for i := len(ends) - 1; i >= 0; i-- {
		end := ends[i]
		if last[end] != u.unknown {
			to = append(to, last[end])
			continue
		}
		for _, c := range []byte(word[from[end]:end]) {
			to = append(to, u.fallback[c])
		}
	}
	return to
}

// forward finds, for every place, the last piece of the best path to there and where that piece begins.
func (u *unigram) forward(word string) (last, from []int32) {
	best := make([]float64, len(word)+1)
	last, from = make([]int32, len(word)+1), make([]int32, len(word)+1)
	reached := make([]bool, len(word)+1)
	visit := func(start, end int, id int32, score float64) {
		if score += best[start]; !reached[end] || score > best[end] {
			reached[end], best[end], last[end], from[end] = true, score, id, int32(start)
		}
	}
	for start := 0; start < len(word); {
		_, width := utf8.DecodeRuneInString(word[start:])
		single := false
		for end := start + width; end <= min(start+u.longest, len(word)); end++ {
			if end < len(word) && !utf8.RuneStart(word[end]) {
				continue
			}
			if id, ok := u.index[word[start:end]]; ok {
				visit(start, end, id, u.scores[id])
				single = single || end == start+width
			}
		}
		if !single {
			visit(start, start+width, u.unknown, u.least-below)
		}
		start += width
	}
	return last, from
}
