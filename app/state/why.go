package state

import (
	"slices"
	"strings"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// Why is the explanation of the one answer that is shown, and what was changed of a text to see what that does. The
// zero value: nobody has asked.
type Why struct {
	Asked  bool
	Busy   bool
	Error  string
	Found  *bridge.Explained
	URL    string       // of the painted map of a picture
	Out    []bool       // parts of a text that are left out, by place; replaced, never written to
	Result *task.Result // the answer without them, nil: nothing is left out, or it is on its way
}

// Answer is the result with the changed text's in its place, where there is one.
func (w Why) Answer(r task.Result) task.Result {
	if w.Result == nil || len(w.Result.Scores) == 0 {
		return r
	}
	return *w.Result
}

// Left is how many parts are left out.
func (w Why) Left() (n int) {
	for _, out := range w.Out {
		if out {
			n++
		}
	}
	return n
}

// toggled leaves a part out or puts it back; −1 puts all back.
func (w Why) toggled(part int) Why {
	w.Out, w.Result = slices.Clone(w.Out), nil
	for i := range w.Out {
		w.Out[i] = part >= 0 && w.Out[i] != (i == part)
	}
	return w
}

// rest is the text without what is left out.
func (w Why) rest() string {
	var b strings.Builder
	for i, p := range w.Found.Parts {
		if !w.Out[i] {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// Release frees the address of the map, unless the one that takes its place has it, too.
func (w Why) Release(next Why) {
	if w.URL != "" && w.URL != next.URL {
		browser.Release(w.URL)
	}
}

// Explained asks why a model gives an input its label; the model's file goes along where the explainer has another. It
// blocks.
func (s *Store) Explained(m task.Model, index int, in bridge.Input, buffers []browser.Buffer) (w Why) {
	w.Asked = true
	if _, err := s.Seal(m.ID); err != nil { // a model that has no file yet has no hash
		w.Error = words.Explain(err)
		return w
	}
	if kept, ok := s.Get().Find(m.ID); ok {
		m = kept
	}
	q := bridge.ExplainRequest{Key: m.SHA256, Input: in, Index: index}
	found, files, err := bridge.Ask(s.Explainer, bridge.Explain, q, buffers...)
	if err != nil && err.Error() == bridge.Lost {
		var own []browser.Buffer
		if own, err = s.filesOf(m); err == nil {
			found, files, err = bridge.Ask(s.Explainer, bridge.Explain, q, append(buffers, own...)...)
		}
	}
	if err != nil {
		w.Error = words.Explain(err)
		return w
	}
	w.Found, w.Out = &found, make([]bool, len(found.Parts))
	if len(files) > 0 {
		w.URL = browser.NewFile("", "image/bmp", files[0]).URL()
	}
	return w
}

// Without leaves a part of the explained text out, or puts it back, −1 all, and asks the model about what is left. set
// gets what is to be shown, at once and when the answer is there.
func (s *Store) Without(m task.Model, w Why, part int, set func(before, after Why)) {
	if w.Found == nil {
		return
	}
	next := w.toggled(part)
	set(w, next)
	if next.Left() == 0 {
		return
	}
	go func() {
		r := s.answerOne(m, bridge.Input{Text: next.rest(), Buffer: -1})
		done := next
		done.Result = &r
		set(next, done)
	}()
}

// Same tells the same explanation with the same parts left out.
func (w Why) Same(v Why) bool { return w.Found == v.Found && slices.Equal(w.Out, v.Out) }

// Ask explains an answer, or takes the explanation away that is there; set shows one and tells whether its input is
// still there.
func (s *Store) Ask(m task.Model, r task.Result, now Why, set func(Why) bool, in bridge.Input,
	buffers []browser.Buffer) {
	if now.Asked {
		set(Why{})
		return
	}
	set(Why{Asked: true, Busy: true})
	go func() {
		if w := s.Explained(m, r.Scores[0].Index, in, buffers); !set(w) {
			w.Release(Why{})
		}
	}()
}

// AskWhy explains the one answer that Classify shows, or takes its explanation away.
func (s *Store) AskWhy(kind task.Kind) {
	st := s.Get()
	m, ok := st.Model(kind)
	b := st.Batch[kind]
	if !ok || len(b.Items) != 1 || len(b.Items[0].Result.Scores) == 0 {
		return
	}
	it := b.Items[0]
	in, buffers := it.input(0)
	s.Ask(m, it.Result, b.Why, func(w Why) bool { return s.setWhy(kind, it.ID, w) }, in, buffers)
}

// setWhy shows an explanation as long as its input is there.
func (s *Store) setWhy(kind task.Kind, item int, w Why) (shown bool) {
	s.change(func(st *State) {
		if b := st.Batch[kind]; len(b.Items) == 1 && b.Items[0].ID == item {
			b.Why.Release(w)
			b.Why, shown = w, true
			st.Batch = With(st.Batch, kind, b)
		}
	})
	return shown
}

// LeaveOut leaves a part of the explained text out on Classify, or puts it back, −1 all.
func (s *Store) LeaveOut(part int) {
	st := s.Get()
	b := st.Batch[task.Text]
	m, ok := st.Model(task.Text)
	if !ok || len(b.Items) != 1 {
		return
	}
	s.Without(m, b.Why, part, func(before, after Why) {
		if now := s.Get().Batch[task.Text]; now.Why.Same(before) {
			s.setWhy(task.Text, b.Items[0].ID, after)
		}
	})
}
