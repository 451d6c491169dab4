package state

import (
	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// Inputs go to the worker a few at a time: the worker reads the files of one
// message at once, and Stop ends between messages.
const (
	messageItems = 8
	messageBytes = 24 << 20
)

// run is the work on one batch. A newer batch of the same kind ends it.
type run struct {
	stopped chan struct{}
	request int // the message the worker is busy with, 0 for none
}

// classify starts to answer the items of a kind with the model in use and lets
// go of what was answered before.
func (s *Store) classify(kind task.Kind, b Batch) {
	r := &run{stopped: make(chan struct{})}
	s.mu.Lock()
	old := s.runs[kind]
	s.runs[kind] = r
	before := s.state.Batch[kind]
	s.mu.Unlock()
	if old != nil {
		s.halt(old)
	}
	releaseExcept(before.Items, b.Items)
	m, ok := s.Get().Model(kind)
	b.Model, b.Running, b.Error = m.ID, ok && len(b.Items) > 0, ""
	before.Why.Release(Why{})
	b.Why = Why{}
	s.change(func(st *State) { st.Batch = With(st.Batch, kind, b) })
	if b.Running {
		go s.work(r, kind, m)
	}
}

// Stop ends the work on a batch; what is answered stays.
func (s *Store) Stop(kind task.Kind) {
	s.mu.Lock()
	r := s.runs[kind]
	s.mu.Unlock()
	if r != nil {
		s.halt(r)
	}
	s.update(r, kind, func(b *Batch) { b.Running = false })
}

// halt stops a run: no more messages go out, and the one under way is cancelled. It may be called again.
func (s *Store) halt(r *run) {
	s.mu.Lock()
	select {
	case <-r.stopped:
	default:
		close(r.stopped)
	}
	busy := r.request
	s.mu.Unlock()
	if busy != 0 {
		bridge.Tell(s.worker, bridge.Cancel, bridge.Target{Request: busy})
	}
}

// Resume answers what Stop left unanswered.
func (s *Store) Resume(kind task.Kind) {
	b := s.Get().Batch[kind]
	s.classify(kind, b)
}

// work loads the model and sends message after message.
func (s *Store) work(r *run, kind task.Kind, m task.Model) {
	if err := s.Ready(m); err != nil {
		s.update(r, kind, func(b *Batch) { b.Running, b.Error = false, words.Explain(err) })
		return
	}
	for !r.over() {
		from, to := nextMessage(s.Get().Batch[kind].Items)
		if from == to {
			break
		}
		if !s.send(r, kind, m, from, to) {
			break
		}
	}
	s.update(r, kind, func(b *Batch) { b.Running = false })
}

// over tells a run that was stopped.
func (r *run) over() bool {
	select {
	case <-r.stopped:
		return true
	default:
		return false
	}
}

// nextMessage says which items go together next: from the first one without an
// answer on, up to the limits of a message.
func nextMessage(items []Item) (from, to int) {
	for from < len(items) && items[from].Step == Answered {
		from++
	}
	bytes := int64(0)
	for to = from; to < len(items) && to-from < messageItems && items[to].Step != Answered; to++ {
		bytes += items[to].size
		if to > from && bytes > messageBytes {
			break
		}
	}
	return from, to
}

// send has items [from, to) answered and reports whether to go on.
func (s *Store) send(r *run, kind task.Kind, m task.Model, from, to int) bool {
	req := bridge.ClassifyRequest{Model: m.ID}
	var buffers []browser.Buffer
	for _, it := range s.Get().Batch[kind].Items[from:to] {
		in, b := it.input(len(buffers))
		req.Inputs, buffers = append(req.Inputs, in), append(buffers, b...)
	}
	s.update(r, kind, func(b *Batch) { b.Items = working(b.Items, from, to) })
	done := make(chan string, 1)
	id := bridge.Call(s.worker, bridge.Classify, req, buffers,
		func(a bridge.Answer) {
			s.timed(m, a.Result)
			s.update(r, kind, func(b *Batch) { b.Items = answered(b.Items, from+a.Index, InWords(a)) })
		},
		func(_ bridge.None, _ [][]byte, err error) {
			if err != nil {
				done <- words.Explain(err)
				return
			}
			done <- ""
		})
	s.mu.Lock()
	r.request = id
	s.mu.Unlock()
	select {
	case <-r.stopped:
		return false
	case trouble := <-done:
		s.finish(r, kind, from, to, trouble)
	}
	s.mu.Lock()
	r.request = 0
	s.mu.Unlock()
	return true
}

// finish makes sure that every item of a message has an answer: an error where
// the worker said nothing.
func (s *Store) finish(r *run, kind task.Kind, from, to int, trouble string) {
	if trouble == "" {
		trouble = words.T("classify.noanswer")
	}
	s.update(r, kind, func(b *Batch) {
		for i := from; i < to && i < len(b.Items); i++ {
			if b.Items[i].Step != Answered {
				b.Items = answered(b.Items, i, task.Result{Name: b.Items[i].Name, Error: trouble})
			}
		}
	})
}

// working are the items with those from..to marked as under way; the list itself stays.
func working(items []Item, from, to int) []Item {
	c := append([]Item(nil), items...)
	for i := from; i < to && i < len(c); i++ {
		c[i].Step = Working
	}
	return c
}

// update changes the batch of a kind unless a newer run has taken it over.
func (s *Store) update(r *run, kind task.Kind, do func(*Batch)) {
	s.mu.Lock()
	current := s.runs[kind] == r
	s.mu.Unlock()
	if !current {
		return
	}
	s.change(func(st *State) {
		b := st.Batch[kind]
		do(&b)
		st.Batch = With(st.Batch, kind, b)
	})
}

// releaseExcept frees the addresses of pictures that are no longer shown.
func releaseExcept(old, shown []Item) {
	keep := map[string]bool{}
	for _, it := range shown {
		keep[it.Image] = true
	}
	for _, it := range old {
		if it.Image != "" && it.pixels == nil && !keep[it.Image] {
			browser.Release(it.Image)
		}
	}
}
