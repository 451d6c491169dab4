package teach

import (
	"strings"
	"unicode/utf8"

	"wafer/app/words"
)

// Limits of what a paste or a table may bring in at once.
const (
	MaxLines      = 20_000
	MaxTextBytes  = 10_000     // of one sample; more than any small text model reads
	MaxTableBytes = 20_000_000 // of one file
)

// Labelled is one text with the name of its class, "" where none was given.
type Labelled struct {
	Label, Text string
	Test        bool // it is kept to test with
}

// ParseLines reads pasted lines, each a text or a label, a tab and a text.
// Empty lines are passed over. The error is a sentence about the first line
// that cannot be used.
func ParseLines(pasted string) ([]Labelled, *words.Say) {
	if s := checkBytes(pasted); s != nil {
		return nil, s
	}
	var list []Labelled
	for i, line := range strings.Split(strings.ReplaceAll(pasted, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		label, text, found := strings.Cut(line, "\t")
		if !found {
			label, text = "", line
		}
		l, s := labelled(i+1, label, text)
		if s != nil {
			return nil, s
		}
		if found && l.Label == "" {
			return nil, words.Of("teach.lines.nolabel", i+1)
		}
		if list = append(list, l); len(list) > MaxLines {
			return nil, words.Of("teach.lines.many", MaxLines)
		}
	}
	if len(list) == 0 {
		return nil, words.Of("teach.lines.empty")
	}
	return list, nil
}

// labelled is the sample of a line, or why it cannot be one: no text, or one of more than MaxTextBytes.
func labelled(line int, label, text string) (Labelled, *words.Say) {
	l := Labelled{Label: words.CleanName(label), Text: strings.TrimSpace(text)}
	switch {
	case l.Text == "":
		return l, words.Of("teach.lines.notext", line)
	case len(l.Text) > MaxTextBytes:
		return l, words.Of("teach.lines.long", line, words.Size(int64(len(l.Text))), words.Size(MaxTextBytes))
	}
	return l, nil
}

// checkBytes says why content cannot be a table: more than MaxTableBytes, not UTF-8, or a zero byte. nil: it can.
func checkBytes(s string) *words.Say {
	if len(s) > MaxTableBytes {
		return words.Of("teach.lines.big", words.Size(int64(len(s))), words.Size(MaxTableBytes))
	}
	if !utf8.ValidString(s) {
		return words.Of("teach.lines.utf8", 1+strings.Count(s[:invalidAt(s)], "\n"))
	}
	if strings.ContainsRune(s, 0) {
		return words.Of("teach.lines.binary")
	}
	return nil
}

// invalidAt is the first byte that is not UTF-8, the length where all are.
func invalidAt(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return len(s)
}
