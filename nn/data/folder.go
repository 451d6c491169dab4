package data

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Extensions that are read from folders; other files are left out, as Keras does.
var (
	pictureNames = []string{".jpg", ".jpeg", ".png", ".gif", ".webp"}
	textNames    = []string{".txt"}
)

// folder reads a folder per class: dir/class/…/file. Pictures stay encoded; a .txt file
// is one text. Hidden files, and what operating systems leave behind, are not looked at.
// Files come in the order of their paths.
func (r *reader) folder(root fs.FS, dir string) ([]sample, task.Kind, error) {
	f := &folderReader{reader: r, root: root, dir: dir}
	if err := fs.WalkDir(root, dir, f.visit); err != nil {
		return nil, "", err
	}
	if f.skipped > 0 {
		r.note("left out %d files that are neither pictures (%s) nor texts (.txt)", f.skipped, strings.Join(pictureNames, " "))
	}
	if len(f.list) == 0 {
		return nil, "", fmt.Errorf("%s: expected a folder per class with pictures or texts in it, found none", dir)
	}
	return f.list, f.kind, nil
}

type folderReader struct {
	*reader
	root    fs.FS
	dir     string
	kind    task.Kind
	list    []sample
	skipped int
	total   int64
}

func (f *folderReader) visit(name string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	base := path.Base(name)
	junk := name != f.dir && strings.HasPrefix(base, ".") || base == "__MACOSX" || base == "Thumbs.db" || base == "desktop.ini"
	switch {
	case junk && d.IsDir():
		return fs.SkipDir
	case junk || d.IsDir():
		return nil
	}
	kind := kindOf(base)
	if kind == "" {
		f.skipped++
		return nil
	}
	class, _, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, f.dir), "/"), "/")
	if f.dir == "." {
		class, _, ok = strings.Cut(name, "/")
	}
	if !ok {
		return fmt.Errorf("%s: expected folders named after the classes, found the file %s beside them", f.dir, base)
	}
	return f.add(name, class, kind)
}

func kindOf(name string) task.Kind {
	ext := strings.ToLower(path.Ext(name))
	switch {
	case slices.Contains(pictureNames, ext):
		return task.Image
	case slices.Contains(textNames, ext):
		return task.Text
	}
	return ""
}

func (f *folderReader) add(name, class string, kind task.Kind) error {
	if f.kind != "" && kind != f.kind {
		return fmt.Errorf("%s: expected only %ss in this folder, found a file of kind %s", name, f.kind, kind)
	}
	f.kind = kind
	if len(f.list) >= MaxEntries {
		return fmt.Errorf("%s: expected at most %d files, found more", f.dir, MaxEntries)
	}
	one := &reader{root: f.root, Source: recipe.Source{Path: name}, set: f.set}
	s := sample{labels: []string{class}, where: name}
	if f.Form == "zip" {
		s.where = f.Path + ": " + name
	}
	var err error
	if kind == task.Text {
		s.input.Text, err = one.text(name)
	} else {
		s.input.Name = s.where
		s.input.File, err = one.file(name)
	}
	f.total += s.input.Bytes()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if f.total > MaxTotal {
		return fmt.Errorf("%s: expected at most %d MB of files, found more", f.dir, MaxTotal>>20)
	}
	f.list = append(f.list, s)
	return nil
}
