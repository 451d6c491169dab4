package state

import (
	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// OpenCamera shows the camera in place of the field to drop on.
func (s *Store) OpenCamera() {
	s.Say("classify", "")
	s.change(func(st *State) { st.Camera = true })
	s.Prepare()
}

// CloseCamera shows the field to drop on again; a live answer goes with the camera.
func (s *Store) CloseCamera() {
	s.change(func(st *State) { st.Camera = false })
	if s.Get().Batch[task.Image].Live {
		s.Clear(task.Image)
	}
}

// See answers a frame of the camera, width·height RGBA pixels, unless an earlier one is still being answered. Its
// answer takes the place of the last one at once, so that nothing flickers in between.
func (s *Store) See(pixels []byte, width, height int) {
	st := s.Get()
	m, ok := st.Model(task.Image)
	if !ok || !st.Camera {
		return
	}
	s.mu.Lock()
	busy := s.seeing
	s.seeing = true
	s.mu.Unlock()
	if busy {
		return
	}
	go func() {
		defer s.saw()
		if err := s.Ready(m); err != nil {
			s.showLive(m, task.Result{Error: words.Explain(err)})
			return
		}
		s.showLive(m, s.answerOne(m, bridge.Input{Width: width, Height: height}, browser.Bytes(pixels)))
	}()
}

// saw lets the next picture of the camera through.
func (s *Store) saw() {
	s.mu.Lock()
	s.seeing = false
	s.mu.Unlock()
}

// InWords is the result of an answer with its error and its warning in the language of the page.
func InWords(a bridge.Answer) task.Result {
	r := a.Result
	r.Error, r.Note = words.Translate(a.Error, r.Error), words.Translate(a.Note, r.Note)
	return r
}

// answerOne has the worker answer one input and waits for it.
func (s *Store) answerOne(m task.Model, in bridge.Input, buffers ...browser.Buffer) (r task.Result) {
	done := make(chan struct{})
	ask := bridge.ClassifyRequest{Model: m.ID, Inputs: []bridge.Input{in}}
	bridge.Call(s.worker, bridge.Classify, ask, buffers,
		func(a bridge.Answer) { r = InWords(a); s.timed(m, r) },
		func(_ bridge.None, _ [][]byte, err error) {
			if err != nil {
				r = task.Result{Error: words.Explain(err)}
			}
			close(done)
		})
	<-done
	return r
}

// showLive shows the answer to a frame while the camera is open.
func (s *Store) showLive(m task.Model, r task.Result) {
	if !s.Get().Camera {
		return
	}
	before := s.Get().Batch[task.Image]
	if !before.Live {
		s.Stop(task.Image)
		releaseExcept(before.Items, nil)
	}
	b := Batch{Model: m.ID, Live: true, Items: []Item{{ID: s.number(), Step: Answered, Result: r}}}
	s.change(func(st *State) { st.Batch = With(st.Batch, task.Image, b) })
}
