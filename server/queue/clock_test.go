package queue_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"wafer/server/api"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
	"wafer/server/store"
)

// The clock of a machine is set back by decades while its server is down (in a bubble it is the year 2000), and forward
// again. The job whose worker was lost goes to the next one soon, content that jobs need stays, and nothing is lost.
func TestTheClockIsSetBackAndForth(t *testing.T) {
	k := &kept{T: t, dir: t.TempDir()}
	k.open()
	content := []byte("what a job needs")
	r := store.RefOf(content)
	if err := k.store.Put(t.Context(), r, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"lost", "waiting"} {
		spec := api.Spec{Name: id, Recipe: json.RawMessage(`{}`),
			Data: []api.File{{Path: "a", SHA256: r.SHA256, Size: r.Size}}}
		if _, err := k.q.Submit(t.Context(), id, spec); err != nil {
			t.Fatal(err)
		}
	}
	c, err := k.q.Claim(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Checkpoint(t.Context(), api.File{Size: 1}); err != nil {
		t.Fatal(err)
	}
	k.b.Close()
	// nats-server has one clock of file accesses for all its streams in a process: one outside keeps it going
	if _, err := queue.Open(t.Context(), brokertest.Embedded(t).Conn, queue.Options{}); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		then := &kept{T: t, dir: k.dir}
		then.open()
		defer then.b.Close()
		soon, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		then.collect(r)
		for i := range 2 {
			c, err := then.q.Claim(soon, "ben")
			if err != nil {
				t.Fatalf("job %d of 2 is not offered: %v", i+1, err)
			}
			if f := c.Job.Status.Checkpoint; c.Job.ID == "lost" && (f == nil || f.Size != 1) {
				t.Errorf("the job of the lost worker begins anew: %+v", c.Job.Status)
			}
			if err := work(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		then.collect(r)
	})
	k.open()
	if h, err := k.q.Heal(t.Context()); err != nil || len(h.Restored)+len(h.Lost) > 0 {
		t.Errorf("healed %+v, %v, expected that nothing lacks", h, err)
	}
	k.collect(r)
	for _, id := range []string{"lost", "waiting"} {
		j, err := k.q.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		once(t, k.q, j)
	}
}

// collect removes what nothing needs, of which a content is none.
func (k *kept) collect(r store.Ref) {
	k.Helper()
	c, err := k.store.Collect(k.Context(), time.Now().Add(-time.Hour), k.q.Reached)
	if err != nil || c.Removed > 0 {
		k.Errorf("collected %+v, %v, expected that nothing is removed", c, err)
	}
	if _, err := k.store.Stat(k.Context(), r.SHA256); err != nil {
		k.Errorf("what the jobs need: %v", err)
	}
}
