package data

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"wafer/nn/names"
	"wafer/nn/order"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/text"
)

// Set is what was read from one source or several.
type Set struct {
	Kind             task.Kind
	Labels           []string // in the order of a model's outputs
	Samples          []Sample // to train on, where the set comes split
	Validation, Test []Sample // of a set that comes split
	Notes            []string // what a person should know: how a table was read, what was left out and why
}

// Options say how samples are understood.
type Options struct {
	Kind    task.Kind // of the samples; "": what most files of a folder are
	Labels  []string  // classes in the order of a model's outputs; nil: the names in the data, sorted
	Outside bool      // the samples belong to no class: labels are not read, or only to be forgotten
	// bytes that reading may take in memory; what samples take is subtracted. nil: the limits below only
	Budget *int64
}

// Limits of what is read; beyond them there is an error.
const (
	MaxFile    = 1 << 30   // bytes of one file, unpacked
	MaxTotal   = 2 << 30   // bytes of an archive or a folder, unpacked
	MaxEntries = 1_000_000 // files of an archive or a folder, rows of a table
)

var maxFile = MaxFile // smaller in tests

// sample is a text or picture with its labels as the file has them.
type sample struct {
	input  task.Input
	labels []string
	where  string // "train.tsv:17"
	part   Part   // of a folder that comes split
	weight float64
}

// reader reads one source.
type reader struct {
	root          fs.FS
	recipe.Source // what to read
	kind          task.Kind
	labels        []string
	outside       bool
	set           *Set // receives notes
	meter         *meter
}

// note adds a sentence to the set's notes, behind the path of the source.
func (r *reader) note(format string, args ...any) {
	r.set.Notes = append(r.set.Notes, r.Path+": "+fmt.Sprintf(format, args...))
}

// noteLeft notes what was left out of the source, if anything was.
func (r *reader) noteLeft(left lefts) {
	if note := left.note(); note != "" {
		r.note("%s", note)
	}
}

// Read reads sources below root one after another into one set. A sample that Map takes to no class or to several, that
// has several labels or none, and one without a text are left out and counted in the notes. Labels are compared as
// SameLabel has them, and the notes say so where spellings differ; one that is not among o.Labels is an error.
//
// Errors name the file and, in a table, the line, what was expected and what was found.
func Read(root fs.FS, sources []recipe.Source, o Options) (*Set, error) {
	set := &Set{Kind: o.Kind, Labels: o.Labels}
	var all []sample
	for _, s := range sources {
		r := &reader{root: root, Source: s, kind: o.Kind, labels: o.Labels, outside: o.Outside, set: set,
			meter: newMeter(o.Budget)}
		list, kind, err := r.read()
		if err == nil && set.Kind != "" && kind != set.Kind {
			err = r.otherKind(sources[0].Path, kind)
		}
		if err != nil {
			return nil, explain(s, err)
		}
		set.Kind = kind
		for i := range list {
			list[i].weight = s.Weight
		}
		list = r.sift(list)
		if err := checkLabels(list); err != nil && !o.Outside {
			return nil, err
		}
		if all == nil {
			all = list
		} else {
			all = append(all, list...)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("the data set is empty: expected at least one sample, found none" + because(set.Notes))
	}
	if !o.Outside {
		set.unify(all, o.Labels)
	}
	if set.Labels == nil && !o.Outside {
		if set.Labels = labelsOf(all); len(set.Labels) > names.MaxLabels {
			return nil, say.Errorf("the data has %d labels, at most %d are read", len(set.Labels), names.MaxLabels)
		}
		set.noteLone(all)
	}
	return set, set.fill(all, o)
}

// otherKind is the error of a source that holds another kind of samples than was asked for, or than the first source
// has.
func (r *reader) otherKind(first string, kind task.Kind) error {
	if r.kind != "" {
		return say.Errorf("expected the kind %s, found %s", r.kind, kind)
	}
	return say.Errorf("expected the same kind as in %s (%s), found %s", first, r.set.Kind, kind)
}

// because is notes in brackets, "" for none.
func because(notes []string) string {
	if len(notes) == 0 {
		return ""
	}
	return " (" + strings.Join(notes, "; ") + ")"
}

// each is what a sample takes beside its content, about.
const each = 400

// explain puts the path before an error that does not have it, and says so when a
// file is not there.
func explain(s recipe.Source, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) && errors.Is(err, fs.ErrNotExist) {
		return say.Errorf("%s: expected a file or folder of that name in the data folder, found none", p.Path)
	}
	for _, path := range []string{s.Path, s.LabelsPath} {
		if path != "" && strings.HasPrefix(err.Error(), path+":") {
			return err
		}
	}
	return say.Errorf("%s: %w", s.Path, err)
}

// read reads the source by its form. The path must lie below the root: ".." and absolute ones are errors before
// anything is opened.
func (r *reader) read() ([]sample, task.Kind, error) {
	if !fs.ValidPath(r.Path) {
		return nil, "", say.Errorf("expected a relative path with slashes and without .., found %q", r.Path)
	}
	switch r.Form {
	case "idx":
		return r.idx()
	case "folder":
		return r.folder()
	case "zip":
		return r.zip()
	case "csv", "tsv", "jsonl", "table":
		return r.table()
	case "clinc":
		return r.clinc()
	case "samples":
		return r.packed()
	}
	return nil, "", say.Errorf("form must be idx, folder, zip, samples, csv, tsv, jsonl, table or clinc, found %q",
		r.Form)
}

// sift maps labels and leaves out what belongs to no class.
func (r *reader) sift(list []sample) []sample {
	back := map[string][]string{} // label in the file → classes
	for _, class := range order.Keys(r.Map) {
		for _, l := range r.Map[class] {
			back[Label(l)] = append(back[Label(l)], class)
		}
	}
	for _, l := range order.Keys(back) { // in other capitals, where those are not named themselves
		if f := folded(l); back[f] == nil {
			back[f] = back[l]
		}
	}
	kept, left := list[:0], lefts{}
	for _, s := range list {
		s.labels = slices.DeleteFunc(s.labels, func(l string) bool {
			return l == "" || isMissing(l) && back[l] == nil && !slices.Contains(r.labels, l)
		})
		bare := len(s.labels) == 0
		if r.Map != nil {
			s.labels = mapped(s.labels, back)
		}
		switch {
		case s.input.File == nil && s.input.Pixels == nil && strings.TrimSpace(s.input.Text) == "":
			left.add(NoText, s.place(r.Path))
		case bare && !r.outside:
			left.add(NoLabel, s.place(r.Path))
		case len(s.labels) != 1 && !r.outside:
			left.add(NotOne, s.place(r.Path))
		default:
			kept = append(kept, s)
		}
	}
	r.noteLeft(left)
	return kept
}

// place is where a sample stands in its file.
func (s sample) place(path string) string {
	if line, ok := strings.CutPrefix(s.where, path+":"); ok {
		return "line " + line
	}
	return s.where
}

// mapped are the classes that labels go to, each once; a label that the map does not spell goes by its folded form.
func mapped(labels []string, back map[string][]string) []string {
	var to []string
	for _, l := range labels {
		classes := back[l]
		if classes == nil {
			classes = back[folded(l)]
		}
		for _, class := range classes {
			if !slices.Contains(to, class) {
				to = append(to, class)
			}
		}
	}
	return to
}

// checkLabels finds labels that no model may have, such as whole texts where another column was meant.
func checkLabels(list []sample) error {
	for _, s := range list {
		for _, l := range s.labels {
			if err := names.Line.Check(l); err != nil {
				return say.Errorf("%s: the label %w", s.where, err)
			}
		}
	}
	return nil
}

// labelsOf are the labels of the samples to train on, sorted.
func labelsOf(all []sample) []string {
	seen := map[string]bool{}
	for _, s := range all {
		if s.part == "" || s.part == Training {
			seen[s.labels[0]] = true
		}
	}
	return order.Keys(seen)
}

// noteLone names labels of one sample where most have three or more: a line of totals, a second row of names or a
// typing mistake looks so.
func (s *Set) noteLone(all []sample) {
	count, where := map[string]int{}, map[string]string{}
	for _, a := range all {
		count[a.labels[0]]++
		where[a.labels[0]] = a.where
	}
	var lone []string
	many := 0
	for _, l := range s.Labels {
		switch count[l] {
		case 1:
			lone = append(lone, shorten(l)+" ("+where[l]+")")
		case 2:
		default:
			many++
		}
	}
	if len(lone) > 0 && many > len(lone) {
		s.Notes = append(s.Notes, "labels of one sample only: "+some(lone))
	}
}

// fill gives every sample the number of its class and puts it into its part.
func (s *Set) fill(all []sample, o Options) error {
	number := map[string]int{}
	for i, c := range s.Labels {
		number[Label(c)] = i
	}
	var left lefts
	for _, a := range all {
		label, known := -1, true
		if !o.Outside {
			label, known = number[a.labels[0]]
		}
		switch {
		case !known && o.Labels == nil: // of another part than train
			left.add(NoTraining, a.where)
			continue
		case !known:
			return say.Errorf("%s: expected one of the labels %s, found %q", a.where, some(s.Labels), a.labels[0])
		}
		if err := text.Check(a.input.Text); s.Kind == task.Text && err != nil {
			return say.Errorf("%s: %w", a.where, err)
		}
		to := map[Part]*[]Sample{"": &s.Samples, Training: &s.Samples, Validation: &s.Validation,
			Testing: &s.Test}[a.part]
		*to = append(*to, Sample{a.input, label, a.weight})
	}
	if note := left.note(); note != "" {
		s.Notes = append(s.Notes, note)
	}
	return nil
}

// some lists the first names of a list; bytes that are no text become �.
func some(names []string) string {
	const most = 8
	list, rest := names, ""
	if len(names) > most {
		list, rest = names[:most], fmt.Sprintf(" … (%d)", len(names))
	}
	return strings.ToValidUTF8(strings.Join(list, ", "), "�") + rest
}
