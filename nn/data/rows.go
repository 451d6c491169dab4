package data

import (
	"errors"
	"strconv"
	"strings"

	"wafer/nn/say"
	"wafer/nn/task"
)

// table reads the samples of a table.
func (r *reader) table() ([]sample, task.Kind, error) {
	b, err := r.file(r.Path)
	if err != nil {
		return nil, "", err
	}
	list, err := r.rows(b)
	return list, task.Text, err
}

// rows reads the samples of a table in memory.
func (r *reader) rows(b []byte) ([]sample, error) {
	if err := r.meter.take(widened(b)); err != nil {
		return nil, say.Errorf("%s: %w", r.Path, err)
	}
	t, err := newTable(b, r.Source, r.meter)
	if err != nil {
		return nil, r.at(err)
	}
	if !t.Sure && !(r.outside && t.Width == 1) {
		return nil, t.Question()
	}
	list, left := []sample{}, lefts{}
	err = t.Each(&left, func(row Row) error {
		if len(list) == MaxEntries {
			return say.Errorf("expected at most %d rows, found more", MaxEntries)
		}
		text := cellText(row.Cells[t.Text])
		if r.Form == "tsv" { // has no quotation marks, so that its cells are texts as they stand
			text = row.Cells[t.Text]
		}
		s := sample{input: task.Input{Text: text}, where: r.Path + ":" + strconv.Itoa(row.Line)}
		if t.Label >= 0 {
			s.labels = labelsIn(row.Cells[t.Label], r.Separator)
		}
		list = append(list, s)
		return r.meter.take(each)
	})
	if err != nil {
		return nil, r.at(err)
	}
	r.note("%s; rows: %d", t, len(list))
	r.noteLeft(left)
	if lost := count(left, OtherWidth) + count(left, TooShort); lost > len(list) {
		return nil, say.Errorf("expected rows of %d cells with %q between them, found others: %s",
			t.Width, t.Delimiter, left.note())
	}
	return list, nil
}

// widened is what a text of another encoding takes beside its bytes when it is decoded.
func widened(b []byte) int64 {
	for _, c := range b[:min(len(b), 1<<16)] {
		if c >= 0x80 || c == 0 {
			return int64(len(b)) * 3 / 2
		}
	}
	return 0
}

// count is how many were left out for a reason.
func count(left lefts, why Reason) int {
	for _, l := range left {
		if l.Why == why {
			return l.Count
		}
	}
	return 0
}

// at puts the path before an error, as the place "path:line" where it has a line.
func (r *reader) at(err error) error {
	var l lineError
	if errors.As(err, &l) {
		return say.Errorf("%s:%d: %w", r.Path, l.line, l.err)
	}
	return say.Errorf("%s: %w", r.Path, err)
}

// labelsIn cuts the labels of one cell.
func labelsIn(cell, separator string) []string {
	if separator == "" {
		separator = listed
	}
	if !strings.Contains(cell, separator) {
		return []string{Label(cell)}
	}
	var list []string
	for _, l := range strings.Split(cell, separator) {
		if l = Label(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

// or is s, or the standard where it is empty.
func or(s, standard string) string {
	if s == "" {
		return standard
	}
	return s
}

// shorten quotes the start of a row.
func shorten(s string) string {
	if r := []rune(s[:min(len(s), 400)]); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return strconv.Quote(s)
}
