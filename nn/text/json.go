package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"wafer/nn/json"
	"wafer/nn/recipe"
)

// ToJSON is what tokenizer.to_json() of Keras returns, byte for byte, up to the order
// of word_docs and index_docs: Keras has them in the order of a Python set, we in order
// of first appearance.
func (t *Tokenizer) ToJSON() []byte {
	var words, positions, docs pyDict
	for _, w := range t.index.keys {
		i := strconv.Itoa(t.index.values[w])
		words.add(w, i)
		positions.add(i, quote(w))
	}
	for _, w := range t.docs.keys {
		docs.add(strconv.Itoa(t.index.values[w]), strconv.Itoa(t.docs.values[w]))
	}
	var config pyDict
	config.add("num_words", orNull(t.NumWords == 0, strconv.Itoa(t.NumWords)))
	config.add("filters", quote(t.Filters))
	config.add("lower", strconv.FormatBool(t.Lower))
	config.add("split", quote(t.Split))
	config.add("char_level", strconv.FormatBool(t.CharLevel))
	config.add("oov_token", orNull(t.OOVToken == "", quote(t.OOVToken)))
	config.add("document_count", strconv.Itoa(t.documents))
	config.add("word_counts", quote(t.counts.json()))
	config.add("word_docs", quote(t.docs.json()))
	config.add("index_docs", quote(docs.String()))
	config.add("index_word", quote(positions.String()))
	config.add("word_index", quote(words.String()))
	var whole pyDict
	whole.add("class_name", quote("Tokenizer"))
	whole.add("config", config.String())
	return []byte(whole.String())
}

func orNull(null bool, s string) string {
	if null {
		return "null"
	}
	return s
}

func (t table) json() string {
	var d pyDict
	for _, k := range t.keys {
		d.add(k, strconv.Itoa(t.values[k]))
	}
	return d.String()
}

// pyDict writes an object as Python's json.dumps does.
type pyDict struct{ b strings.Builder }

func (d *pyDict) add(key, value string) {
	if d.b.Len() > 0 {
		d.b.WriteString(", ")
	}
	d.b.WriteString(quote(key))
	d.b.WriteString(": ")
	d.b.WriteString(value)
}

func (d *pyDict) String() string { return "{" + d.b.String() + "}" }

var pyEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}

// quote writes a string as json.dumps does: ASCII only.
func quote(s string) string {
	b := []byte{'"'}
	for _, r := range s {
		switch e, ok := pyEscapes[r]; {
		case ok:
			b = append(b, e...)
		case r >= ' ' && r < 0x7f:
			b = append(b, byte(r))
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, hi, lo)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return string(append(b, '"'))
}

// tokenizerFile is a tokenizer.to_json() document, or its config alone.
type tokenizerFile struct {
	Class      *string        `json:"class_name"`
	Config     *tokenizerFile `json:"config"`
	NumWords   *int           `json:"num_words"`
	Filters    *string        `json:"filters"`
	Lower      *bool          `json:"lower"`
	Split      *string        `json:"split"`
	CharLevel  bool           `json:"char_level"`
	OOVToken   *string        `json:"oov_token"`
	Documents  int            `json:"document_count"`
	WordCounts dict           `json:"word_counts"`
	WordDocs   dict           `json:"word_docs"`
	WordIndex  dict           `json:"word_index"`
}

// FromJSON reads what tokenizer.to_json() of Keras wrote. It also takes the config
// alone, with objects in place of the strings that hold JSON; of the tables only
// word_index is needed.
func FromJSON(b []byte) (*Tokenizer, error) {
	var f tokenizerFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("tokenizer: expected the JSON of a Keras Tokenizer: %w", err)
	}
	if f.Config != nil {
		f = *f.Config
	}
	if f.Config != nil || f.WordIndex.keys == nil {
		return nil, fmt.Errorf("tokenizer: expected the JSON of a Keras Tokenizer with the key word_index, found none")
	}
	t := NewTokenizer(f.options())
	if t.NumWords < 0 {
		return nil, fmt.Errorf("tokenizer: num_words must be positive or null, found %d", t.NumWords)
	}
	t.documents, t.counts, t.docs, t.index = f.Documents, table(f.WordCounts), table(f.WordDocs), table(f.WordIndex)
	for _, w := range t.index.keys {
		if i := t.index.values[w]; i < 1 || i > 1<<31-1 {
			return nil, fmt.Errorf("tokenizer: word_index: the index of %q must be from 1 to 2147483647, found %d", w,
				i)
		}
	}
	if t.OOVToken != "" && t.index.values[t.OOVToken] == 0 {
		return nil, fmt.Errorf("tokenizer: oov_token is %q, but word_index does not have it", t.OOVToken)
	}
	return t, nil
}

func (f tokenizerFile) options() recipe.Tokenizer {
	o := *recipe.DefaultTokenizer()
	o.CharLevel = f.CharLevel
	set(&o.NumWords, f.NumWords)
	set(&o.Filters, f.Filters)
	set(&o.Lower, f.Lower)
	set(&o.Split, f.Split)
	set(&o.OOVToken, f.OOVToken)
	return o
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// dict reads an object of whole numbers, or a string that holds one, in its order.
type dict table

func (d *dict) UnmarshalJSON(b []byte) error {
	var inner string
	if json.Unmarshal(b, &inner) == nil {
		b = []byte(inner)
	}
	if string(b) == "null" {
		return nil
	}
	t, err := readTable(b)
	*d = dict(t)
	return err
}
