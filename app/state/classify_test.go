package state

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/state/statetest"
	"wafer/app/store"
	"wafer/nn/task"
	"wafer/server/api"
)

// worker answers as the test says; by default every input is a "7".
type worker struct {
	*statetest.Worker
	mu       sync.Mutex
	hold     chan struct{} // if set, Classify waits for it
	loadFail string
}

func newWorker() *worker {
	w := &worker{Worker: statetest.NewWorker()}
	bridge.Handle(w.Handlers, bridge.Load, w.load)
	bridge.Handle(w.Handlers, bridge.Classify, w.classify)
	bridge.Handle(w.Handlers, bridge.Export, w.export)
	w.Reads()
	bridge.Handle(w.Handlers, bridge.Describe,
		func(bridge.Asked[bridge.None], bridge.None) (bridge.Described, [][]byte, error) {
			m := task.Model{ID: "digits", SHA256: "0123456789abcdef", Title: "D", Kind: task.Image,
				Labels: []string{"a", "b"}}
			return bridge.Described{Model: m}, nil, nil
		})
	return w
}

// holdAll makes Classify wait for a channel from now on.
func (w *worker) holdAll(c chan struct{}) {
	w.mu.Lock()
	w.hold = c
	w.mu.Unlock()
}

// failLoads makes every Load fail with a sentence, or "" succeed.
func (w *worker) failLoads(why string) {
	w.mu.Lock()
	w.loadFail = why
	w.mu.Unlock()
}

func (w *worker) load(a bridge.Asked[bridge.Loading], _ bridge.LoadRequest) (done bridge.Loaded, _ [][]byte,
	err error) {
	w.mu.Lock()
	fail := w.loadFail
	w.mu.Unlock()
	if fail != "" {
		return done, nil, errors.New(fail)
	}
	a.News(bridge.Loading{Loaded: 5, Total: 10})
	return done, nil, nil
}

func (w *worker) classify(a bridge.Asked[bridge.Answer], q bridge.ClassifyRequest) (done bridge.None, _ [][]byte,
	err error) {
	w.mu.Lock()
	hold := w.hold
	w.mu.Unlock()
	if hold != nil {
		<-hold
	}
	for i, in := range q.Inputs {
		r := task.Result{Name: in.Name, Scores: []task.Score{{Label: "7", Index: 7, Probability: 0.9}}, Millis: 2}
		if strings.HasPrefix(in.Name, "bad") {
			r = task.Result{Name: in.Name, Error: "This is not a picture."}
		}
		if !strings.HasPrefix(in.Name, "mute") {
			a.News(bridge.Answer{Index: i, Result: r})
		}
	}
	return done, nil, nil
}

func (w *worker) export(_ bridge.Asked[bridge.None], q bridge.ExportRequest) (done bridge.None, _ [][]byte, err error) {
	if q.Weights != "" {
		return done, nil, errors.New("No such weights.")
	}
	return done, [][]byte{make([]byte, 1500)}, nil
}

func (w *worker) classified() int { return len(w.Sent(string(bridge.Classify))) }
func (w *worker) loads() int      { return len(w.Sent(string(bridge.Load))) }

var (
	digits = task.Model{ID: "digits", Kind: task.Image, Labels: []string{"0", "1", "2", "3", "4", "5", "6", "7"},
		SHA256: "d1", Title: "Digits", Drawing: true}
	land = task.Model{ID: "land", Kind: task.Image, Labels: []string{"forest", "river"}, SHA256: "a1",
		Title: "Land"}
	sentiment = task.Model{ID: "sentiment", Kind: task.Text, Labels: []string{"negative", "positive"}, SHA256: "e1",
		Title: "Sentiment", Binary: true}
)

func opened(t *testing.T) (*Store, *worker) {
	t.Helper()
	w := newWorker()
	s := New(w, func() (api.Catalogue, string, error) {
		return api.Catalogue{Models: []task.Model{digits, land, sentiment}}, "{}", nil
	}, store.Open)
	s.Reader = w
	s.Open(nil)
	s.Refresh()
	return s, w
}

// Megabytes of a network come when its page is shown: who only teaches texts in Chinese needs none.
func TestOnlyTheClassifyPageLoadsAhead(t *testing.T) {
	w := newWorker()
	s := New(w, func() (api.Catalogue, string, error) {
		return api.Catalogue{Models: []task.Model{digits}}, "{}", nil
	}, store.Open)
	s.Refresh()
	if l := s.Get().Load; len(l) != 0 || w.loads() != 0 {
		t.Errorf("expected no model on its way while another page is shown, found %v and %d loads", l, w.loads())
	}
	s.Open(nil)
	settled(t, s, "the model of the Classify page", func(st State) bool { return st.Load["digits"].Ready })
}

// settled waits until a condition holds.
func settled(t *testing.T, s *Store, what string, holds func(State) bool) State {
	t.Helper()
	for range 4000 {
		if st := s.Get(); holds(st) {
			return st
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("waited in vain for: %s; the state is %+v", what, s.Get().Batch)
	return State{}
}

func allAnswered(kind task.Kind, n int) func(State) bool {
	return func(st State) bool {
		b := st.Batch[kind]
		return len(b.Items) == n && b.Done() == n && !b.Running
	}
}

func files(names ...string) []browser.File {
	var list []browser.File
	for _, n := range names {
		list = append(list, browser.NewFile(n, "image/png", []byte{1}))
	}
	return list
}

func TestPicturesAreAnsweredInOrderAndFewAtATime(t *testing.T) {
	s, w := opened(t)
	var names []string
	for i := range 20 {
		names = append(names, "p"+strconv.Itoa(i)+".png")
	}
	names[3], names[4] = "bad.png", "mute.png"
	s.Take(browser.Intake{Files: files(names...)})
	st := settled(t, s, "20 answers", allAnswered(task.Image, 20))
	for i, it := range st.Batch[task.Image].Items {
		switch {
		case it.Name != names[i]:
			t.Errorf("item %d should be %s, is %s", i, names[i], it.Name)
		case i == 3 && it.Result.Error != "This is not a picture.":
			t.Errorf("the error of one picture should stand at that picture, got %+v", it.Result)
		case i == 4 && it.Result.Error == "":
			t.Error("an input that the worker says nothing about must get an error, not stay open")
		case i > 4 && (len(it.Result.Scores) != 1 || it.Result.Scores[0].Label != "7"):
			t.Errorf("item %d should be a 7, got %+v", i, it.Result)
		}
	}
	if n := w.classified(); n != 3 {
		t.Errorf("20 small inputs should go in 3 messages of at most %d, went in %d", messageItems, n)
	}
	if n := w.loads(); n != 1 {
		t.Errorf("the model should be loaded once, was %d times", n)
	}
}

func TestStopKeepsWhatIsAnsweredAndResumeGoesOn(t *testing.T) {
	s, w := opened(t)
	w.holdAll(make(chan struct{}, 100))
	var names []string
	for i := range 12 {
		names = append(names, strconv.Itoa(i)+".png")
	}
	w.hold <- struct{}{}
	s.Take(browser.Intake{Files: files(names...)})
	settled(t, s, "the first message", func(st State) bool { return st.Batch[task.Image].Done() == 8 })
	settled(t, s, "the second message under way", func(st State) bool { return w.classified() == 2 })
	time.Sleep(20 * time.Millisecond)
	s.Stop(task.Image)
	st := s.Get()
	if b := st.Batch[task.Image]; b.Running || b.Done() != 8 || len(b.Items) != 12 {
		t.Fatalf("after Stop expected 8 of 12 answered and nothing running, got %d of %d, running %v", b.Done(),
			len(b.Items), b.Running)
	}
	if cancels := w.Sent(string(bridge.Cancel)); len(cancels) != 1 {
		t.Errorf("Stop should cancel the message under way, cancelled %v", cancels)
	}
	close(w.hold)
	s.Resume(task.Image)
	settled(t, s, "all 12", allAnswered(task.Image, 12))
}

func TestNewInputReplacesTheOldOneWhileItRuns(t *testing.T) {
	s, w := opened(t)
	w.holdAll(make(chan struct{}))
	s.Take(browser.Intake{Files: files("old.png")})
	settled(t, s, "the old one under way", func(State) bool { return w.classified() == 1 })
	s.Take(browser.Intake{Files: files("new.png")})
	close(w.hold)
	st := settled(t, s, "the new one", allAnswered(task.Image, 1))
	if got := st.Batch[task.Image].Items[0].Name; got != "new.png" {
		t.Errorf("expected the answer to new.png, found %s", got)
	}
}

func TestAnotherModelAnswersTheSameInputs(t *testing.T) {
	s, w := opened(t)
	s.Take(browser.Intake{Files: files("a.png", "b.png")})
	settled(t, s, "two answers", allAnswered(task.Image, 2))
	s.Choose("land")
	st := settled(t, s, "two answers of land",
		func(st State) bool { return st.Batch[task.Image].Model == "land" && allAnswered(task.Image, 2)(st) })
	if st.Batch[task.Image].Items[1].Name != "b.png" || w.loads() != 2 {
		t.Errorf("expected the same inputs and one more load, got %+v and %d loads", st.Batch[task.Image].Items,
			w.loads())
	}
}

func TestFailedLoadIsSaidOnceAndTriedAgain(t *testing.T) {
	s, w := opened(t)
	settled(t, s, "the first model", func(st State) bool { return st.Load["digits"].Ready })
	w.failLoads("The model file is damaged.")
	s.Choose("land")
	s.Take(browser.Intake{Files: files("a.png")})
	st := settled(t, s, "the failure", func(st State) bool { return st.Batch[task.Image].Error != "" })
	if b := st.Batch[task.Image]; b.Error != "The model file is damaged." || len(b.Items) != 1 || b.Running {
		t.Fatalf("expected the reason and the input kept, got %+v", b)
	}
	w.failLoads("")
	s.Again(task.Image)
	settled(t, s, "the answer after all", allAnswered(task.Image, 1))
}

func TestForgetLoadsAgain(t *testing.T) {
	s, w := opened(t)
	settled(t, s, "the model", func(st State) bool { return st.Load["digits"].Ready })
	s.Forget()
	s.Take(browser.Intake{Files: files("a.png")})
	settled(t, s, "the answer", allAnswered(task.Image, 1))
	if n := w.loads(); n != 2 {
		t.Errorf("a new worker needs the model again: expected 2 loads, saw %d", n)
	}
}

func TestTypingIsAnsweredWhenItPauses(t *testing.T) {
	s, w := opened(t)
	for _, text := range []string{"g", "go", "good"} {
		s.SetText(text)
	}
	st := settled(t, s, "the answer", allAnswered(task.Text, 1))
	if got := st.Batch[task.Text].Items[0].Text; got != "good" || w.classified() != 1 {
		t.Errorf("three quick keys should be one question about %q, got %d about %q", "good", w.classified(), got)
	}
	s.SetText("   ")
	settled(t, s, "nothing", func(st State) bool { return len(st.Batch[task.Text].Items) == 0 })
}

func TestFilesGoToTheModelOfTheirKind(t *testing.T) {
	s, _ := opened(t)
	s.Take(browser.Intake{Files: []browser.File{browser.NewFile("lines.txt", "text/plain",
		[]byte("\ufeffone\r\n\r\n two \nthree"))}})
	st := settled(t, s, "three lines", allAnswered(task.Text, 3))
	if st.Kind != task.Text || st.Batch[task.Text].Items[1].Text != "two" {
		t.Errorf("a text file should be answered line by line as text, got %s and %q", st.Kind,
			st.Batch[task.Text].Items[1].Text)
	}
	s.Take(browser.Intake{Files: append(files("a.png"), browser.NewFile("b.txt", "", []byte("x")),
		browser.NewFile(".DS_Store", "", nil))})
	st = settled(t, s, "one picture", allAnswered(task.Image, 1))
	if st.Kind != task.Image || !strings.Contains(st.Notice["classify"], "left out: 1") {
		t.Errorf("expected the picture answered and the left-out text named, got %s and %q", st.Kind,
			st.Notice["classify"])
	}
}

func TestBadTextFilesAreExplainedAndNothingIsLost(t *testing.T) {
	s, _ := opened(t)
	s.SetText("kept")
	settled(t, s, "the typed answer", allAnswered(task.Text, 1))
	for _, c := range []struct {
		file browser.File
		want string
	}{
		{browser.NewFile("empty.txt", "text/plain", []byte(" \n")), "empty.txt is empty"},
		{browser.NewFile("big.txt", "text/plain", make([]byte, MaxTextFile+1)), "5.0 MB"},
	} {
		s.Take(browser.Intake{Files: []browser.File{c.file}})
		st := s.Get()
		if !strings.Contains(st.Notice["classify"], c.want) {
			t.Errorf("%s: expected a sentence with %q, got %q", c.file.Name, c.want, st.Notice["classify"])
		}
		if b := st.Batch[task.Text]; len(b.Items) != 1 || b.Items[0].Text != "kept" {
			t.Errorf("%s: what was there should stay, got %+v", c.file.Name, b.Items)
		}
	}
}

func TestNextMessage(t *testing.T) {
	big := int64(messageBytes/2 + 1)
	items := []Item{{Step: Answered}, {size: big}, {size: big}, {}, {Step: Answered}, {}}
	for _, want := range [][2]int{{1, 2}, {2, 4}, {5, 6}, {6, 6}} {
		from, to := nextMessage(items)
		if from != want[0] || to != want[1] {
			t.Fatalf("expected items %v in the next message, got %d to %d", want, from, to)
		}
		for i := from; i < to; i++ {
			items[i].Step = Answered
		}
	}
}

func TestPlaceInTheAddress(t *testing.T) {
	s, _ := opened(t)
	if q := s.Get().Query(); q != "" {
		t.Errorf("the page opens with an empty query, got %q", q)
	}
	s.Choose("sentiment")
	if q := s.Get().Query(); q != "kind=text&model=sentiment" {
		t.Errorf("expected kind and model in the query, got %q", q)
	}
	other, _ := opened(t)
	query, _ := url.ParseQuery("kind=text&model=sentiment")
	other.Open(query)
	if m, ok := other.Get().Model(other.Get().Kind); !ok || m.ID != "sentiment" {
		t.Errorf("opening the query should bring the model back, got %+v", m)
	}
	query, _ = url.ParseQuery("model=gone")
	other.Open(query)
	if m, ok := other.Get().Model(task.Image); !ok || m.ID != "digits" {
		t.Errorf("an unknown model should fall back to the first one, got %+v", m)
	}
	if p := PlaceOf(sentiment); p != "/?kind=text&model=sentiment" {
		t.Errorf("unexpected place %q", p)
	}
}

func TestCSV(t *testing.T) {
	b := Batch{Items: []Item{
		{Name: `a,"b".png`, Step: Answered, Result: task.Result{
			Scores: []task.Score{{Label: "T-shirt/top", Probability: 0.25}}, Millis: 1.239}},
		{Text: "two\nlines", Step: Answered, Result: task.Result{Error: "No answer."}},
		{Name: "c.png"},
	}}
	want := "\ufeffinput,text,label,probability,rejected,ms,error\r\n" +
		"\"a,\"\"b\"\".png\",,T-shirt/top,0.25,false,1.24,\r\n" +
		",\"two\nlines\",,,,,No answer.\r\n" +
		"c.png,,,,,,\r\n"
	if got := b.CSV(); got != want {
		t.Errorf("expected\n%q, got\n%q", want, got)
	}
}

func TestSummary(t *testing.T) {
	seven := task.Result{Scores: []task.Score{{Label: "7", Index: 7, Probability: 1}}, Millis: 4}
	one := task.Result{Scores: []task.Score{{Label: "1", Index: 1, Probability: 1}}, Millis: 1}
	b := Batch{Items: []Item{{Step: Answered, Result: one}, {Step: Answered, Result: seven},
		{Step: Answered, Result: seven},
		{Step: Answered, Result: task.Result{Error: "no"}}, {Step: Working}}}
	tallies, errs, mean := b.Summary(digits)
	if len(tallies) != 2 || tallies[0] != (Tally{"7", 2}) || errs != 1 || mean != 3 {
		t.Errorf("expected 7 twice first, 1 error and 3 ms, got %v, %d, %v", tallies, errs, mean)
	}
}

func TestWithoutConnectionTaughtModelsStillWork(t *testing.T) {
	s := New(newWorker(), func() (api.Catalogue, string, error) {
		return api.Catalogue{}, "", errors.New("the server does not answer")
	}, store.Open)
	if err := s.AddTaught(task.Model{ID: "taught-1", Kind: task.Image, Title: "Mine", Labels: []string{"a", "b"}},
		[]byte("file")); err != nil {
		t.Fatal(err)
	}
	s.Refresh()
	st := s.Get()
	if m, ok := st.Model(task.Image); !ok || m.ID != "taught-1" || st.CatalogueError != "the server does not answer" {
		t.Errorf("expected the taught model in use and the reason kept, got %+v and %q", m, st.CatalogueError)
	}
}

func TestTaughtModelsAreRenamedRemovedAndBroughtBack(t *testing.T) {
	s, _ := opened(t)
	mine := task.Model{ID: "taught-1", Kind: task.Image, Title: "Mine", Labels: []string{"a", "b"}}
	if err := s.AddTaught(mine, []byte("file")); err != nil {
		t.Fatal(err)
	}
	if err := s.RenameTaught("taught-1", "Ours"); err != nil || s.Get().Taught[0].Title != "Ours" {
		t.Fatalf("expected the new title, got %+v (%v)", s.Get().Taught, err)
	}
	m, file, err := s.RemoveTaught("taught-1")
	if err != nil || len(s.Get().Taught) != 0 || string(file) != "file" {
		t.Fatalf("expected it gone and its file in hand, got %+v, %q (%v)", s.Get().Taught, file, err)
	}
	if err := s.AddTaught(m, file); err != nil || s.Get().Taught[0].Title != "Ours" {
		t.Errorf("expected it back, got %+v (%v)", s.Get().Taught, err)
	}
}

func TestEndlessTextIsNotSent(t *testing.T) {
	s, w := opened(t)
	s.SetText(strings.Repeat("word ", 30_000))
	st := settled(t, s, "the refusal", allAnswered(task.Text, 1))
	if got := st.Batch[task.Text].Items[0].Result.Error; !strings.Contains(got, "150 KB") || w.classified() != 0 {
		t.Errorf("expected a sentence with the size and no request, got %q and %d requests", got, w.classified())
	}
}

func TestImportOfAFileThatDoesNotOpenIsRefused(t *testing.T) {
	s, w := opened(t)
	settled(t, s, "the first model", func(st State) bool { return st.Load["digits"].Ready })
	w.failLoads("The file ends too early.")
	_, err := s.Import(browser.NewFile("short.wafer", "", []byte("file")))
	if err == nil || !strings.Contains(err.Error(), "short.wafer could not be imported. The file ends too early.") ||
		len(s.Get().Taught) != 0 {
		t.Errorf("expected a sentence and nothing kept, got %v and %+v", err, s.Get().Taught)
	}
}

func TestImportStandsBesideAShippedModel(t *testing.T) {
	s, _ := opened(t)
	m, err := s.Import(browser.NewFile("digits.wafer", "", []byte("file")))
	if err != nil || m.ID != "imported-0123456789ab" || len(s.Get().Taught) != 1 {
		t.Errorf("expected an import under a name of its own, got %+v (%v)", m, err)
	}
}

func TestInputsGivenBeforeTheListOfModelsAreAnsweredOnceItIsThere(t *testing.T) {
	s := New(newWorker(), func() (api.Catalogue, string, error) {
		return api.Catalogue{Models: []task.Model{digits}}, "{}", nil
	}, store.Open)
	s.Take(browser.Intake{Files: files("early.png", "bird.png")})
	s.Refresh()
	settled(t, s, "two answers", allAnswered(task.Image, 2))
}
