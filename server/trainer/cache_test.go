package trainer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/server/api"
	"wafer/server/store"
)

// source is content by its hash, and how often each was asked for.
type source struct {
	content map[string][]byte
	asked   map[string]int
}

func newSource() *source { return &source{map[string][]byte{}, map[string]int{}} }

func (s *source) add(path string, b []byte) api.File {
	r := store.RefOf(b)
	s.content[r.SHA256] = b
	return api.File{Path: path, SHA256: r.SHA256, Size: r.Size}
}

func (s *source) open(_ context.Context, digest string) (io.Reader, error) {
	s.asked[digest]++
	if b, ok := s.content[digest]; ok {
		return bytes.NewReader(b), nil
	}
	return nil, store.ErrNotFound
}

func testCache(t *testing.T, dir string, most int64) *cache {
	t.Helper()
	c, err := openCache(dir, most)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

func TestFilesOfAJobLieUnderTheirPaths(t *testing.T) {
	s, c := newSource(), testCache(t, t.TempDir(), 1000)
	files := []api.File{s.add("a/b/one", []byte("1")), s.add("two", []byte("2")), s.add("a/again", []byte("1")),
		s.add("empty", nil)}
	for range 2 {
		dir, done, err := c.folder(t.Context(), files, s.open)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if b, err := os.ReadFile(filepath.Join(dir, f.Path)); err != nil || !bytes.Equal(b, s.content[f.SHA256]) {
				t.Errorf("%s: %q, %v", f.Path, b, err)
			}
		}
		done()
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the folder of the job is still there: %v", err)
		}
	}
	for digest, n := range s.asked {
		if n != 1 {
			t.Errorf("%.6s… was fetched %d times, expected once", digest, n)
		}
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	s, c := newSource(), testCache(t, t.TempDir(), 250)
	var files []api.File
	for i := range 4 {
		files = append(files, s.add("data", bytes.Repeat([]byte{byte(i)}, 100)))
	}
	get := func(i int) (done func()) {
		t.Helper()
		_, done, err := c.folder(t.Context(), files[i:i+1], s.open)
		if err != nil {
			t.Fatalf("file %d: %v", i, err)
		}
		return done
	}
	get(0)()
	held := get(1)
	get(2)() // in place of 0, which was used before 1
	get(1)()
	if s.asked[files[1].SHA256] != 1 {
		t.Error("a file that a job uses was removed")
	}
	_, second, err := c.folder(t.Context(), files[2:3], s.open)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.folder(t.Context(), files[3:4], s.open); err == nil ||
		!strings.Contains(err.Error(), "300 bytes, more than the 250") {
		t.Errorf("two files are in use and there is no room for a third: %v", err)
	}
	held()
	second()
	get(3)()
	if s.asked[files[3].SHA256] != 1 || s.asked[files[0].SHA256] != 1 {
		t.Errorf("fetched: %v", s.asked)
	}
	all, err := os.ReadDir(filepath.Join(c.dir, "blob"))
	if err != nil || len(all) != 2 {
		t.Errorf("%d files are kept, expected 2 (%v)", len(all), err)
	}
}

func TestAFetchThatBreaksLeavesNothing(t *testing.T) {
	s, c := newSource(), testCache(t, t.TempDir(), 1000)
	f := s.add("data", []byte("all of it"))
	broken := func(context.Context, string) (io.Reader, error) {
		return io.MultiReader(strings.NewReader("all"), badReader{}), nil
	}
	other := func(context.Context, string) (io.Reader, error) { return strings.NewReader("other it!"), nil }
	for _, open := range []opener{broken, other} {
		if _, _, err := c.folder(t.Context(), []api.File{f}, open); err == nil {
			t.Error("no error")
		}
	}
	for _, folder := range folders {
		if left, err := os.ReadDir(filepath.Join(c.dir, folder)); err != nil || len(left) != 0 {
			t.Errorf("left in %s: %v, %v", folder, left, err)
		}
	}
	_, done, err := c.folder(t.Context(), []api.File{f}, s.open)
	if err != nil {
		t.Fatal(err)
	}
	done()
}

type badReader struct{}

func (badReader) Read([]byte) (int, error) { return 0, errors.New("the connection broke") }

func TestACacheIsForOneProcess(t *testing.T) {
	dir := t.TempDir()
	testCache(t, dir, 1)
	if c, err := openCache(dir, 1); err == nil || !strings.Contains(err.Error(), "another Wafer uses") {
		t.Errorf("a second cache in one folder: %v, %v", c, err)
	}
}

func TestPathsStayInTheFolder(t *testing.T) {
	for _, path := range []string{"", ".", "..", "/a", "../a", "a/../../b", "a//b", "a/", `..\a`, "c:a", "a\x00b",
		strings.Repeat("a", 2000)} {
		if err := checkFiles([]api.File{{Path: path, SHA256: strings.Repeat("0", 64)}}); err == nil {
			t.Errorf("%.20q is accepted", path)
		}
	}
	many := []api.File{}
	for i := range 100 {
		many = append(many, api.File{Path: fmt.Sprintf("a/%d/…b", i), SHA256: strings.Repeat("0", 64)})
	}
	if err := checkFiles(many); err != nil {
		t.Error(err)
	}
}
