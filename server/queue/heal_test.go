package queue_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/queue"
	"wafer/server/store"
)

// kept is a queue in a folder beside the store of its records.
type kept struct {
	*testing.T
	dir   string
	b     *broker.Broker
	store *store.Store
	q     *queue.Queue
}

// open opens both, as they are on the disk.
func (k *kept) open() {
	k.Helper()
	var err error
	if k.b, err = broker.Open(broker.Options{Dir: filepath.Join(k.dir, "nats")}); err != nil {
		k.Fatal(err)
	}
	k.Cleanup(k.b.Close)
	if k.store, err = store.Dir(filepath.Join(k.dir, "store"), store.Options{}); err != nil {
		k.Fatal(err)
	}
	k.q, err = queue.Open(k.Context(), k.b.Conn, queue.Options{AckWait: 500 * time.Millisecond,
		ReportEvery: 20 * time.Millisecond,
		Patience:    2 * time.Second, LostWait: 10 * time.Millisecond, Store: k.store})
	if err != nil {
		k.Fatal(err)
	}
}

// jobsOf makes jobs that succeeded, and one more that waits, and closes the queue.
func jobsOf(t *testing.T, n int) *kept {
	t.Helper()
	k := &kept{T: t, dir: t.TempDir()}
	k.open()
	for i := range n + 1 {
		if _, err := k.q.Submit(t.Context(), fmt.Sprintf("job%02d", i),
			api.Spec{Name: fmt.Sprint(i), Recipe: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
		if i == n {
			break
		}
		c, err := k.q.Claim(t.Context(), "anna")
		if err == nil {
			err = work(t.Context(), c)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	k.b.Close()
	return k
}

func (k *kept) messages() string {
	return filepath.Join(k.dir, "nats", "jetstream", "$G", "streams", "wafer_jobs", "msgs")
}

// whole checks that all jobs are there as they were, that the one that waits is the only one that is run, and that a
// new one runs.
func (k *kept) whole(n int) {
	k.Helper()
	l, err := k.q.List(k.Context())
	if err != nil || len(l.Damaged) > 0 || len(l.Jobs) != n+1 {
		k.Fatalf("%d jobs of %d can be read, these not: %q (%v)", len(l.Jobs), n+1, l.Damaged, err)
	}
	if err := k.q.Answers(k.Context()); err != nil {
		k.Errorf("the queue says %v, expected that it answers", err)
	}
	if _, err := k.q.Submit(k.Context(), "last", api.Spec{Name: "last", Recipe: json.RawMessage(`{}`)}); err != nil {
		k.Fatal(err)
	}
	for _, want := range []string{fmt.Sprintf("job%02d", n), "last"} {
		c, err := k.q.Claim(k.Context(), "ben")
		if err != nil || c.Job.ID != want {
			k.Fatalf("claimed %q, expected %q (%v)", c.Job.ID, want, err)
		}
		if err := work(k.Context(), c); err != nil {
			k.Fatal(err)
		}
	}
	for i := range n {
		j, err := k.q.Job(k.Context(), fmt.Sprintf("job%02d", i))
		if err != nil || j.Status.State != api.Succeeded || string(j.Status.Result.Report) != `"whole"` ||
			j.Status.Attempt != 1 || j.Status.Result.WeightsHash != j.ID || j.Spec.Name != fmt.Sprint(i) {
			k.Errorf("job %d is %+v, %+v (%v)", i, j.Spec, j.Status, err)
		}
		for e, err := range k.q.Watch(k.Context(), j.ID, 0) {
			if err != nil {
				k.Fatalf("watching job %d: %v", i, err)
			}
			if e.Seq == j.Seq {
				break
			}
		}
	}
}

// One changed bit anywhere, a file that was cut, one that is gone: what the queue lost comes back from the records, and
// no job that had ended is run again.
func TestDamagedQueueIsHealed(t *testing.T) {
	const n = 8
	flip := func(at float64) func([]byte) []byte {
		return func(b []byte) []byte { b[int(at*float64(len(b)))] ^= 4; return b }
	}
	cut := func(b []byte) []byte { return b[:len(b)/2] }
	for name, c := range map[string]struct {
		change  func([]byte) []byte
		noIndex bool
	}{
		"a bit early":              {flip(0.05), false},
		"a bit at a third":         {flip(0.3), false},
		"a bit in the middle":      {flip(0.5), false},
		"a bit at two thirds":      {flip(0.7), false},
		"a bit late":               {flip(0.95), false},
		"a bit and no index":       {flip(0.5), true},
		"an early bit, no index":   {flip(0.05), true},
		"cut in half":              {cut, false},
		"cut in half and no index": {cut, true},
		"empty":                    {func([]byte) []byte { return nil }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := jobsOf(t, n)
			path := filepath.Join(k.messages(), "1.blk")
			b, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, c.change(b), 0o600)
			}
			if err == nil && c.noIndex {
				err = os.Remove(filepath.Join(k.messages(), "index.db"))
			}
			if err != nil {
				t.Fatal(err)
			}
			k.open()
			h, err := k.q.Heal(t.Context())
			if err != nil || len(h.Lost) > 0 {
				t.Fatalf("healed %+v, %v", h, err)
			}
			t.Logf("%+v", h)
			k.whole(n)
			k.b.Close()
			k.open()
			if h, err := k.q.Heal(t.Context()); err != nil || len(h.Restored) > 0 || len(h.Lost) > 0 {
				t.Errorf("the second time: %+v, %v", h, err)
			}
		})
	}
}

// A queue that is gone as a whole is made anew from the records.
func TestLostQueueIsRestored(t *testing.T) {
	k := jobsOf(t, 5)
	if err := os.RemoveAll(filepath.Join(k.dir, "nats")); err != nil {
		t.Fatal(err)
	}
	k.open()
	if h, err := k.q.Heal(t.Context()); err != nil || len(h.Restored) != 6 {
		t.Fatalf("healed %+v, %v, expected that 6 jobs are restored", h, err)
	}
	k.whole(5)
}

// running starts nats-server on the queue's folder as a cluster would, which looks for no damage when it starts.
func (k *kept) running() {
	k.Helper()
	s, err := server.NewServer(&server.Options{ServerName: "wafer", DontListen: true, NoSigs: true, JetStream: true,
		StoreDir: filepath.Join(k.dir, "nats")})
	if err != nil {
		k.Fatal(err)
	}
	s.Start()
	k.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	c, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		k.Fatal(err)
	}
	k.Cleanup(c.Close)
	if k.q, err = queue.Open(k.Context(), c, queue.Options{Patience: 2 * time.Second, Store: k.store}); err != nil {
		k.Fatal(err)
	}
}

// A job that cannot be read while the server runs is named, stays out of the list, and keeps the queue from being
// ready; the others are there. With its record it is restored, without it is lost.
func TestDamageCostsItsOwnJob(t *testing.T) {
	for _, record := range []bool{true, false} {
		k := jobsOf(t, 8)
		path := filepath.Join(k.messages(), "1.blk")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.LastIndex(b, []byte(`"weights_hash":"job03"`))
		b[at+20] ^= 1
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if !record {
			if err := os.RemoveAll(filepath.Join(k.dir, "store", "record", "job03")); err != nil {
				t.Fatal(err)
			}
		}
		k.running()
		l, err := k.q.List(t.Context())
		if err != nil || len(l.Jobs) != 8 || !slices.Equal(l.Damaged, []string{"job03"}) {
			t.Errorf("%d jobs can be read, these not: %q (%v), expected 8 and job03", len(l.Jobs), l.Damaged, err)
		}
		if err := k.q.Answers(t.Context()); !errors.Is(err, queue.ErrDamaged) {
			t.Errorf("the queue says %v, expected that some jobs cannot be read", err)
		}
		if _, err := k.q.Reached(t.Context()); !errors.Is(err, queue.ErrDamaged) {
			t.Errorf("what jobs need: %v, expected that it is not known", err)
		}
		h, err := k.q.Heal(t.Context())
		if err != nil || slices.Equal(h.Restored, []string{"job03"}) != record ||
			slices.Equal(h.Lost, []string{"job03"}) == record {
			t.Errorf("healed: %+v, %v, with a record: %v", h, err, record)
		}
		if err := k.q.Answers(t.Context()); (err == nil) != record {
			t.Errorf("healed, the queue says %v, with a record: %v", err, record)
		}
		if record {
			k.whole(8)
		}
	}
}

// A damaged record is written anew from the queue.
func TestDamagedRecordIsWrittenAnew(t *testing.T) {
	k := jobsOf(t, 2)
	path := filepath.Join(k.dir, "store", "record", "job01", "1")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(k.dir, "store", "record", "job00", "spec")); err != nil {
		t.Fatal(err)
	}
	k.open()
	if h, err := k.q.Heal(t.Context()); err != nil || len(h.Restored) > 0 || len(h.Lost) > 0 {
		t.Errorf("healed %+v, %v", h, err)
	}
	k.b.Close()
	if err := os.RemoveAll(filepath.Join(k.dir, "nats")); err != nil {
		t.Fatal(err)
	}
	k.open()
	if h, err := k.q.Heal(t.Context()); err != nil || len(h.Restored) != 3 {
		t.Fatalf("restored %+v, %v, expected 3 jobs", h, err)
	}
	k.whole(2)
}

// The record of an attempt that was not the last is of no use when it is damaged, and is gone after it was told of
// once.
func TestDamagedRecordOfAnEarlierAttemptGoes(t *testing.T) {
	k := jobsOf(t, 1)
	folder := filepath.Join(k.dir, "store", "record", "job00")
	if err := os.WriteFile(filepath.Join(folder, "0"), []byte("noise"), 0o600); err != nil {
		t.Fatal(err)
	}
	k.open()
	if h, err := k.q.Heal(t.Context()); err != nil || len(h.Restored) > 0 || len(h.Lost) > 0 {
		t.Errorf("healed %+v, %v", h, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "0")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("looking for the damaged record gave %v, expected that it is gone", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "1")); err != nil {
		t.Errorf("the record of the last attempt: %v", err)
	}
	k.whole(1)
}

// Where what a waiting job asks for is damaged while the server runs, its record has it; without that the job fails
// with a sentence, and does not keep workers from the next one.
func TestDamagedDescription(t *testing.T) {
	for _, record := range []bool{true, false} {
		k := jobsOf(t, 1)
		path := filepath.Join(k.messages(), "1.blk")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[bytes.LastIndex(b, []byte(`"spec":{"name":"1"`))+3] ^= 1
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if !record {
			if err := os.Remove(filepath.Join(k.dir, "store", "record", "job01", "spec")); err != nil {
				t.Fatal(err)
			}
		}
		k.running()
		if _, err := k.q.Submit(t.Context(), "next",
			api.Spec{Name: "next", Recipe: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
		c, err := k.q.Claim(t.Context(), "ben")
		if record {
			if err != nil || c.Job.ID != "job01" || c.Job.Spec.Name != "1" {
				t.Errorf("with a record %+v is claimed, %v", c, err)
			}
			continue
		}
		if err != nil || c.Job.ID != "next" {
			t.Errorf("behind a job without a description %+v is claimed, %v", c, err)
		}
		l, err := k.q.List(t.Context())
		i := slices.IndexFunc(l.Jobs, func(j api.Job) bool { return j.ID == "job01" })
		if err != nil || i < 0 || l.Jobs[i].Status.State != api.Failed ||
			!strings.Contains(l.Jobs[i].Status.Error, "was damaged") {
			t.Errorf("the job that lost its description: %+v, %v", l.Jobs, err)
		}
	}
}

// What was not synced is lost when the power goes: the queue, or the records, are as they were a while ago, each file
// whole. The one that knows more is right, and no job that had ended is run again.
func TestLostTail(t *testing.T) {
	for _, lost := range []string{"nats", "store/record"} {
		t.Run(lost, func(t *testing.T) {
			k := jobsOf(t, 3)
			old := t.TempDir()
			if err := os.CopyFS(old, os.DirFS(filepath.Join(k.dir, lost))); err != nil {
				t.Fatal(err)
			}
			k.open()
			for i := 3; i < 6; i++ { // the one that waits, and two more
				if i > 3 {
					if _, err := k.q.Submit(t.Context(), fmt.Sprintf("job%02d", i),
						api.Spec{Name: fmt.Sprint(i), Recipe: json.RawMessage(`{}`)}); err != nil {
						t.Fatal(err)
					}
				}
				c, err := k.q.Claim(t.Context(), "anna")
				if err == nil {
					err = work(t.Context(), c)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if _, err := k.q.Submit(t.Context(), "job06",
				api.Spec{Name: "6", Recipe: json.RawMessage(`{}`)}); err != nil {
				t.Fatal(err)
			}
			k.b.Close()
			if err := os.RemoveAll(filepath.Join(k.dir, lost)); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(filepath.Join(k.dir, lost), os.DirFS(old)); err != nil {
				t.Fatal(err)
			}
			k.open()
			h, err := k.q.Heal(t.Context())
			if restored := len(h.Restored) > 0; err != nil || len(h.Lost) > 0 || restored != (lost == "nats") {
				t.Errorf("healed %+v, %v", h, err)
			}
			if lost == "store/record" { // are they as new as the queue again?
				k.b.Close()
				if err := os.RemoveAll(filepath.Join(k.dir, "nats")); err != nil {
					t.Fatal(err)
				}
				k.open()
				if h, err := k.q.Heal(t.Context()); err != nil || len(h.Restored) != 7 {
					t.Errorf("without a queue, healed %+v, %v, expected 7 jobs", h, err)
				}
			}
			k.whole(6)
		})
	}
}
