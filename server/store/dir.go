package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"wafer/server/atomicfile"
	"wafer/server/broker"
)

// Dir opens a store in a folder and makes the folder if there is none. One process at a time may use it. What a crash
// left half-written is removed. It fails where the folder cannot be made or read.
func Dir(folder string, o Options) (*Store, error) {
	d := &dir{root: folder, max: o.MaxBytes, reserve: o.withDefaults().Reserve}
	if err := d.open(); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return newStore(o.withDefaults(), d), nil
}

// dir keeps each object in a file below root, and what is being written below root/tmp.
type dir struct {
	root    string
	max     int64 // bytes of all objects, 0: no limit
	reserve int64 // bytes of the disk that stay free

	over sync.Mutex // held while an object is compared with a version and replaced

	mu   sync.Mutex
	used int64 // bytes of all objects, and of those being written
}

// open clears away what a crash left half-written and counts the rest.
func (d *dir) open() error {
	if err := os.RemoveAll(d.path("tmp")); err != nil {
		return err
	}
	if err := os.MkdirAll(d.path("tmp"), 0o700); err != nil {
		return err
	}
	all, err := d.list(context.Background(), ".")
	for _, e := range all {
		d.used += e.size
	}
	return err
}

// path is the file of an object. Keys have no ".." in them: names, digests and words are checked before they become
// keys.
func (d *dir) path(key string) string { return filepath.Join(d.root, filepath.FromSlash(key)) }

// put takes room for the new object beside the old one, as the disk does while both are there, and gives the old one's
// back. ErrFull where the account or the disk has none.
func (d *dir) put(ctx context.Context, key string, b []byte) error {
	size := int64(len(b))
	if err := d.take(size); err != nil {
		return err
	}
	old, _ := os.Stat(d.path(key))
	if err := d.write(key, b); err != nil {
		d.give(size)
		return full(err)
	}
	if old != nil {
		d.give(old.Size())
	}
	return nil
}

// version is the hash of an object: no other process writes here.
func (d *dir) version(ctx context.Context, key string) (string, error) {
	b, err := d.get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return digestOf(b), err
}

// putOver compares and replaces under a lock, which is enough for one process.
func (d *dir) putOver(ctx context.Context, key string, b []byte, was string) (string, error) {
	d.over.Lock()
	defer d.over.Unlock()
	switch now, err := d.version(ctx, key); {
	case err != nil:
		return "", err
	case now != was:
		return "", ErrChanged
	}
	return digestOf(b), d.put(ctx, key, b)
}

// take makes room in the account.
func (d *dir) take(size int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.max > 0 && d.used+size > d.max {
		return fmt.Errorf("%w: %d of %d bytes", ErrFull, d.used, d.max)
	}
	if free, err := broker.FreeBytes(d.root); err == nil && free-size < d.reserve {
		return fmt.Errorf("%w: %d bytes are free, of which %d are kept for other things", ErrFull, free, d.reserve)
	}
	d.used += size
	return nil
}

// give takes bytes off the account that are not, or no longer, on the disk.
func (d *dir) give(size int64) {
	d.mu.Lock()
	d.used -= size
	d.mu.Unlock()
}

// write puts a file in place whole.
func (d *dir) write(key string, b []byte) error {
	return atomicfile.WriteFrom(d.path("tmp"), d.path(key), b, 0o600)
}

// full names the errors of a disk without room.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// get reads an object whole; its hash is the caller's to check.
func (d *dir) get(ctx context.Context, key string) ([]byte, error) {
	b, err := os.ReadFile(d.path(key))
	return b, missing(err)
}

// stat has the file's own time, which every put sets anew.
func (d *dir) stat(ctx context.Context, key string) (entry, error) {
	info, err := os.Stat(d.path(key))
	if err != nil {
		return entry{}, missing(err)
	}
	return entry{key: key, size: info.Size(), time: info.ModTime()}, nil
}

// missing makes ErrNotFound of a file, or a folder on the way to it, that is not there.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return ErrNotFound
	}
	return err
}

// list walks the files below a folder; one that is not there has none. What is removed meanwhile is left out, what is
// written meanwhile may be.
func (d *dir) list(ctx context.Context, under string) (all []entry, err error) {
	err = filepath.WalkDir(d.path(under), func(path string, f fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // removed while we walk, or never there
			return nil
		}
		if err != nil {
			return err
		}
		if f.IsDir() {
			if f.Name() == "tmp" && filepath.Dir(path) == filepath.Clean(d.root) {
				return fs.SkipDir
			}
			return nil
		}
		info, err := f.Info()
		if err != nil {
			return missingIsFine(err)
		}
		key := strings.TrimPrefix(filepath.ToSlash(strings.TrimPrefix(path, filepath.Clean(d.root))), "/")
		all = append(all, entry{key: key, size: info.Size(), time: info.ModTime()})
		return nil
	})
	return all, err
}

// missingIsFine is the error unless it says that a file is not there.
func missingIsFine(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// remove takes the folder of an object's parts, or of an owner's records, along with the last of them.
func (d *dir) remove(ctx context.Context, key string) error {
	info, err := os.Stat(d.path(key))
	if err != nil {
		return missingIsFine(err)
	}
	if err := os.Remove(d.path(key)); err != nil {
		return missingIsFine(err)
	}
	d.give(info.Size())
	if strings.HasPrefix(key, "part/") || strings.HasPrefix(key, "record/") {
		os.Remove(filepath.Dir(d.path(key))) // fails while there is more in it
	}
	return nil
}

// sweep has nothing to do: what a crash left half-written went when the folder was opened.
func (d *dir) sweep(ctx context.Context, since time.Time) error { return nil }
