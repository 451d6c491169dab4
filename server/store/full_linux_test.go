package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
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
		if err := s.SetName(t.Context(), store.Manifest{Name: "m", File: store.RefOf(kept)}, store.Any); err != nil &&
			!errors.Is(err, store.ErrFull) {
			t.Errorf("a name on a full disk: %v", err)
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
