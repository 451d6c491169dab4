package words

import "slices"

// Say is a sentence of the catalogue with what goes into its blanks.
type Say struct {
	Key    string
	Values []any
}

// Of makes a Say of the text with this key.
func Of(key string, values ...any) *Say { return &Say{key, values} }

// Text is the sentence in the language in use, "" for nil.
func (s *Say) Text() string {
	if s == nil {
		return ""
	}
	values := slices.Clone(s.Values)
	for i, v := range values {
		if inner, ok := v.(*Say); ok {
			values[i] = inner.Text()
		}
	}
	return T(s.Key, values...)
}

// Notice is the last thing that happened, in words.
type Notice struct {
	*Say
	Bad bool
}

// Sentence is an error that is already a sentence in the person's language.
type Sentence string

func (s Sentence) Error() string { return string(s) }
