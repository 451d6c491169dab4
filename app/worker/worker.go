// Package worker is the computing side of the page: it answers the messages of
// app/bridge with package nn. In the browser it runs in a Web Worker.
package worker

import (
	"context"
	"fmt"
	"sync"

	"wafer/app/bridge"
	"wafer/nn/task"
)

// Worker answers requests; every request may come on a goroutine of its own.
type Worker struct {
	engine Engine
	fetch  fetcher

	mu      sync.Mutex
	models  map[string]*held
	running map[int]context.CancelFunc // by Request.ID
	hands   map[int]*hand              // of every running Teach, likewise
}

// held is a loaded model; its lock is taken while it is used.
type held struct {
	sync.Mutex
	model Model
}

// fetcher gets a file from a same-origin address and reports how much has come.
// total is 0 while it is unknown.
type fetcher func(ctx context.Context, url string, progress func(loaded, total int64)) ([]byte, error)

// Send passes one answer on; the ID of the request is filled in by its receiver.
type Send = func(bridge.Response, ...[]byte)

// New returns a worker without models.
func New(engine Engine) *Worker {
	return &Worker{engine: engine, fetch: fetch, models: map[string]*held{}, running: map[int]context.CancelFunc{}, hands: map[int]*hand{}}
}

// Handle answers one request: any number of Progress and Answer, then exactly one
// Done or Failed. It returns when the request is finished. A panic becomes Failed.
func (w *Worker) Handle(req bridge.Request, buffers [][]byte, send Send) {
	ctx, cancel := context.WithCancel(context.Background())
	w.mu.Lock()
	w.running[req.ID] = cancel
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.running, req.ID)
		w.mu.Unlock()
		cancel()
		if p := recover(); p != nil {
			send(bridge.Response{Event: bridge.Failed, Error: panicSentence(p)})
		}
	}()
	done, extra, err := w.answer(ctx, req, buffers, send)
	if err != nil {
		send(bridge.Response{Event: bridge.Failed, Error: err.Error()})
		return
	}
	done.Event = bridge.Done
	send(done, extra...)
}

func (w *Worker) answer(ctx context.Context, req bridge.Request, buffers [][]byte, send Send) (bridge.Response, [][]byte, error) {
	switch req.Verb {
	case bridge.Load:
		return w.load(ctx, req, buffers, send)
	case bridge.Unload:
		w.keep(req.Model, nil)
		return bridge.Response{}, nil, nil
	case bridge.Describe:
		return w.describe(buffers)
	case bridge.Classify:
		return w.classify(ctx, req, buffers, send)
	case bridge.Teach:
		return w.teach(ctx, req, buffers, send)
	case bridge.HandOver:
		return w.handOver(req)
	case bridge.Pack:
		return w.pack(ctx, req, buffers, send)
	case bridge.Export:
		return w.export(ctx, req)
	case bridge.Cancel:
		return w.cancel(req)
	}
	return bridge.Response{}, nil, fmt.Errorf("The worker was asked to %q, which it does not know.", req.Verb)
}

// cancel stops a request. That it is no longer running is not an error: it may
// have ended while the message was on its way.
func (w *Worker) cancel(req bridge.Request) (bridge.Response, [][]byte, error) {
	w.mu.Lock()
	stop := w.running[req.Target]
	w.mu.Unlock()
	if stop != nil {
		stop()
	}
	return bridge.Response{}, nil, nil
}

// model returns a loaded model.
func (w *Worker) model(id string) (*held, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if h := w.models[id]; h != nil {
		return h, nil
	}
	return nil, fmt.Errorf("The model %q is not loaded.", id)
}

// inputs joins what a message says with the bytes that came beside it.
func inputs(list []bridge.Input, buffers [][]byte) ([]task.Input, error) {
	out := make([]task.Input, len(list))
	for i, in := range list {
		out[i] = task.Input{Name: in.Name, Text: in.Text}
		if in.Buffer < 0 {
			continue
		}
		if in.Buffer >= len(buffers) {
			return nil, fmt.Errorf("Input %d refers to buffer %d, but %d came with the message.", i+1, in.Buffer, len(buffers))
		}
		b := buffers[in.Buffer]
		if in.Width == 0 && in.Height == 0 {
			out[i].File = b
			continue
		}
		if in.Width <= 0 || in.Height <= 0 || len(b) != 4*in.Width*in.Height {
			return nil, fmt.Errorf("Input %d should be %d × %d pixels of 4 bytes, but has %d bytes.", i+1, in.Width, in.Height, len(b))
		}
		out[i].Pixels = &task.Pixels{Width: in.Width, Height: in.Height, RGBA: b}
	}
	return out, nil
}

func panicSentence(p any) string {
	return fmt.Sprintf("Something went wrong inside Wafer: %v.", p)
}
