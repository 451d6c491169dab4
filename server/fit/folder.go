package fit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder is os.DirFS with names of any bytes: archives of another system's encoding leave behind names that are no
// UTF-8, which os.DirFS refuses.
func Folder(dir string) fs.FS { return folder(dir) }

type folder string

func (d folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(strings.ToValidUTF8(name, "x")) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	f, err := os.Open(filepath.Join(string(d), filepath.FromSlash(name)))
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		e.Path = name // as os.DirFS does: no path of this machine
	}
	if err != nil {
		return nil, err // not a nil *os.File
	}
	return f, nil
}
