package words

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"

	"wafer/nn/say"
)

// chinese has the sentences of errors in Chinese by their formats, the words that stand in them, and texts as a
// whole; see Learn.
var chinese atomic.Pointer[map[string]string]

// Learn takes what chinese holds, a JSON object, which the page asks for when it first speaks Chinese:
// static/words/errors-zh.json.
func Learn(file []byte) error {
	var m map[string]string
	if err := json.Unmarshal(file, &m); err != nil {
		return err
	}
	chinese.Store(&m)
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
	return Translate(say.Of(err), err.Error())
}

// Whole is a text that stands in static/words as a whole, such as the name of a test set, in the language in use.
func Whole(english string) string { return Translate(&say.Sentence{Format: english}, english) }

// Translate is a sentence in the language in use; english is what is said where that is English, or nobody knows
// better.
func Translate(s *say.Sentence, english string) string {
	known := chinese.Load()
	if s == nil || known == nil || Language() != Chinese {
		return english
	}
	form, ok := (*known)[s.Format]
	if !ok {
		return english
	}
	for i, v := range s.Values {
		text := Translate(v.Said, v.Text)
		if word, ok := (*known)[text]; ok { // such as "a PDF document"
			text = word
		}
		form = strings.ReplaceAll(form, "{"+strconv.Itoa(i)+"}", text)
	}
	return form
}
