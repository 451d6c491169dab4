package client

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/nn/json"
	"wafer/nn/say"
	"wafer/server/api"
)

// Events calls on for every event of a job with a number above after, each once and in their order, until
// one is final, stop is called, or the server refuses. Events that come close together are told together, since
// short epochs end hundreds of times a second. state tells in between how the connection is:
// nil when there is one, else why not; an error that is not Passing is the end. on and state must not block.
func (s Server) Events(id string, after uint64, on func([]api.Event), state func(error)) (stop func()) {
	f := &follower{id: id, sequence: sequence{last: after}, heard: batch{on: on, every: tellEvery}, state: state,
		ended: make(chan struct{}, 1)}
	if !app.IsServer {
		go f.run(s)
	}
	return func() {
		if !f.stopped.Swap(true) {
			f.heard.drop()
			f.end()
		}
	}
}

// sequence takes events that may come twice or with a gap.
type sequence struct{ last uint64 }

// tellEvery is how long events are gathered before they are told.
const tellEvery = 200 * time.Millisecond

// batch gathers events from the first on for a while and tells them together.
type batch struct {
	on    func([]api.Event)
	every time.Duration

	mu      sync.Mutex
	events  []api.Event
	dropped bool
}

func (b *batch) add(e api.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.events = append(b.events, e); len(b.events) == 1 {
		time.AfterFunc(b.every, b.tell)
	}
}

// tell tells what there is now.
func (b *batch) tell() {
	b.mu.Lock()
	events := b.events
	b.events = nil
	if b.dropped {
		events = nil
	}
	b.mu.Unlock()
	if len(events) > 0 {
		b.on(events)
	}
}

// drop tells nothing any more.
func (b *batch) drop() {
	b.mu.Lock()
	b.dropped = true
	b.mu.Unlock()
}

// verdict says what to do with an event.
type verdict int

const (
	take  verdict = iota // it is the next one
	known                // it was taken before
	gap                  // ones before it are missing: ask again
)

func (s *sequence) take(e api.Event) verdict {
	switch {
	case e.Seq <= s.last:
		return known
	case e.Seq > s.last+1:
		return gap
	}
	s.last = e.Seq
	return take
}

// follower holds an EventSource. The browser connects again by itself, with Last-Event-ID, when a connection
// breaks; where it gives up, which it does at every answer but 200, run asks why and opens another.
type follower struct {
	sequence
	id      string
	heard   batch
	state   func(error)
	stopped atomic.Bool
	final   bool
	ended   chan struct{} // this EventSource is of no more use
}

func (f *follower) end() {
	select {
	case f.ended <- struct{}{}:
	default:
	}
}

// Pauses before another EventSource is opened.
const (
	firstPause = 500 * time.Millisecond
	longPause  = 10 * time.Second
)

func (f *follower) run(s Server) {
	for pause := firstPause; !f.stopped.Load(); pause = min(2*pause, longPause) {
		before := f.last
		f.listen()
		if f.final || f.stopped.Load() {
			return
		}
		if f.last > before {
			pause = firstPause
		}
		job, err := s.Job(f.id)
		switch {
		case err != nil && !Passing(err):
			f.state(err)
			return
		case err == nil && job.Status.State.Final() && job.Seq == f.last:
			return
		case err != nil:
			f.state(err)
		}
		time.Sleep(pause)
	}
}

// listen opens one EventSource and returns when it is done with.
func (f *follower) listen() {
	source := app.Window().Get("EventSource").New(jobURL(f.id) + "/events?after=" + strconv.FormatUint(f.last, 10))
	open := app.FuncOf(func(app.Value, []app.Value) any { f.state(nil); return nil })
	message := app.FuncOf(func(_ app.Value, args []app.Value) any {
		f.hear(args[0].Get("data").String())
		return nil
	})
	broken := app.FuncOf(func(app.Value, []app.Value) any {
		if source.Get("readyState").Int() == 2 { // closed
			f.end()
		} else if !f.final && !f.stopped.Load() { // the browser is at it again
			f.state(said(0, say.New("the connection was interrupted")))
		}
		return nil
	})
	source.Set("onopen", open)
	source.Set("onmessage", message)
	source.Set("onerror", broken)
	<-f.ended
	source.Call("close")
	for _, h := range []string{"onopen", "onmessage", "onerror"} {
		source.Set(h, nil)
	}
	open.Release()
	message.Release()
	broken.Release()
}

func (f *follower) hear(text string) {
	var e api.Event
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		f.end()
		return
	}
	if f.stopped.Load() || f.final {
		return
	}
	switch f.sequence.take(e) {
	case gap:
		f.end()
	case take:
		f.final = e.Status.State.Final()
		f.heard.add(e)
		if f.final {
			f.heard.tell()
			f.end()
		}
	}
}
