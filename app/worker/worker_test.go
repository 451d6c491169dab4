package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wafer/app/bridge"
	"wafer/nn"
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
func (m fakeModel) Prepare() (int, error) {
	if string(m.file) == "huge" {
		return 0, errors.New("there is not enough memory")
	}
	return 1 << 20, nil
}
func (m fakeModel) Close() { closed.Add(1) }
func (m fakeModel) Classify(in task.Input) task.Result {
	if in.Text == "panic" {
		panic("the model broke")
	}
	if in.Text == "" && in.File == nil && in.Pixels == nil {
		return task.Result{Name: in.Name, Error: "Nothing to classify."}
	}
	return task.Result{Name: in.Name, Scores: []task.Score{{Label: string(m.file) + ":" + in.Text}}}
}

func (engine) Open(file []byte) (Model, error) {
	if len(file) == 0 {
		return nil, errors.New("The model file is empty.")
	}
	return fakeModel{file}, nil
}

func (e engine) Describe(file []byte) (task.Model, error) {
	m, err := e.Open(file)
	if err != nil {
		return task.Model{}, err
	}
	return m.Info(), nil
}

func (e engine) Teach(ctx context.Context, base Model, req task.TeachRequest, samples []task.Input, o nn.TeachOptions) (Model, task.TeachReport, error) {
	close(e.training)
	for i := 0; e.steps == 0 || i < e.steps; i++ {
		if ctx.Err() != nil {
			return fakeModel{[]byte("best so far")}, task.TeachReport{Stopped: true}, nil
		}
		o.Report(task.Progress{Phase: task.Training, Step: i, EpochEnd: i == 10})
		if e.steps == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	return fakeModel{[]byte("taught")}, task.TeachReport{Epochs: 1}, nil
}

func (engine) Prepared(base Model, in task.Input) (task.Input, error) { return in, nil }

func (engine) Export(m Model, req bridge.ExportRequest, template []byte) ([]byte, error) {
	if req.Weights == "int3" {
		return nil, errors.New("There are no such weights.")
	}
	return []byte(req.Title + " of " + string(m.Bytes()) + string(template)), nil
}

// answers collects what a worker says to one request.
type answers struct {
	mu      sync.Mutex
	all     []bridge.Response
	buffers [][]byte
}

func (a *answers) send(r bridge.Response, buffers ...[]byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, r)
	a.buffers = append(a.buffers, buffers...)
}

// ask runs one request to its end and checks that it ended exactly once, at the end.
func ask(t *testing.T, w *Worker, req bridge.Request, buffers ...[]byte) *answers {
	t.Helper()
	a := &answers{}
	w.Handle(req, buffers, a.send)
	ends := 0
	for i, r := range a.all {
		if r.Event == bridge.Done || r.Event == bridge.Failed {
			ends++
			if i != len(a.all)-1 {
				t.Errorf("%s: answer %d of %d ended the request", req.Verb, i+1, len(a.all))
			}
		}
	}
	if ends != 1 {
		t.Fatalf("%s: %d answers ended the request, expected 1: %+v", req.Verb, ends, a.all)
	}
	return a
}

func (a *answers) last() bridge.Response { return a.all[len(a.all)-1] }

func loaded(t *testing.T, e Engine) *Worker {
	t.Helper()
	w := New(e)
	if r := ask(t, w, bridge.Request{ID: 1, Verb: bridge.Load, Model: "m"}, []byte("base")).last(); r.Event != bridge.Done || r.Model == nil || r.Model.Bytes != 4 {
		t.Fatalf("loading a model: got %+v", r)
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
	a := ask(t, w, bridge.Request{Verb: bridge.Load, Model: "m", URL: "/weights/1", SHA256: strings.ToUpper(hex.EncodeToString(sum[:]))})
	if len(a.all) != 3 || a.all[0].Loaded != 2 || a.all[1].Loaded != 5 || a.all[1].Total != 5 || a.last().Event != bridge.Done {
		t.Errorf("got %+v, expected progress 2, 5 and done", a.all)
	}
}

// The memory of a model is told when it is loaded, and given back when another takes its
// place and when it is unloaded.
func TestMemoryOfModels(t *testing.T) {
	w := New(engine{})
	load := bridge.Request{Verb: bridge.Load, Model: "m"}
	if r := ask(t, w, load, []byte("huge")).last(); r.Event != bridge.Failed || !strings.Contains(r.Error, "not enough memory") {
		t.Errorf("loading what has no room: got %+v", r)
	}
	before := closed.Load()
	if r := ask(t, w, load, []byte("one")).last(); r.Memory != 1<<20 {
		t.Errorf("loading: memory %d, expected %d", r.Memory, 1<<20)
	}
	ask(t, w, load, []byte("two"))
	if n := closed.Load() - before; n != 1 {
		t.Errorf("%d models closed after one was replaced", n)
	}
	for range 2 { // the second time there is none
		if r := ask(t, w, bridge.Request{Verb: bridge.Unload, Model: "m"}).last(); r.Event != bridge.Done {
			t.Errorf("unloading: got %+v", r)
		}
	}
	if n := closed.Load() - before; n != 2 {
		t.Errorf("%d models closed after both are gone", n)
	}
	if r := ask(t, w, bridge.Request{Verb: bridge.Classify, Model: "m"}).last(); r.Event != bridge.Failed {
		t.Errorf("classifying with a model that was unloaded: got %+v", r)
	}
}

func TestLoadRefusesWhatIsDamaged(t *testing.T) {
	w := New(engine{})
	w.fetch = func(context.Context, string, func(loaded, total int64)) ([]byte, error) {
		return nil, errors.New("No connection.")
	}
	for _, c := range []struct {
		req     bridge.Request
		buffers [][]byte
		says    string
	}{
		{bridge.Request{Model: "m", SHA256: strings.Repeat("0", 64)}, [][]byte{[]byte("x")}, "damaged"},
		{bridge.Request{Model: "m"}, [][]byte{{}}, "empty"},
		{bridge.Request{Model: "m"}, nil, "neither a file nor an address"},
		{bridge.Request{Model: "m", URL: "/weights/1"}, nil, "No connection."},
	} {
		c.req.Verb = bridge.Load
		if r := ask(t, w, c.req, c.buffers...).last(); r.Event != bridge.Failed || !strings.Contains(r.Error, c.says) {
			t.Errorf("got %+v, expected an error with %q", r, c.says)
		}
	}
	if r := ask(t, w, bridge.Request{Verb: bridge.Classify, Model: "m"}).last(); r.Event != bridge.Failed || !strings.Contains(r.Error, "not loaded") {
		t.Errorf("a model that failed to load can be used: %+v", r)
	}
}

func TestClassifyAnswersEveryInputInOrder(t *testing.T) {
	w := loaded(t, engine{})
	a := ask(t, w, bridge.Request{ID: 2, Verb: bridge.Classify, Model: "m", Inputs: []bridge.Input{
		{Text: "one", Buffer: -1}, {Name: "empty", Buffer: -1}, {Name: "file", Buffer: 0}, {Buffer: 1, Width: 2, Height: 1}}},
		[]byte("jpeg"), make([]byte, 8))
	if len(a.all) != 5 {
		t.Fatalf("got %d answers, expected 4 results and done: %+v", len(a.all), a.all)
	}
	for i, r := range a.all[:4] {
		if r.Event != bridge.Answer || r.Index != i || r.Result == nil {
			t.Errorf("answer %d: got %+v", i, r)
		}
	}
	if got := a.all[0].Result.Scores[0].Label; got != "base:one" {
		t.Errorf("got %q, expected base:one", got)
	}
	if a.all[1].Result.Error == "" || a.all[2].Result.Error != "" {
		t.Error("an input without an answer kept the next one from its own")
	}
}

func TestInputsThatDoNotFitTheirBuffersAreRefused(t *testing.T) {
	w := loaded(t, engine{})
	for _, in := range []bridge.Input{{Buffer: 1}, {Buffer: 0, Width: 2, Height: 2}, {Buffer: 0, Width: -1, Height: -4}, {Buffer: 0, Width: 1}} {
		if r := ask(t, w, bridge.Request{Verb: bridge.Classify, Model: "m", Inputs: []bridge.Input{in}}, make([]byte, 4)).last(); r.Event != bridge.Failed || !strings.HasPrefix(r.Error, "Input 1 ") {
			t.Errorf("%+v: got %+v, expected an error about input 1", in, r)
		}
	}
}

func TestAPanicIsAnsweredAndTheWorkerLivesOn(t *testing.T) {
	w := loaded(t, engine{})
	one := func(text string) bridge.Response {
		return ask(t, w, bridge.Request{Verb: bridge.Classify, Model: "m", Inputs: []bridge.Input{{Text: text, Buffer: -1}}}).last()
	}
	if r := one("panic"); r.Event != bridge.Failed || !strings.Contains(r.Error, "the model broke") {
		t.Errorf("got %+v, expected an error with the reason", r)
	}
	if r := one("fine"); r.Event != bridge.Done {
		t.Errorf("after a panic the model is stuck: %+v", r)
	}
	if len(w.running) != 0 {
		t.Errorf("%d requests are still noted as running", len(w.running))
	}
}

func TestTeachCanBeStoppedAndDoesNotBlockClassify(t *testing.T) {
	e := engine{training: make(chan bool)}
	w := loaded(t, e)
	teaching, ended := &answers{}, make(chan bool)
	go func() {
		w.Handle(bridge.Request{ID: 7, Verb: bridge.Teach, Teach: &task.TeachRequest{Base: "m"}}, nil, teaching.send)
		close(ended)
	}()
	<-e.training
	if r := ask(t, w, bridge.Request{ID: 8, Verb: bridge.Classify, Model: "m", Inputs: []bridge.Input{{Text: "now", Buffer: -1}}}).last(); r.Event != bridge.Done {
		t.Errorf("classifying while a model is taught: got %+v", r)
	}
	if r := ask(t, w, bridge.Request{ID: 9, Verb: bridge.Cancel, Target: 7}).last(); r.Event != bridge.Done {
		t.Errorf("stopping: got %+v", r)
	}
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("the training went on for 5 s after it was stopped")
	}
	if r := teaching.last(); r.Event != bridge.Done || !r.Report.Stopped || len(teaching.buffers) != 1 || string(teaching.buffers[0]) != "best so far" {
		t.Errorf("got %+v with buffers %q, expected the best model so far", r, teaching.buffers)
	}
}

func TestTeachReportsNotTooOften(t *testing.T) {
	w := loaded(t, engine{training: make(chan bool), steps: 1000})
	a := ask(t, w, bridge.Request{ID: 3, Verb: bridge.Teach, Teach: &task.TeachRequest{Base: "m"}})
	epochs := 0
	for _, r := range a.all {
		if r.Progress != nil && r.Progress.EpochEnd {
			epochs++
		}
	}
	if len(a.all) > 10 || epochs != 1 {
		t.Errorf("1000 quick steps gave %d messages with %d ends of an epoch, expected a few with the one", len(a.all), epochs)
	}
}

func TestCancelOfAFinishedRequestAndUnknownVerbs(t *testing.T) {
	w := New(engine{})
	if r := ask(t, w, bridge.Request{Verb: bridge.Cancel, Target: 99}).last(); r.Event != bridge.Done {
		t.Errorf("got %+v, expected done", r)
	}
	for _, req := range []bridge.Request{{Verb: "sing"}, {Verb: bridge.Teach}, {Verb: bridge.Describe}, {Verb: bridge.Teach, Teach: &task.TeachRequest{Base: "none"}}} {
		if r := ask(t, w, req).last(); r.Event != bridge.Failed || r.Error == "" {
			t.Errorf("%+v: got %+v, expected an error", req, r)
		}
	}
	if r := ask(t, w, bridge.Request{Verb: bridge.Describe}, []byte("file")).last(); r.Event != bridge.Done || r.Model.Bytes != 4 {
		t.Errorf("describe: got %+v", r)
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
	} {
		a := ask(t, w, bridge.Request{ID: 2, Verb: bridge.Export, Model: "m", Export: &c.req})
		if r := a.last(); c.fail != "" {
			if r.Event != bridge.Failed || !strings.Contains(r.Error, c.fail) {
				t.Errorf("%+v: got %+v", c.req, r)
			}
		} else if len(a.buffers) != 1 || string(a.buffers[0]) != c.want {
			t.Errorf("%+v: got %q, %+v", c.req, a.buffers, r)
		}
	}
	for _, req := range []bridge.Request{{Verb: bridge.Export, Model: "m"}, {Verb: bridge.Export, Model: "other", Export: &bridge.ExportRequest{}}} {
		if r := ask(t, w, req).last(); r.Event != bridge.Failed {
			t.Errorf("%+v: got %+v", req, r)
		}
	}
}
