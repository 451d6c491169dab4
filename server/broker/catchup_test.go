package broker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
	"wafer/server/queue/queuetest"
	"wafer/server/store"
	"wafer/server/store/storetest"
)

// killedWhileCatchingUp: a node comes back with an empty disk, and before it has what the others have, one of these is
// killed, the leader or the other, at several moments; it comes back as it was. Meanwhile two nodes of which one knows
// nothing may take nothing or something; whatever was acknowledged is there in the end, and the job that runs goes on.
func killedWhileCatchingUp(t *testing.T, c *brokertest.Cluster, b *broker.Broker) {
	const rounds = 3
	h := queuetest.New(t, b)
	s := openStore(t, b, store.Options{Bucket: h.Options.Name, Part: 1 << 20})
	streams := []string{h.Options.Name + "_jobs", "OBJ_" + h.Options.Name}
	a := acknowledged{queue: h.Queue, store: s}
	for range 5 {
		a.add(t.Context())
	}
	claim, err := h.Queue.Claim(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		led := leader(t, b, streams[1])
		empty, killed := (led+1)%brokertest.Nodes, (led+2*(round%2))%brokertest.Nodes
		c.Kill(empty)
		a.add(t.Context())
		c.Replace(empty)
		time.Sleep(time.Duration(round/2) * 200 * time.Millisecond)
		c.Kill(killed)
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		before := len(a.jobs)
		a.add(ctx)
		stop()
		c.Restart(killed)
		t.Logf("round %d: node %d is empty, node %d is killed, node %d led; %d jobs were taken meanwhile", round, empty,
			killed, led, len(a.jobs)-before)
		a.check(t)
		for _, stream := range streams {
			hasNodes(t, b, stream, brokertest.Name(empty), "")
		}
		a.check(t)
		if err := claim.Checkpoint(t.Context(), api.File{Size: int64(round)}); err != nil {
			t.Errorf("the job that runs: %v", err)
		}
	}
	if err := claim.Succeed(t.Context(), api.Result{Report: json.RawMessage(`{}`)}); err != nil {
		t.Errorf("the job that ran: %v", err)
	}
}

// acknowledged are the jobs and contents that a cluster said it has.
type acknowledged struct {
	queue    *queue.Queue
	store    *store.Store
	jobs     []string
	contents [][]byte
	tries    uint64
}

// add hands in a content and a job.
func (a *acknowledged) add(ctx context.Context) {
	a.tries++
	b := storetest.Bytes(a.tries, 3_000_000)
	if a.store.Put(ctx, store.RefOf(b), bytes.NewReader(b)) == nil {
		a.contents = append(a.contents, b)
	}
	if j, err := a.queue.Submit(ctx, "", api.Spec{Recipe: json.RawMessage(`{}`)}); err == nil {
		a.jobs = append(a.jobs, j.ID)
	}
}

// check wants all of them back.
func (a *acknowledged) check(t *testing.T) {
	t.Helper()
	if len(a.jobs) < 5 || len(a.contents) < 5 {
		t.Fatalf("a whole cluster took %d jobs and %d contents, expected at least 5", len(a.jobs), len(a.contents))
	}
	for _, id := range a.jobs {
		if _, err := a.queue.Job(t.Context(), id); err != nil {
			t.Errorf("a job that was acknowledged: %v", err)
		}
	}
	for _, b := range a.contents {
		storetest.Has(t, a.store, b)
	}
}
