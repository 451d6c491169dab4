package bridge

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"wafer/app/browser"
	"wafer/nn/task"
)

// wire is a transport whose worker is the test.
type wire struct {
	sent    []Message
	buffers [][]browser.Buffer
	message func(string, [][]byte)
	died    func(string)
	stopped bool
}

func (w *wire) send(text string, buffers []browser.Buffer) {
	var m Message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		panic(err)
	}
	w.sent, w.buffers = append(w.sent, m), append(w.buffers, buffers)
}

func (w *wire) stop() { w.stopped = true }

func (w *wire) answer(m Message, buffers ...[]byte) { w.message(string(encode(m)), buffers) }

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
	first, news := 0, 0
	a := Call(c, Load, LoadRequest{Model: "digits"}, nil, nil, func(done Loaded, _ [][]byte, err error) {
		if first++; done.Memory != 7 || err != nil {
			t.Errorf("the first call ends with %+v, %v; expected a memory of 7", done, err)
		}
	})
	var file []byte
	b := Call(c, Teach, TeachRequest{}, []browser.Buffer{browser.Bytes([]byte{1})},
		func(p task.Progress) { news += p.Epoch },
		func(_ Taught, files [][]byte, _ error) { file = files[0] })
	w := (*wires)[0]
	if len(*wires) != 1 || len(w.sent) != 2 || w.sent[0].ID != a || w.sent[1].ID != b || a == b {
		t.Fatalf("two calls should go to one worker as %d and %d, got %+v in %d workers", a, b, w.sent, len(*wires))
	}
	if got := string(w.sent[0].Body); w.sent[0].Verb != "load" || got != `{"model":"digits"}` {
		t.Errorf("the first call went out as %q with %s", w.sent[0].Verb, got)
	}
	w.answer(Message{Event: Ready})
	w.answer(Message{ID: b, Event: Progress, Body: []byte(`{"epoch":3}`)})
	w.answer(Message{ID: a, Event: Done, Body: []byte(`{"memory":7}`)})
	w.answer(Message{ID: b, Event: Done}, []byte("model"))
	w.answer(Message{ID: b, Event: Progress, Body: []byte(`{"epoch":4}`)}) // after the end: nobody listens
	if first != 1 {
		t.Errorf("the first call should end once, ended %d times", first)
	}
	if news != 3 || string(file) != "model" {
		t.Errorf("the second call should hear of epoch 3 and get the model file, heard of %d and got %q", news, file)
	}
}

// An answer that is not of the verb's type is an error in words, not a zero value that looks like an answer.
func TestAnAnswerOfTheWrongTypeIsAnError(t *testing.T) {
	c, wires := dialled()
	var failed error
	id := Call(c, Load, LoadRequest{}, nil, nil, func(_ Loaded, _ [][]byte, err error) { failed = err })
	(*wires)[0].answer(Message{ID: id, Event: Done, Body: []byte(`{"memory":"much"}`)})
	if failed == nil || !strings.Contains(failed.Error(), "cannot be read") {
		t.Errorf("got %v, expected that the message cannot be read", failed)
	}
}

// Every verb's request and answers come out on the other side as they went in.
func TestRequestsReachTheirHandlers(t *testing.T) {
	h := Handlers{}
	Handle(h, Classify, func(a Asked[Answer], q ClassifyRequest) (None, [][]byte, error) {
		for i, in := range q.Inputs {
			a.News(Answer{Index: i, Result: task.Result{Name: in.Name + string(a.Buffers[in.Buffer])}})
		}
		return None{}, [][]byte{[]byte("file")}, nil
	})
	Handle(h, Unload, func(_ Asked[None], q UnloadRequest) (None, [][]byte, error) {
		return None{}, nil, errors.New("There is no " + q.Model + ".")
	})
	for _, c := range []struct {
		m    Message
		want string
	}{
		{Message{Verb: "classify", Body: []byte(`{"inputs":[{"name":"a","buffer":0}]}`)},
			`progress {"index":0,"result":{"name":"ab"`},
		{Message{Verb: "unload", Body: []byte(`{"model":"m"}`)}, "error  There is no m."},
		{Message{Verb: "unload", Body: []byte(`[]`)},
			"error  A message between the page and its worker cannot be read"},
		{Message{Verb: "sing"}, `error  The worker was asked to "sing"`},
	} {
		var heard []string
		h.Answer(t.Context(), c.m, [][]byte{[]byte("b")}, func(m Message, files ...[]byte) {
			heard = append(heard, string(m.Event)+" "+string(m.Body)+" "+m.Error)
		})
		if !strings.HasPrefix(heard[0], c.want) {
			t.Errorf("%s: heard %q, expected %q…", c.m.Verb, heard, c.want)
		}
	}
}

func TestDeadWorkerIsReplaced(t *testing.T) {
	c, wires := dialled()
	restarts := 0
	c.OnRestart = func() { restarts++ }
	var last Message
	id := c.Send("classify", nil, nil, func(r Message, _ [][]byte) { last = r })
	old := (*wires)[0]
	old.died("out of memory")
	if last.Event != Failed || last.ID != id || !strings.Contains(last.Error, "out of memory") {
		t.Fatalf("the open call should fail with the reason, got %+v", last)
	}
	if !old.stopped || len(*wires) != 2 || restarts != 1 {
		t.Fatalf("expected the old worker stopped and one new one; stopped %v, %d workers, %d restarts", old.stopped,
			len(*wires), restarts)
	}
	last = Message{}
	id = c.Send("classify", nil, nil, func(r Message, _ [][]byte) { last = r })
	old.answer(Message{ID: id, Event: Done})
	if last.Event != "" {
		t.Errorf("what a dead worker still says must be ignored, got %+v", last)
	}
	old.died("again") // the event of its end may come twice
	(*wires)[1].answer(Message{ID: id, Event: Done})
	if last.Event != Done || len(*wires) != 2 {
		t.Errorf("the new worker's answer should arrive, got %+v with %d workers", last, len(*wires))
	}
}

func TestWorkerThatNeverLivesIsGivenUp(t *testing.T) {
	c, wires := dialled()
	failures := 0
	c.Send("load", nil, nil, func(Message, [][]byte) { failures++ })
	for i := 0; i < 10; i++ {
		(*wires)[len(*wires)-1].answer(Message{Event: Failed, Error: "its program could not be loaded."})
	}
	if len(*wires) != tooManyDeaths || failures != 1 {
		t.Fatalf("expected %d tries and one failed call, got %d and %d", tooManyDeaths, len(*wires), failures)
	}
	c.Send("load", nil, nil, func(Message, [][]byte) { failures++ })
	if len(*wires) != tooManyDeaths+1 {
		t.Errorf("a new call should try once more, but there are %d workers", len(*wires))
	}
}

func TestGarbageFromTheWorkerIsADeath(t *testing.T) {
	c, wires := dialled()
	var last Message
	c.Send("load", nil, nil, func(r Message, _ [][]byte) { last = r })
	(*wires)[0].message("{", nil)
	if last.Event != Failed || len(*wires) != 2 {
		t.Errorf("a broken message should fail the call and replace the worker, got %+v and %d workers", last,
			len(*wires))
	}
}

func TestNoWorkerAtAll(t *testing.T) {
	c := &Client{dial: func(func(string, [][]byte), func(string)) (transport, error) {
		return nil, errors.New("No workers here.")
	}}
	got := make(chan Message, 1)
	c.Send("load", nil, nil, func(r Message, _ [][]byte) { got <- r })
	if r := <-got; r.Event != Failed || r.Error != "No workers here." {
		t.Errorf("expected the reason as a failed answer, got %+v", r)
	}
}

// A worker that was stopped on purpose fails what it was asked, in words, and what it still says reaches nobody; the
// next request gets a worker of its own. A caller that was forgotten would wait for ever.
func TestAStoppedWorkerFailsWhatItWasAsked(t *testing.T) {
	c, wires := dialled()
	c.OnRestart = func() { t.Error("a worker that was stopped counts as one that died") }
	ends, failed := 0, error(nil)
	id := Call(c, Load, LoadRequest{Model: "digits"}, nil, nil, func(_ Loaded, _ [][]byte, err error) {
		ends, failed = ends+1, err
	})
	c.Stop()
	if w := (*wires)[0]; ends != 1 || failed == nil || failed.Error() != "It was stopped." || !w.stopped {
		t.Errorf("the call ended %d times with %v, the worker was stopped: %v", ends, failed, w.stopped)
	}
	(*wires)[0].answer(Message{ID: id, Event: Done, Body: []byte(`{"memory":7}`)})
	(*wires)[0].died("it was ended")
	if c.Stop(); ends != 1 {
		t.Errorf("after its end the call ended again, %d times in all", ends)
	}
	Tell(c, Unload, UnloadRequest{Model: "digits"})
	if len(*wires) != 2 || len((*wires)[1].sent) != 1 {
		t.Fatalf("there were %d workers, expected another for the next request", len(*wires))
	}
	(*wires)[1].answer(Message{ID: id, Event: Done, Body: []byte(`{"memory":7}`)})
	if ends != 1 {
		t.Error("the answer of a new worker reached a caller of the old one")
	}
}

// Start has the worker ready before the first request, and one only.
func TestStartLaunchesOneWorker(t *testing.T) {
	c, wires := dialled()
	for range 2 {
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error)
	go func() {
		_, files, err := Ask(c, Describe, None{}, browser.Bytes([]byte("model")))
		if err == nil && len(files) != 0 {
			t.Errorf("the answer came with %d files, expected none", len(files))
		}
		done <- err
	}()
	for asked := false; !asked; time.Sleep(time.Millisecond) {
		c.mu.Lock()
		asked = len(c.pending) == 1
		c.mu.Unlock()
	}
	w := (*wires)[0]
	if len(*wires) != 1 || len(w.buffers[0]) != 1 {
		t.Errorf("%d workers, the first with buffers %v; expected one worker, one request and its buffer", len(*wires),
			w.buffers)
	}
	w.answer(Message{ID: w.sent[0].ID, Event: Failed, Error: "It is no model."})
	if err := <-done; err == nil || err.Error() != "It is no model." {
		t.Errorf("the question ended with %v, expected the worker's sentence", err)
	}
}
