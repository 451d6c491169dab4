package data

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Columns says what the columns of a table mean.
type Columns struct {
	Header bool // the first row names the columns
	Text   int  // the column of the texts
	Label  int  // the column of the labels, −1: there is none
}

// profile is what the cells of one column below the first row are like.
type profile struct {
	first                            string // cell of the first row
	filled, numbers, decimals, words int
	length                           float64 // sum of the lengths, in Latin letters
	links                            int     // addresses and dates
	count                            map[string]int
	recurs                           bool // the first row's value stands below, too
}

// mostValues is how many different values of a column are told apart.
const mostValues = 2000

// add counts a cell. Blank ones, and MySQL's \N for none, count nowhere; values beyond mostValues count in all but
// count.
func (p *profile) add(cell string) {
	cell = strings.TrimSpace(cell)
	if cell == "" || cell == `\N` {
		return
	}
	p.filled++
	p.length += letters(cell)
	p.words += len(strings.Fields(cell))
	if isNumber(cell) {
		p.numbers++
		// not 5.0, as pandas writes 5
		if at := strings.IndexAny(cell, ".,"); at >= 0 && strings.Trim(cell[at+1:], "0") != "" {
			p.decimals++
		}
	} else if strings.Contains(cell, "://") || cell[0] >= '0' && cell[0] <= '9' && strings.ContainsAny(cell, ":-/") &&
		len(cell) < 30 {
		p.links++
	}
	p.recurs = p.recurs || cell == p.first
	if _, known := p.count[cell]; known || len(p.count) < mostValues {
		p.count[strings.Clone(cell)]++
	}
}

// letters is the length of a text; a letter of a script without spaces counts as much as half a word.
func letters(s string) (n float64) {
	for _, r := range s {
		if n++; r >= 0x2e80 {
			n += 2
		}
	}
	return n
}

// isNumber tells numbers as people write them: with a comma or a point, a sign, a percent sign or an exponent.
func isNumber(s string) bool {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "+"), "%")
	if _, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64); err == nil {
		return s[len(s)-1] <= '9' // not "inf", "nan"
	}
	return false
}

// share is n of the filled cells, 0 where none is.
func (p *profile) share(n int) float64 { return float64(n) / float64(max(1, p.filled)) }

// mean is the length of a filled cell, in Latin letters.
func (p *profile) mean() float64 { return p.length / float64(max(1, p.filled)) }

// singles is the number of values that occur once.
func (p *profile) singles() (n int) {
	for _, c := range p.count {
		if c == 1 {
			n++
		}
	}
	return n
}

// labelled says whether the values recur as those of labels do.
func (p *profile) labelled() bool {
	few := len(p.count) >= 2 && 2*len(p.count) <= p.filled && 4*p.singles() <= len(p.count)
	return few && p.mean() <= 60 && p.share(p.decimals) < 0.5 && p.share(p.links) < 0.5
}

// different says whether all values are different, so that they cannot be labels.
func (p *profile) different() bool { return p.filled >= 4 && len(p.count) == p.filled }

// written says whether the column can hold texts.
func (p *profile) written() bool {
	return p.filled > 0 && p.share(p.numbers) < 0.5 && p.share(p.links) < 0.5
}

// weight is how much a column looks like texts: long, with spaces.
func (p *profile) weight() float64 { return p.mean() + 4*p.share(p.words) }

// evidence is what a table says about its columns itself.
type evidence struct {
	columns []*profile
	rows    int // below the first
}

// add takes a row; the first one begins the columns. A row that is wider adds columns, but no blank ones.
func (e *evidence) add(cells []string) {
	if e.columns == nil {
		for _, c := range cells {
			e.columns = append(e.columns, &profile{first: strings.TrimSpace(c), count: map[string]int{}})
		}
		return
	}
	e.rows++
	for i, c := range cells {
		if i == len(e.columns) {
			if strings.TrimSpace(c) == "" {
				continue
			}
			e.columns = append(e.columns, &profile{count: map[string]int{}})
		}
		if i < len(e.columns) {
			e.columns[i].add(c)
		}
	}
}

// header says whether the first row names the columns, and whether that is certain.
func (e *evidence) header() (yes, sure bool) {
	named, likely, against := false, false, false
	said := map[meaning]bool{}
	for _, p := range e.columns {
		if p.first == "" {
			continue
		}
		m, exact := meant(p.first)
		name := utf8.RuneCountInString(p.first) <= 40 && len(strings.Fields(p.first)) <= 4
		if name && !p.recurs && (p.filled > 0 || e.rows == 0) {
			said[m] = true
		}
		switch {
		case p.recurs && p.labelled(), p.recurs && p.share(p.numbers) > 0.9:
			against = true
		case p.recurs || !name:
		case m != noMeaning && (exact || !strings.Contains(p.first, " ")) && p.filled > 0:
			named = true
		case p.filled >= 3 && p.share(p.numbers) > 0.9 && !isNumber(p.first) && startsAsName(p.first):
			named = true
		case p.labelled() && startsAsName(p.first) && p.singles() == 0:
			likely = true
		}
	}
	named = named || said[meansText] && said[meansLabel]
	switch {
	case against:
		return false, !named
	case named:
		return true, true
	case likely:
		return true, e.rows >= 8 && e.shortNames()
	}
	return false, e.rows > 0
}

// shortNames says whether the first cells are shorter than the texts below.
func (e *evidence) shortNames() bool {
	for _, p := range e.columns {
		if p.written() && !p.labelled() && letters(p.first) > p.mean()/2 {
			return false
		}
	}
	return true
}

// startsAsName tells what begins as the name of a column does, with a letter of any script or an underscore.
func startsAsName(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || r == '_'
}

// find says what the columns mean; sure is false where somebody should be asked.
func (e *evidence) find() (c Columns, sure bool) {
	c.Header, sure = e.header()
	e.settle(c.Header)
	var ok bool
	c.Text, ok = e.text(c.Header)
	sure = sure && ok
	c.Label, ok = e.label(c.Header, c.Text)
	return c, sure && ok
}

// settle counts the first row among the others where it is one.
func (e *evidence) settle(header bool) {
	if header {
		return
	}
	for _, p := range e.columns {
		p.add(p.first)
	}
}

// ranked takes the columns of the highest rank above 0.
func (e *evidence) ranked(rank func(i int, p *profile) int) (list []int) {
	best := 1
	for i, p := range e.columns {
		switch r := rank(i, p); {
		case r > best:
			best, list = r, []int{i}
		case r == best:
			list = append(list, i)
		}
	}
	return list
}

// text finds the column of the texts: by its name, else by what it holds, of several the one that looks most like
// texts. sure is false where a second one looks half as much like it. Where no column can be it is 0, not sure.
func (e *evidence) text(header bool) (column int, sure bool) {
	list := e.ranked(func(_ int, p *profile) int {
		m, exact := noMeaning, false
		if header {
			m, exact = meant(p.first)
		}
		switch {
		case m == meansText && exact && p.filled > 0:
			return 5
		case !p.written() || header && m == meansOther:
			return 0
		case m == meansText:
			return 4
		case m == meansTitle:
			return 3
		case m == meansLabel || p.labelled():
			return 1
		}
		return 2
	})
	if len(list) == 0 {
		return 0, false
	}
	best, second := list[0], -1.0
	for _, i := range list[1:] {
		if e.columns[i].weight() > e.columns[best].weight() {
			best, second = i, e.columns[best].weight()
		} else {
			second = max(second, e.columns[i].weight())
		}
	}
	return best, e.columns[best].weight() >= 2*second
}

// label finds the column of the labels beside the one of the texts, −1 for none: by its name, else where values recur.
// Eight rows without a header are the least for being sure.
func (e *evidence) label(header bool, text int) (column int, sure bool) {
	list := e.ranked(func(i int, p *profile) int {
		m, exact := noMeaning, false
		if header {
			m, exact = meant(p.first)
		}
		switch {
		case i == text || p.filled == 0:
			return 0
		case m == meansLabel && exact:
			return 5
		case p.different() || header && m == meansOther:
			return 0
		case m == meansLabel:
			return 4
		case p.labelled():
			return 2
		}
		return 0
	})
	switch {
	case len(list) == 1 && (e.rows >= 8 || header):
		return list[0], true
	case len(list) > 0:
		return list[0], false
	}
	// Nothing looks like labels: certain where nothing else stands beside the text.
	beside := -1
	for i, p := range e.columns {
		if m, _ := meant(p.first); i != text && p.filled > 0 && !(header && m == meansOther) {
			beside = i
		}
	}
	return beside, beside < 0
}
