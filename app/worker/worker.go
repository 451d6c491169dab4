// Package worker is the computing side of the page: it answers the messages of
// app/bridge with package nn. In the browser it runs in a Web Worker.
package worker

import (
	"sync"

	"wafer/app/bridge"
	"wafer/nn/context"
	"wafer/nn/fit"
	"wafer/nn/say"
	"wafer/nn/task"
)

// Worker answers requests; every request may come on a goroutine of its own.
type Worker struct {
	engine   Engine
	fetch    fetcher
	handlers bridge.Handlers

	mu        sync.Mutex
	models    map[string]*held
	running   map[int]context.CancelFunc // by the request's number
	handovers map[int]*handover          // of every running Teach, likewise
	kept      map[sampleKey]task.Input   // what Prepare has brought

	teaching sync.Mutex // taken by the Teach that uses features
	features fit.Cache
}

// held is a loaded model; its lock is taken while it is used.
type held struct {
	sync.Mutex
	model  Model
	report *task.Report // of a model that a Teach left here, nil: none
}

// fetcher gets a file from a same-origin address and reports how much has come.
// total is 0 while it is unknown.
type fetcher func(ctx context.Context, url string, progress func(loaded, total int64)) ([]byte, error)

// New returns a worker without models.
func New(engine Engine) *Worker {
	w := &Worker{engine: engine, fetch: fetch, handlers: bridge.Handlers{},
		models: map[string]*held{}, running: map[int]context.CancelFunc{}, handovers: map[int]*handover{},
		kept: map[sampleKey]task.Input{}}
	bridge.Handle(w.handlers, bridge.Load, w.load)
	bridge.Handle(w.handlers, bridge.Unload, w.unload)
	bridge.Handle(w.handlers, bridge.Describe, w.describe)
	bridge.Handle(w.handlers, bridge.Classify, w.classify)
	bridge.Handle(w.handlers, bridge.Hash, w.hash)
	bridge.Handle(w.handlers, bridge.Prepare, w.bring)
	bridge.Handle(w.handlers, bridge.Teach, w.teach)
	bridge.Handle(w.handlers, bridge.Seal, w.seal)
	bridge.Handle(w.handlers, bridge.HandOver, w.handOver)
	bridge.Handle(w.handlers, bridge.Pack, w.pack)
	bridge.Handle(w.handlers, bridge.Export, w.export)
	bridge.Handle(w.handlers, bridge.Retitle, w.retitle)
	bridge.Handle(w.handlers, bridge.BeSure, w.beSure)
	bridge.Handle(w.handlers, bridge.Cancel, w.cancel)
	return w
}

// Handle answers one request: any number of Progress, then exactly one Done or
// Failed. It returns when the request is finished. A panic becomes Failed.
func (w *Worker) Handle(m bridge.Message, buffers [][]byte, send bridge.Send) {
	ctx, cancel := context.WithCancel(context.Background())
	w.mu.Lock()
	w.running[m.ID] = cancel
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.running, m.ID)
		w.mu.Unlock()
		cancel()
		if p := recover(); p != nil {
			err := panicked(p)
			send(bridge.Message{Event: bridge.Failed, Error: err.Error(), Said: say.Of(err)})
		}
	}()
	w.handlers.Answer(ctx, m, buffers, send)
}

// nothing is what most requests end with.
type nothing = bridge.None

// cancel stops a request. That it is no longer running is not an error: it may
// have ended while the message was on its way.
func (w *Worker) cancel(_ bridge.Asked[nothing], t bridge.Target) (nothing, [][]byte, error) {
	w.mu.Lock()
	stop := w.running[t.Request]
	w.mu.Unlock()
	if stop != nil {
		stop()
	}
	return nothing{}, nil, nil
}

// model returns a loaded model.
func (w *Worker) model(id string) (*held, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if h := w.models[id]; h != nil {
		return h, nil
	}
	return nil, say.Errorf("The model %q is not loaded.", id)
}

// inputs joins what a message says with the bytes that came beside it.
func inputs(list []bridge.Input, buffers [][]byte) ([]task.Input, error) {
	out := make([]task.Input, len(list))
	for i, in := range list {
		out[i] = task.Input{Name: in.Name, Text: in.Text, Group: in.Group}
		if in.Buffer < 0 {
			continue
		}
		if in.Buffer >= len(buffers) {
			return nil, say.Errorf("Input %d refers to buffer %d, but %d came with the message.", i+1, in.Buffer,
				len(buffers))
		}
		b := buffers[in.Buffer]
		if in.Width == 0 && in.Height == 0 {
			out[i].File = b
			continue
		}
		if in.Width <= 0 || in.Height <= 0 || len(b) != 4*in.Width*in.Height {
			return nil, say.Errorf("Input %d should be %d × %d pixels of 4 bytes, but has %d bytes.", i+1, in.Width,
				in.Height, len(b))
		}
		out[i].Pixels = &task.Pixels{Width: in.Width, Height: in.Height, RGBA: b}
	}
	return out, nil
}

func panicked(p any) error { return say.Errorf("Something went wrong inside Wafer: %v.", p) }
