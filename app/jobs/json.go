package jobs

import (
	"bytes"
	"errors"
	"fmt"

	"wafer/nn/json"
)

// locate finds the value under a path of names in a JSON document: where it begins and ends.
func locate(doc []byte, path []string) (from, to int, ok bool) {
	from, to, _, err := seek(doc, path)
	return from, to, err == nil && from >= 0
}

// replaceIn puts a value under a path, in the place of the one that is there, and leaves the rest as it is written.
// What leads there must be objects that exist.
func replaceIn(doc []byte, path []string, value string) ([]byte, error) {
	from, to, open, err := seek(doc, path)
	if err != nil {
		return nil, err
	}
	if from >= 0 {
		return bytes.Join([][]byte{doc[:from], []byte(value), doc[to:]}, nil), nil
	}
	if open < 0 {
		return replaceIn(doc, path[:len(path)-1], fmt.Sprintf("{%q: %s}", path[len(path)-1], value))
	}
	name, comma := path[len(path)-1], ","
	if rest := bytes.TrimLeft(doc[open:], " \t\r\n"); len(rest) > 0 && rest[0] == '}' {
		comma = ""
	}
	return bytes.Join([][]byte{doc[:open], fmt.Appendf(nil, "%q: %s%s", name, value, comma), doc[open:]}, nil), nil
}

// seek walks to a path. from is -1 when the last name is not there; open is then where it may be added: behind the
// brace of its object, or -1 when that is not there either.
func seek(doc []byte, path []string) (from, to, open int, err error) {
	if len(path) == 0 {
		return 0, 0, -1, errors.New("expected an object")
	}
	if !json.Valid(doc) {
		var v any
		return 0, 0, -1, json.Unmarshal(doc, &v)
	}
	d := json.NewDecoder(bytes.NewReader(doc))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return 0, 0, -1, errors.New("expected an object")
	}
	open = int(d.InputOffset())
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return 0, 0, -1, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return 0, 0, -1, err
		}
		to = int(d.InputOffset())
		from = to - len(value)
		if name != path[0] {
			continue
		}
		if len(path) == 1 {
			return from, to, open, nil
		}
		a, b, o, err := seek(doc[from:to], path[1:])
		if a >= 0 {
			a, b = a+from, b+from
		}
		if o >= 0 {
			o += from
		}
		return a, b, o, err
	}
	if len(path) > 1 {
		open = -1
	}
	return -1, -1, open, nil
}
