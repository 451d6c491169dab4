package words

import (
	"errors"
	"sync/atomic"

	"wafer/nn/json"
	"wafer/nn/say"
)

// catalogue has the page's texts in Chinese by their keys, the sentences of errors by their formats, the
// words that stand
// in them, and texts as a whole.
type catalogue struct {
	texts    map[string]string
	known    map[string]string
	patterns []pattern
}

var chinese atomic.Pointer[catalogue]

// Learn takes what the page says in Chinese, and what it says of errors, two JSON objects, which it asks for
// when it first
// speaks Chinese: static/words/zh.json and errors-zh.json.
func Learn(page, errs []byte) error {
	var texts, known map[string]string
	if err := errors.Join(json.Unmarshal(page, &texts), json.Unmarshal(errs, &known)); err != nil {
		return err
	}
	chinese.Store(&catalogue{texts, known, patterns(known)})
	return nil
}

// Learnt reports whether Learn has taken them.
func Learnt() bool { return chinese.Load() != nil }

// Explain is the sentence of an error in the language in use; in English where nobody knows another.
func Explain(err error) string {
	var of interface{ Text() (key, detail string) }
	if errors.As(err, &of) {
		key, detail := of.Text()
		return T(key, detail)
	}
	if s := say.Of(err); s != nil {
		return Translate(s, err.Error())
	}
	return Text(err.Error())
}

// Translate is a sentence in the language in use; english is what is said where that is English, or nobody knows
// better.
func Translate(s *say.Sentence, english string) string {
	known := chinese.Load()
	if s == nil || known == nil || Language() != Chinese {
		return english
	}
	form, ok := known.known[s.Format]
	if !ok {
		return english
	}
	values := make([]string, len(s.Values))
	for i, v := range s.Values {
		values[i] = Translate(v.Said, v.Text)
		if word, ok := known.known[values[i]]; ok { // such as "a PDF document"
			values[i] = word
		}
	}
	return filled(form, values)
}

// filled puts values into the places of a form: {0}, {1} and so on. What looks like a place in a value stays.
func filled(form string, values []string) string {
	for i := 0; i+2 < len(form); i++ {
		if n := int(form[i+1]) - '0'; form[i] == '{' && form[i+2] == '}' && n >= 0 && n < len(values) {
			return form[:i] + values[n] + filled(form[i+3:], values)
		}
	}
	return form
}
