// Package say has errors that can be said in another language than English: they keep the format that they were made of
// beside what went into it. Natively, and in logs, they are errors like any other. The page's other languages have a
// form of their own for each format (static/words), and a test makes sure that none is missing.
package say

import (
	"errors"
	"fmt"
	"strings"
)

// Error is an error with its format.
type Error struct {
	err    error
	format string
	args   []any
}

// Errorf is fmt.Errorf, for literal formats whose verbs take their arguments in order.
func Errorf(format string, args ...any) error {
	return &Error{fmt.Errorf(format, args...), format, args}
}

// New is errors.New, for literal texts without verbs.
func New(text string) error {
	return &Error{err: errors.New(text), format: strings.ReplaceAll(text, "%", "%%")}
}

// Error is in English, as in logs.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap returns what a verb %w wrapped, nil for nothing.
func (e *Error) Unwrap() error { return errors.Unwrap(e.err) }

// Sentence is how the error is said.
func (e *Error) Sentence() *Sentence {
	s := &Sentence{Format: e.format}
	for i, verb := range verbs(e.format) {
		if i >= len(e.args) {
			break
		}
		v := Value{Text: fmt.Errorf(verb, e.args[i]).Error()}
		if inner, ok := e.args[i].(error); ok {
			v.Said = Of(inner)
		}
		s.Values = append(s.Values, v)
	}
	return s
}

// Told is an error that came as text and sentence, from the worker.
type Told struct {
	Text string
	Said *Sentence
}

// Error is in English.
func (t *Told) Error() string { return t.Text }

// Sentence is how it is said in other languages, nil where the worker said a text only.
func (t *Told) Sentence() *Sentence { return t.Said }

// Sentence is an Error taken apart. It crosses the bridge from worker to page as JSON.
type Sentence struct {
	Format string  `json:"format"`           // as it stands in the program, with its verbs
	Values []Value `json:"values,omitempty"` // one per verb
}

// Value is what goes into one blank of a sentence.
type Value struct {
	Text string    `json:"text"`           // in English
	Said *Sentence `json:"said,omitempty"` // of an Error among the arguments
}

// Of takes an error apart; nil for one that has no other words than its text. Errors around one that add nothing are
// looked through.
func Of(err error) *Sentence {
	for err != nil {
		if e, ok := err.(interface{ Sentence() *Sentence }); ok {
			return e.Sentence()
		}
		inner := errors.Unwrap(err)
		if inner == nil || inner.Error() != err.Error() {
			return nil
		}
		err = inner
	}
	return nil
}

// verbs are those of a format, %% left out.
func verbs(format string) (list []string) {
	for {
		_, rest, found := strings.Cut(format, "%")
		if !found {
			return list
		}
		n := strings.IndexFunc(rest, func(r rune) bool {
			return r == '%' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		})
		if n < 0 {
			return list
		}
		if rest[n] != '%' {
			list = append(list, "%"+rest[:n+1])
		}
		format = rest[n+1:]
	}
}

// Blanks is how many values the sentences of a format have.
func Blanks(format string) int { return len(verbs(format)) }
