package trainer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"wafer/server/api"
	"wafer/server/atomicfile"
	"wafer/server/broker"
	"wafer/server/store"
)

// cache keeps the files of jobs in a folder by their hash, so that the next job on the same data fetches
// nothing, and lays them out for a job under the paths by which its recipe knows them:
//
//	blob/DIGEST   a file, whole and checked
//	job/…/PATH    the same file once more (a hard link), while the job runs
//	tmp/          what is being fetched
//
// One process at a time may use it.
type cache struct {
	dir  string
	most int64 // bytes of blob
	lock io.Closer

	mu   sync.Mutex
	uses map[string]int // by digest: running jobs that have it
}

// opener opens content in the store.
type opener func(ctx context.Context, digest string) (io.Reader, error)

var folders = []string{"blob", "job", "tmp"}

// openCache takes the folder, makes it if there is none, and clears away what a crash left.
func openCache(dir string, most int64) (*cache, error) {
	c := &cache{dir: dir, most: most, uses: map[string]int{}}
	for _, f := range folders {
		if err := os.MkdirAll(filepath.Join(dir, f), 0o700); err != nil {
			return nil, fmt.Errorf("the cache of the worker: %w", err)
		}
	}
	var err error
	if c.lock, err = broker.Lock(filepath.Join(dir, "lock")); err != nil {
		return nil, fmt.Errorf("the cache of the worker: %w", err)
	}
	for _, f := range folders[1:] {
		if err := errors.Join(os.RemoveAll(filepath.Join(dir, f)), os.Mkdir(filepath.Join(dir, f), 0o700)); err != nil {
			c.close()
			return nil, fmt.Errorf("the cache of the worker: %w", err)
		}
	}
	return c, nil
}

// close lets another process have the folder.
func (c *cache) close() { c.lock.Close() }

// blob is the file of content.
func (c *cache) blob(digest string) string { return filepath.Join(c.dir, "blob", digest) }

// folder lays out the files of a job and returns where. done gives the folder back. Errors are sentences.
func (c *cache) folder(ctx context.Context, files []api.File, open opener) (path string, done func(), err error) {
	if err := checkFiles(files); err != nil {
		return "", nil, err
	}
	c.use(files, 1)
	release := func() { c.use(files, -1) }
	if path, err = os.MkdirTemp(filepath.Join(c.dir, "job"), ""); err == nil {
		done = func() { os.RemoveAll(path); release() }
		for _, f := range files {
			if err = c.place(ctx, f, filepath.Join(path, filepath.FromSlash(f.Path)), open); err != nil {
				break
			}
		}
	}
	if err != nil {
		if done == nil {
			done = release
		}
		done()
		return "", nil, err
	}
	return path, done, nil
}

// checkFiles refuses what could leave the folder of a job, and what cannot lie in one.
func checkFiles(files []api.File) error {
	seen := map[string]bool{}
	for _, f := range files {
		switch {
		case !fs.ValidPath(f.Path) || f.Path == "." || len(f.Path) > 1000 ||
			!filepath.IsLocal(filepath.FromSlash(f.Path)) || strings.ContainsAny(f.Path, "\\:\x00"):
			return fmt.Errorf("the path of a file must be relative, with slashes and without .., found %.100q", f.Path)
		case seen[f.Path]:
			return fmt.Errorf("the job names two files %.100q", f.Path)
		case store.CheckDigest(f.SHA256) != nil || f.Size < 0:
			return fmt.Errorf("the file %.100q has no hash or no size", f.Path)
		}
		seen[f.Path] = true
	}
	for path := range seen {
		for dir := path; strings.Contains(dir, "/"); {
			dir = dir[:strings.LastIndexByte(dir, '/')]
			if seen[dir] {
				return fmt.Errorf("%.100q is both a file and a folder of files of this job", dir)
			}
		}
	}
	return nil
}

// use counts for each content how many running jobs have it.
func (c *cache) use(files []api.File, by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range files {
		if c.uses[f.SHA256] += by; c.uses[f.SHA256] == 0 {
			delete(c.uses, f.SHA256)
		}
	}
}

// place puts a file where a job looks for it.
func (c *cache) place(ctx context.Context, f api.File, to string, open opener) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !c.has(f) {
		if err := c.fetch(ctx, f, open); err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	now := time.Now()
	os.Chtimes(c.blob(f.SHA256), now, now) // of the last use
	err := os.MkdirAll(filepath.Dir(to), 0o700)
	if err == nil {
		if err = os.Link(c.blob(f.SHA256), to); err != nil { // a file system without links
			err = copyFile(c.blob(f.SHA256), to)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, bare(err))
	}
	return nil
}

// copyFile copies where no link can be made, to a name that must be free.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// has reports whether a file is there as it should be; a damaged one is removed.
func (c *cache) has(f api.File) bool {
	in, err := os.Open(c.blob(f.SHA256))
	if err != nil {
		return false
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, in)
	if err == nil && n == f.Size && hex.EncodeToString(sum.Sum(nil)) == f.SHA256 {
		return true
	}
	os.Remove(c.blob(f.SHA256))
	return false
}

// fetch copies a file out of the store.
func (c *cache) fetch(ctx context.Context, f api.File, open opener) error {
	if err := c.makeRoom(f.Size); err != nil {
		return err
	}
	from, err := open(ctx, f.SHA256)
	if err != nil {
		return err
	}
	out, err := atomicfile.Create(c.blob(f.SHA256), filepath.Join(c.dir, "tmp"), 0o600)
	if err != nil {
		return bare(err)
	}
	defer out.Abort()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), io.LimitReader(from, f.Size+1))
	if err != nil {
		return bare(err)
	}
	if n != f.Size || hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("does not have the size %d and the hash %.12s… that the job says", f.Size, f.SHA256)
	}
	return bare(out.Commit())
}

// makeRoom removes what was not used for longest, until more bytes may come.
func (c *cache) makeRoom(more int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	entries, err := os.ReadDir(filepath.Join(c.dir, "blob"))
	if err != nil {
		return bare(err)
	}
	var all []fs.FileInfo
	total := more
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			total += info.Size()
			all = append(all, info)
		}
	}
	slices.SortFunc(all, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, info := range all {
		if total > c.most && c.uses[info.Name()] == 0 && os.Remove(c.blob(info.Name())) == nil {
			total -= info.Size()
		}
	}
	if total > c.most {
		return fmt.Errorf("the files of the jobs that run here take %d bytes, more than the %d that the cache of this "+
			"worker may hold", total, c.most)
	}
	return nil
}

// bare takes the paths of this machine out of an error.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return fmt.Errorf("the cache of the worker: %w", path.Err)
	case errors.As(err, &link):
		return fmt.Errorf("the cache of the worker: %w", link.Err)
	}
	return err
}
