package main

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"strings"

	"wafer/nn/task"
)

// archive are the pictures of a ZIP.
func (t *tool) archive(path string) (list []task.Input, err error) {
	content, err := fs.ReadFile(t.root, path)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".jpg") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		picture, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return nil, err
		}
		list = append(list, task.Input{Name: f.Name, File: picture})
	}
	return list, nil
}

// files are the pictures of a folder.
func (t *tool) files(pattern string) (list []task.Input, err error) {
	names, err := fs.Glob(t.root, pattern)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		picture, err := fs.ReadFile(t.root, name)
		if err != nil {
			return nil, err
		}
		list = append(list, task.Input{Name: name, File: picture})
	}
	return list, nil
}
