package queue_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
)

func openOn(t *testing.T, disk string, reserve int64) (*broker.Broker, *queue.Queue) {
	t.Helper()
	b, err := broker.Open(broker.Options{Dir: filepath.Join(disk, "nats"), MaxStore: 64 << 20, Reserve: reserve})
	if err != nil {
		t.Fatal(err)
	}
	q, err := queue.Open(t.Context(), b.Conn, queue.Options{Ready: b.Ready, MaxBytes: 32 << 20, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return b, q
}

var large = api.Spec{Name: "job", Recipe: json.RawMessage(`"` + strings.Repeat("x", 200_000) + `"`)}

// fill submits jobs until there is no room.
func fill(t *testing.T, q *queue.Queue) (ids []string) {
	t.Helper()
	for len(ids) < 100 {
		j, err := q.Submit(t.Context(), "", large)
		if err != nil {
			if !errors.Is(err, broker.ErrFull) {
				t.Errorf("submitting to a full disk: %v", err)
			}
			t.Logf("%d jobs fit: %v", len(ids), err)
			return ids
		}
		ids = append(ids, j.ID)
	}
	t.Fatal("the disk does not fill up")
	return nil
}

// The disk under the server in this process fills up: whoever submits hears why, and what was
// acknowledged before is there when the server starts anew with room.
func TestFullDisk(t *testing.T) {
	disk := brokertest.SmallDisk(t, "8m")
	b, q := openOn(t, disk, 1)
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 5<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	ids := fill(t, q)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	b.Close()
	b, q = openOn(t, disk, 1)
	defer b.Close()
	for _, id := range ids {
		if _, err := q.Job(t.Context(), id); err != nil {
			t.Errorf("an acknowledged job: %v", err)
		}
	}
	if _, err := q.Submit(t.Context(), "", large); err != nil {
		t.Error(err)
	}
	if jobs, err := q.List(t.Context()); err != nil || len(jobs.Jobs) < len(ids)+1 {
		t.Errorf("%d jobs of %d, %v", len(jobs.Jobs), len(ids)+1, err)
	}
}

// With a reserve, new jobs are refused while there is still room for those that run.
func TestNearlyFullDisk(t *testing.T) {
	b, q := openOn(t, brokertest.SmallDisk(t, "8m"), 4<<20)
	defer b.Close()
	ids := fill(t, q)
	for range ids {
		c, err := q.Claim(t.Context(), "anna")
		if err == nil {
			c.Log("there is room for this")
			err = c.Succeed(t.Context(), api.Result{WeightsHash: c.Job.ID})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range ids {
		if err := q.Delete(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
	if jobs, err := q.List(t.Context()); err != nil || len(jobs.Jobs) != 0 {
		t.Errorf("%d jobs, %v", len(jobs.Jobs), err)
	}
}
