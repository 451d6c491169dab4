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
	NoText     Reason = "text"    // nothing in the cell but blanks
	NoLabel    Reason = "label"   // likewise
	NotOne     Reason = "several" // after Source.Map, or with several labels
	OtherWidth Reason = "wide"    // a row of more cells than the table has columns
	TooShort   Reason = "short"   // one that ends before the text or the label
	OddMark    Reason = "mark"    // the row is kept
	Hidden     Reason = "hidden"  // .DS_Store, __MACOSX, Thumbs.db and their like
	OtherKind  Reason = "kind"    // a text among pictures, or what is neither
	Beside     Reason = "beside"  // in no class' folder
	Link       Reason = "link"    // which could lead out of the folder
	Unreadable Reason = "unread"
	Empty      Reason = "empty" // no bytes
	NoTraining Reason = "untrained"
	OtherCase  Reason = "case"     // the row is kept
	Joined     Reason = "joined"   // the row is kept
	Unlisted   Reason = "unlisted" // a picture that the table of labels does not name
	Unread     Reason = "format"   // a picture, of a format that is not read
	Boxes      Reason = "boxes"    // labels of object detection
	Repeated   Reason = "repeated" // the header again, as of files that were joined
	Above      Reason = "above"
	Second     Reason = "second"
)

// reasons in words.
var reasons = map[Reason]string{NoText: "no text", NoLabel: "no label", NotOne: "not exactly one class",
	OtherWidth: "more cells than columns: a text that holds a delimiter needs quotation marks",
	TooShort:   "fewer cells than the text and the label need",
	OddMark:    "a quotation mark that closes nothing, taken as it stands",
	Hidden:     "hidden, or left behind by a system", OtherKind: "of another kind",
	Beside: "beside the folders of the classes", Link: "a link",
	Unreadable: "cannot be read", Empty: "empty", NoTraining: "of a class that has no training samples",
	OtherCase: "a label in other capitals, taken as the same", Joined: "a text with delimiters and without quotation " +
		"marks, joined",
	Unlisted: "not in the table of labels",
	Repeated: "the names of the columns once more", Above: "above the names of the columns",
	Second: "units, types or names below the names of the columns",
	Boxes: "with boxes or outlines (object detection) in place of a class: export a folder per class, " +
		"or a table from file to class",
	Unread: "a picture as HEIC, AVIF, TIFF, BMP or the like, which is not read: save it as JPEG or PNG"}

// isKept says whether what a reason counts became a sample all the same.
func (why Reason) isKept() bool { return why == OddMark || why == OtherCase || why == Joined }

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

// add counts one at a place: "line 4", or a path.
func (l *lefts) add(why Reason, where string) { l.addMany(why, where, 1) }

// addMany counts n at once, of which one place is named. The first mostNamed places of a reason are kept.
func (l *lefts) addMany(why Reason, where string, n int) {
	i := slices.IndexFunc(*l, func(x Left) bool { return x.Why == why })
	if i < 0 {
		i = len(*l)
		*l = append(*l, Left{Why: why})
	}
	x := &(*l)[i]
	if x.Count += n; len(x.Where) < mostNamed {
		x.Where = append(x.Where, where)
	}
}

// String is a part of a sentence: "2 × no label (lines 4, 9)".
func (l Left) String() string {
	where := strings.Join(l.Where, ", ")
	if l.Count > len(l.Where) && l.Why != OtherCase {
		where += ", …"
	}
	return fmt.Sprintf("%d × %s (%s)", l.Count, reasons[l.Why], where)
}

// Note is what was left out and what was kept all the same as a sentence, "" for nothing.
func Note(list []Left) string { return lefts(list).note() }

// note is Note.
func (l lefts) note() string {
	if len(l) == 0 {
		return ""
	}
	var out, kept []string
	for _, x := range l {
		if x.Why.isKept() {
			kept = append(kept, x.String())
		} else {
			out = append(out, x.String())
		}
	}
	if len(out) > 0 {
		out[0] = "left out: " + out[0]
	}
	if len(kept) > 0 {
		kept[0] = "kept: " + kept[0]
	}
	return strings.Join(append(out, kept...), "; ")
}

// because is note in brackets.
func (l lefts) because() string {
	if len(l) == 0 {
		return ""
	}
	return " (" + l.note() + ")"
}

// lineName is how a place in a table is named.
func lineName(line int) string { return "line " + strconv.Itoa(line) }
