//go:build !windows

package cli

import (
	"net/http"
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

// atWork is a server and a worker on a NATS node, with a job that runs.
func atWork(t *testing.T) (w *world, node string) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes too long for -short")
	}
	w = newWorld(t)
	node, _ = brokertest.Node(t, false)
	w.run("serve", "-nats", node)
	w.run("worker", "-nats", node)
	w.upload()
	w.submit()
	w.running()
	return w, node
}

// A worker that is stopped (SIGSTOP) for longer than the queue waits comes back when its job is done by another: it
// changes nothing, neither the job nor the model that somebody has given another name meanwhile.
func TestAStoppedWorkerComesBack(t *testing.T) {
	w, node := atWork(t)
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

// A server that is stopped (SIGSTOP) for longer than the queue waits, with the workers that it runs itself, goes on
// when it comes back: the job ends with the weights of a run that nothing disturbed, and the next one is taken.
func TestAStoppedServerComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes too long for -short")
	}
	w := newWorld(t)
	w.run("serve", "-data", t.TempDir())
	w.upload()
	w.submit()
	w.running()
	w.stopFor(0, 4*time.Second)
	w.settle()
	w.submit()
	w.settle()
	w.succeeded()
}

// The same beside a NATS server and a worker of its own, which ends the job meanwhile: the server knows when it is
// back.
func TestAStoppedServerLearnsWhatWasDoneMeanwhile(t *testing.T) {
	w, node := atWork(t)
	b, err := broker.Open(broker.Options{URL: node})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	q, err := queue.Open(t.Context(), b.Conn, queue.Options{AckWait: 1500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	server := w.processes[0].cmd.Process
	server.Signal(syscall.SIGSTOP)
	for until := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		j, err := q.Job(t.Context(), w.jobs[0])
		if err == nil && j.Status.State == api.Succeeded {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("while the server is stopped the worker does not end the job: %+v, %v", j.Status, err)
		}
	}
	server.Signal(syscall.SIGCONT)
	w.succeeded()
	w.submit()
	w.settle()
	w.succeeded()
}

// stopFor stops a process, which gives no answer then, and lets it go on after a time.
func (w *world) stopFor(i int, pause time.Duration) {
	w.Helper()
	p := w.processes[i].cmd.Process
	p.Signal(syscall.SIGSTOP)
	client := http.Client{Timeout: pause / 2}
	if res, err := client.Get(w.url + "/readyz"); err == nil {
		res.Body.Close()
		w.Errorf("a server that is stopped answers %s", res.Status)
	}
	time.Sleep(pause / 2)
	p.Signal(syscall.SIGCONT)
}

// succeeded looks whether all jobs did and their models are whole.
func (w *world) succeeded() {
	w.Helper()
	for _, j := range w.list() {
		if s := j.Status; s.State != api.Succeeded {
			w.Errorf("%s is %s after %d attempts (%s), expected that it succeeds", j.Spec.Name, s.State, s.Attempt,
				s.Error)
		}
	}
	var c api.Catalogue
	if w.get("/api/models", &c); len(c.Stored) != len(w.jobs) {
		w.Errorf("%d models are there after %d jobs", len(c.Stored), len(w.jobs))
	}
	for _, m := range c.Stored {
		w.isWhole(m)
	}
}
