package text

import (
	"strings"
	"unicode"

	"wafer/nn/charset"
)

// Parts cuts a text into what an explanation speaks of: words with the punctuation and the white space behind them, and
// letters of scripts without spaces one by one. They join to the text. Of more than most, neighbours are joined.
func Parts(text string, most int) []string {
	var starts []int
	space, single := true, false // what the rune before was: white space; a letter that is a word
	for i, r := range text {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		one := unspaced(r)
		if !unicode.IsSpace(r) && (space || one || single && letter) {
			starts = append(starts, i)
		}
		space = unicode.IsSpace(r)
		single = one || single && !letter
	}
	each := (len(starts) + most - 1) / most
	var parts []string
	for k := 0; k < len(starts); k += each {
		from, to := starts[k], len(text)
		if k == 0 {
			from = 0
		}
		if k+each < len(starts) {
			to = starts[k+each]
		}
		parts = append(parts, text[from:to])
	}
	return parts
}

// owners are the part that every byte of a text belongs to, and the text; form makes each part what it is in it.
func owners(parts []string, form func(string) string) (owner []int, text string) {
	var b strings.Builder
	for i, p := range parts {
		p = form(p)
		b.WriteString(p)
		for range len(p) {
			owner = append(owner, i)
		}
	}
	return owner, b.String()
}

// Cover tells which parts of a text, see Parts, its known n-grams lie over: each hears, for every place of an n-gram
// and every part there, the number that Numbers gives it and how many bytes of it lie in the part.
func (g *NGrams) Cover(parts []string, each func(number int32, part, bytes int)) {
	owner, text := owners(parts, Lower)
	if whole := Lower(strings.Join(parts, "")); len(whole) == len(text) {
		text = whole // with Greek letters at ends of words as in the text
	}
	c := coverer{g, owner, each}
	c.words(text)
	if g.CharMax > 0 {
		c.characters(text)
	}
}

type coverer struct {
	*NGrams
	owner []int // by byte, −1: none
	each  func(number int32, part, bytes int)
}

// gram tells of an n-gram that lies over the bytes from start to end.
func (c *coverer) gram(hash uint32, start, end int) {
	number := c.number(hash)
	for at := start; number > 0 && at < end; {
		to := at + 1
		for to < end && c.owner[to] == c.owner[at] {
			to++
		}
		if c.owner[at] >= 0 {
			c.each(number, c.owner[at], to-at)
		}
		at = to
	}
}

func (c *coverer) words(text string) {
	words := splitWords(text)
	starts, at := make([]int, len(words)), 0
	for i, w := range words {
		starts[i] = at + strings.Index(text[at:], w)
		at = starts[i] + len(w)
	}
	for size := 1; size <= c.Words; size++ {
		for i := 0; i+size <= len(words); i++ {
			last := i + size - 1
			c.gram(hashWords(words[i:i+size]), starts[i], starts[last]+len(words[last]))
		}
	}
}

// characters goes through what NGrams takes them from, whose spaces belong to no part.
func (c *coverer) characters(text string) {
	plain, owner, at := " ", []int{-1}, 0
	for _, field := range strings.Fields(text) {
		at += strings.Index(text[at:], field)
		owner = append(append(owner, c.owner[at:at+len(field)]...), -1)
		plain += field + " "
		at += len(field)
	}
	if plain == " " { // as strings.Join has it of nothing
		return
	}
	c.owner = owner
	c.eachCharacters(plain, func(hash uint32, start, end int) bool {
		c.gram(hash, start, end)
		return true
	})
}

// Owners are the parts of a text, see Parts, that its pieces end in, in the order of Sequence; nil where a part on its
// own is normalised to something else than in the text.
func (u *Unigram) Owners(parts []string) []int {
	owner, text := owners(parts, spaced)
	if text == "" || text != spaced(strings.Join(parts, "")) {
		return nil
	}
	text = wordStart + text
	last, from := u.forward(text)
	var list []int
	for _, end := range ends(text, last, from) {
		list = append(list, owner[max(end-len(wordStart)-1, 0)])
	}
	return list
}

// spaced is a text as its pieces have it, without the mark in front.
func spaced(text string) string { return strings.ReplaceAll(charset.NFKC(text), " ", wordStart) }
