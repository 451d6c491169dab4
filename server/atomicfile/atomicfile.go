// Package atomicfile puts files in place whole: written beside, flushed, renamed, and the folder flushed. After a crash
// or a power cut at any moment either the old or the new content is there, and what was committed stays.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Write makes b the content of the file at path, with the mode before umask. It makes the folders that lack. Errors are
// those of package os; the file is then as it was.
func Write(path string, b []byte, mode fs.FileMode) error {
	return WriteFrom(filepath.Dir(path), path, b, mode)
}

// WriteFrom is Write of a file that lies in the folder temp, as with Create, until it is whole.
func WriteFrom(temp, path string, b []byte, mode fs.FileMode) error {
	f, err := Create(path, temp, mode)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(b); err != nil {
		return err
	}
	return f.Commit()
}

// File is one that is being written. It appears with Commit; until then it has another name.
type File struct {
	*os.File
	path string
	mode fs.FileMode
	done bool
}

// Create begins a file that will appear at path. Until then it lies in the folder temp, on the same file system.
func Create(path, temp string, mode fs.FileMode) (*File, error) {
	if err := makeFolder(temp, folderMode(mode)); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(temp, ".wafer-*")
	if err != nil {
		return nil, err
	}
	return &File{File: f, path: path, mode: mode}, nil
}

// Commit closes the file and puts it in its place, in that of an older one if there is one.
func (f *File) Commit() error {
	defer f.Abort()
	if err := f.Chmod(f.mode); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	folder := filepath.Dir(f.path)
	if err := makeFolder(folder, folderMode(f.mode)); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), f.path); err != nil {
		return err
	}
	f.done = true
	return syncFolder(folder)
}

// Abort forgets the file, unless it was committed.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	f.Close()
	os.Remove(f.Name())
}

// folderMode lets whoever may read a file enter its folder.
func folderMode(mode fs.FileMode) fs.FileMode { return mode | 0o100 | mode&0o044>>2 }

// makeFolder makes a folder and those above it, and flushes their names.
func makeFolder(folder string, mode fs.FileMode) error {
	err := os.Mkdir(folder, mode)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(folder) != folder {
		if err := makeFolder(filepath.Dir(folder), mode); err != nil {
			return err
		}
		err = os.Mkdir(folder, mode)
	}
	if err == nil {
		return syncFolder(filepath.Dir(folder))
	}
	if info, e := os.Stat(folder); e == nil && info.IsDir() {
		return nil
	}
	return err
}

// syncFolder flushes the names in a folder. Windows and some file systems on a network cannot, and do not need it.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if errors.Is(err, fs.ErrPermission) { // a folder that may be written, but not listed
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	for _, cannot := range []error{errors.ErrUnsupported, fs.ErrPermission, syscall.EINVAL} {
		if errors.Is(err, cannot) {
			return nil
		}
	}
	return err
}
