package data

import (
	"bytes"
	"slices"
	"strconv"

	"wafer/nn/json"
	"wafer/nn/say"
)

// document is a file that is one JSON object with the rows somewhere inside: {"data": [{…}, …]}, the forms of pandas
// (records, columns, index, split, table), lists by label.
type document struct {
	keys   []string
	values []json.RawMessage
}

// documentOf reads a file that is one object and more than one row.
func documentOf(content []byte) (doc document, ok bool) {
	err := eachKey(content, func(key string, value json.RawMessage) error {
		doc.keys, doc.values = append(doc.keys, key), append(doc.values, value)
		return nil
	})
	return doc, err == nil && (doc.all('[') || doc.all('{') || doc.rowList() >= 0 || doc.plainMap())
}

// all says whether all values begin with a character.
func (d document) all(start byte) bool {
	for _, v := range d.values {
		if v[0] != start {
			return false
		}
	}
	return len(d.values) > 0
}

// rowList is the longest value that is a list of objects or of lists, −1 for none.
func (d document) rowList() int {
	best := -1
	for i, v := range d.values {
		inner := bytes.TrimLeft(v[1:], " \t\r\n")
		if v[0] == '[' && len(inner) > 0 && (inner[0] == '{' || inner[0] == '[') &&
			(best < 0 || len(v) > len(d.values[best])) {
			best = i
		}
	}
	return best
}

// plainMap says whether the keys are texts and the values their labels.
func (d document) plainMap() bool {
	for i, k := range d.keys {
		if m, _ := meant(k); m != noMeaning || d.values[i][0] != '"' {
			return false
		}
	}
	return len(d.keys) >= 4
}

// value is the JSON at a key, nil for none; of a key that stands twice the first.
func (d document) value(key string) json.RawMessage {
	for i, k := range d.keys {
		if k == key {
			return d.values[i]
		}
	}
	return nil
}

// rows finds the rows; depth is how deep in the file the document lies.
func (d document) rows(depth int) (rows, error) {
	if i := d.rowList(); i >= 0 {
		list, err := listRows(d.values[i])
		if names := d.value("columns"); err == nil && names != nil && names[0] == '[' && !list.named {
			list.each, list.named = withNames(list.each, names), true
		}
		return list, err
	}
	switch {
	case d.all('['):
		return d.lists()
	case d.all('{'):
		if len(d.keys) == 1 && depth < maxDepth {
			if inner, ok := documentOf(d.values[0]); ok {
				return inner.rows(depth + 1)
			}
		}
		return d.objects()
	}
	list := [][]string{{"text", "label"}}
	for i, k := range d.keys {
		cell, err := cellOf(d.values[i])
		if err != nil {
			return rows{}, err
		}
		list = append(list, []string{k, cell})
	}
	return rows{given(list), 2, true}, nil
}

// given are rows that are there already.
func given(list [][]string) func(rowFunc) error {
	return func(do rowFunc) error {
		for i, cells := range list {
			if blank(cells) {
				continue
			}
			if err := do(i, slices.Clone(cells), false); err != nil {
				return err
			}
		}
		return nil
	}
}

// withNames puts the names of the columns before rows.
func withNames(each func(rowFunc) error, names json.RawMessage) func(rowFunc) error {
	var list []json.RawMessage
	var cells []string
	if json.Unmarshal(names, &list) != nil {
		return each
	}
	for _, n := range list {
		cell, _ := cellOf(n)
		cells = append(cells, cell)
	}
	return func(do rowFunc) error {
		if err := do(0, slices.Clone(cells), false); err != nil {
			return err
		}
		return each(do)
	}
}

// lists are columns, {"text": […], "label": […]}, or the texts of every label, {"pos": […], "neg": […]}.
func (d document) lists() (rows, error) {
	columns := make([][]string, len(d.keys))
	named, longest, alike := false, 0, true
	for i, v := range d.values {
		var list []json.RawMessage
		if err := json.Unmarshal(v, &list); err != nil {
			return rows{}, err
		}
		if len(list) > MaxEntries {
			return rows{}, say.Errorf("expected at most %d rows, found %d", MaxEntries, len(list))
		}
		for _, one := range list {
			cell, err := cellOf(one)
			if err != nil {
				return rows{}, err
			}
			columns[i] = append(columns[i], cell)
		}
		m, _ := meant(d.keys[i])
		named = named || m == meansText || m == meansLabel
		alike = alike && len(list) == len(columns[0])
		longest = max(longest, len(list))
	}
	if named && alike {
		return transposed(d.keys, columns, longest)
	}
	list := [][]string{{"text", "label"}}
	for i, column := range columns {
		for _, cell := range column {
			list = append(list, []string{cell, d.keys[i]})
		}
	}
	return rows{given(list), 2, true}, nil
}

// transposed are rows out of columns; length is that of the longest, shorter ones end in blank cells, and rows of
// blanks are passed over. The names come first.
func transposed(names []string, columns [][]string, length int) (rows, error) {
	if len(names) > maxKeys {
		return rows{}, say.Errorf("expected at most %d columns, found %d", maxKeys, len(names))
	}
	each := func(do rowFunc) error {
		if err := do(0, slices.Clone(names), false); err != nil {
			return err
		}
		for r := range length {
			cells := make([]string, len(names))
			for i, c := range columns {
				if r < len(c) {
					cells[i] = c[r]
				}
			}
			if blank(cells) {
				continue
			}
			if err := do(r+1, cells, false); err != nil {
				return err
			}
		}
		return nil
	}
	return rows{each, len(names), true}, nil
}

// objects are columns by the number of the row, {"text": {"0": …}}, or rows by a key, {"17": {"text": …}}.
func (d document) objects() (rows, error) {
	columns, keys := make([][]string, len(d.keys)), []string(nil)
	for i, v := range d.values {
		list, err := fieldsOf(v)
		if err != nil {
			return rows{}, err
		}
		for r, f := range list {
			if i == 0 {
				keys = append(keys, f.key)
			} else if r >= len(keys) || keys[r] != f.key {
				return d.byKey()
			}
			columns[i] = append(columns[i], f.cell)
		}
	}
	for _, k := range keys {
		if _, err := strconv.Atoi(k); err != nil {
			return d.byKey()
		}
	}
	return transposed(d.keys, columns, len(keys))
}

// byKey are the values as rows.
func (d document) byKey() (rows, error) {
	return keyed(nil, func(_ []byte, do func(int, []byte) error) error {
		for i, v := range d.values {
			if err := do(i+1, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// isRows says whether a list holds lists or texts and no objects.
func isRows(content []byte) bool {
	start := bytes.TrimLeft(content, " \t\r\n")
	if len(start) == 0 || start[0] != '[' {
		return false
	}
	start = bytes.TrimLeft(start[1:], " \t\r\n")
	return len(start) > 0 && (start[0] == '[' || start[0] == '"')
}

// listRows reads a list of objects, of lists of cells, or of texts.
func listRows(content []byte) (rows, error) {
	if !isRows(content) {
		return keyed(content, readList)
	}
	width := 0
	each := func(do rowFunc) error {
		return readList(content, func(line int, value []byte) error {
			cells, err := rowOf(value)
			if err != nil || blank(cells) {
				return err
			}
			return do(line, cells, false)
		})
	}
	err := each(func(_ int, cells []string, _ bool) error {
		width = max(width, len(cells))
		return nil
	})
	return rows{each, width, false}, err
}

// rowOf is a row of a list: a list of cells, or one text.
func rowOf(value json.RawMessage) ([]string, error) {
	var list []json.RawMessage
	if value[0] != '[' {
		list = []json.RawMessage{value}
	} else if err := json.Unmarshal(value, &list); err != nil {
		return nil, err
	}
	if len(list) > maxKeys {
		return nil, say.Errorf("expected at most %d cells in a row, found %d", maxKeys, len(list))
	}
	cells := make([]string, len(list))
	for i, v := range list {
		var err error
		if cells[i], err = cellOf(v); err != nil {
			return nil, err
		}
	}
	return cells, nil
}
