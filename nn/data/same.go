package data

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// SameLabel says whether two labels are one: as Label has them, and but for their capitals where they have two letters
// or more ("Positive" and "POSITIVE"; not "A" and "a", which may be letters that somebody wrote).
func SameLabel(a, b string) bool { return folded(Label(a)) == folded(Label(b)) }

// folded is what labels of one class have in common.
func folded(label string) string {
	if utf8.RuneCountInString(label) < 2 {
		return label
	}
	return strings.ToLower(label)
}

// spellings counts how labels are written, in the order in which they come up.
type spellings struct {
	list  []string
	count map[string]int
}

// add counts a label as it is written.
func (s *spellings) add(label string) {
	if s.count == nil {
		s.count = map[string]int{}
	}
	if s.count[label]++; s.count[label] == 1 {
		s.list = append(s.list, label)
	}
}

// chosen has for every label that goes by another spelling that spelling: the one among given, else the most frequent,
// else the first. Where given has several of one class they stay as they are.
func (s *spellings) chosen(given []string) map[string]string {
	best, sure := map[string]string{}, map[string]bool{}
	for _, g := range given {
		g = Label(g)
		if f := folded(g); sure[f] {
			best[f] = ""
		} else {
			best[f], sure[f] = g, true
		}
	}
	for _, l := range s.list {
		if f := folded(l); !sure[f] && s.count[l] > s.count[best[f]] {
			best[f] = l
		}
	}
	var to map[string]string
	for _, l := range s.list {
		if b := best[folded(l)]; b != "" && b != l {
			if to == nil {
				to = map[string]string{}
			}
			to[l] = b
		}
	}
	return to
}

// noteCase counts the samples whose labels go by another spelling.
func (l *lefts) noteCase(s spellings, to map[string]string) {
	for _, from := range s.list {
		if b := to[from]; b != "" {
			l.addMany(OtherCase, strconv.Quote(from)+" as "+strconv.Quote(b), s.count[from])
		}
	}
}

// unify gives samples of one class one label.
func (s *Set) unify(all []sample, given []string) {
	var found spellings
	for _, a := range all {
		for _, l := range a.labels {
			found.add(l)
		}
	}
	to := found.chosen(given)
	if to == nil {
		return
	}
	for _, a := range all {
		for i, l := range a.labels {
			if b := to[l]; b != "" {
				a.labels[i] = b
			}
		}
	}
	var left lefts
	left.noteCase(found, to)
	s.Notes = append(s.Notes, left.note())
}
