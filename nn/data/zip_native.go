//go:build !js

package data

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"wafer/nn/task"
)

// zip reads a folder per class inside an archive, below Part.
func (r *reader) zip() ([]sample, task.Kind, error) {
	b, err := r.file(r.Path)
	if err != nil {
		return nil, "", err
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, "", fmt.Errorf("expected a zip archive, found %s: %w", shorten(string(b[:min(len(b), 16)])), err)
	}
	if len(z.File) > MaxEntries {
		return nil, "", fmt.Errorf("expected at most %d files in the archive, found %d", MaxEntries, len(z.File))
	}
	part := path.Clean(or(r.Part, "."))
	if _, err := fs.Stat(z, part); err != nil {
		return nil, "", fmt.Errorf("expected the folder %q in the archive, found %s", r.Part, some(roots(z)))
	}
	list, kind, err := r.folder(z, part)
	if err != nil {
		return nil, "", fmt.Errorf("%s: in the archive: %w", r.Path, err)
	}
	return list, kind, nil
}

// roots lists the folders of an archive, two levels deep.
func roots(z *zip.Reader) []string {
	seen := map[string]bool{}
	var list []string
	for _, f := range z.File {
		parts := strings.Split(f.Name, "/")
		name := strings.Join(parts[:min(2, len(parts)-1)], "/")
		if name != "" && !seen[name] && len(list) < 100 {
			seen[name] = true
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}
