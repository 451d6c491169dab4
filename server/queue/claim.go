package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/broker"
)

// Why a worker has to leave a job. They are the causes of a Claim's context and the errors of its methods.
var (
	ErrPaused    = errors.New("the job was paused")
	ErrCancelled = errors.New("the job was cancelled")
	ErrLost      = errors.New("the job went to another worker")
)

const (
	maxWaiting = 1000    // progress and log lines that wait to be written
	maxLog     = 4 << 10 // bytes of a log line, and of the reason of a failure
	forever    = 1 << 60 // a worker with a result waits until its server is back
)

// errFinished is the cause of a context that ends since the worker has finished.
var errFinished = errors.New("the job was given back")

// Claim is a worker's hold on a job. It tells the server by itself that the worker is alive, until Succeed, Fail or
// Release ends it. Progress and log lines are written in the background, the other reports at once. Its methods may be
// called from several goroutines.
type Claim struct {
	Job api.Job // as it was claimed; Status.Checkpoint is where to go on

	q       *Queue
	message jetstream.Msg
	ctx     context.Context // of the job
	leave   context.CancelCauseFunc
	running sync.WaitGroup // what goes on in the background

	flushing gate // held while what waits is written, in its order
	writing  gate // held while an event is written
	newest   *record
	place    uint64

	mu      sync.Mutex
	waiting []func(*record) // progress and log lines still to be written
	unsure  bool            // the last of them is progress that newer progress replaces
	crowded bool            // the room of the queue is nearly used up: what waits is dropped
	wrote   time.Time       // when progress was written last
}

// Claim waits for a job and takes it for the worker of this name. It ends up to a
// second after ctx does, so that no job is on its way to a worker that has gone.
func (q *Queue) Claim(ctx context.Context, worker string) (*Claim, error) {
	for ctx.Err() == nil {
		m, err := q.workers.Next(jetstream.FetchMaxWait(time.Second))
		switch {
		case errors.Is(err, nats.ErrTimeout):
			continue
		case err != nil && broker.Passing(err):
			sleep(ctx, 250*time.Millisecond)
			continue
		case err != nil:
			return nil, fmt.Errorf("queue: %w", err)
		}
		c, err := q.take(ctx, m, worker)
		if err != nil || c != nil {
			return c, err
		}
	}
	return nil, ctx.Err()
}

// errStale: the job is no longer in the place of the queue where a message says it is.
var errStale = errors.New("queue: stale")

// take claims the job that a message of the queue is about; nil if there is nothing to do any more, or not yet.
func (q *Queue) take(ctx context.Context, m jetstream.Msg, worker string) (*Claim, error) {
	id := q.idOf(m.Subject())
	offer, err := decode(m.Data())
	if err != nil {
		m.Term()
		return nil, err
	}
	if wait := q.wait(m, offer); wait > 0 {
		m.NakWithDelay(wait)
		return nil, nil
	}
	r, place, err := q.change(ctx, id, func(r *record) error { return q.claimOrLose(ctx, id, r, offer.Seq, worker) })
	switch {
	case errors.Is(err, errStale), errors.Is(err, ErrNotFound):
		m.Ack()
		return nil, nil
	case err != nil:
		m.Nak()
		return nil, err
	case r.Kind != api.Kind(api.Claim): // the worker before was lost; if the job may go on, there is another message
		m.Ack()
		return nil, nil
	}
	j, err := q.whole(ctx, id, r)
	if errors.Is(err, errNoSpec) {
		return nil, q.giveUp(ctx, m, id, place, r)
	}
	if err != nil { // the message comes again when this worker is silent
		return nil, err
	}
	patient := *q
	patient.o.Patience = forever
	c := &Claim{Job: j, q: &patient, message: m, newest: r, place: place, flushing: make(gate, 1),
		writing: make(gate, 1)}
	c.ctx, c.leave = context.WithCancelCause(context.WithoutCancel(ctx))
	c.running.Go(c.keep)
	c.running.Go(c.report)
	return c, nil
}

// giveUp fails a job that was just claimed, since nobody knows any more what it asks for.
func (q *Queue) giveUp(ctx context.Context, m jetstream.Msg, id string, place uint64, r *record) error {
	if err := r.begin(api.Kind(api.Fail)).move(api.Fail); err != nil {
		return err
	}
	r.Status.Error = "what the job asks for was damaged on the server's disk; hand it in again"
	if _, err := q.append(ctx, id, place, r); err != nil && !errors.Is(err, errConflict) {
		return err
	}
	m.Ack()
	return nil
}

// wait is how long a job still waits for its next worker: for longer each time that one was lost with it, since it may
// be the job that ends them. A message that was delivered once has waited; no clock is asked.
func (q *Queue) wait(m jetstream.Msg, offer *record) time.Duration {
	meta, err := m.Metadata()
	if err != nil || meta.NumDelivered > 1 || offer.Status.Waits == 0 {
		return 0
	}
	return q.o.LostWait << min(offer.Status.Waits-1, 6)
}

// claimOrLose makes the event of a worker that takes a job from its place in the queue. Where another has it, that one
// was lost: the job goes back into the queue, or fails if it lost too many.
func (q *Queue) claimOrLose(ctx context.Context, id string, r *record, queued uint64, worker string) error {
	s := r.Status
	if s.Queued != queued || s.State != api.Queued && s.State != api.Running {
		return errStale
	}
	switch {
	case s.State == api.Running && s.Began && s.Lost >= q.o.MaxLost:
		if err := r.begin(api.Kind(api.Fail)).move(api.Fail); err != nil {
			return err
		}
		r.Status.Error = fmt.Sprintf("%d workers were lost with this job since its last checkpoint", s.Lost+1)
		return nil
	case s.State == api.Running:
		return r.begin(api.Kind(api.Lose)).move(api.Lose)
	}
	if known := q.record(ctx, id, s.Attempt); known != nil && known.Seq > r.Seq { // the queue lost events of this job
		back, err := q.restored(ctx, id, known)
		if err == nil {
			*r = *back
		}
		return err
	}
	if err := r.begin(api.Kind(api.Claim)).move(api.Claim); err != nil {
		return err
	}
	r.Status.Worker = worker
	return nil
}

// Context ends when the job is no longer this worker's to do; context.Cause says why.
func (c *Claim) Context() context.Context { return c.ctx }

// Holds returns why the job is no longer this worker's, nil if it is: to be asked right before something outside of the
// queue is replaced, since a worker that was stopped for a while does not know what happened meanwhile.
func (c *Claim) Holds(ctx context.Context) error {
	if err := c.writing.enter(ctx); err != nil {
		return err
	}
	defer c.writing.leave()
	return c.look(ctx)
}

// Progress reports how the run is getting on. What comes too fast is replaced by what
// comes after it; the ends of epochs are all kept.
func (c *Claim) Progress(p task.Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unsure {
		c.waiting = c.waiting[:len(c.waiting)-1]
	}
	c.wait(func(r *record) {
		r.begin(api.Progressed).Status.Progress = &p
		r.Status.Began = r.Status.Began || p.Phase != task.Preparing
	})
	c.unsure = !p.EpochEnd
}

// Log reports a line; what is longer than 4 KiB is cut.
func (c *Claim) Log(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wait(func(r *record) { r.begin(api.Logged).Log = cut(line) })
	c.unsure = false
}

// wait puts an event behind those that are not written yet; the oldest is lost where there are maxWaiting. c.mu is
// held.
func (c *Claim) wait(event func(*record)) {
	if len(c.waiting) == maxWaiting { // the server has not answered for long
		c.waiting = c.waiting[1:]
	}
	c.waiting = append(c.waiting, event)
}

// Checkpoint reports a stored checkpoint, from which another worker would go on. It
// is accepted for a job that has just been paused, too.
func (c *Claim) Checkpoint(ctx context.Context, f api.File) error {
	return c.write(ctx, func(r *record) error {
		if s := r.Status.State; s != api.Running && s != api.Paused {
			return c.cause(r)
		}
		r.begin(api.Checkpointed).Status.Checkpoint = &f
		r.Status.Began, r.Status.Lost, r.Status.Waits = true, 0, 0
		return nil
	})
}

// Succeed ends the job with a result. A report or a model's words that are too long for the queue are left out; the
// model file has them.
func (c *Claim) Succeed(ctx context.Context, result api.Result) error {
	more := ""
	if c.ctx.Err() == nil { // else finish says why it is too late
		var err error
		if more, err = c.q.keepResult(ctx, c.Job.ID, c.Job.Status.Attempt, &result); err != nil {
			return err
		}
	}
	return c.finish(ctx, api.Succeed, func(r *record) { r.Status.Result, r.More = result.Brief(), more })
}

// Fail ends the job with a sentence that says why.
func (c *Claim) Fail(ctx context.Context, reason string) error {
	return c.finish(ctx, api.Fail, func(r *record) { r.Status.Error = cut(reason) })
}

// Release gives the job back to the queue, for a worker that stops in good order.
func (c *Claim) Release(ctx context.Context) error {
	return c.finish(ctx, api.Release, func(*record) {})
}

// finish writes what is waiting, then the move and what set adds to it, and ends the claim. A job that is not this
// worker's any more, or not running, is the error that says why; nothing is written then.
func (c *Claim) finish(ctx context.Context, m api.Move, set func(*record)) error {
	c.flush(ctx)
	err := c.write(ctx, func(r *record) error {
		if r.Status.State != api.Running {
			return c.cause(r)
		}
		if err := r.begin(api.Kind(m)).move(m); err != nil {
			return err
		}
		set(r)
		return nil
	})
	if err != nil {
		return err
	}
	c.leave(errFinished)
	c.running.Wait()
	return nil
}

// write adds an event on top of those that this worker wrote. If somebody else wrote meanwhile, it asks edit
// again, unless the job is not this worker's any more.
func (c *Claim) write(ctx context.Context, edit func(*record) error) error {
	if err := c.writing.enter(ctx); err != nil {
		return err
	}
	defer c.writing.leave()
	for {
		r := *c.newest
		if err := edit(&r); err != nil {
			return err
		}
		place, err := c.q.append(ctx, c.Job.ID, c.place, &r)
		if err == nil {
			c.newest, c.place = &r, place
			return nil
		}
		if !errors.Is(err, errConflict) {
			return err
		}
		if err := c.look(ctx); err != nil && !errors.Is(err, ErrPaused) {
			return err
		}
	}
}

// look loads the job's newest event. When the job is not this worker's any more, it
// ends the context and returns the cause. The caller holds writing.
func (c *Claim) look(ctx context.Context) error {
	r, place, err := c.q.load(ctx, c.Job.ID)
	if errors.Is(err, ErrNotFound) {
		err = ErrCancelled
		c.leave(err)
	}
	if err != nil {
		return err
	}
	cause := c.cause(r)
	if !errors.Is(cause, ErrLost) {
		c.newest, c.place = r, place
	}
	if cause != nil {
		c.leave(cause)
	}
	return cause
}

// cause says why the job is not this worker's to do after an event, nil if it is.
func (c *Claim) cause(r *record) error {
	s := r.Status
	switch {
	case s.Attempt != c.Job.Status.Attempt || s.Queued != c.Job.Status.Queued:
		return ErrLost
	case s.State == api.Running:
		return nil
	case s.State == api.Paused:
		return ErrPaused
	case s.State == api.Cancelled:
		return ErrCancelled
	}
	return ErrLost
}

// keep tells the server that the worker is alive and looks whether the job is still
// its, until the context ends.
func (c *Claim) keep() {
	beat := time.NewTicker(min(c.q.o.AckWait/3, 2*time.Second))
	defer beat.Stop()
	for n := 0; ; n++ {
		select {
		case <-c.ctx.Done():
			if !errors.Is(context.Cause(c.ctx), ErrLost) { // else the message may be the other worker's
				c.message.Ack() // if it does not arrive, the message is found stale later
			}
			return
		case <-beat.C:
			if errors.Is(c.message.InProgress(), nats.ErrConnectionClosed) {
				c.leave(ErrLost)
			}
			once, cancel := context.WithTimeout(c.ctx, time.Second)
			if c.writing.enter(once) == nil { // else somebody is writing and finds out, too
				c.look(once)
				c.writing.leave()
			}
			if n%5 == 0 {
				c.lookAround(once)
			}
			cancel()
		}
	}
}

// lookAround finds out whether what the queue keeps for the ends of jobs is being used up.
func (c *Claim) lookAround(ctx context.Context) {
	info, err := c.q.stream.Info(ctx)
	if err != nil {
		return
	}
	c.mu.Lock()
	c.crowded = c.q.room(info, int(c.q.o.MaxBytes/32)) != nil // a little before new jobs are refused
	c.mu.Unlock()
}

// report writes what waits, until the context ends.
func (c *Claim) report() {
	tick := time.NewTicker(c.q.o.ReportEvery / 4)
	defer tick.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-tick.C:
			c.flushDue(c.ctx)
		}
	}
}

// flushDue writes what waits, but progress not too often.
func (c *Claim) flushDue(ctx context.Context) {
	c.mu.Lock()
	every := min(max(time.Since(c.Job.Status.Started)/600, c.q.o.ReportEvery), 10*c.q.o.ReportEvery)
	due := len(c.waiting) > 1 || len(c.waiting) == 1 && (!c.unsure || time.Since(c.wrote) >= every)
	c.mu.Unlock()
	if due {
		c.flush(ctx)
	}
}

// flush writes what waits.
func (c *Claim) flush(ctx context.Context) {
	if c.flushing.enter(ctx) != nil {
		return
	}
	defer c.flushing.leave()
	for ctx.Err() == nil {
		c.mu.Lock()
		if len(c.waiting) == 0 {
			c.mu.Unlock()
			return
		}
		event, crowded := c.waiting[0], c.crowded
		c.waiting, c.unsure, c.wrote = c.waiting[1:], c.unsure && len(c.waiting) > 1, time.Now()
		c.mu.Unlock()
		c.write(ctx, func(r *record) error { // an error means that the job is lost, or a number that is not finite
			if r.Status.State != api.Running {
				return c.cause(r)
			}
			if r.Seq >= uint64(c.q.o.MaxEvents) || crowded {
				return errStale // dropped
			}
			event(r)
			return nil
		})
	}
}

// gate is a mutex for which one does not wait longer than a context lasts.
type gate chan struct{}

// enter waits until the gate is free; ctx's error where that ends before.
func (g gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave frees the gate, which the caller has entered.
func (g gate) leave() { <-g }

// cut shortens what is longer than 4 KiB, between two characters.
func cut(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if len(s) <= maxLog {
		return s
	}
	s = s[:maxLog]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// sleep lasts d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
