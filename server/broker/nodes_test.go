package broker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/broker/brokertest"
	"wafer/server/queue/queuetest"
	"wafer/server/store"
	"wafer/server/store/storetest"
)

// nodesChange: a node loses its disk and comes back empty under its name; a fourth node joins and one of the others is
// taken out for good. Each time jobs and content are there and whole on three nodes, and a job that runs goes on.
func nodesChange(t *testing.T, c *brokertest.Cluster, b *broker.Broker) {
	h := queuetest.New(t, b)
	s := openStore(t, b, store.Options{Bucket: h.Options.Name, Part: 64 << 10})
	streams := []string{h.Options.Name + "_jobs", "OBJ_" + h.Options.Name}
	content := storetest.Bytes(1, 200_000)
	storetest.Put(t, s, content)
	for i := range 3 {
		h.Submit(fmt.Sprint(i))
	}
	check := func(when string, jobs int) {
		t.Helper()
		l, err := h.Queue.List(t.Context())
		if err != nil || len(l.Jobs) != jobs || len(l.Damaged) > 0 {
			t.Fatalf("%s: %d jobs, damaged %q, %v; expected %d", when, len(l.Jobs), l.Damaged, err, jobs)
		}
		storetest.Has(t, s, content)
	}

	claim, err := h.Queue.Claim(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	gone := follower(t, b, streams[0]) // what happens without a leader is another test's
	c.Kill(gone)
	c.Replace(gone)
	for _, stream := range streams {
		hasNodes(t, b, stream, brokertest.Name(gone), "")
	}
	check("with a node that had lost its disk", 3)
	if err := claim.Checkpoint(t.Context(), api.File{Size: 1}); err != nil {
		t.Errorf("the job that ran: %v", err)
	}

	out := follower(t, b, streams[0])
	added := brokertest.Name(c.Add())
	for _, stream := range streams {
		takeOut(t, b, stream, brokertest.Name(out))
		hasNodes(t, b, stream, added, brokertest.Name(out))
	}
	c.Kill(out) // for good
	check("with a fourth node in place of another", 3)
	if err := claim.Succeed(t.Context(), api.Result{Report: json.RawMessage(`{}`)}); err != nil {
		t.Errorf("the job that ran: %v", err)
	}
	h.Submit("more")
	more := storetest.Bytes(2, 100_000)
	storetest.Put(t, s, more)
	check("afterwards", 4)
	storetest.Has(t, s, more)
	for range 3 {
		next, err := h.Queue.Claim(t.Context(), "ben")
		if err == nil {
			err = next.Succeed(t.Context(), api.Result{Report: json.RawMessage(`{}`)})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// follower is a node that does not lead a stream.
func follower(t *testing.T, b *broker.Broker, stream string) int {
	t.Helper()
	return (leader(t, b, stream) + 1) % brokertest.Nodes
}

// takeOut asks the cluster to keep a stream on other nodes than one.
func takeOut(t *testing.T, b *broker.Broker, stream, node string) {
	t.Helper()
	err := broker.Persist(t.Context(), time.Minute, func(ctx context.Context) error {
		m, err := b.Conn.RequestWithContext(ctx, "$JS.API.STREAM.PEER.REMOVE."+stream,
			fmt.Appendf(nil, `{"peer":%q}`, node))
		if err == nil && !bytes.Contains(m.Data, []byte(`"success":true`)) {
			err = fmt.Errorf("%w: %s", broker.ErrAgain, m.Data)
		}
		return err
	})
	if err != nil {
		t.Fatalf("taking %s out of %s: %v", node, stream, err)
	}
}

// hasNodes waits until a stream is whole on three nodes, of which one has one name, and none another.
func hasNodes(t *testing.T, b *broker.Broker, stream, with, without string) {
	t.Helper()
	js, err := jetstream.New(b.Conn)
	if err != nil {
		t.Fatal(err)
	}
	var seen *jetstream.ClusterInfo
	err = broker.Persist(t.Context(), time.Minute, func(ctx context.Context) error {
		s, err := js.Stream(ctx, stream)
		if err != nil {
			return err
		}
		seen = s.CachedInfo().Cluster
		names, whole := []string{seen.Leader}, true
		for _, r := range seen.Replicas {
			names = append(names, r.Name)
			whole = whole && r.Current && !r.Offline
		}
		if seen.Leader == "" || !whole || len(names) != brokertest.Nodes || !slices.Contains(names, with) ||
			slices.Contains(names, without) {
			return broker.ErrAgain
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s is not on three nodes with %q and without %q: %+v, %v", stream, with, without, seen, err)
	}
}
