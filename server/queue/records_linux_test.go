package queue_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"wafer/server/api"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
	"wafer/server/store"
)

// Where a record cannot be written since the disk of the store is full, the job goes on, and the record is written when
// there is room.
func TestRecordsOnAFullDisk(t *testing.T) {
	disk := brokertest.SmallDisk(t, "2m")
	kept, err := store.Dir(filepath.Join(disk, "store"), store.Options{Reserve: 1})
	if err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(disk, "filler")
	if err := os.WriteFile(filler, make([]byte, 4<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	q, err := queue.Open(t.Context(), brokertest.Embedded(t).Conn, queue.Options{Store: kept})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Submit(t.Context(), "job", api.Spec{Name: "job", Recipe: json.RawMessage(`{}`)}); err != nil {
		t.Fatalf("a job while its record cannot be written: %v", err)
	}
	c, err := q.Claim(t.Context(), "anna")
	if err == nil {
		err = c.Succeed(t.Context(), api.Result{WeightsHash: "w"})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.Record(t.Context(), "job", "1", &struct{}{}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a record on a full disk: %v, expected none", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if h, err := q.Heal(t.Context()); err != nil || len(h.Restored)+len(h.Lost) > 0 {
		t.Errorf("healed %+v, %v", h, err)
	}
	var r struct{ Status api.Status }
	if err := kept.Record(t.Context(), "job", "1", &r); err != nil || r.Status.State != api.Succeeded ||
		r.Status.Result.WeightsHash != "w" {
		t.Errorf("the record is %+v, %v", r.Status, err)
	}
}
