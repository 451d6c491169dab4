// Package queuetest is the one suite for queues: it runs over a server in the test's process
// and over a cluster.
package queuetest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/queue"
)

// Run runs the suite. Every test has a queue of its own on the broker.
func Run(t *testing.T, b *broker.Broker) {
	for name, test := range map[string]func(*T){
		"a run from submit to result":                  lifecycle,
		"pause, resume, cancel, retry":                 moves,
		"a lost worker's job goes on at another":       lostWorker,
		"a job that loses all its workers fails":       poison,
		"a released job goes on at another":            release,
		"many workers of which some die":               manyWorkers,
		"who changes a job at once is put in order":    race,
		"watchers that reconnect miss and repeat none": watchers,
		"frequent progress is thinned":                 thinning,
		"limits":                                       limits,
		"a worker that waits gets what comes":          waiting,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(New(t, b))
		})
	}
}

// T is a test with a queue of its own.
type T struct {
	*testing.T
	Broker  *broker.Broker
	Options queue.Options
	Queue   *queue.Queue
}

// New makes an empty queue whose workers are lost after a second of silence.
func New(t *testing.T, b *broker.Broker) *T {
	t.Helper()
	h := &T{T: t, Broker: b}
	h.Options = queue.Options{Name: "test-" + strings.ToLower(rand.Text()[:8]), MaxBytes: 16 << 20,
		AckWait: time.Second, LostWait: 100 * time.Millisecond, ReportEvery: 20 * time.Millisecond}
	h.Queue = h.Reopen()
	return h
}

// Reopen opens the same queue on the broker's connection with Options as they are now.
func (t *T) Reopen() *queue.Queue {
	t.Helper()
	q, err := queue.Open(t.Context(), t.Broker.Conn, t.Options)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Process opens the same queue on a connection of its own. Ending it by die is, for the
// server, what the death of a process is.
func (t *T) Process() (q *queue.Queue, die func()) {
	t.Helper()
	c, err := t.Broker.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if q, err = queue.Open(t.Context(), c, t.Options); err != nil {
		t.Fatal(err)
	}
	return q, c.Close
}

// Submit puts one more job into the queue.
func (t *T) Submit(name string) string {
	t.Helper()
	j, err := t.Queue.Submit(t.Context(), "", api.Spec{Name: name, Recipe: json.RawMessage(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

// Claim waits for a job.
func (t *T) Claim(q *queue.Queue, worker string) *queue.Claim {
	t.Helper()
	c, err := q.Claim(t.Context(), worker)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Move asks for a move that must be legal.
func (t *T) Move(id string, m api.Move) api.Job {
	t.Helper()
	j, err := t.Queue.Move(t.Context(), id, m)
	if err != nil {
		t.Fatalf("%s: %v", m, err)
	}
	return j
}

// Job returns a job.
func (t *T) Job(id string) api.Job {
	t.Helper()
	j, err := t.Queue.Job(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// Must fails the test on an error.
func (t *T) Must(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Fails checks for an error of a kind.
func (t *T) Fails(what string, err, expected error) {
	t.Helper()
	if !errors.Is(err, expected) {
		t.Errorf("%s: got %v, expected %v", what, err, expected)
	}
}

// Lost waits until a claim's context ends and checks why.
func (t *T) Lost(c *queue.Claim, expected error) {
	t.Helper()
	select {
	case <-c.Context().Done():
		t.Fails("the cause", context.Cause(c.Context()), expected)
	case <-time.After(20 * time.Second):
		t.Fatalf("the worker was not told: %v", expected)
	}
}

// Events collects all events of a job up to the newest and checks them: numbers without gaps, times that are
// there, moves by the table.
func (t *T) Events(id string) []api.Event {
	t.Helper()
	newest := t.Job(id).Seq
	all := t.take(t.Queue.Watch(t.Context(), id, 0), newest)
	state := api.State("")
	for i, e := range all {
		if e.Seq != uint64(i+1) || e.Time.IsZero() {
			t.Fatalf("event %d has the number %d and the time %v", i+1, e.Seq, e.Time)
		}
		next := state
		switch e.Kind {
		case api.Progressed, api.Logged, api.Checkpointed:
		default:
			var err error
			if next, err = state.After(api.Move(e.Kind)); err != nil {
				t.Fatalf("event %d: %v", e.Seq, err)
			}
		}
		if state = e.Status.State; state != next {
			t.Fatalf("event %d, %s, leads to %q, not %q", e.Seq, e.Kind, state, next)
		}
	}
	return all
}

// take reads events up to a number.
func (t *T) take(events iter.Seq2[api.Event, error], last uint64) (all []api.Event) {
	t.Helper()
	for e, err := range events {
		t.Must(err)
		if all = append(all, e); e.Seq >= last {
			break
		}
	}
	return all
}

// kinds are the kinds of events in one line.
func kinds(events []api.Event) string {
	var all []string
	for _, e := range events {
		all = append(all, string(e.Kind))
	}
	return strings.Join(all, " ")
}

// digest makes something that looks like a hash.
func digest(i int) api.File { return api.File{SHA256: fmt.Sprintf("%064x", i), Size: int64(i)} }

func epoch(i int) task.Progress {
	return task.Progress{Phase: task.Training, Epoch: i, Loss: 1 / float64(i+1), EpochEnd: true}
}

// count is how often a kind of event occurs.
func count(events []api.Event, k api.Kind) (n int) {
	for _, e := range events {
		if e.Kind == k {
			n++
		}
	}
	return n
}

func ids(jobs []api.Job) (all []string) {
	for _, j := range jobs {
		all = append(all, j.ID)
	}
	slices.Sort(all)
	return all
}

// until waits for a job's status.
func (t *T) until(id string, right func(api.Status) bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); !right(t.Job(id).Status); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("the job stays %+v", t.Job(id).Status)
		}
	}
}
