package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wafer/app/bridge"
	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/document"
	"wafer/nn/fit"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// engine stands in for package nn: it shows when things happen, which a real model
// is too quick for.
type engine struct {
	training chan bool // closed when Teach has begun
	steps    int       // progress reports of a Teach that nobody stops
}

type fakeModel struct{ file []byte }

// closed counts the models that gave their memory back.
var closed atomic.Int32

func (m fakeModel) Info() task.Model { return task.Model{ID: "fake", Bytes: int64(len(m.file))} }
func (m fakeModel) Bytes() []byte    { return m.file }
func (m fakeModel) Seal() error      { return nil }
func (m fakeModel) Prepare() (int, error) {
	if string(m.file) == "huge" {
		return 0, errors.New("there is not enough memory")
	}
	return 1 << 20, nil
}
func (m fakeModel) BeSure(float64) error                       { return nil }
func (m fakeModel) Close()                                     { closed.Add(1) }
func (m fakeModel) Prepared(in task.Input) (task.Input, error) { return in, nil }
func (m fakeModel) Classify(in task.Input) task.Result {
	if in.Text == "panic" {
		panic("the model broke")
	}
	if in.Text == "" && in.File == nil && in.Pixels == nil {
		return task.Result{Name: in.Name, Error: "Nothing to classify."}
	}
	return task.Result{Name: in.Name, Scores: []task.Score{{Label: string(m.file) + ":" + in.Text}}}
}

func (engine) Open(file []byte, find document.Finder) (Model, error) {
	if base, is := strings.CutPrefix(string(file), "head of "); is {
		b, err := find(base)
		return fakeModel{append(b, " and head"...)}, err
	}
	if len(file) == 0 {
		return nil, errors.New("The model file is empty.")
	}
	return fakeModel{file}, nil
}

func (e engine) Describe(file []byte) (task.Model, error) {
	m, err := e.Open(file, nil)
	if err != nil {
		return task.Model{}, err
	}
	return m.Info(), nil
}

func (e engine) Fit(ctx context.Context, _ *recipe.Recipe, _ data.Dataset, o fit.Options) (Model, *task.Report, error) {
	close(e.training)
	for i := 0; e.steps == 0 || i < e.steps; i++ {
		if ctx.Err() != nil {
			return fakeModel{[]byte("best so far")}, &task.Report{Stopped: true}, nil
		}
		o.Report(task.Progress{Phase: task.Training, Step: i, EpochEnd: i == 10})
		if e.steps == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	return fakeModel{[]byte("taught")}, &task.Report{Epochs: 1}, nil
}

func (engine) Retitled(file []byte, title string) ([]byte, error) {
	return append([]byte(title+" "), file...), nil
}

func (engine) Export(m Model, req bridge.ExportRequest, template []byte) ([]byte, error) {
	if req.Weights == "int3" {
		return nil, errors.New("There are no such weights.")
	}
	return []byte(req.Title + " of " + string(m.Bytes()) + string(template)), nil
}

// answers collects what a worker says to one request.
type answers[P, R any] struct {
	mu    sync.Mutex
	news  []P
	ends  []bridge.Event
	done  R
	why   string // of a failure
	files [][]byte
}

func (a *answers[P, R]) send(m bridge.Message, files ...[]byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var p P
	switch m.Event {
	case bridge.Progress:
		must(json.Unmarshal(m.Body, &p))
		a.news = append(a.news, p)
		return
	case bridge.Done:
		must(json.Unmarshal(m.Body, &a.done))
	}
	a.ends, a.why, a.files = append(a.ends, m.Event), m.Error, files
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// request is a message that asks for a verb.
func request[Q, P, R any](id int, verb bridge.Verb[Q, P, R], q Q) bridge.Message {
	body, err := json.Marshal(q)
	must(err)
	return bridge.Message{ID: id, Verb: string(verb), Body: body}
}

// ask runs one request to its end and checks that it ended exactly once.
func ask[Q, P, R any](t *testing.T, w *Worker, verb bridge.Verb[Q, P, R], q Q, buffers ...[]byte) *answers[P, R] {
	t.Helper()
	a := &answers[P, R]{}
	w.Handle(request(2, verb, q), buffers, a.send)
	if len(a.ends) != 1 {
		t.Fatalf("%s: ended %v, expected one end", string(verb), a.ends)
	}
	return a
}

// failed reports whether the request ended with a sentence that has these words.
func (a *answers[P, R]) failed(words string) bool {
	return len(a.ends) == 1 && a.ends[0] == bridge.Failed && strings.Contains(a.why, words)
}

func loaded(t *testing.T, e Engine) *Worker {
	t.Helper()
	w := New(e)
	if a := ask(t, w, bridge.Load, bridge.LoadRequest{Model: "m"}, []byte("base")); a.done.Model.Bytes != 4 {
		t.Fatalf("loading a model: got %+v, %s", a.done, a.why)
	}
	return w
}

func TestLoadFromAnAddressReportsItsProgress(t *testing.T) {
	w := New(engine{})
	sum := sha256.Sum256([]byte("model"))
	w.fetch = func(_ context.Context, url string, progress func(loaded, total int64)) ([]byte, error) {
		if url != "/weights/1" {
			t.Errorf("fetched %q", url)
		}
		progress(2, 5)
		progress(3, 5) // too soon after the last: left out
		progress(5, 5)
		return []byte("model"), nil
	}
	sha := strings.ToUpper(hex.EncodeToString(sum[:]))
	a := ask(t, w, bridge.Load, bridge.LoadRequest{Model: "m", URL: "/weights/1", SHA256: sha})
	if len(a.news) != 2 || a.news[0].Loaded != 2 || a.news[1].Loaded != 5 || a.news[1].Total != 5 || a.why != "" {
		t.Errorf("got %+v, %q; expected progress 2, 5 and done", a.news, a.why)
	}
}

// A model that names its base is one download to whoever waits; a base that is loaded already is taken from there.
func TestBaseOfAHeadIsFetched(t *testing.T) {
	w := New(engine{})
	fetched := []string{}
	w.fetch = func(_ context.Context, url string, progress func(loaded, total int64)) ([]byte, error) {
		fetched = append(fetched, url)
		progress(4, 4)
		return []byte("base"), nil
	}
	head := []byte("head of b1")
	a := ask(t, w, bridge.Load, bridge.LoadRequest{Model: "m"}, head)
	if want := int64(len(head) + 4); len(a.news) != 1 || a.news[0].Loaded != want || a.why != "" {
		t.Errorf("got %+v, %q; expected the progress of both files, %d bytes", a.news, a.why, want)
	}
	if b := ask(t, w, bridge.Classify, bridge.ClassifyRequest{Model: "m",
		Inputs: []bridge.Input{{Text: "x", Buffer: -1}}}); b.why != "" ||
		b.news[0].Result.Scores[0].Label != "base and head:x" {
		t.Errorf("the answer is %+v, %q, expected one of both files", b.news, b.why)
	}
	w.keep("b", &held{model: named{fakeModel{[]byte("kept")}, "b2"}})
	if a := ask(t, w, bridge.Load, bridge.LoadRequest{Model: "n"}, []byte("head of b2")); a.why != "" {
		t.Error(a.why)
	}
	if len(fetched) != 1 || fetched[0] != "/weights/b1" {
		t.Errorf("fetched %v, expected /weights/b1 alone", fetched)
	}
}

// named is a model with a hash.
type named struct {
	fakeModel
	sha256 string
}

func (n named) Info() task.Model { return task.Model{SHA256: n.sha256} }

// The memory of a model is told when it is loaded, and given back when another takes its
// place and when it is unloaded.
func TestMemoryOfModels(t *testing.T) {
	w := New(engine{})
	load := bridge.LoadRequest{Model: "m"}
	if a := ask(t, w, bridge.Load, load, []byte("huge")); !a.failed("not enough memory") {
		t.Errorf("loading what has no room: got %+v", a)
	}
	before := closed.Load()
	if a := ask(t, w, bridge.Load, load, []byte("one")); a.done.Memory != 1<<20 {
		t.Errorf("loading: memory %d, expected %d", a.done.Memory, 1<<20)
	}
	ask(t, w, bridge.Load, load, []byte("two"))
	if n := closed.Load() - before; n != 1 {
		t.Errorf("%d models closed after one was replaced", n)
	}
	for range 2 { // the second time there is none
		if a := ask(t, w, bridge.Unload, bridge.UnloadRequest{Model: "m"}); a.why != "" {
			t.Errorf("unloading: got %q", a.why)
		}
	}
	if n := closed.Load() - before; n != 2 {
		t.Errorf("%d models closed after both are gone", n)
	}
	if a := ask(t, w, bridge.Classify, bridge.ClassifyRequest{Model: "m"}); !a.failed("not loaded") {
		t.Errorf("classifying with a model that was unloaded: got %+v", a)
	}
}

func TestLoadRefusesWhatIsDamaged(t *testing.T) {
	w := New(engine{})
	w.fetch = func(context.Context, string, func(loaded, total int64)) ([]byte, error) {
		return nil, errors.New("No connection.")
	}
	for _, c := range []struct {
		req     bridge.LoadRequest
		buffers [][]byte
		says    string
	}{
		{bridge.LoadRequest{Model: "m", SHA256: strings.Repeat("0", 64)}, [][]byte{[]byte("x")}, "damaged"},
		{bridge.LoadRequest{Model: "m"}, [][]byte{{}}, "empty"},
		{bridge.LoadRequest{Model: "m"}, nil, "neither a file nor an address"},
		{bridge.LoadRequest{Model: "m", URL: "/weights/1"}, nil, "No connection."},
	} {
		if a := ask(t, w, bridge.Load, c.req, c.buffers...); !a.failed(c.says) {
			t.Errorf("got %+v, expected an error with %q", a, c.says)
		}
	}
	if a := ask(t, w, bridge.Classify, bridge.ClassifyRequest{Model: "m"}); !a.failed("not loaded") {
		t.Errorf("a model that failed to load can be used: %+v", a)
	}
}

func TestClassifyAnswersEveryInputInOrder(t *testing.T) {
	w := loaded(t, engine{})
	a := ask(t, w, bridge.Classify, bridge.ClassifyRequest{Model: "m", Inputs: []bridge.Input{
		{Text: "one", Buffer: -1}, {Name: "empty", Buffer: -1}, {Name: "file", Buffer: 0},
		{Buffer: 1, Width: 2, Height: 1}}},
		[]byte("jpeg"), make([]byte, 8))
	if len(a.news) != 4 || a.why != "" {
		t.Fatalf("got %d answers and %q, expected 4 results and done: %+v", len(a.news), a.why, a.news)
	}
	for i, r := range a.news {
		if r.Index != i {
			t.Errorf("answer %d: got %+v", i, r)
		}
	}
	if got := a.news[0].Result.Scores[0].Label; got != "base:one" {
		t.Errorf("got %q, expected base:one", got)
	}
	if a.news[1].Result.Error == "" || a.news[2].Result.Error != "" {
		t.Error("an input without an answer kept the next one from its own")
	}
}

func TestInputsThatDoNotFitTheirBuffersAreRefused(t *testing.T) {
	w := loaded(t, engine{})
	for _, in := range []bridge.Input{{Buffer: 1}, {Buffer: 0, Width: 2, Height: 2}, {Buffer: 0, Width: -1, Height: -4},
		{Buffer: 0, Width: 1}} {
		q := bridge.ClassifyRequest{Model: "m", Inputs: []bridge.Input{in}}
		if a := ask(t, w, bridge.Classify, q, make([]byte, 4)); !a.failed("Input 1 ") {
			t.Errorf("%+v: got %+v, expected an error about input 1", in, a)
		}
	}
}

func TestAPanicIsAnsweredAndTheWorkerLivesOn(t *testing.T) {
	w := loaded(t, engine{})
	if a := ask(t, w, bridge.Classify, about("panic")); !a.failed("the model broke") {
		t.Errorf("got %+v, expected an error with the reason", a)
	}
	if a := ask(t, w, bridge.Classify, about("fine")); a.why != "" {
		t.Errorf("after a panic the model is stuck: %+v", a)
	}
	if len(w.running) != 0 {
		t.Errorf("%d requests are still noted as running", len(w.running))
	}
}

// about asks the model "m" about a text.
func about(text string) bridge.ClassifyRequest {
	return bridge.ClassifyRequest{Model: "m", Inputs: []bridge.Input{{Text: text, Buffer: -1}}}
}

// teachFrom asks for a training on a base.
func teachFrom(base string) bridge.TeachRequest {
	q := recipe.Teaching{Base: strings.Repeat("5e", 32), Kind: task.Text, Classes: []string{"a", "b"},
		Counts: []int{2, 2}}
	r, err := q.Recipe()
	must(err)
	return bridge.TeachRequest{Recipe: r.Bytes(), Base: base}
}

func TestTeachCanBeStoppedAndDoesNotBlockClassify(t *testing.T) {
	e := engine{training: make(chan bool)}
	w := loaded(t, e)
	teaching, ended := &answers[task.Progress, bridge.Taught]{}, make(chan bool)
	go func() {
		w.Handle(request(7, bridge.Teach, teachFrom("m")), nil, teaching.send)
		close(ended)
	}()
	<-e.training
	if a := ask(t, w, bridge.Classify, about("now")); a.why != "" {
		t.Errorf("classifying while a model is taught: got %+v", a)
	}
	if a := ask(t, w, bridge.Cancel, bridge.Target{Request: 7}); a.why != "" {
		t.Errorf("stopping: got %+v", a)
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("the training went on for a minute after it was stopped")
	}
	r := teaching.done.Report
	if r == nil || !r.Stopped || len(teaching.files) != 1 || string(teaching.files[0]) != "best so far" {
		t.Errorf("got %+v with files %q, expected the best model so far", r, teaching.files)
	}
}

func TestTeachReportsNotTooOften(t *testing.T) {
	w := loaded(t, engine{training: make(chan bool), steps: 1000})
	a := ask(t, w, bridge.Teach, teachFrom("m"))
	epochs := 0
	for _, p := range a.news {
		if p.EpochEnd {
			epochs++
		}
	}
	if len(a.news) > 10 || epochs != 1 {
		t.Errorf("1000 quick steps gave %d messages with %d ends of an epoch, expected a few with the one", len(a.news),
			epochs)
	}
}

func TestCancelOfAFinishedRequestAndUnknownVerbs(t *testing.T) {
	w := New(engine{})
	if a := ask(t, w, bridge.Cancel, bridge.Target{Request: 99}); a.why != "" {
		t.Errorf("got %+v, expected done", a)
	}
	if a := ask(t, w, bridge.Verb[bridge.None, bridge.None, bridge.None]("sing"), bridge.None{}); !a.failed(`"sing"`) {
		t.Errorf("an unknown verb: got %+v", a)
	}
	for _, base := range []string{"", "none"} {
		if a := ask(t, w, bridge.Teach, teachFrom(base)); !a.failed("not loaded") {
			t.Errorf("base %q: got %+v, expected an error", base, a)
		}
	}
	if a := ask(t, w, bridge.Describe, bridge.None{}); !a.failed("got none") {
		t.Errorf("describe without a file: got %+v", a)
	}
	if a := ask(t, w, bridge.Describe, bridge.None{}, []byte("file")); a.done.Model.Bytes != 4 {
		t.Errorf("describe: got %+v", a)
	}
}

// An export is the file of the model, made with the template that its address gives.
func TestExport(t *testing.T) {
	w := loaded(t, engine{})
	w.fetch = func(_ context.Context, url string, _ func(loaded, total int64)) ([]byte, error) {
		if url != "/page" {
			return nil, errors.New("There is no such page.")
		}
		return []byte(" in a page"), nil
	}
	for _, c := range []struct {
		req        bridge.ExportRequest
		want, fail string
	}{
		{bridge.ExportRequest{Title: "module"}, "module of base", ""},
		{bridge.ExportRequest{Title: "module", Template: "/page"}, "module of base in a page", ""},
		{bridge.ExportRequest{Template: "/nothing"}, "", "no such page"},
		{bridge.ExportRequest{Weights: "int3"}, "", "no such weights"},
		{bridge.ExportRequest{Model: "other"}, "", "not loaded"},
	} {
		if c.req.Model == "" {
			c.req.Model = "m"
		}
		a := ask(t, w, bridge.Export, c.req)
		if c.fail != "" {
			if !a.failed(c.fail) {
				t.Errorf("%+v: got %+v, expected an error with %q", c.req, a, c.fail)
			}
		} else if len(a.files) != 1 || string(a.files[0]) != c.want {
			t.Errorf("%+v: got %q, %s", c.req, a.files, a.why)
		}
	}
}
