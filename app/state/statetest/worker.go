package statetest

import (
	"errors"
	"fmt"
	"sync"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/reader"
	"wafer/app/worker"
	"wafer/nn/context"
	"wafer/nn/task"
)

// Worker is a bridge.Caller whose handlers run in this process, each request on a
// goroutine of its own. Verbs without a handler are done at once, with an empty answer.
type Worker struct {
	Handlers bridge.Handlers

	mu   sync.Mutex
	sent []bridge.Message
}

// NewWorker returns a worker without handlers.
func NewWorker() *Worker { return &Worker{Handlers: bridge.Handlers{}} }

// On has a handler answer a verb from now on, also where requests are under way.
func (w *Worker) On(verb string, handle func(bridge.Message, [][]byte, bridge.Send)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Handlers[verb] = func(_ context.Context, m bridge.Message, buffers [][]byte, send bridge.Send) {
		handle(m, buffers, send)
	}
}

// Send has the verb's handler answer.
func (w *Worker) Send(verb string, body []byte, buffers []browser.Buffer, on func(bridge.Message, [][]byte)) int {
	w.mu.Lock()
	m := bridge.Message{ID: len(w.sent) + 1, Verb: verb, Body: body}
	w.sent = append(w.sent, m)
	do := w.Handlers[verb]
	w.mu.Unlock()
	var data [][]byte
	for _, b := range buffers {
		data = append(data, b.Data())
	}
	answer := func(a bridge.Message, files ...[]byte) { a.ID = m.ID; on(a, files) }
	if do == nil {
		go answer(bridge.Message{Event: bridge.Done})
	} else {
		go do(context.Background(), m, data, answer)
	}
	return m.ID
}

// Stop makes a Worker a state.Reader; what runs goes on.
func (w *Worker) Stop() {}

// Sent lists the bodies of the requests of a verb, oldest first.
func (w *Worker) Sent(verb string) (bodies []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.sent {
		if m.Verb == verb {
			bodies = append(bodies, string(m.Body))
		}
	}
	return bodies
}

// Desk is the worker of a Teach page: a training waits for the test, everything else is done at once.
type Desk struct {
	*Worker
	Teach    chan Training
	Classify func(bridge.ClassifyRequest) task.Result
	Canceled chan int // requests that a Cancel was for
	Handed   chan int // likewise of a HandOver
	Prepared sync.Map // keys of samples that a Prepare brought
	stays    sync.Map // endings of trainings whose models stay here, by their names
}

// Training is one Teach request, which the test answers.
type Training struct {
	bridge.TeachRequest
	ID      int
	Buffers [][]byte
	News    func(task.Progress)

	end chan ending
}

type ending struct {
	taught bridge.Taught
	file   []byte
	err    error
}

// Finish ends the training with a model.
func (t Training) Finish(r *task.Report, file string) {
	t.end <- ending{taught: bridge.Taught{Report: r}, file: []byte(file)}
}

// HandOver ends it with a checkpoint, "" for none.
func (t Training) HandOver(checkpoint string) {
	if checkpoint == "" {
		t.end <- ending{}
		return
	}
	info := InfoOf(bridge.CheckpointFile, []byte(checkpoint))
	t.end <- ending{taught: bridge.Taught{Checkpoint: &info}, file: []byte(checkpoint)}
}

// Fail ends it with a sentence.
func (t Training) Fail(why string) { t.end <- ending{err: errors.New(why)} }

// Reads has files read and hashed as the page's own workers do it. What a test takes for a model file is converted to
// itself.
func (w *Worker) Reads() {
	bridge.Handle(w.Handlers, bridge.Convert,
		func(a bridge.Asked[bridge.None], _ bridge.ConvertRequest) (bridge.None, [][]byte, error) {
			return bridge.None{}, a.Buffers, nil
		})
	w.On(string(bridge.Read), reader.Handler())
	w.On(string(bridge.Hash), worker.New(nil).Handle)
}

// NewDesk returns the worker of a Teach page.
func NewDesk() *Desk {
	d := &Desk{Worker: NewWorker(), Teach: make(chan Training, 1), Canceled: make(chan int, 1),
		Handed: make(chan int, 1)}
	d.Classify = func(bridge.ClassifyRequest) task.Result { return task.Result{Error: "No test asks this."} }
	bridge.Handle(d.Handlers, bridge.Teach, d.teach)
	bridge.Handle(d.Handlers, bridge.Seal, d.seal)
	bridge.Handle(d.Handlers, bridge.Prepare, d.prepare)
	d.Reads()
	bridge.Handle(d.Handlers, bridge.Cancel, target(d.Canceled))
	bridge.Handle(d.Handlers, bridge.HandOver, target(d.Handed))
	bridge.Handle(d.Handlers, bridge.Pack, pack)
	bridge.Handle(d.Handlers, bridge.Classify,
		func(a bridge.Asked[bridge.Answer], q bridge.ClassifyRequest) (bridge.None, [][]byte, error) {
			a.News(bridge.Answer{Result: d.Classify(q)})
			return bridge.None{}, nil, nil
		})
	bridge.Handle(d.Handlers, bridge.Describe,
		func(bridge.Asked[bridge.None], bridge.None) (bridge.Described, [][]byte, error) {
			m := task.Model{ID: "taught-1", Title: "praise or complaint", Kind: task.Text,
				Labels: []string{"praise", "complaint"}}
			return bridge.Described{Model: m}, nil, nil
		})
	return d
}

// prepare takes samples as the page's own worker does.
func (d *Desk) prepare(a bridge.Asked[bridge.None], q bridge.PrepareRequest) (done bridge.Prepared, _ [][]byte,
	_ error) {
	for _, in := range q.Inputs {
		if in.Buffer >= 0 && string(a.Buffers[in.Buffer]) == "damaged" {
			done.Unusable = append(done.Unusable, bridge.Unusable{Key: in.Key, Error: "this is not a picture"})
			continue
		}
		d.Prepared.Store(in.Key, true)
	}
	return done, nil, nil
}

func (d *Desk) teach(a bridge.Asked[task.Progress], q bridge.TeachRequest) (bridge.Taught, [][]byte, error) {
	t := Training{TeachRequest: q, ID: a.ID, Buffers: a.Buffers, News: a.News, end: make(chan ending, 1)}
	d.Teach <- t
	e := <-t.end
	if e.file == nil {
		return e.taught, nil, e.err
	}
	if q.Stay != "" && e.taught.Report != nil {
		d.stays.Store(q.Stay, e)
		r := *e.taught.Report
		r.WeightsHash, r.Model.SHA256 = "", ""
		return bridge.Taught{Report: &r}, nil, nil
	}
	return e.taught, [][]byte{e.file}, e.err
}

func (d *Desk) seal(_ bridge.Asked[bridge.None], q bridge.Named) (done bridge.Taught, _ [][]byte, err error) {
	e, stays := d.stays.Load(q.Model)
	if !stays {
		return done, nil, errors.New("no such model stays here")
	}
	return e.(ending).taught, [][]byte{e.(ending).file}, nil
}

// Staying is the file that Seal would make of a model, "" where none stays here.
func (d *Desk) Staying(model string) string {
	e, _ := d.stays.Load(model)
	if e == nil {
		return ""
	}
	return string(e.(ending).file)
}

func target(heard chan int) func(bridge.Asked[bridge.None], bridge.Target) (bridge.None, [][]byte, error) {
	return func(_ bridge.Asked[bridge.None], t bridge.Target) (bridge.None, [][]byte, error) {
		heard <- t.Request
		return bridge.None{}, nil, nil
	}
}

func pack(_ bridge.Asked[task.Progress], q bridge.TeachRequest) (bridge.Packed, [][]byte, error) {
	files := [][]byte{[]byte("base"), []byte(fmt.Sprint("samples of ", q.Inputs))}
	return bridge.Packed{Files: []bridge.FileInfo{InfoOf(bridge.BaseFile, files[0]),
		InfoOf(bridge.SamplesFile, files[1])}}, files, nil
}
