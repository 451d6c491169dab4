package pull

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wafer/nn/format/huggingface/hubtest"
	"wafer/nn/model"
	"wafer/nn/task"
)

// tiny is a small model of Hugging Face's as an entry, and its files by their addresses without the scheme.
func tiny() (Entry, map[string][]byte) {
	e := Entry{Name: "tiny", Kind: task.Text}
	files := map[string][]byte{}
	for _, f := range hubtest.Folder() {
		sum := sha256.Sum256(f.Data)
		e.Files = append(e.Files, File{Path: f.Name, URL: "https://hub.example.org/m/" + f.Name,
			Size: int64(len(f.Data)), SHA256: hex.EncodeToString(sum[:])})
		files["/hub.example.org/m/"+f.Name] = f.Data
	}
	return e, files
}

// host answers with files; spoil, if given, changes an answer.
func host(t *testing.T, files map[string][]byte, spoil func(w http.ResponseWriter, r *http.Request) bool) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, ok := files[r.URL.Path]
		switch {
		case spoil != nil && spoil(w, r):
		case !ok:
			http.NotFound(w, r)
		default:
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(b)))
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestTheCatalogueIsWhole(t *testing.T) {
	list, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range list {
		c := e.Card.Card
		if e.Name == "" || seen[e.Name] || e.Source == "" || e.License == "" || len(e.Files) == 0 || c.Title == "" ||
			c.TitleZH == "" || c.About == "" || c.AboutZH == "" || c.Credit == "" || e.Card.ID != e.Name {
			t.Errorf("%s: expected a name of its own, source, licence, files, and what people read in two languages: "+
				"%+v", e.Name, e)
		}
		seen[e.Name] = true
	}
	if _, err := Find(list, "nonesuch"); err == nil || !strings.Contains(err.Error(), "resnet-50") {
		t.Errorf("got %v, expected an error that lists the names", err)
	}
}

// A host whose connections break after some bytes is asked again for the rest, and only for the rest.
func TestAFetchThatBreaksOffGoesOn(t *testing.T) {
	e, files := tiny()
	var ranges []string
	url := host(t, files, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "safetensors") {
			return false
		}
		ranges = append(ranges, r.Header.Get("Range"))
		if len(ranges) == 1 {
			b := files[r.URL.Path]
			w.Header().Set("Content-Length", fmt.Sprint(len(b)))
			_, _ = w.Write(b[:1000])
			return true // the handler ends before its length: the connection breaks
		}
		return false
	})
	f := Fetcher{Folder: t.TempDir(), Mirror: url, Patience: 20 * time.Second}
	var last int64
	file, err := f.Pull(context.Background(), e, func(done int64) { last = done })
	if err != nil {
		t.Fatal(err)
	}
	if len(ranges) != 2 || ranges[0] != "" || ranges[1] != "bytes=1000-" {
		t.Errorf("asked for the ranges %q, expected all and then what comes after 1000 bytes", ranges)
	}
	if last != e.Size() {
		t.Errorf("progress ended at %d, expected %d", last, e.Size())
	}
	m, err := model.Open(file, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Classify(task.Input{Text: "a great film"}); got.Error != "" || len(got.Scores) != 2 {
		t.Errorf("got %+v, expected shares of two labels", got)
	}
	f.Mirror = "http://127.0.0.1:1" // nothing is asked for a second time
	if _, err := f.Pull(context.Background(), e, nil); err != nil {
		t.Errorf("what is here was fetched again: %v", err)
	}
	err = f.Forget(e)
	if left, _ := os.ReadDir(f.Folder); err != nil || len(left) > 0 {
		t.Errorf("got %v, left are %v, expected nothing", err, left)
	}
}

func TestWhatIsNotThePublishedFileIsRefused(t *testing.T) {
	e, files := tiny()
	for name, c := range map[string]struct {
		spoil func(http.ResponseWriter, *http.Request) bool
		says  string
	}{
		"other bytes": {func(w http.ResponseWriter, r *http.Request) bool {
			b := []byte(strings.Repeat("x", len(files[r.URL.Path])))
			_, _ = w.Write(b)
			return true
		}, "it is not the published file"},
		"other size": {func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Length", "99999999")
			_, _ = w.Write([]byte("x"))
			return true
		}, "it has 99999999 bytes, expected"},
		"absent": {func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true }, "404"},
		"a page that leads elsewhere": {func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "https://elsewhere.invalid/", http.StatusFound)
			return true
		}, "elsewhere.invalid"},
	} {
		folder := t.TempDir()
		f := Fetcher{Folder: folder, Mirror: host(t, files, c.spoil), Patience: 100 * time.Millisecond}
		if _, err := f.Pull(context.Background(), e, nil); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, expected %q", name, err, c.says)
		}
		left, _ := filepath.Glob(filepath.Join(folder, "*.json"))
		if len(left) > 0 {
			t.Errorf("%s: kept %v as if it were right", name, left)
		}
	}
}

// A folder in place of the hosts; what is not there is named.
func TestAMirrorMayBeAFolder(t *testing.T) {
	e, files := tiny()
	folder := t.TempDir()
	for name, b := range files {
		name = filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f := Fetcher{Folder: t.TempDir(), Mirror: folder}
	if _, err := f.Pull(context.Background(), e, nil); err != nil {
		t.Fatal(err)
	}
	e.Files[0].URL += ".gone"
	f.Folder = t.TempDir()
	if _, err := f.Pull(context.Background(), e, nil); err == nil ||
		!strings.Contains(err.Error(), "config.json.gone") {
		t.Errorf("got %v, expected the file that is not there", err)
	}
}

func TestAFetchEndsWithItsCaller(t *testing.T) {
	e, files := tiny()
	ctx, cancel := context.WithCancel(context.Background())
	url := host(t, files, func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Length", "1000000")
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
		return true
	})
	e.Files[0].Size = 0
	if _, err := (Fetcher{Folder: t.TempDir(), Mirror: url}).Pull(ctx, e, nil); err == nil {
		t.Error("a fetch whose caller has left succeeded")
	}
}
