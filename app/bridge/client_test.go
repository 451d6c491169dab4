package bridge

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"wafer/app/browser"
)

// wire is a transport whose worker is the test.
type wire struct {
	sent    []Request
	buffers [][]browser.Buffer
	message func(string, [][]byte)
	died    func(string)
	stopped bool
}

func (w *wire) send(text string, buffers []browser.Buffer) {
	var r Request
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		panic(err)
	}
	w.sent, w.buffers = append(w.sent, r), append(w.buffers, buffers)
}

func (w *wire) stop() { w.stopped = true }

func (w *wire) answer(r Response, buffers ...[]byte) { w.message(encode(r), buffers) }

// dialled returns a client and the list of the workers it starts.
func dialled() (*Client, *[]*wire) {
	wires := &[]*wire{}
	return &Client{dial: func(message func(string, [][]byte), died func(string)) (transport, error) {
		w := &wire{message: message, died: died}
		*wires = append(*wires, w)
		return w, nil
	}}, wires
}

func TestAnswersReachTheirCaller(t *testing.T) {
	c, wires := dialled()
	var first, second []Event
	a := c.Call(Request{Verb: Load, Model: "digits"}, nil, func(r Response, _ [][]byte) { first = append(first, r.Event) })
	var file []byte
	b := c.Call(Request{Verb: Teach}, []browser.Buffer{browser.Bytes([]byte{1})}, func(r Response, buffers [][]byte) {
		second = append(second, r.Event)
		if r.Event == Done {
			file = buffers[0]
		}
	})
	w := (*wires)[0]
	if len(*wires) != 1 || len(w.sent) != 2 || w.sent[0].ID != a || w.sent[1].ID != b || a == b {
		t.Fatalf("two calls should go to one worker as %d and %d, got %+v in %d workers", a, b, w.sent, len(*wires))
	}
	w.answer(Response{Event: Ready})
	w.answer(Response{ID: b, Event: Progress})
	w.answer(Response{ID: a, Event: Done})
	w.answer(Response{ID: b, Event: Done}, []byte("model"))
	w.answer(Response{ID: b, Event: Progress}) // after the end: nobody listens
	if len(first) != 1 || first[0] != Done {
		t.Errorf("the first call should hear [done], heard %v", first)
	}
	if len(second) != 2 || string(file) != "model" {
		t.Errorf("the second call should hear progress and done with the model file, heard %v with %q", second, file)
	}
}

func TestDeadWorkerIsReplaced(t *testing.T) {
	c, wires := dialled()
	restarts := 0
	c.OnRestart = func() { restarts++ }
	var last Response
	id := c.Call(Request{Verb: Classify}, nil, func(r Response, _ [][]byte) { last = r })
	old := (*wires)[0]
	old.died("out of memory")
	if last.Event != Failed || last.ID != id || !strings.Contains(last.Error, "out of memory") {
		t.Fatalf("the open call should fail with the reason, got %+v", last)
	}
	if !old.stopped || len(*wires) != 2 || restarts != 1 {
		t.Fatalf("expected the old worker stopped and one new one; stopped %v, %d workers, %d restarts", old.stopped, len(*wires), restarts)
	}
	last = Response{}
	id = c.Call(Request{Verb: Classify}, nil, func(r Response, _ [][]byte) { last = r })
	old.answer(Response{ID: id, Event: Done})
	if last.Event != "" {
		t.Errorf("what a dead worker still says must be ignored, got %+v", last)
	}
	old.died("again") // the event of its end may come twice
	(*wires)[1].answer(Response{ID: id, Event: Done})
	if last.Event != Done || len(*wires) != 2 {
		t.Errorf("the new worker's answer should arrive, got %+v with %d workers", last, len(*wires))
	}
}

func TestWorkerThatNeverLivesIsGivenUp(t *testing.T) {
	c, wires := dialled()
	failures := 0
	c.Call(Request{Verb: Load}, nil, func(Response, [][]byte) { failures++ })
	for i := 0; i < 10; i++ {
		(*wires)[len(*wires)-1].answer(Response{Event: Failed, Error: "its program could not be loaded."})
	}
	if len(*wires) != tooManyDeaths || failures != 1 {
		t.Fatalf("expected %d tries and one failed call, got %d and %d", tooManyDeaths, len(*wires), failures)
	}
	c.Call(Request{Verb: Load}, nil, func(Response, [][]byte) { failures++ })
	if len(*wires) != tooManyDeaths+1 {
		t.Errorf("a new call should try once more, but there are %d workers", len(*wires))
	}
}

func TestGarbageFromTheWorkerIsADeath(t *testing.T) {
	c, wires := dialled()
	var last Response
	c.Call(Request{Verb: Load}, nil, func(r Response, _ [][]byte) { last = r })
	(*wires)[0].message("{", nil)
	if last.Event != Failed || len(*wires) != 2 {
		t.Errorf("a broken message should fail the call and replace the worker, got %+v and %d workers", last, len(*wires))
	}
}

func TestNoWorkerAtAll(t *testing.T) {
	c := &Client{dial: func(func(string, [][]byte), func(string)) (transport, error) {
		return nil, errors.New("No workers here.")
	}}
	got := make(chan Response, 1)
	c.Call(Request{Verb: Load}, nil, func(r Response, _ [][]byte) { got <- r })
	if r := <-got; r.Event != Failed || r.Error != "No workers here." {
		t.Errorf("expected the reason as a failed answer, got %+v", r)
	}
}
