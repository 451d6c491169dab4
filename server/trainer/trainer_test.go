package trainer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/broker/brokertest"
	"wafer/server/models"
	"wafer/server/queue"
	"wafer/server/store"
	"wafer/server/trainer"
	"wafer/server/trainer/trainertest"
)

// bench is a queue and a store, on which a test runs trainers.
type bench struct {
	*testing.T
	broker *broker.Broker
	queue  *queue.Queue
	store  *store.Store
	folder string // of the store
	data   []api.File
}

func newBench(t *testing.T) *bench {
	t.Helper()
	t.Parallel() // they wait more than they compute
	b := &bench{T: t, broker: brokertest.Embedded(t), folder: t.TempDir()}
	var err error
	if b.queue, err = queue.Open(t.Context(), b.broker.Conn, queue.Options{AckWait: time.Second,
		ReportEvery: 10 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	if b.store, err = store.Dir(b.folder, store.Options{Reserve: 1}); err != nil {
		t.Fatal(err)
	}
	b.data = trainertest.Upload(t, b.store)
	return b
}

// start runs a trainer until stop is called or the test ends. Checkpoints come after almost every step.
func (b *bench) start(o trainer.Options) (stop func()) {
	b.Helper()
	o.Queue, o.Store, o.Threads = b.queue, b.store, 1
	if o.Cache == "" {
		o.Cache = b.TempDir()
	}
	if o.Every == 0 {
		o.Every = time.Millisecond
	}
	t, err := trainer.New(o)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan bool)
	go func() { t.Run(ctx); close(done) }()
	stop = func() { cancel(); <-done }
	b.Cleanup(stop)
	return stop
}

func (b *bench) submit(s api.Spec) string {
	b.Helper()
	j, err := b.queue.Submit(b.Context(), "", s)
	if err != nil {
		b.Fatal(err)
	}
	return j.ID
}

func (b *bench) stripes(epochs int) api.Spec {
	return api.Spec{Name: "stripes", Recipe: trainertest.Recipe(epochs), Data: b.data}
}

func (b *bench) move(id string, m api.Move) {
	b.Helper()
	if _, err := b.queue.Move(b.Context(), id, m); err != nil {
		b.Fatalf("%s: %v", m, err)
	}
}

// same checks that a job succeeded with a model file.
func (b *bench) same(j api.Job, whole []byte) {
	b.Helper()
	if j.Status.State != api.Succeeded {
		b.Fatalf("the job is %s: %s", j.Status.State, j.Status.Error)
	}
	got, err := b.store.Get(b.Context(), j.Status.Result.File.SHA256, 1<<20)
	if err != nil || !bytes.Equal(got, whole) {
		b.Errorf("the job made another model file than the run that nothing disturbed (%v)", err)
	}
}

// checkpoint waits until an attempt of a job has made one.
func (b *bench) checkpoint(id string, attempt int) {
	b.Helper()
	trainertest.Until(b, b.queue, id, func(e api.Event) bool {
		return e.Status.Attempt == attempt &&
			e.Kind == api.Checkpointed
	})
}

func TestAJobGivesWhatTrainGives(t *testing.T) {
	b := newBench(t)
	b.start(trainer.Options{Name: "anna"})
	spec := b.stripes(5)
	spec.Model = "stripes"
	id := b.submit(spec)
	j := trainertest.Ends(t, b.queue, id)
	b.same(j, trainertest.Whole(t, 5))
	r := j.Status.Result
	if j.Status.Worker != "anna" || r.Model.Params == 0 || r.Metrics["test_accuracy"] != r.Model.Accuracy ||
		r.RecipeHash == "" || r.DataHash == "" ||
		r.WeightsHash != r.Model.WeightsHash || !json.Valid(r.Report) || r.Name != "stripes" {
		t.Errorf("the result is %+v", r)
	}
	if r.Page == nil {
		t.Fatal("the job has no report")
	}
	page, err := b.store.Get(t.Context(), r.Page.SHA256, 1<<20)
	if err != nil || !bytes.Contains(page, []byte("test samples of stripes")) || !slices.Contains(j.Files(), *r.Page) {
		t.Errorf("the report of the job (%v) has %d bytes; the files of the job are %v", err, len(page), j.Files())
	}
	kept, err := b.store.Name(t.Context(), "stripes")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := models.Of(kept); err != nil || m.Job != id || m.File != r.File || m.Info.ID != "stripes" ||
		m.License != r.Model.Credit || b.store.Check(t.Context(), m.Recipe.SHA256) != nil {
		t.Errorf("the name stands for %+v, %v", m, err)
	}
	var log []string
	epochs := 0
	for e, err := range b.queue.Watch(t.Context(), id, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == api.Progressed && e.Status.Progress.EpochEnd {
			epochs++
		}
		if e.Kind == api.Logged {
			log = append(log, e.Log)
		}
		if e.Seq == j.Seq {
			break
		}
	}
	if epochs != 5 || len(log) != 1 || !strings.HasPrefix(log[0], "memory: ") {
		t.Errorf("%d epochs told, log %q", epochs, log)
	}
}

// A job that waits while its name is given to another model leaves that alone, unless it may replace it.
func TestAJobDoesNotTakeANameThatIsInUse(t *testing.T) {
	b := newBench(t)
	first, second := b.stripes(2), b.stripes(3)
	first.Model, second.Model = "stripes", "stripes"
	ids := []string{b.submit(first), b.submit(second)}
	second.Replace = true
	ids = append(ids, b.submit(second))
	b.start(trainer.Options{})
	for i, holder := range []int{0, 0, 2} {
		j := trainertest.Ends(t, b.queue, ids[i])
		if named := i == holder; j.Status.State != api.Succeeded || (j.Status.Result.Name == "stripes") != named {
			t.Errorf("job %d: %+v", i, j.Status)
		}
	}
	kept, err := b.store.Name(t.Context(), "stripes")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := models.Of(kept); err != nil || m.Job != ids[2] {
		t.Errorf("the name stands for %+v, %v", m, err)
	}
	said := trainertest.Until(t, b.queue, ids[1], func(e api.Event) bool { return strings.Contains(e.Log, "stripes") })
	if !strings.Contains(said.Log, "another model") {
		t.Errorf("the log says %q", said.Log)
	}
}

// A job that is paused and resumed, cancelled and retried, goes on from its last checkpoint and ends with the same
// file.
func TestPausedAndCancelledJobsGoOn(t *testing.T) {
	b := newBench(t)
	b.start(trainer.Options{})
	for epochs := trainertest.Long; ; epochs *= 4 { // how many outlast three interruptions depends on the machine
		id := b.submit(b.stripes(epochs))
		interrupted := b.interrupt(id)
		j := trainertest.Ends(t, b.queue, id)
		b.same(j, trainertest.Whole(t, epochs))
		if j.Status.Attempt != interrupted+1 {
			t.Errorf("%d attempts after %d interruptions", j.Status.Attempt, interrupted)
		}
		if interrupted == 3 {
			return
		}
	}
}

// interrupt stops a job three times, each time after a checkpoint, and lets it go on. It returns how often that was
// done before the job had ended.
func (b *bench) interrupt(id string) int {
	b.Helper()
	for i, moves := range [][2]api.Move{{api.Pause, api.Resume}, {api.Cancel, api.Retry}, {api.Pause, api.Resume}} {
		ended := trainertest.Until(b, b.queue, id, func(e api.Event) bool {
			return e.Status.State == api.Succeeded || e.Status.Attempt == i+1 && e.Kind == api.Checkpointed
		}).Status.State == api.Succeeded
		if !ended {
			_, err := b.queue.Move(b.Context(), id, moves[0])
			if ended = errors.As(err, new(*api.IllegalMove)); err != nil && !ended {
				b.Fatal(err)
			}
		}
		if ended {
			return i
		}
		b.move(id, moves[1])
	}
	return 3
}

// A worker that is stopped gives its job back with a checkpoint, and the next goes on from there.
func TestAJobMovesToAnotherWorker(t *testing.T) {
	b := newBench(t)
	stop := b.start(trainer.Options{Name: "anna", Every: time.Hour})
	id := b.submit(b.stripes(trainertest.Long))
	trainertest.Until(t, b.queue, id, func(e api.Event) bool {
		return e.Status.Progress != nil &&
			e.Status.Progress.Epoch >= 2
	})
	stop()
	j, err := b.queue.Job(t.Context(), id)
	if err != nil || j.Status.State != api.Queued || j.Status.Checkpoint == nil ||
		j.Status.Progress.Epoch >= trainertest.Long {
		t.Fatalf("after the worker stopped: %+v, %v", j.Status, err)
	}
	b.start(trainer.Options{Name: "boris"})
	j = trainertest.Ends(t, b.queue, id)
	b.same(j, trainertest.Whole(t, trainertest.Long))
	if j.Status.Worker != "boris" || j.Status.Attempt != 2 || j.Status.Lost != 0 {
		t.Errorf("got %+v", j.Status)
	}
}

// An attempt that takes too long fails with a sentence; each retry goes on where it was.
func TestTooLongAnAttempt(t *testing.T) {
	b := newBench(t)
	b.start(trainer.Options{MaxSeconds: 1})
	id := b.submit(b.stripes(4 * trainertest.Long))
	failed := 0
	for {
		j := trainertest.Ends(t, b.queue, id)
		if j.Status.State == api.Succeeded {
			b.same(j, trainertest.Whole(t, 4*trainertest.Long))
			break
		}
		if failed++; !strings.Contains(j.Status.Error, "was not done after 1 seconds") {
			t.Fatalf("failed with %q", j.Status.Error)
		}
		b.move(id, api.Retry)
	}
	if failed == 0 {
		t.Error("the run took less than a second; it has to take longer for this test")
	}
}

func TestSeveralJobsAtOnce(t *testing.T) {
	b := newBench(t)
	b.start(trainer.Options{Slots: 2})
	first := b.submit(b.stripes(20 * trainertest.Long)) // cancelled in the end
	b.checkpoint(first, 1)
	second := b.submit(b.stripes(3))
	b.same(trainertest.Ends(t, b.queue, second), trainertest.Whole(t, 3))
	if j, err := b.queue.Job(t.Context(), first); err != nil || j.Status.State != api.Running {
		t.Errorf("the first job is %s when the second is done (%v)", j.Status.State, err)
	}
	b.move(first, api.Cancel)
}

// Checkpoints that newer ones replaced do not pile up.
func TestReplacedCheckpointsGo(t *testing.T) {
	b := newBench(t)
	b.start(trainer.Options{Replaced: 1})
	made, kept := 0, 0
	for epochs := trainertest.Long; made < 4; epochs *= 2 { // where storing one takes long, few are made
		before := b.contents()
		id := b.submit(b.stripes(epochs))
		b.same(trainertest.Ends(t, b.queue, id), trainertest.Whole(t, epochs))
		made, kept = b.made(id), b.contents()-before-1 // the model is one
	}
	if kept > 3 { // one may have become old since the last time
		t.Errorf("%d of %d checkpoints are kept", kept, made)
	}
}

// made is how many checkpoints a job that has ended has made.
func (b *bench) made(id string) (n int) {
	for e, err := range b.queue.Watch(b.Context(), id, 0) {
		if err != nil {
			b.Fatal(err)
		}
		if e.Kind == api.Checkpointed {
			n++
		}
		if e.Status.State.Final() {
			break
		}
	}
	return n
}

// contents is how many there are in the store.
func (b *bench) contents() int {
	all, err := os.ReadDir(filepath.Join(b.folder, "blob"))
	if err != nil {
		b.Fatal(err)
	}
	return len(all)
}
