package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wafer/server/broker"
	"wafer/server/store"
	"wafer/server/store/storetest"
)

const part = 64 << 10

func openDir(t *testing.T, folder string, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Dir(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every file of a store is damaged in turn, in several ways. Whatever is read must be right or
// an error, and the content must be there again after it is uploaded again.
func TestDamageIsFoundAndNeverServed(t *testing.T) {
	ways := map[string]func([]byte) []byte{
		"a bit":    func(b []byte) []byte { b[len(b)/2] ^= 4; return b },
		"the end":  func(b []byte) []byte { return b[:len(b)-1] },
		"all":      func(b []byte) []byte { return nil },
		"too much": func(b []byte) []byte { return append(b, 0) },
		"removed":  nil,
	}
	content := storetest.Bytes(1, 2*part+100)
	r := store.RefOf(content)
	for name, damage := range ways {
		for _, file := range []string{"blob/" + r.SHA256, "part/" + r.SHA256 + "/00000", "part/" + r.SHA256 + "/00001",
			"part/" + r.SHA256 + "/00002", "name/m"} {
			folder := t.TempDir()
			s := openDir(t, folder, store.Options{Part: part})
			storetest.Put(t, s, content)
			m := store.Manifest{Name: "m", File: r, License: "MIT"}
			if err := s.SetName(t.Context(), m, store.Any); err != nil {
				t.Fatal(err)
			}
			spoil(t, filepath.Join(folder, file), damage)
			if file == "name/m" {
				damagedName(t, s, m, damage == nil)
				continue
			}
			err := s.Check(t.Context(), r.SHA256)
			expected := store.ErrCorrupt
			if damage == nil && strings.HasPrefix(file, "blob") {
				expected = store.ErrNotFound
			}
			if !errors.Is(err, expected) {
				t.Errorf("%s, %s: got %v, expected %v", file, name, err, expected)
			}
			if got, err := s.Get(t.Context(), r.SHA256, r.Size); err == nil {
				t.Errorf("%s, %s: still served, %v", file, name, bytes.Equal(got, content))
			}
			storetest.Put(t, s, content)
			storetest.Has(t, s, content)
		}
	}
}

func spoil(t *testing.T, path string, damage func([]byte) []byte) {
	t.Helper()
	if damage == nil {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, damage(b), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// damagedName: what a damaged name stood for is not known, so nothing may be collected.
func damagedName(t *testing.T, s *store.Store, m store.Manifest, removed bool) {
	t.Helper()
	expected := store.ErrCorrupt
	if removed {
		expected = store.ErrNotFound
	}
	if _, err := s.Name(t.Context(), "m"); !errors.Is(err, expected) {
		t.Errorf("a damaged name: %v", err)
	}
	if all, err := s.Names(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("names: %v, %v", all, err)
	}
	if !removed {
		if _, err := s.Collect(t.Context(), time.Now(), nobody); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("collecting beside a damaged name: %v", err)
		}
	}
	if err := s.SetName(t.Context(), m, store.Any); err != nil {
		t.Error(err)
	}
	if got, err := s.Name(t.Context(), "m"); err != nil || got.File != m.File {
		t.Errorf("a name set again: %v, %v", got, err)
	}
}

func nobody(context.Context) (map[string]bool, error) { return nil, nil }

// A part that is found damaged in the middle of a download ends it; what came before was right.
func TestDamageInTheMiddleOfADownload(t *testing.T) {
	folder := t.TempDir()
	s := openDir(t, folder, store.Options{Part: part})
	content := storetest.Bytes(1, 3*part)
	r := storetest.Put(t, s, content)
	spoil(t, filepath.Join(folder, "part", r.SHA256, "00001"), func(b []byte) []byte { b[0] ^= 1; return b })
	reader, err := s.Open(t.Context(), r.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(reader)
	if !errors.Is(err, store.ErrCorrupt) || !bytes.Equal(got, content[:part]) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	storetest.Lacks(t, s, r)
	if at, err := s.Begin(t.Context(), r); err != nil || at != part {
		t.Errorf("an upload goes on at %d, %v, expected one part", at, err)
	}
}

// Bits flip in the files of the server in this process while it is down.
func TestDamageInNATS(t *testing.T) {
	folder := t.TempDir()
	start := func() (*broker.Broker, *store.Store) {
		b, err := broker.Open(broker.Options{Dir: folder})
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.NATS(t.Context(), b.Conn, store.Options{Part: part, Patience: 5 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		return b, s
	}
	b, s := start()
	whole, spoilt := storetest.Bytes(1, 100), storetest.Bytes(2, part+200)
	storetest.Put(t, s, whole)
	r := storetest.Put(t, s, spoilt)
	b.Close()

	found := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".blk" {
			return err
		}
		file, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if i := bytes.Index(file, spoilt[part+100:]); i >= 0 { // in the second part
			found++
			file[i] ^= 1
			return os.WriteFile(path, file, 0o600)
		}
		return nil
	})
	if err != nil || found != 1 {
		t.Fatalf("found the content in %d files, %v", found, err)
	}
	b, s = start()
	defer b.Close()
	if got, err := s.Get(t.Context(), r.SHA256, r.Size); !errors.Is(err, store.ErrCorrupt) &&
		!errors.Is(err, store.ErrNotFound) {
		t.Errorf("damaged content: got %d bytes, right: %v, %v", len(got), bytes.Equal(got, spoilt), err)
	}
	storetest.Put(t, s, spoilt)
	storetest.Has(t, s, spoilt)
	storetest.Put(t, s, whole)
	storetest.Has(t, s, whole)
}
