package words

import (
	"cmp"
	"strings"

	"wafer/nn/order"
	"wafer/nn/say"
)

// pattern is a format by which a text can be recognised.
type pattern struct {
	format string
	parts  []string // what stands before, between and behind the values
	verbs  string   // a letter each
	weight int      // letters of the parts
}

// patternOf takes a format apart.
func patternOf(format string) pattern {
	p := pattern{format: format, parts: []string{""}}
	for i := 0; i < len(format); i++ {
		last := len(p.parts) - 1
		switch {
		case format[i] != '%' || i+1 == len(format):
			p.parts[last] += format[i : i+1]
			p.weight++
		case format[i+1] == '%':
			p.parts[last] += "%"
			i++
		default:
			for i++; i < len(format)-1 && strings.IndexByte("+-#.0123456789", format[i]) >= 0; i++ {
			}
			p.verbs += format[i : i+1]
			p.parts = append(p.parts, "")
		}
	}
	return p
}

// patterns are those of formats that have values and words of their own, the ones with most words first.
func patterns(known map[string]string) (list []pattern) {
	for format := range known {
		if p := patternOf(format); p.verbs != "" && p.weight > 0 {
			list = append(list, p)
		}
	}
	order.Stable(list, func(a, b pattern) int {
		return cmp.Or(b.weight-a.weight, strings.Compare(a.format, b.format))
	})
	return list
}

// values are what stands in the places of a pattern, false if a text was not made by it.
func (p pattern) values(text string) (list []string, ok bool) {
	if !strings.HasPrefix(text, p.parts[0]) {
		return nil, false
	}
	text = text[len(p.parts[0]):]
	for i := range p.verbs {
		end := len(text)
		if part := p.parts[i+1]; i < len(p.verbs)-1 {
			end = strings.Index(text, part)
		} else if end = len(text) - len(part); !strings.HasSuffix(text, part) {
			end = -1
		}
		if end < 0 || !fits(p.verbs[i], text[:end]) {
			return nil, false
		}
		list = append(list, text[:end])
		text = text[end+len(p.parts[i+1]):]
	}
	return list, true
}

// fits reports whether a verb can have printed a value.
func fits(verb byte, value string) bool {
	switch verb {
	case 'd':
		return value != "" && strings.Trim(value, "-0123456789") == ""
	case 'q':
		return len(value) > 1 && value[0] == value[len(value)-1] && (value[0] == '"' || value[0] == '`')
	}
	return value != "" || verb == 's'
}

// fewWords is the weight up to which a pattern, such as "%s: %w", takes a text only if it knows one of the values.
const fewWords = 4

// recognise takes a text apart that came without its sentence, such as from a server or out of a job that failed; nil
// where nothing is known of it. depth bounds how often a value is taken apart in turn.
func recognise(known map[string]string, list []pattern, text string, depth int) *say.Sentence {
	if _, ok := known[text]; ok {
		return &say.Sentence{Format: text}
	}
	for _, p := range list {
		values, ok := p.values(text)
		if !ok || depth == 0 {
			continue
		}
		s, knows := &say.Sentence{Format: p.format}, p.weight > fewWords
		for i, v := range values {
			value := say.Value{Text: v}
			if strings.IndexByte("wsv", p.verbs[i]) >= 0 {
				value.Said = recognise(known, list, v, depth-1)
			}
			knows = knows || value.Said != nil
			s.Values = append(s.Values, value)
		}
		if knows {
			return s
		}
	}
	return nil
}

// Text is what was said in English, in the language in use as far as it is known: errors of a server and of jobs,
// notes.
func Text(english string) string {
	l := chinese.Load()
	if l == nil || Language() != Chinese {
		return english
	}
	lines := strings.Split(english, "\n")
	for i, line := range lines {
		lines[i] = Translate(recognise(l.known, l.patterns, line, 5), line)
	}
	return strings.Join(lines, "\n")
}
