package data

import (
	"bytes"
	"errors"
	"fmt"

	"wafer/nn/charset"
	"wafer/nn/json"
	"wafer/nn/order"
	"wafer/nn/task"
)

// clinc reads one part of CLINC150's data_full.json: {"train": [[text, intent], …], …}. Samples are counted while they
// are read; the other parts are passed over.
func (r *reader) clinc() ([]sample, task.Kind, error) {
	b, err := r.file(r.Path)
	if err != nil {
		return nil, "", err
	}
	if b, err = charset.JSON(b); err != nil {
		return nil, "", err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	shape := errors.New(`expected {"part": [[text, intent], …], …}`)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, "", r.jsonError(b, err, shape)
	}
	list, found, keys := []sample(nil), false, []string{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, "", r.jsonError(b, err, shape)
		}
		if keys = append(keys, fmt.Sprint(key)); key != r.Part {
			err = skip(d)
		} else {
			found = true
			list, err = r.pairs(d)
		}
		if err != nil {
			return nil, "", r.jsonError(b, err, shape)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, "", r.jsonError(b, err, shape)
	}
	if !found {
		order.Sort(keys)
		return nil, "", fmt.Errorf("expected the part %q, found %s", r.Part, some(keys))
	}
	return list, task.Text, nil
}

// jsonError says in which line a document is wrong.
func (r *reader) jsonError(b []byte, err, shape error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(b[:min(int(syntax.Offset), len(b))], []byte("\n"))
		return fmt.Errorf("%s:%d: expected JSON: %w", r.Path, line, err)
	case err == nil:
		return shape
	case errors.As(err, new(*json.UnmarshalTypeError)):
		return fmt.Errorf("%w: %w", shape, err)
	}
	return err
}

// skip passes over a value without keeping any of it.
func skip(d *json.Decoder) error {
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// pairs reads [[text, intent], …].
func (r *reader) pairs(d *json.Decoder) (list []sample, err error) {
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, err
	}
	for i := 0; d.More(); i++ {
		var pair []string
		if err := d.Decode(&pair); err != nil {
			return nil, err
		}
		where := fmt.Sprintf("%s: %s[%d]", r.Path, r.Part, i)
		if len(pair) != 2 {
			return nil, fmt.Errorf("%s: expected [text, intent], found %d strings", where, len(pair))
		}
		if len(list) == MaxEntries {
			return nil, fmt.Errorf("expected at most %d rows, found more", MaxEntries)
		}
		if err := r.meter.take(each + int64(len(pair[0]))); err != nil {
			return nil, err
		}
		list = append(list, sample{input: task.Input{Text: pair[0]}, labels: []string{Label(pair[1])}, where: where})
	}
	_, err = d.Token()
	return list, err
}
