package data

import "strings"

// Tables that people type hold texts with commas and no quotation marks: "pos,well, I like it" or "well, I like
// it,pos". The rows then have no width in common; which cells are one text is known by the names of the columns, or by
// the labels.

// loosen finds the width of such a table, and the cell that further ones of a row belong to.
func (d *dialect) loosen(content string) {
	if !strings.Contains(",;|，；", d.delimiter) {
		return
	}
	alike := d.alike(content)
	var first []string
	var begins, ends profile
	begins.count, ends.count = map[string]int{}, map[string]int{}
	rows, short, named, wide := 0, 0, 0, 0
	d.heads(content, func(cells []string) {
		if first == nil {
			first, named = cells, len(cells)
			return
		}
		if rows++; len(cells) < 2 {
			short++
			return
		}
		if len(cells) < len(first) {
			named = 0
		} else if filled(cells[len(first):]) > 0 {
			wide++
		}
		begins.add(cells[0])
		ends.add(cells[len(cells)-1])
	})
	numbered := begins.share(begins.numbers) > 0.9 && begins.different() // R has no name for the numbers of the rows
	if rows < 4 || 20*short > rows || numbered || alike > 0.9 && (len(first) >= d.width || 2*wide < rows) {
		return
	}
	text, label := namedColumns(first)
	switch {
	case named >= 2 && text >= 0 && label >= 0:
		d.width, d.joins = named, text
	case rows < fewRows:
	case begins.labelled() && !ends.labelled():
		d.width, d.joins = 2, 1
	case ends.labelled() && !begins.labelled():
		d.width, d.joins = 2, 0
	}
}

// namedColumns are the columns that a row of names says hold the texts and the labels, −1 for none.
func namedColumns(names []string) (text, label int) {
	text, label = -1, -1
	for i, n := range names {
		switch m, _ := meant(n); {
		case m == meansText && text < 0:
			text = i
		case m == meansLabel && label < 0:
			label = i
		}
	}
	return text, label
}

// divides says whether a delimiter that stands in texts, too, is one here: every row has it as often, and the first
// names the columns or one column holds labels.
func (d dialect) divides(content string) bool {
	if d.joins == noJoin && d.alike(content) < 0.95 || d.width < 2 {
		return false
	}
	var e evidence
	d.heads(content, func(cells []string) {
		if len(cells) == d.width {
			e.add(cells)
		}
	})
	for _, p := range e.columns {
		if p.labelled() {
			return true
		}
	}
	text, label := namedColumns(e.names())
	return text >= 0 && label >= 0
}

// names are the cells of the first row.
func (e *evidence) names() (list []string) {
	for _, p := range e.columns {
		list = append(list, p.first)
	}
	return list
}

// named gives a table whose first row lacks a name for the numbers of the rows, as R writes it, an empty one.
func (t *Table) named() {
	rows := t.First(50)
	if len(rows) < 3 || len(rows[0]) != t.Width-1 {
		return
	}
	p := profile{count: map[string]int{}}
	for _, cells := range rows[1:] {
		p.add(cells[0])
	}
	text, label := namedColumns(rows[0])
	if text < 0 || label < 0 || p.share(p.numbers) < 1 || len(p.count) < len(rows)-1 {
		return
	}
	each := t.each
	t.each = func(do rowFunc) error {
		first := true
		return each(func(line int, cells []string, odd bool) error {
			if first {
				cells = append([]string{""}, cells...)
			}
			first = false
			return do(line, cells, odd)
		})
	}
}
