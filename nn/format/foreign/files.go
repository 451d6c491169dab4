// Package foreign is what the readers of other tools' model files have in common: the files that were given
// together, an outline of what is in them, and the model that comes out.
package foreign

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// File is one of the files that were given together.
type File struct {
	Name string // the path inside the folder or archive, with slashes; nothing may be concluded from its ending
	Data []byte // not changed by readers; what they make may point into it
}

// Files were given together: a single file, those of a folder or those of an archive.
type Files []File

// Limits of an archive.
const (
	maxEntries  = 4096
	maxUnpacked = 2 << 30 // bytes of all entries
	maxRatio    = 1032    // bytes that a byte of deflate can become: more is a lie of the directory
)

// Named is the file whose path ends in the plain name: "model.json" finds "export/model.json". Of several it is the
// one with the shortest path; nil where there is none.
func (f Files) Named(name string) []byte {
	best := -1
	for i, file := range f {
		if path.Base(file.Name) == name && (best < 0 || len(file.Name) < len(f[best].Name)) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return f[best].Data
}

// Find is the first file that is recognised, -1 where none is.
func (f Files) Find(recognise func([]byte) bool) int {
	return slices.IndexFunc(f, func(file File) bool { return recognise(file.Data) })
}

// Size is the bytes of all files.
func (f Files) Size() (n int) {
	for _, file := range f {
		n += len(file.Data)
	}
	return n
}

// IsZip tells an archive by its content.
func IsZip(file []byte) bool { return bytes.HasPrefix(file, []byte("PK\x03\x04")) }

// Unzip is the files of an archive, at most limit bytes of them in all (0: 2 GiB). Folders and what macOS adds are
// left out. Absolute names, "..", links, names that come twice, encrypted entries and entries that become
// larger than their header says are errors.
func Unzip(archive []byte, limit int64) (Files, error) {
	files, err := unzip(archive, limit)
	if err != nil {
		return nil, fmt.Errorf("zip archive: %w", err)
	}
	return files, nil
}

func unzip(archive []byte, limit int64) (Files, error) {
	if limit <= 0 {
		limit = maxUnpacked
	}
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("has %d entries, at most %d are read", len(z.File), maxEntries)
	}
	left, seen := limit, map[string]bool{}
	var files Files
	for _, e := range z.File {
		if strings.HasSuffix(e.Name, "/") || strings.HasPrefix(e.Name, "__MACOSX/") || path.Base(e.Name) == ".DS_Store" {
			continue
		}
		if err := checkEntry(e, len(archive), left); err != nil {
			return nil, fmt.Errorf("entry %.80q: %w", e.Name, err)
		}
		if seen[e.Name] {
			return nil, fmt.Errorf("entry %.80q comes twice", e.Name)
		}
		seen[e.Name] = true
		data, err := unpack(e)
		if err != nil {
			return nil, fmt.Errorf("entry %.80q: %w", e.Name, err)
		}
		left -= int64(len(data))
		files = append(files, File{e.Name, data})
	}
	if len(files) == 0 {
		return nil, errors.New("holds no files")
	}
	return files, nil
}

// checkEntry sees that a name is plain and a size credible, before anything is unpacked.
func checkEntry(e *zip.File, archive int, left int64) error {
	clean := path.Clean(e.Name)
	switch {
	case e.Name == "" || strings.HasPrefix(clean, "/") || strings.HasPrefix(clean, "..") ||
		strings.ContainsAny(e.Name, "\\\x00") || len(e.Name) > 1 && e.Name[1] == ':':
		return errors.New("its name leads out of the archive")
	case !e.Mode().IsRegular():
		return errors.New("is a link or something else that is no file")
	case e.Flags&1 != 0:
		return errors.New("is encrypted")
	case e.UncompressedSize64 > uint64(left):
		return fmt.Errorf("would unpack to %d bytes, %d are left of the limit", e.UncompressedSize64, left)
	case e.UncompressedSize64 > uint64(archive)*maxRatio:
		return fmt.Errorf("claims %d bytes, more than an archive of %d can hold", e.UncompressedSize64, archive)
	}
	return nil
}

// unpack reads an entry; one that grows past the size in its header is an error.
func unpack(e *zip.File) ([]byte, error) {
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, 0, min(e.UncompressedSize64, 1<<20)+1) // grows with what is there
	buffer := bytes.NewBuffer(data)
	n, err := io.Copy(buffer, io.LimitReader(r, int64(e.UncompressedSize64)+1))
	if err == nil && n != int64(e.UncompressedSize64) {
		err = fmt.Errorf("has %d bytes, its header says %d", n, e.UncompressedSize64)
	}
	return buffer.Bytes(), err
}
