package tokens

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"wafer/nn/say"
)

// splitter cuts pieces of a text into smaller ones; first tells that the text begins with them.
type splitter func(pieces []string, first bool) []string

// preTokeniser makes a splitter of a step; nil is none.
func preTokeniser(s *step, depth int) (splitter, error) {
	if s == nil {
		return func(p []string, _ bool) []string { return p }, nil
	}
	switch s.Type {
	case "Sequence":
		return splitAll(s.Pretokenizers, depth)
	case "BertPreTokenizer":
		return each(bertWords), nil
	case "Whitespace":
		return by(words, "Removed", true), nil
	case "WhitespaceSplit":
		return each(strings.Fields), nil
	case "ByteLevel":
		return s.byteLevel, nil
	case "Metaspace":
		return s.metaspace, nil
	case "Punctuation":
		return by(func(t string) int { return one(t, isPunctuation) }, s.behaviour("Isolated"), false), nil
	case "Digits":
		if s.Individual {
			return by(func(t string) int { return one(t, isNumber) }, "Isolated", false), nil
		}
		return by(func(t string) int { return run(t, isNumber) }, "Isolated", false), nil
	case "CharDelimiterSplit":
		return by(func(t string) int {
			if s.Delimiter != "" && strings.HasPrefix(t, s.Delimiter) {
				return len(s.Delimiter)
			}
			return 0
		}, "Removed", false), nil
	case "Split":
		return s.splitter()
	}
	return nil, say.Errorf("tokenizer: its pre_tokenizer is of type %.60q, which is not known here", s.Type)
}

// splitAll cuts with each step what the one before left. More than maxSteps, or sequences deeper than maxDepth, are an
// error.
func splitAll(steps []step, depth int) (splitter, error) {
	if len(steps) > maxSteps || depth >= maxDepth {
		return nil, errSteps
	}
	var list []splitter
	for i := range steps {
		f, err := preTokeniser(&steps[i], depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return func(pieces []string, first bool) []string {
		for _, f := range list {
			pieces = f(pieces, first)
		}
		return pieces
	}, nil
}

// each cuts every piece by itself.
func each(f func(string) []string) splitter {
	return func(pieces []string, _ bool) (out []string) {
		for _, p := range pieces {
			out = append(out, f(p)...)
		}
		return out
	}
}

// bertWords are what white space and punctuation part; every character of punctuation is a word.
func bertWords(t string) (list []string) {
	for _, word := range strings.FieldsFunc(t, unicode.IsSpace) {
		start := 0
		for i, r := range word {
			if !isPunctuation(r) {
				continue
			}
			if i > start {
				list = append(list, word[start:i])
			}
			start = i + utf8.RuneLen(r)
			list = append(list, word[i:start])
		}
		if start < len(word) {
			list = append(list, word[start:])
		}
	}
	return list
}

// isPunctuation is BERT's: in ASCII all that is neither letter, digit nor control character, beyond it what Unicode
// calls punctuation.
func isPunctuation(r rune) bool {
	return r > ' ' && r < 0x7f && !isLetter(r) && !isNumber(r) || unicode.Is(unicode.P, r)
}

// behaviour is what the step says, or the standard one.
func (s *step) behaviour(standard string) string {
	if s.Behavior == "" {
		return standard
	}
	return s.Behavior
}

// splitter is a Split: it cuts at the matches of its pattern, of which behavior says what becomes.
func (s *step) splitter() (splitter, error) {
	find, err := s.Pattern.finder()
	if err != nil {
		return nil, err
	}
	switch s.Behavior {
	case "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous":
	default:
		return nil, say.Errorf("tokenizer: a Split has behavior %.60q, which is not known here", s.Behavior)
	}
	return each(func(t string) []string { return behave(t, find(t), s.Behavior, s.Invert) }), nil
}

// by cuts at what a matcher finds.
func by(m matcher, behaviour string, invert bool) splitter {
	return each(func(t string) []string { return behave(t, spans(t, m), behaviour, invert) })
}

// behave says what becomes of matches: with invert, of what stands between them.
func behave(t string, list []span, behaviour string, invert bool) (out []string) {
	at, start, matched := 0, 0, false // start: of the last piece
	for i, s := range list {
		match, merge := s.match != invert, false
		switch behaviour {
		case "Removed":
			if match {
				at += len(s.text)
				continue
			}
		case "MergedWithPrevious":
			merge = match && !matched && i > 0
		case "MergedWithNext":
			merge = matched && !match
		case "Contiguous":
			merge = match && matched
		}
		if !merge {
			out, start = append(out, ""), at
		}
		at += len(s.text)
		out[len(out)-1], matched = t[start:at], match
	}
	return out
}

// metaspace writes ▁ for spaces and cuts before it.
func (s *step) metaspace(pieces []string, first bool) (out []string) {
	mark := s.Replacement
	if mark == "" {
		mark = "▁"
	}
	always := s.PrependScheme == "always" || s.PrependScheme == "" && or(s.AddPrefixSpace, true)
	for i, p := range pieces {
		p = strings.ReplaceAll(p, " ", mark)
		if (always || s.PrependScheme == "first" && first && i == 0) && !strings.HasPrefix(p, mark) {
			p = mark + p
		}
		if !or(s.Split, true) {
			out = append(out, p)
			continue
		}
		for p != "" {
			n := len(p)
			if next := strings.Index(p[1:], mark); next >= 0 {
				n = 1 + next
			}
			out = append(out, p[:n])
			p = p[n:]
		}
	}
	return out
}

// byteLevel writes every byte as one visible character, words apart as GPT-2 has them.
func (s *step) byteLevel(pieces []string, _ bool) (out []string) {
	for _, p := range pieces {
		if or(s.AddPrefixSpace, true) && !strings.HasPrefix(p, " ") {
			p = " " + p
		}
		if !or(s.UseRegex, true) {
			out = append(out, visible(p))
			continue
		}
		for _, word := range spans(p, gpt2) {
			out = append(out, visible(word.text))
		}
	}
	return out
}

// visible writes bytes as the characters of Latin-1 that can be seen, the others from U+0100 on, in their order.
func visible(t string) string {
	var b strings.Builder
	for i := range len(t) {
		b.WriteRune(byteRunes[t[i]])
	}
	return b.String()
}

var byteRunes = func() (list [256]rune) {
	next := rune(0x100)
	for b := range list {
		if r := rune(b); r >= '!' && r <= '~' || r >= 0xa1 && r <= 0xac || r >= 0xae {
			list[b] = r
		} else {
			list[b] = next
			next++
		}
	}
	return list
}()
