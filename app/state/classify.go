package state

import (
	"path"
	"slices"
	"strings"
	"time"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// Limits of what one batch takes.
const (
	MaxItems    = 2000
	MaxTextFile = 5_000_000 // bytes of a text file
	MaxTyped    = 100_000   // bytes in the text field: far more than any text model reads
)

// TypingPause is how long the text field waits for the next key before it asks.
const TypingPause = 180 * time.Millisecond

// SetKind switches between pictures and text.
func (s *Store) SetKind(kind task.Kind) {
	s.change(func(st *State) { st.Kind = kind })
	s.Prepare()
}

// Choose takes a model into use for its kind and answers anew what is there.
func (s *Store) Choose(id string) {
	m, ok := s.Get().Find(id)
	if !ok {
		return
	}
	s.change(func(st *State) {
		st.Kind = m.Kind
		st.Chosen = With(st.Chosen, m.Kind, id)
	})
	s.Prepare()
	if b := s.Get().Batch[m.Kind]; len(b.Items) > 0 && b.Model != id {
		s.Again(m.Kind)
	}
}

// Prepare loads the model in use ahead of the first input.
func (s *Store) Prepare() {
	st := s.Get()
	if m, ok := st.Model(st.Kind); ok && st.Loaded && !st.Load[m.ID].Ready {
		go s.Ready(m)
	}
}

// Again answers every input of a kind once more.
func (s *Store) Again(kind task.Kind) {
	b := s.Get().Batch[kind]
	items := append([]Item(nil), b.Items...)
	for i := range items {
		items[i].Step, items[i].Result = Waiting, task.Result{}
	}
	b.Items = items
	s.classify(kind, b)
}

// Clear takes inputs and answers of a kind away.
func (s *Store) Clear(kind task.Kind) {
	s.Say("classify", "")
	if kind == task.Text {
		s.change(func(st *State) { st.Typed, st.Put = "", st.Put+1 })
	}
	s.classify(kind, Batch{})
}

// Take classifies what was dropped, pasted or chosen. Pictures go to the picture
// model and texts to the text model, whichever is shown. It may block.
func (s *Store) Take(in browser.Intake) {
	s.Say("classify", "")
	s.Say(Imported, "")
	if IsModel(in.Files) {
		s.takeModels(in.Files)
		return
	}
	pictures, texts := sort(in.Files)
	switch {
	case len(pictures) > 0:
		list, left, err := s.gathered(pictures)
		switch {
		case err != nil:
			s.Say("classify", words.Explain(err))
			return
		case len(list) == 0 && len(texts) == 0 && !slices.ContainsFunc(pictures, isPicture):
			s.takeTexts(pictures, "teach.nopictures")
			return
		case len(list) == 0:
			s.Say("classify", words.T("teach.nopictures"))
			return
		case left != nil:
			s.Say("classify", words.Of("table.left", left).Text())
		}
		s.takePictures(list)
		if len(texts) > 0 {
			s.Say("classify", words.T("classify.mixed", len(texts)))
		}
	case len(texts) > 0:
		s.takeTexts(texts, "classify.text.empty")
	case strings.TrimSpace(in.Text) != "":
		s.change(func(st *State) { st.Kind = task.Text })
		s.PutText(in.Text)
	}
}

// isPicture says whether a file is no archive.
func isPicture(f browser.File) bool { return !isArchive(f) }

// sort tells pictures from texts by what the browser or the name says. A file of
// neither kind is given to the picture model, which says what is wrong with it.
func sort(files []browser.File) (pictures, texts []browser.File) {
	for _, f := range files {
		switch ext := strings.ToLower(path.Ext(f.Name)); {
		case strings.HasPrefix(path.Base(f.Name), "."): // .DS_Store and the like in folders
		case strings.HasPrefix(f.Type, "image/"):
			pictures = append(pictures, f)
		case strings.HasPrefix(f.Type, "text/"), ext == ".txt", ext == ".gz", bridge.IsTable(f.Name):
			texts = append(texts, f)
		default:
			pictures = append(pictures, f)
		}
	}
	return pictures, texts
}

// takePictures answers the first MaxItems of the files and says so where there are more.
func (s *Store) takePictures(files []browser.File) {
	if len(files) > MaxItems {
		s.Say("classify", words.T("classify.toomany", len(files), MaxItems))
		files = files[:MaxItems]
	}
	items := make([]Item, len(files))
	for i, f := range files {
		items[i] = Item{ID: s.number(), Name: f.Name, Image: f.URL(), file: f, size: f.Size}
	}
	s.change(func(st *State) { st.Kind = task.Image })
	s.classify(task.Image, Batch{Items: items})
}

// Drawn classifies a drawing; nil pixels mean that the pad is empty. image is an
// address of the drawing for <img>.
func (s *Store) Drawn(pixels []byte, image string) {
	if pixels == nil {
		s.classify(task.Image, Batch{})
		return
	}
	s.classify(task.Image, Batch{Drawing: true, Items: []Item{{ID: s.number(), Image: image, pixels: pixels}}})
}

// Sample classifies a shipped sample: a picture below /static/ or a sentence. It
// may block.
func (s *Store) Sample(kind task.Kind, sample string) {
	s.Say("classify", "")
	if kind == task.Text {
		s.PutText(sample)
		return
	}
	f, err := browser.Fetch(SampleURL(sample), words.T("classify.sample.name"))
	if err != nil {
		s.Say("classify", words.Explain(err))
		return
	}
	s.takePictures([]browser.File{f})
}

// SampleURL is the address of a sample picture, given as a path below /static/
// or from the root.
func SampleURL(sample string) string {
	if strings.HasPrefix(sample, "/") {
		return sample
	}
	return "/static/" + sample
}

// PutText puts a sentence into the text field.
func (s *Store) PutText(text string) {
	s.change(func(st *State) { st.Put++ })
	s.SetText(text)
}

// SetText says what is in the text field; the answer comes when the typing
// pauses.
func (s *Store) SetText(text string) {
	s.mu.Lock()
	s.typed++
	key := s.typed
	s.mu.Unlock()
	s.change(func(st *State) { st.Typed = text })
	time.AfterFunc(TypingPause, func() {
		s.mu.Lock()
		last := key == s.typed
		s.mu.Unlock()
		if last {
			s.answerTyped(text)
		}
	})
}

// answerTyped answers the text of the field; a blank one empties the batch, and one of more than MaxTyped bytes is
// refused without asking the model.
func (s *Store) answerTyped(text string) {
	if strings.TrimSpace(text) == "" {
		s.classify(task.Text, Batch{})
		return
	}
	it := Item{ID: s.number(), Text: text, size: int64(len(text))}
	if len(text) > MaxTyped {
		it.Step = Answered
		it.Result.Error = words.T("classify.write.long", words.Size(int64(len(text))), words.Size(MaxTyped))
	}
	s.classify(task.Text, Batch{Typed: true, Items: []Item{it}})
}

// number is one that no item of this visit had before.
func (s *Store) number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	return s.next
}
