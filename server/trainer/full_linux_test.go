package trainer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/server/api"
	"wafer/server/broker/brokertest"
	"wafer/server/store"
	"wafer/server/trainer"
	"wafer/server/trainer/trainertest"
)

// fill leaves no byte free.
func fill(t *testing.T, disk string) (ballast string) {
	t.Helper()
	ballast = filepath.Join(disk, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); err != nil {
			return ballast
		}
	}
}

// The worker's disk has no room for the data: the job says so, waits, and goes on when there is room.
func TestFullDiskOfTheWorker(t *testing.T) {
	b := newBench(t)
	disk := brokertest.SmallDisk(t, "1m")
	cache := filepath.Join(disk, "cache")
	if err := os.Mkdir(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	b.start(trainer.Options{Cache: cache})
	ballast := fill(t, disk)
	id := b.submit(b.stripes(2))
	trainertest.Until(t, b.queue, id, func(e api.Event) bool {
		return strings.Contains(e.Log, "cannot be fetched, the worker tries again and again: ") &&
			strings.Contains(e.Log, "no space left")
	})
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	b.same(trainertest.Ends(t, b.queue, id), trainertest.Whole(t, 2))
}

// The store has no room: the run goes on without checkpoints, and its result waits until there is some.
func TestFullDiskOfTheStore(t *testing.T) {
	b := newBench(t)
	disk := brokertest.SmallDisk(t, "4m")
	var err error
	if b.store, err = store.Dir(filepath.Join(disk, "store"), store.Options{Reserve: 1}); err != nil {
		t.Fatal(err)
	}
	trainertest.Upload(t, b.store)
	b.start(trainer.Options{})
	ballast := fill(t, disk)
	id := b.submit(b.stripes(trainertest.Long))
	trainertest.Until(t, b.queue, id, func(e api.Event) bool {
		return strings.Contains(e.Log,
			"no checkpoint could be stored")
	})
	trainertest.Until(t, b.queue, id, func(e api.Event) bool {
		return strings.Contains(e.Log, "the result cannot be stored, the worker tries")
	})
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	j := trainertest.Ends(t, b.queue, id)
	b.same(j, trainertest.Whole(t, trainertest.Long))
	if j.Status.Attempt != 1 {
		t.Errorf("%d attempts", j.Status.Attempt)
	}
}
