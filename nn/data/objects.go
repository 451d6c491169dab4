package data

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"wafer/nn/charset"
	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
)

// isJSON says whether a file holds JSON objects, as its form says or its beginning.
func isJSON(b []byte, form string) bool {
	if form == "jsonl" {
		return true
	}
	_, size := charset.Mark(b)
	start := bytes.TrimLeft(b[size:min(len(b), 200)], " \t\r\n\x00")
	if form != "" && form != "table" {
		return bytes.HasPrefix(start, []byte(`{"`)) || bytes.HasPrefix(start, []byte(`[{"`))
	}
	return bytes.HasPrefix(start, []byte("{")) || bytes.HasPrefix(start, []byte("["))
}

// listed stands between the labels of a list in a cell.
const listed = "\x1f"

// newObjects reads JSON: an object a line, a list of objects or of rows, or a document that holds them. Their keys are
// the columns, in the order in which they come up; those of an object inside an object follow it behind a point.
func newObjects(b []byte, s recipe.Source) (*Table, error) {
	content, err := charset.JSON(b)
	if err != nil {
		return nil, err
	}
	content = withoutNaN(content)
	t := &Table{Encoding: charset.UTF8}
	rows, err := rowsOf(content)
	if err != nil {
		return nil, err
	}
	t.each, t.Width = rows.each, rows.width
	if s.Header == nil && rows.named {
		s.Header = new(true)
	}
	return t, t.settle(s)
}

// withoutNaN has null where Python wrote numbers that JSON does not have.
func withoutNaN(content []byte) []byte {
	if !bytes.Contains(content, []byte("NaN")) && !bytes.Contains(content, []byte("Infinity")) {
		return content
	}
	out := make([]byte, 0, len(content))
	inside := false
	for i := 0; i < len(content); {
		rest := content[i:]
		n, number := 1, false
		switch {
		case inside && rest[0] == '\\' && len(rest) > 1:
			n = 2
		case rest[0] == '"':
			inside = !inside
		case inside:
		case bytes.HasPrefix(rest, []byte("NaN")):
			n, number = 3, true
		case bytes.HasPrefix(rest, []byte("-Infinity")):
			n, number = 9, true
		case bytes.HasPrefix(rest, []byte("Infinity")):
			n, number = 8, true
		}
		if number {
			out = append(out, "null"...)
		} else {
			out = append(out, rest[:n]...)
		}
		i += n
	}
	return out
}

// rows are those of a file of JSON; named says that the first has the names of the columns.
type rows struct {
	each  func(rowFunc) error
	width int
	named bool
}

// rowsOf reads one object that holds all rows, one list, or an object per line, whichever the content is.
func rowsOf(content []byte) (rows, error) {
	if start := bytes.TrimLeft(content, " \t\r\n"); bytes.HasPrefix(start, []byte("{")) {
		if d, ok := documentOf(start); ok {
			return d.rows(0)
		}
		return keyed(content, readLines)
	} else if bytes.HasPrefix(start, []byte("[")) {
		return listRows(content)
	}
	return keyed(content, readLines)
}

// keyed reads rows of objects.
func keyed(content []byte, read func([]byte, func(int, []byte) error) error) (rows, error) {
	var keys []string
	place := map[string]int{}
	err := read(content, func(_ int, object []byte) error {
		list, err := fieldsOf(object)
		for _, f := range list {
			if _, known := place[f.key]; known {
				continue
			}
			if len(keys) == maxKeys {
				return say.Errorf("expected objects with at most %d keys in all, found more", maxKeys)
			}
			place[f.key] = len(keys)
			keys = append(keys, f.key)
		}
		return err
	})
	if err != nil {
		return rows{}, err
	}
	each := func(do rowFunc) error {
		if err := do(0, slices.Clone(keys), false); err != nil {
			return err
		}
		return read(content, func(line int, object []byte) error {
			list, err := fieldsOf(object)
			if err != nil {
				return err
			}
			cells := make([]string, len(keys))
			for _, f := range list {
				cells[place[f.key]] = f.cell
			}
			if blank(cells) {
				return nil
			}
			return do(line, cells, false)
		})
	}
	return rows{each, len(keys), true}, nil
}

// readLines gives one object a line.
func readLines(content []byte, do func(line int, object []byte) error) error {
	for line := 1; len(content) > 0; line++ {
		var row []byte
		row, content, _ = bytes.Cut(content, []byte("\n"))
		if row = bytes.TrimSpace(row); len(row) == 0 {
			continue
		}
		if err := do(line, row); err != nil {
			return lineError{line, err}
		}
	}
	return nil
}

// readList gives the objects of a list.
func readList(content []byte, do func(line int, object []byte) error) error {
	d := json.NewDecoder(bytes.NewReader(content))
	line, from := 1, 0
	count := func() {
		to := int(d.InputOffset())
		line, from = line+bytes.Count(content[from:to], []byte("\n")), to
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		var object json.RawMessage
		if err := d.Decode(&object); err != nil {
			count()
			return lineError{line, say.Errorf("expected JSON: %w", err)}
		}
		count()
		if err := do(line, object); err != nil {
			return lineError{line, err}
		}
	}
	if _, err := d.Token(); err != nil {
		return lineError{line, say.New("expected ] at the end of the list, found the end of the file")}
	}
	return nil
}

// lineError says in which line of its file something is wrong.
type lineError struct {
	line int
	err  error
}

// said is the error with its line, in words that can be translated (Sentence).
func (e lineError) said() error             { return say.Errorf("line %d: %w", e.line, e.err) }
func (e lineError) Error() string           { return e.said().Error() }
func (e lineError) Sentence() *say.Sentence { return say.Of(e.said()) }
func (e lineError) Unwrap() error           { return e.err }

// objectError shows the beginning of what is no JSON object.
func objectError(object []byte) error {
	return say.Errorf("expected one JSON object, found %s", shorten(string(object[:min(len(object), 300)])))
}

// maxKeys is how many different keys the objects of a file may have, maxDepth how deep an object in an object may lie.
const maxKeys, maxDepth = 1000, 6

// field is a value of an object as a cell.
type field struct{ key, cell string }

// fieldsOf are the fields of an object in their order.
func fieldsOf(object []byte) (list []field, err error) {
	err = eachKey(object, func(key string, value json.RawMessage) error {
		list, err = appendFields(list, key, value, 1)
		return err
	})
	return list, err
}

// appendFields appends the cells of a value. An object in it becomes a cell for each of its keys, "outer.inner", down
// to maxDepth; what lies deeper stays JSON in one cell.
func appendFields(list []field, key string, value json.RawMessage, depth int) ([]field, error) {
	if value[0] == '[' { // a list of one object is that object, as Label Studio writes it
		var one []json.RawMessage
		if json.Unmarshal(value, &one) == nil && len(one) == 1 && one[0][0] == '{' {
			value = one[0]
		}
	}
	if value[0] != '{' || depth == maxDepth {
		cell, err := cellOf(value)
		return append(list, field{key, cell}), err
	}
	err := eachKey(value, func(inner string, v json.RawMessage) (err error) {
		list, err = appendFields(list, key+"."+inner, v, depth+1)
		return err
	})
	return list, err
}

// eachKey calls do for every key of an object, which must be all there is.
func eachKey(object []byte, do func(key string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return objectError(object)
	}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return objectError(object)
		}
		if err := do(name, value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return objectError(object)
	}
	if _, err := d.Token(); err != io.EOF {
		return objectError(object)
	}
	return nil
}

// cellOf is a value as a cell: a list of labels is one, null is empty.
func cellOf(value json.RawMessage) (string, error) {
	switch value[0] {
	case '"':
		var s string
		err := json.Unmarshal(value, &s)
		return s, err
	case 'n':
		return "", nil
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return "", err
		}
		parts := make([]string, len(list))
		for i, v := range list {
			if v[0] == '[' {
				parts[i] = string(v)
			} else if parts[i], _ = cellOf(v); v[0] == 'n' {
				parts[i] = "null"
			}
		}
		return strings.Join(parts, listed), nil
	}
	return string(value), nil
}
