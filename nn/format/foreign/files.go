// Package foreign is what the readers of other tools' model files have in common: the files that were given
// together, an outline of what is in them, and the model that comes out.
package foreign

import (
	"bytes"
	"hash/crc32"
	"io"
	"path"
	"slices"
	"strings"

	"wafer/nn/inflate"
	"wafer/nn/say"
	"wafer/nn/zipfile"
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
	maxRatio    = 32      // bytes that a byte may become, beyond freeBytes: models do not pack better
	freeBytes   = 1 << 20
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
		return nil, say.Errorf("zip archive: %w", err)
	}
	return files, nil
}

func unzip(archive []byte, limit int64) (Files, error) {
	if limit <= 0 {
		limit = maxUnpacked
	}
	entries, err := zipfile.Directory(archive, maxEntries)
	if err != nil {
		return nil, err
	}
	left, seen := min(limit, int64(len(archive))*maxRatio+freeBytes), map[string]bool{}
	var files Files
	var packed uint64
	for _, e := range entries {
		name := string(e.Name)
		if strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") || path.Base(name) == ".DS_Store" {
			continue
		}
		err := checkEntry(e, name, left)
		if packed += e.Packed; err == nil && packed > uint64(len(archive)) {
			err = say.New("overlaps another")
		}
		if err == nil && seen[name] {
			err = say.New("comes twice")
		}
		var data []byte
		if err == nil {
			data, err = unpack(e, archive)
		}
		if err != nil {
			return nil, say.Errorf("entry %.80q: %w", name, err)
		}
		seen[name] = true
		left -= int64(len(data))
		files = append(files, File{name, data})
	}
	if len(files) == 0 {
		return nil, say.New("holds no files")
	}
	return files, nil
}

// checkEntry sees that a name is plain and a size credible, before anything is unpacked.
func checkEntry(e zipfile.Entry, name string, left int64) error {
	clean := path.Clean(name)
	switch {
	case name == "" || strings.HasPrefix(clean, "/") || strings.HasPrefix(clean, "..") ||
		strings.ContainsAny(name, "\\\x00") || len(name) > 1 && name[1] == ':':
		return say.New("its name leads out of the archive")
	case e.Mode&0xf000 != 0 && e.Mode&0xf000 != 0x8000:
		return say.New("is a link or something else that is no file")
	case e.Flags&zipfile.Encrypted != 0:
		return say.New("is encrypted")
	case e.Size > uint64(left):
		return say.Errorf("would unpack to %d bytes, %d are left of the limit", e.Size, left)
	}
	return nil
}

// unpack reads an entry; one that has another size or checksum than its directory says is an error.
func unpack(e zipfile.Entry, archive []byte) (data []byte, err error) {
	_, body, ok := e.Local(archive)
	switch {
	case !ok || body == nil:
		return nil, say.New("is cut short")
	case !e.Agrees(archive):
		return nil, say.New("has another name or size where it begins")
	case e.Method == zipfile.Stored:
		data = body
	case e.Method == zipfile.Deflated:
		buffer := bytes.NewBuffer(make([]byte, 0, min(e.Size, 1<<20)+1)) // grows with what is there
		_, err = buffer.ReadFrom(io.LimitReader(inflate.Deflated(body), int64(e.Size)+1))
		data = buffer.Bytes()
	default:
		return nil, say.Errorf("is packed by method %d, which is not read", e.Method)
	}
	switch {
	case err != nil:
		return nil, say.Errorf("is damaged: %w", err)
	case uint64(len(data)) != e.Size:
		return nil, say.Errorf("has %d bytes, its header says %d", len(data), e.Size)
	case crc32.ChecksumIEEE(data) != e.Sum:
		return nil, say.New("is damaged: its checksum is wrong")
	}
	return data, nil
}
