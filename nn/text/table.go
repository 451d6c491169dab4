package text

import (
	"errors"
	"fmt"
	"strconv"

	"wafer/nn/json"
)

// tableReader reads an object of whole numbers in its order, which encoding/json forgets; and in
// one pass, since a tokenizer has tens of thousands of words.
type tableReader struct {
	b  []byte
	at int
}

var errTable = errors.New("expected an object of whole numbers")

// readTable reads {"word": 1, …}. Of a key that stands there twice the last value counts.
func readTable(b []byte) (table, error) {
	t := table{keys: []string{}, values: map[string]int{}}
	r := tableReader{b: b}
	if !r.next('{') {
		return t, errTable
	}
	for more := !r.next('}'); more; {
		key, err := r.key()
		if err != nil {
			return t, err
		}
		if !r.next(':') {
			return t, fmt.Errorf("%w: %q has no value", errTable, key)
		}
		value, err := r.number()
		if err != nil {
			return t, fmt.Errorf("%w: the value of %q: %w", errTable, key, err)
		}
		t.set(key, value)
		if more = r.next(','); !more && !r.next('}') {
			return t, fmt.Errorf("%w: it does not go on after %q", errTable, key)
		}
	}
	if r.space(); r.at < len(b) {
		return t, fmt.Errorf("%w: something stands behind it", errTable)
	}
	return t, nil
}

func (r *tableReader) space() {
	for r.at < len(r.b) && (r.b[r.at] == ' ' || r.b[r.at] == '\n' || r.b[r.at] == '\t' || r.b[r.at] == '\r') {
		r.at++
	}
}

// next takes c if that comes next.
func (r *tableReader) next(c byte) bool {
	r.space()
	if r.at < len(r.b) && r.b[r.at] == c {
		r.at++
		return true
	}
	return false
}

// key reads a string; those with more than plain ASCII are encoding/json's business.
func (r *tableReader) key() (key string, err error) {
	if !r.next('"') {
		return "", fmt.Errorf("%w: a key is missing", errTable)
	}
	start, plain := r.at, true
	for ; r.at < len(r.b) && r.b[r.at] != '"'; r.at++ {
		if c := r.b[r.at]; c == '\\' {
			r.at++
			plain = false
		} else if c < ' ' || c > '~' {
			plain = false
		}
	}
	if r.at >= len(r.b) {
		return "", fmt.Errorf("%w: a key has no end", errTable)
	}
	r.at++
	if plain {
		return string(r.b[start : r.at-1]), nil
	}
	err = json.Unmarshal(r.b[start-1:r.at], &key)
	return key, err
}

func (r *tableReader) number() (int, error) {
	r.space()
	start := r.at
	for r.at < len(r.b) && (r.b[r.at] == '-' || r.b[r.at] >= '0' && r.b[r.at] <= '9') {
		r.at++
	}
	return strconv.Atoi(string(r.b[start:r.at]))
}
