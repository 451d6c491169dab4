package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Reason is why something was left out.
type Reason string

const (
	NoText      Reason = "no text"
	NoLabel     Reason = "no label"
	SeveralKept Reason = "not exactly one class" // after Source.Map, or with several labels
	OtherWidth  Reason = "more cells than columns: what holds a delimiter needs quotation marks"
	TooShort    Reason = "fewer cells than the text and the label need"
	TooLong     Reason = "a text that is too long"
	OddMark     Reason = "a quotation mark that closes nothing, taken as it stands" // the row is kept
	Hidden      Reason = "hidden, or left behind by a system"
	OtherKind   Reason = "of another kind"
	Beside      Reason = "beside the folders of the classes"
	Link        Reason = "a link"
	Unreadable  Reason = "cannot be read"
	Empty       Reason = "empty"
	UnknownPart Reason = "of a class that has no training samples"
)

// Left is what was left out of a source for one reason.
type Left struct {
	Why   Reason
	Count int
	Where []string // the first of them: lines, or paths of files
}

// most is how many places are named.
const mostNamed = 3

// lefts counts by reason, in the order of the first of each.
type lefts []Left

func (l *lefts) add(why Reason, where string) {
	i := slices.IndexFunc(*l, func(x Left) bool { return x.Why == why })
	if i < 0 {
		i = len(*l)
		*l = append(*l, Left{Why: why})
	}
	x := &(*l)[i]
	if x.Count++; len(x.Where) < mostNamed {
		x.Where = append(x.Where, where)
	}
}

// String is a part of a sentence: "2 × no label (lines 4, 9)".
func (l Left) String() string {
	where := strings.Join(l.Where, ", ")
	if l.Count > len(l.Where) {
		where += ", …"
	}
	return fmt.Sprintf("%d × %s (%s)", l.Count, l.Why, where)
}

// note is what was left out as a sentence, "" for nothing.
func (l lefts) note() string {
	if len(l) == 0 {
		return ""
	}
	parts := make([]string, len(l))
	for i, x := range l {
		parts[i] = x.String()
	}
	return "left out: " + strings.Join(parts, "; ")
}

// because is note in brackets.
func (l lefts) because() string {
	if len(l) == 0 {
		return ""
	}
	return " (" + l.note() + ")"
}

func lineName(line int) string { return "line " + strconv.Itoa(line) }
