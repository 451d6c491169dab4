//go:build !windows

package cli

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"wafer/server/api"
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

// The same over a cluster: a server and two workers are killed thirty times, and for a while one NATS node of three is
// gone.
func TestServerWorkersAndANodeAreKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes too long for -short")
	}
	w := newWorld(t)
	nodes := brokertest.Start(t)
	b := nodes.Broker(t)
	// waits until there is a cluster
	q, err := queue.Open(t.Context(), b.Conn, queue.Options{AckWait: 1500 * time.Millisecond})
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
	t.Logf("%d jobs in %d attempts, all done after %v", len(w.jobs), w.account(q),
		time.Since(began).Round(time.Millisecond))
}

// A worker that is stopped (SIGSTOP) for longer than the queue waits comes back when its job is done by another: it
// changes nothing, neither the job nor the model that somebody has given another name meanwhile.
func TestAStoppedWorkerComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes too long for -short")
	}
	w := newWorld(t)
	node, _ := brokertest.Node(t, false)
	w.run("serve", "-nats", node)
	w.run("worker", "-nats", node)
	w.upload()
	w.submit()
	w.running()
	stopped := w.processes[1].cmd.Process
	stopped.Signal(syscall.SIGSTOP)
	w.run("worker", "-nats", node)
	w.settle()
	var done api.Job
	w.get("/api/jobs/"+w.jobs[0], &done)
	if s := done.Status; s.State != api.Succeeded || s.Attempt != 2 || s.Result.Name == "" {
		t.Fatalf("the other worker leaves the job %+v", s)
	}
	if status, answer := w.ask("DELETE", "/api/models/"+done.Status.Result.Name, nil, nil); status != 204 {
		t.Fatalf("deleting the model: %d %s", status, answer)
	}
	stopped.Signal(syscall.SIGCONT)
	for until := time.Now().Add(20 * time.Second); !strings.Contains(w.processes[1].log.String(),
		"left a job"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the worker that comes back does not leave the job")
		}
	}
	var after api.Job
	w.get("/api/jobs/"+w.jobs[0], &after)
	if after.Seq != done.Seq || after.Status.Result.File != done.Status.Result.File {
		t.Errorf("the worker that came back made of event %d %+v", done.Seq, after)
	}
	if status, answer := w.ask("GET", "/api/models/"+done.Status.Result.Name, nil, nil); status != 404 {
		t.Errorf("the worker that came back named its model: %d %s", status, answer)
	}
}
