package data

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"wafer/nn/charset"
	"wafer/nn/recipe"
	"wafer/nn/say"
)

// isJSON says whether a file holds JSON objects, as its form says or its beginning.
func isJSON(b []byte, form string) bool {
	if form == "jsonl" {
		return true
	}
	if form != "" && form != "table" {
		return false
	}
	_, size := charset.Mark(b)
	start := bytes.TrimLeft(b[size:min(len(b), 200)], " \t\r\n\x00")
	return bytes.HasPrefix(start, []byte("{")) || bytes.HasPrefix(start, []byte("["))
}

// listed stands between the labels of a list in a cell.
const listed = "\x1f"

// newObjects reads a JSON object a line, or a list of objects; their keys are the columns, in the order in which they
// come up.
func newObjects(b []byte, s recipe.Source) (*Table, error) {
	content, err := charset.JSON(b)
	if err != nil {
		return nil, err
	}
	t := &Table{Encoding: charset.UTF8}
	var keys []string
	read := readLines
	if bytes.HasPrefix(bytes.TrimLeft(content, " \t\r\n"), []byte("[")) {
		read = readList
	}
	if err := read(content, func(_ int, object []byte) error { return keysOf(object, &keys) }); err != nil {
		return nil, err
	}
	t.Width = len(keys)
	t.each = func(do rowFunc) error {
		if err := do(0, slices.Clone(keys), false); err != nil {
			return err
		}
		return read(content, func(line int, object []byte) error {
			cells, err := cellsOf(object, keys)
			if err != nil || blank(cells) {
				return err
			}
			return do(line, cells, false)
		})
	}
	if s.Header == nil {
		s.Header = new(true)
	}
	return t, t.settle(s)
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

func (e lineError) said() error             { return say.Errorf("line %d: %w", e.line, e.err) }
func (e lineError) Error() string           { return e.said().Error() }
func (e lineError) Sentence() *say.Sentence { return say.Of(e.said()) }
func (e lineError) Unwrap() error           { return e.err }

func objectError(object []byte) error {
	return say.Errorf("expected one JSON object, found %s", shorten(string(object[:min(len(object), 300)])))
}

// keysOf adds the keys that are new, in their order.
func keysOf(object []byte, keys *[]string) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return objectError(object)
	}
	for d.More() {
		key, err := d.Token()
		var skipped json.RawMessage
		if err != nil || d.Decode(&skipped) != nil {
			return objectError(object)
		}
		if name, ok := key.(string); ok && !slices.Contains(*keys, name) {
			if len(*keys) == maxKeys {
				return say.Errorf("expected objects with at most %d keys in all, found more", maxKeys)
			}
			*keys = append(*keys, name)
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

// maxKeys is how many different keys the objects of a file may have.
const maxKeys = 1000

// cellsOf are the values of an object under keys; a list of labels is one cell, null and what is not there are empty.
func cellsOf(object []byte, keys []string) ([]string, error) {
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(object))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return nil, objectError(object)
	}
	cells := make([]string, len(keys))
	for i, k := range keys {
		switch v := fields[k].(type) {
		case nil:
		case string:
			cells[i] = v
		case []any:
			parts := make([]string, 0, len(v))
			for _, e := range v {
				parts = append(parts, fmt.Sprint(e))
			}
			cells[i] = strings.Join(parts, listed)
		case map[string]any:
			b, _ := json.Marshal(v)
			cells[i] = string(b)
		default:
			cells[i] = fmt.Sprint(v)
		}
	}
	return cells, nil
}
