package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/server/broker/brokertest"
	"wafer/server/store"
	"wafer/server/store/storetest"
)

// The disk fills up in the middle of an upload: an error that says so, nothing half-written to be seen, and
// the upload goes on when there is room.
func TestFullDisk(t *testing.T) {
	for _, reserve := range []int64{1, 200 << 10} { // the disk says it is full; the store says it before
		disk := brokertest.SmallDisk(t, "1m")
		s := openDir(t, filepath.Join(disk, "store"), store.Options{Part: part, Reserve: reserve})
		kept := storetest.Bytes(1, part+1)
		storetest.Put(t, s, kept)
		first := store.Manifest{Name: "m", File: store.RefOf(kept), License: "first"}
		if err := s.SetName(t.Context(), first, store.Any); err != nil {
			t.Fatal(err)
		}
		ballast := filepath.Join(disk, "ballast")
		if err := os.WriteFile(ballast, make([]byte, 12*part-int(reserve)), 0o600); err != nil {
			t.Fatal(err)
		}
		b := storetest.Bytes(2, 5*part)
		r := store.RefOf(b)
		at, err := s.Append(t.Context(), r, 0, bytes.NewReader(b))
		if !errors.Is(err, store.ErrFull) || at%part != 0 || at >= r.Size {
			t.Errorf("reserve %d: ends at %d, %v", reserve, at, err)
		}
		storetest.Lacks(t, s, r)
		storetest.Has(t, s, kept)
		second := store.Manifest{Name: "m", File: store.RefOf(kept), License: strings.Repeat("second", 40_000)}
		if err := s.SetName(t.Context(), second, store.Any); !errors.Is(err, store.ErrFull) {
			t.Errorf("a name on a full disk: %v", err)
		}
		if m, err := s.Name(t.Context(), "m"); err != nil || m.License != "first" {
			t.Errorf("the name that was there before the disk was full: %.20q, %v", m.License, err)
		}
		if left, err := os.ReadDir(filepath.Join(disk, "store", "tmp")); err != nil || len(left) != 0 {
			t.Errorf("left half-written: %v, %v", left, err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		goesOn, err := s.Begin(t.Context(), r)
		if err != nil || goesOn != at {
			t.Errorf("goes on at %d, %v, expected %d", goesOn, err, at)
		}
		if at, err = s.Append(t.Context(), r, goesOn, bytes.NewReader(b[goesOn:])); err != nil || at != r.Size {
			t.Errorf("ends at %d, %v", at, err)
		}
		storetest.Has(t, s, b)
	}
}
