package data

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"wafer/nn/charset"
	"wafer/nn/order"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/vision"
)

// folder reads a folder per class: dir/class/…/file. Pictures stay encoded; a .txt file is one text. Files come in the
// order of their paths.
func (r *reader) folder() ([]sample, task.Kind, error) {
	info, err := fs.Stat(r.root, r.Path)
	if err != nil {
		return nil, "", err
	}
	if !info.IsDir() {
		return nil, "", say.Errorf("%s: expected a folder per class, found a file", r.Path)
	}
	var files []File
	var paths []string
	err = fs.WalkDir(r.root, r.Path, func(name string, d fs.DirEntry, err error) error {
		skip := d != nil && d.IsDir() && name != r.Path && IsHidden(path.Base(name)) // which counts as one
		if err != nil || d.IsDir() && !skip {
			return err
		}
		if len(files) == MaxEntries {
			return say.Errorf("%s: expected at most %d files, found more", r.Path, MaxEntries)
		}
		if r.Path != "." {
			paths = append(paths, strings.TrimPrefix(strings.TrimPrefix(name, r.Path), "/"))
		} else {
			paths = append(paths, name)
		}
		files = append(files, File{Link: d.Type() == fs.ModeSymlink, read: r.reads(name, d.Type())})
		if skip {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	Unicode(paths)
	for i := range files {
		files[i].Path = paths[i]
	}
	return r.classes(files, r.Path+"/")
}

// reads is how a file of a folder is read, unless it is none: the end of a pipe or a device may never come.
func (r *reader) reads(name string, t fs.FileMode) func(*meter) ([]byte, error) {
	if t.IsRegular() || t == fs.ModeSymlink {
		return func(*meter) ([]byte, error) { return r.file(name) }
	}
	return func(*meter) ([]byte, error) {
		return nil, damage("%s: expected a file, found a pipe, a socket or a device", name)
	}
}

// Unicode writes paths in Unicode: what the archives of another system left behind by the evidence of all of it.
func Unicode(paths []string) {
	var old []byte
	for _, p := range paths {
		if !utf8.ValidString(p) {
			old = append(append(old, p...), '\n')
		}
	}
	if old == nil {
		return
	}
	encoding := charset.Guess(old)
	for i, p := range paths {
		if utf8.ValidString(p) {
			continue
		}
		text, _, err := charset.Text([]byte(p), encoding)
		if err != nil {
			text = strings.ToValidUTF8(p, "\ufffd")
		}
		paths[i] = text
	}
}

// zip reads a folder per class inside an archive, below Part.
func (r *reader) zip() ([]sample, task.Kind, error) {
	b, err := r.file(r.Path)
	if err != nil {
		return nil, "", err
	}
	files, err := Unzip(b)
	if err != nil {
		return nil, "", err
	}
	if part := path.Clean(or(r.Part, ".")); part != "." {
		all := files
		files = slices.DeleteFunc(slices.Clone(files),
			func(f File) bool { return !strings.HasPrefix(f.Path, part+"/") })
		if len(files) == 0 {
			return nil, "", say.Errorf("expected the folder %q in the archive, found %s", r.Part, some(roots(all)))
		}
		for i := range files {
			files[i].Path = files[i].Path[len(part)+1:]
		}
		return r.classes(files, r.Path+": "+part+"/")
	}
	return r.classes(files, r.Path+": ")
}

// roots lists the folders of an archive, two levels deep.
func roots(files []File) []string {
	var list []string
	for _, f := range files {
		parts := strings.Split(f.Path, "/")
		name := strings.Join(parts[:min(2, len(parts)-1)], "/")
		if name != "" && !slices.Contains(list, name) && len(list) < 100 {
			list = append(list, name)
		}
	}
	order.Sort(list)
	return list
}

// classes reads the files that Arrange takes; pictures that are cut short or none are left out. where stands before
// their paths.
func (r *reader) classes(files []File, where string) ([]sample, task.Kind, error) {
	a := Arrange(files, r.kind)
	if len(a.Tables) > 0 {
		return r.tables(a, where)
	}
	left := lefts(a.Left)
	if len(a.List) > 0 {
		r.note("the classes are those of the table %s", some(a.List))
	}
	if !a.Sure {
		return nil, "", a.question()
	}
	var list []sample
	var encodings lefts
	var total int64
	for _, p := range a.Files {
		s := sample{labels: []string{p.Class}, where: where + p.Path, part: p.Part}
		in, encoding, err := p.content(a.Kind, r.Encoding, r.meter)
		if why := (leftOut{}); errors.As(err, &why) {
			left.add(why.why, why.where)
			continue
		} else if err != nil {
			return nil, "", err
		}
		if s.input = in; a.Kind == task.Text && encoding != charset.UTF8 {
			encodings.addMany(Reason(encoding), p.Path, 1)
		} else if a.Kind == task.Image {
			s.input.Name = s.where
		}
		if total += s.input.Bytes(); total > MaxTotal {
			return nil, "", say.Errorf("%s: expected at most %d MB of files, found more", r.Path, MaxTotal>>20)
		}
		if err := r.meter.take(each); err != nil {
			return nil, "", err
		}
		list = append(list, s)
	}
	for _, e := range encodings {
		r.note("%d files read as %s (%s)", e.Count, e.Why, some(e.Where))
	}
	r.noteLeft(left)
	if len(list) == 0 {
		return nil, "", say.Errorf("%s: expected a folder per class with pictures (%s) or texts (.txt) in it, "+
			"found none%s", r.Path, strings.Join(pictureNames, " "), left.because())
	}
	return list, a.Kind, nil
}

// leftOut is the error of a file that is left out while the others are taken.
type leftOut struct {
	why   Reason
	where string
}

// Error is the reason in words with the file's path.
func (l leftOut) Error() string { return Left{l.why, 1, []string{l.where}}.String() }

// content reads what a file becomes: a picture that can be one, or a text without what stands around it, its lines
// ending in \n. A file that holds neither is left out.
func (p Placed) content(kind task.Kind, encoding string, m *meter) (in task.Input, found string, err error) {
	b, err := p.read(m)
	if err == nil && kind == task.Image && len(b) > 0 {
		if _, err = vision.Sniff(b); err != nil {
			err = damaged{err}
		}
	}
	switch {
	case err != nil && !isDamage(err):
		return in, "", err
	case err != nil:
		return in, "", leftOut{Unreadable, p.Path + ": " + strings.TrimPrefix(err.Error(), p.Path+": ")}
	case len(b) == 0:
		return in, "", leftOut{Empty, p.Path}
	case kind == task.Image:
		return task.Input{File: b}, "", nil
	}
	in.Text, found, err = Text(b, encoding)
	if why := (notText{}); errors.As(err, &why) {
		return in, "", leftOut{Unreadable, p.Path + ": " + err.Error()}
	} else if err != nil {
		return in, "", say.Errorf("%s: %w", p.Path, err)
	}
	if found != charset.UTF8 {
		if err := m.take(int64(len(in.Text) - cap(b))); err != nil {
			return in, "", err
		}
	}
	in.Text = strings.ReplaceAll(strings.ReplaceAll(in.Text, "\r\n", "\n"), "\r", "\n")
	if in.Text = strings.TrimSpace(in.Text); in.Text == "" {
		return in, "", leftOut{NoText, p.Path}
	}
	return in, found, nil
}

// notText is the error of a file of another kind.
type notText struct{ error }

// Unwrap is the error without the mark.
func (e notText) Unwrap() error { return e.error }

// Text is the text of a file and the encoding that it was read in, as charset.Text has them. Files of other kinds, such
// as PDF, are refused by what they are.
func Text(b []byte, encoding string) (text, found string, err error) {
	if what := foreign(b); what != "" {
		return "", "", notText{say.Errorf("expected a text, found %s", what)}
	}
	return charset.Text(b, encoding)
}

// Take reads one of the files; one that holds nothing of its kind is left out. budget may be nil.
func (a *Arrangement) Take(p Placed, budget *int64) (in task.Input, ok bool, err error) {
	in, _, err = p.content(a.Kind, "", newMeter(budget))
	if why := (leftOut{}); errors.As(err, &why) {
		(*lefts)(&a.Left).add(why.why, why.where)
		return in, false, nil
	}
	return in, err == nil, err
}

// tables reads the rows of several tables.
func (r *reader) tables(a Arrangement, where string) (all []sample, kind task.Kind, err error) {
	for _, p := range a.Tables {
		b, err := p.Unpacked().read(r.meter)
		if err != nil {
			return nil, "", err
		}
		one := *r
		one.Path = where + p.Path
		if one.Form = FormOf(p.Path); r.Form == "tsv" {
			one.Form = r.Form
		}
		list, err := one.rows(b)
		if err != nil {
			return nil, "", say.Errorf("%s: %w", one.Path, err)
		}
		for i := range list {
			list[i].part = p.Part
		}
		all = append(all, list...)
	}
	r.noteLeft(a.Left)
	return all, task.Text, nil
}
