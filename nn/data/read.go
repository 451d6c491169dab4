package data

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/text"
)

// Set is what was read from one source or several.
type Set struct {
	Kind    task.Kind
	Labels  []string // in the order of a model's outputs
	Samples []Sample
	Notes   []string // what a person should know: rows left out, odd encodings
}

// Options say how labels are understood.
type Options struct {
	Labels  []string // classes in the order of a model's outputs; nil: the names in the data, sorted
	Outside bool     // the samples belong to no class: labels are not read, or only to be forgotten
	Budget  *int64   // bytes that samples may take in memory; what is read is subtracted. nil: the limits below only
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
}

// reader reads one source.
type reader struct {
	root          fs.FS
	recipe.Source // what to read
	labels        []string
	set           *Set // receives notes
}

func (r *reader) note(format string, args ...any) {
	r.set.Notes = append(r.set.Notes, r.Path+": "+fmt.Sprintf(format, args...))
}

// Read reads sources below root one after another into one set. A sample that Map
// takes to no class or to several, or that has several labels, is left out and counted in
// the notes; so is an empty text. A label that is not among o.Labels is an error.
//
// Errors name the file and, in a table, the line, what was expected and what was found.
func Read(root fs.FS, sources []recipe.Source, o Options) (*Set, error) {
	set := &Set{Labels: o.Labels}
	var all []sample
	for _, s := range sources {
		r := &reader{root: root, Source: s, labels: o.Labels, set: set}
		list, kind, err := r.read()
		if err == nil && set.Kind != "" && kind != set.Kind {
			err = fmt.Errorf("expected the same kind as in %s (%s), found %s", sources[0].Path, set.Kind, kind)
		}
		if err == nil {
			err = o.spend(list)
		}
		if err != nil {
			return nil, explain(s, err)
		}
		set.Kind = kind
		all = append(all, r.sift(list, o.Outside)...)
	}
	if len(all) == 0 {
		return nil, errors.New("the data set is empty: expected at least one sample, found none")
	}
	if set.Labels == nil && !o.Outside {
		set.Labels = names(all)
	}
	return set, set.fill(all, o.Outside)
}

// each is what a sample takes beside its content, about.
const each = 200

// spend takes samples out of the budget.
func (o Options) spend(list []sample) error {
	if o.Budget == nil {
		return nil
	}
	had := *o.Budget
	for _, s := range list {
		*o.Budget -= each + s.input.Bytes()
	}
	if *o.Budget < 0 {
		return fmt.Errorf("the samples take %.2f MB of memory, more than the %.2f MB that are left", float64(had-*o.Budget)/1e6, float64(had)/1e6)
	}
	return nil
}

// explain puts the path before an error that does not have it, and says so when a
// file is not there.
func explain(s recipe.Source, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: expected a file or folder of that name in the data folder, found none", p.Path)
	}
	if strings.HasPrefix(err.Error(), s.Path+":") || s.LabelsPath != "" && strings.HasPrefix(err.Error(), s.LabelsPath+":") {
		return err
	}
	return fmt.Errorf("%s: %w", s.Path, err)
}

func (r *reader) read() ([]sample, task.Kind, error) {
	if !fs.ValidPath(r.Path) {
		return nil, "", fmt.Errorf("expected a relative path with slashes and without .., found %q", r.Path)
	}
	switch r.Form {
	case "idx":
		return r.idx()
	case "folder":
		return r.folder(r.root, r.Path)
	case "zip":
		return r.zip()
	case "csv", "tsv", "jsonl":
		return r.table()
	case "clinc":
		return r.clinc()
	case "samples":
		return r.packed()
	}
	return nil, "", fmt.Errorf("form must be idx, folder, zip, samples, csv, tsv, jsonl or clinc, found %q", r.Form)
}

// sift maps labels and leaves out what belongs to no class.
func (r *reader) sift(list []sample, outside bool) []sample {
	back := map[string][]string{} // label in the file → classes
	for _, class := range slices.Sorted(maps.Keys(r.Map)) {
		for _, l := range r.Map[class] {
			back[l] = append(back[l], class)
		}
	}
	kept, empty, unclear := list[:0], 0, 0
	for _, s := range list {
		if r.Map != nil {
			s.labels = mapped(s.labels, back)
		}
		switch {
		case s.input.File == nil && s.input.Pixels == nil && strings.TrimSpace(s.input.Text) == "":
			empty++
		case len(s.labels) != 1 && !outside:
			unclear++
		default:
			kept = append(kept, s)
		}
	}
	if empty > 0 {
		r.note("left out %d of %d samples: the text is empty", empty, len(list))
	}
	if unclear > 0 {
		r.note("left out %d of %d samples: not exactly one class", unclear, len(list))
	}
	return kept
}

func mapped(labels []string, back map[string][]string) []string {
	var to []string
	for _, l := range labels {
		for _, class := range back[l] {
			if !slices.Contains(to, class) {
				to = append(to, class)
			}
		}
	}
	return to
}

func names(all []sample) []string {
	seen := map[string]bool{}
	for _, s := range all {
		seen[s.labels[0]] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// fill gives every sample the number of its class.
func (s *Set) fill(all []sample, outside bool) error {
	number := map[string]int{}
	for i, c := range s.Labels {
		number[c] = i
	}
	for _, a := range all {
		label := -1
		if !outside {
			var known bool
			if label, known = number[a.labels[0]]; !known {
				return fmt.Errorf("%s: expected one of the labels %s, found %q", a.where, some(s.Labels), a.labels[0])
			}
		}
		if s.Kind == task.Text {
			if err := text.Check(a.input.Text); err != nil {
				return fmt.Errorf("%s: %w", a.where, err)
			}
		}
		s.Samples = append(s.Samples, Sample{a.input, label})
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
