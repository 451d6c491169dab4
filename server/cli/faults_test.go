package cli

import (
	"strings"
	"testing"
	"time"

	"wafer/server/broker"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
)

// A server that keeps its data in a folder and runs the jobs itself is killed again and again. No job is lost or
// counted twice, no half model is visible, and the weights are those of runs that nothing disturbed.
func TestTheServerIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes too long for -short")
	}
	w, dir := newWorld(t), t.TempDir()
	w.run("serve", "-data", dir)
	w.upload()
	stop := w.look()
	for range 8 {
		w.killOne()
	}
	w.settle()
	w.submit()
	w.running()
	w.terminate(0)
	if !strings.Contains(w.processes[0].log.String(), "gave a job back") {
		t.Error("the server did not give its job back after SIGTERM")
	}
	w.processes[0].start()
	w.settle()
	stop()
	w.terminate(0)
	b, err := broker.Open(broker.Options{Dir: dir + "/nats"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	q, err := queue.Open(t.Context(), b.Conn, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d jobs in %d attempts", len(w.jobs), w.account(q))
}

// The same over a cluster: a server and two workers are killed thirty times, and for a while one NATS node of three is gone.
func TestServerWorkersAndANodeAreKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes too long for -short")
	}
	w := newWorld(t)
	nodes := brokertest.Start(t)
	b := nodes.Broker(t)
	q, err := queue.Open(t.Context(), b.Conn, queue.Options{AckWait: 1500 * time.Millisecond}) // waits until there is a cluster
	if err != nil {
		t.Fatal(err)
	}
	w.run("serve", "-nats", nodes.URL())
	w.run("worker", "-nats", nodes.URL())
	w.run("worker", "-nats", nodes.URL())
	w.upload()
	stop := w.look()
	began := time.Now()
	down := w.random.IntN(brokertest.Nodes)
	for i := range 30 {
		switch i {
		case 10:
			nodes.Kill(down)
		case 20:
			nodes.Restart(down)
		}
		w.killOne()
	}
	t.Logf("30 kills in %v", time.Since(began).Round(time.Millisecond))
	w.settle()
	stop()
	t.Logf("%d jobs in %d attempts, all done after %v", len(w.jobs), w.account(q), time.Since(began).Round(time.Millisecond))
}
