package broker_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
	"wafer/server/queue/queuetest"
	"wafer/server/store"
	"wafer/server/store/storetest"
)

// TestMain lets more tests run at once than there are processors: they wait most of the time.
func TestMain(m *testing.M) {
	flag.Set("test.parallel", "16")
	m.Run()
}

// TestCluster runs both suites over three nats-server processes, and then kills one of them.
func TestCluster(t *testing.T) {
	skipShort(t)
	t.Parallel()
	start := time.Now()
	c := brokertest.Start(t)
	b := c.Broker(t)
	queuetest.New(t, b)
	t.Logf("the cluster is ready after %v", time.Since(start).Round(time.Millisecond))
	t.Run("suites", func(t *testing.T) {
		t.Run("queue", func(t *testing.T) { t.Parallel(); queuetest.Run(t, b) })
		t.Run("store", func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T, o store.Options) (*store.Store, func() *store.Store) {
				o.Bucket = rand.Text()
				return openStore(t, b, o), func() *store.Store { return openStore(t, b, o) }
			})
		})
	})
	t.Logf("the suites are through after %v", time.Since(start).Round(time.Millisecond))
	t.Run("a node is killed", func(t *testing.T) { nodeKilled(t, c, b) })
}

// TestNodesComeAndGo is on a cluster of its own beside the other: it waits more than it computes.
func TestNodesComeAndGo(t *testing.T) {
	skipShort(t)
	t.Parallel()
	c := brokertest.Start(t)
	b := c.Broker(t)
	t.Run("most nodes are killed", func(t *testing.T) { mostKilled(t, c, b) })
	t.Run("a node is killed while another catches up", func(t *testing.T) { killedWhileCatchingUp(t, c, b) })
	t.Run("nodes change", func(t *testing.T) { nodesChange(t, c, b) })
}

func skipShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a cluster of three processes takes too long for -short")
	}
}

func openStore(t *testing.T, b *broker.Broker, o store.Options) *store.Store {
	t.Helper()
	s, err := store.NATS(t.Context(), b.Conn, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// nodeKilled: while workers go through jobs of some steps, each with a checkpoint in the store, and a watcher follows
// one of them, the node that leads the queue's stream is killed. No job is lost or counted twice, every checkpoint that
// was reported can be read, and the node comes back.
func nodeKilled(t *testing.T, c *brokertest.Cluster, b *broker.Broker) {
	const jobs, workers, steps = 12, 3, 8
	h := queuetest.New(t, b)
	h.Options.AckWait = 3 * time.Second
	h.Queue = h.Reopen()
	s := openStore(t, b, store.Options{Bucket: h.Options.Name, Part: 64 << 10})
	var ids []string
	for i := range jobs {
		ids = append(ids, h.Submit(fmt.Sprint(i)))
	}
	ctx, stop := context.WithTimeout(t.Context(), 90*time.Second)
	defer stop()
	var done atomic.Int64
	var all sync.WaitGroup
	for w := range workers {
		q, _ := h.Process()
		all.Go(func() {
			for done.Load() < jobs && ctx.Err() == nil {
				short, cancel := context.WithTimeout(ctx, time.Second)
				claim, err := q.Claim(short, fmt.Sprint(w))
				cancel()
				if err == nil {
					err = train(ctx, s, claim, steps)
				}
				if err == nil {
					done.Add(1)
				} else if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, queue.ErrLost) {
					t.Errorf("worker %d: %v", w, err)
				}
			}
		})
	}
	all.Go(func() { follow(ctx, t, h.Queue, ids[jobs-1]) })
	for done.Load() < jobs/4 && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	node := leader(t, b, h.Options.Name+"_jobs")
	t.Logf("killing node %d after %d jobs", node, done.Load())
	killed := time.Now()
	c.Kill(node)
	if _, err := h.Queue.List(ctx); err != nil {
		t.Error(err)
	}
	t.Logf("the queue answers again after %v", time.Since(killed).Round(time.Millisecond))
	all.Wait()
	t.Logf("all jobs are done %v after the kill", time.Since(killed).Round(time.Millisecond))
	c.Restart(node)
	for _, id := range ids {
		j, success := h.Job(id), 0
		for _, e := range h.Events(id) {
			if e.Kind == api.Kind(api.Succeed) {
				success++
			}
		}
		if j.Status.State != api.Succeeded || success != 1 {
			t.Errorf("succeeded %d times: %+v", success, j.Status)
		}
		storetest.Has(t, s, state(id, steps))
	}
}

// mostKilled: a queue without a majority says so, whether its leader is gone or is all that is left, and is back when
// the nodes are.
func mostKilled(t *testing.T, c *brokertest.Cluster, b *broker.Broker) {
	h := queuetest.New(t, b)
	until := func(what string, right func(error) bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for {
			once, stop := context.WithTimeout(ctx, 2*time.Second)
			err := h.Queue.Answers(once)
			stop()
			if right(err) {
				return
			}
			if ctx.Err() != nil {
				t.Fatalf("%s: the queue says %v", what, err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	fine := func(err error) bool { return err == nil }
	until("all nodes are there", fine)
	for left := range 2 { // nodes after the leader: 0 is the leader itself
		at := leader(t, b, h.Options.Name+"_jobs")
		for i := range brokertest.Nodes {
			if i != (at+left)%brokertest.Nodes {
				c.Kill(i)
			}
		}
		until("one node is left", func(err error) bool { return err != nil })
		for i := range brokertest.Nodes {
			if i != (at+left)%brokertest.Nodes {
				c.Restart(i)
			}
		}
		until("the nodes are back", fine)
	}
}

// state is what a job's checkpoint after a number of steps holds.
func state(id string, step int) []byte { return bytes.Repeat([]byte(fmt.Sprint(id, step)), 5000) }

// train goes on from the last checkpoint, whose content says where that is.
func train(ctx context.Context, s *store.Store, c *queue.Claim, steps int) error {
	at := 0
	if f := c.Job.Status.Checkpoint; f != nil {
		b, err := s.Get(ctx, f.SHA256, f.Size)
		if err != nil {
			return fmt.Errorf("a checkpoint: %w", err)
		}
		for at = 1; !bytes.Equal(b, state(c.Job.ID, at)); at++ {
			if at == steps {
				return errors.New("a checkpoint holds something else")
			}
		}
	}
	for ; at < steps; at++ {
		time.Sleep(20 * time.Millisecond)
		b := state(c.Job.ID, at+1)
		r := store.RefOf(b)
		if err := s.Put(ctx, r, bytes.NewReader(b)); err != nil {
			return fmt.Errorf("storing a checkpoint: %w", err)
		}
		c.Log(fmt.Sprint("step ", at))
		if err := c.Checkpoint(ctx, api.File{SHA256: r.SHA256, Size: r.Size}); err != nil {
			return fmt.Errorf("reporting a checkpoint: %w", err)
		}
	}
	return c.Succeed(ctx, api.Result{Report: json.RawMessage(`{}`)})
}

// follow watches a job to its end and checks that nothing is missed.
func follow(ctx context.Context, t *testing.T, q *queue.Queue, id string) {
	next := uint64(1)
	for e, err := range q.Watch(ctx, id, 0) {
		if err != nil || e.Seq != next {
			t.Errorf("watching: event %d, expected %d, %v", e.Seq, next, err)
			return
		}
		if next++; e.Status.State.Final() {
			return
		}
	}
	t.Errorf("watching ended after %d events", next-1)
}

// leader is the number of the node that leads a stream.
func leader(t *testing.T, b *broker.Broker, stream string) int {
	t.Helper()
	js, err := jetstream.New(b.Conn)
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	var node int
	if _, err := fmt.Sscanf(strings.TrimSpace(s.CachedInfo().Cluster.Leader), "node%d", &node); err != nil {
		t.Fatal(err)
	}
	return node
}
