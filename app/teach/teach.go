// Package teach is the Teach page's part of the state: the project with its
// samples, the training of it in this tab or on the server, and trying the model
// that comes out. Pages read a State and call Teaching's methods.
package teach

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"wafer/app/jobs"
	"wafer/app/state"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
)

// Teaching is the Teach page's own part of the state and the actions on it. Its
// methods may be called from any goroutine and never wait: what has to wait (the
// browser's store, the worker) goes on in goroutines of its own.
type Teaching struct {
	app   *state.Store
	now   func() time.Time
	pause func(time.Duration)
	soon  func(time.Duration, func()) // calls after a while

	surely sync.Mutex // one model is told how sure to be at a time

	ready chan struct{} // closed once what was kept is here

	mu         sync.Mutex
	opening    bool
	opened     bool
	visited    bool // the address said which kind
	kind       task.Kind
	workspaces map[task.Kind]*workspace
	warning    *words.Say // what the store could not do
	saving     map[task.Kind]bool
	dirty      map[task.Kind]bool

	preparedFor string          // the base that the worker has prepared samples for; see prepare
	prepared    map[string]bool // their IDs
}

// workspace is everything about one kind.
type workspace struct {
	project  *Project
	base     store.Project // what was kept when this tab read or wrote it last; see Merge
	disk     sync.Mutex    // taken while the project is read or written, so that base is never older than what is here
	training Training
	notice   words.Notice
	trial    Trial
	testing  Testing
	drafts   map[string]string // replaced, never written to
	trials   int               // counts trials; the last one is answered
	deleted  *deleted          // what UndoDelete brings back
	question *Question         // about a table that waits to be read, nil for none
	guess    *guess            // the table read last, if its encoding was guessed
	asked    *asked            // what the trial asked, nil for nothing
	changed  bool              // samples or classes changed since the last training
	due      bool              // there are edits that no run has begun to learn; see learn
	edits    int               // counts them
	selected selection         // of samples
	shared   bool              // another tab has changed it while this one had it open

	run      *trainingRun // what trains in this tab, nil for nothing
	sending  *sending     // a run on its way to the server, nil for none
	remote   jobs.Run     // the job of training.Job
	unfollow func()       // ends its events
	request  int          // the worker's number of the training, 0 for none
}

// deleted is a model that was deleted and can be brought back while the tab is open.
type deleted struct {
	model  task.Model
	file   []byte
	report *task.Report
	curve  []task.Progress
}

// Trial is one new input given to the taught model.
type Trial struct {
	Typed  string // the text, or
	URL    string // the picture
	Busy   bool
	Stale  bool // Result is the answer to another text, and that to this one on its way
	Result *task.Result
	Error  string
	Why    state.Why
}

// State is what the Teach page shows, as it is at one moment.
type State struct {
	Opened    bool // what was kept is here
	Kind      task.Kind
	Project   Project
	Training  Training
	Notice    words.Notice
	Trial     Trial
	Testing   Testing
	Changed   bool        // the examples changed since the last training
	Due       bool        // they will be learnt in a moment
	Settling  bool        // an edit, of either kind, is being learnt
	Elsewhere bool        // a training of the other kind is under way
	Model     *task.Model // the taught model to try, nil for none
	Deleted   string      // title of a model that UndoDelete brings back, "" for none
	Warning   *words.Say
	Sending   Sending
	Quiet     string            // why nothing comes from the job at the moment
	Question  *Question         // what the columns of a table mean, nil for none
	Guessed   bool              // the notice is about a table whose encoding was guessed: ChooseEncoding
	Shared    bool              // another tab has the project open, too
	Selected  map[string]bool   // ids of samples, all of which are there; nil for none
	Drafts    map[string]string // what is typed and not added yet: by class, and "" for lines of many
}

// New returns the Teach page's state with two empty classes; Open brings
// back what was kept.
func New(s *state.Store) *Teaching {
	t := &Teaching{app: s, now: time.Now, pause: time.Sleep, ready: make(chan struct{}), kind: task.Image,
		soon:       func(d time.Duration, do func()) { time.AfterFunc(d, do) },
		workspaces: map[task.Kind]*workspace{},
		saving:     map[task.Kind]bool{}, dirty: map[task.Kind]bool{}}
	for _, k := range []task.Kind{task.Image, task.Text} {
		t.workspaces[k] = &workspace{project: NewProject(k, "")}
	}
	s.Gone = t.learnSoon
	return t
}

// Get returns the state as it is now.
func (t *Teaching) Get() State {
	app := t.app.Get()
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.workspaces[t.kind]
	s := State{Opened: t.opened, Kind: t.kind, Project: *l.project, Training: l.training, Notice: l.notice,
		Trial: l.trial, Testing: l.testing, Changed: l.changed, Due: l.due, Warning: t.warning}
	if busy := t.busy(); busy != "" {
		s.Settling = t.workspaces[busy].training.Quiet
		s.Elsewhere = busy != t.kind && !s.Settling
	}
	if i := slices.IndexFunc(app.Taught, func(m task.Model) bool { return m.ID == l.project.Model }); i >= 0 &&
		l.project.Model != "" {
		s.Model = &app.Taught[i]
	}
	if l.deleted != nil {
		s.Deleted = l.deleted.model.Title
	}
	if l.sending != nil {
		s.Sending = l.sending.Sending
	}
	s.Shared = l.shared
	s.Selected = l.selected.here(l.project)
	s.Quiet, s.Drafts, s.Question = l.remote.Trouble, l.drafts, l.question
	s.Guessed = l.guess != nil && l.guess.said != nil && l.guess.said == l.notice.Say
	return s
}

// change runs do on the workspace of the kind shown and tells the watchers.
func (t *Teaching) change(do func(l *workspace)) { t.changeOf("", do) }

// changeOf is change for a kind, "" for the one shown. do runs with the lock held and must not call t.
func (t *Teaching) changeOf(kind task.Kind, do func(l *workspace)) {
	t.mu.Lock()
	if kind == "" {
		kind = t.kind
	}
	do(t.workspaces[kind])
	t.mu.Unlock()
	t.app.Changed()
}

// edit is a change of the project that is kept and learnt. Before what was kept is here there is nothing to edit.
func (t *Teaching) edit(kind task.Kind, do func(l *workspace)) {
	select {
	case <-t.ready:
	default:
		return
	}
	t.changeOf(kind, func(l *workspace) {
		do(l)
		l.changed, l.due = l.project.Model != "", true
	})
	if kind == "" {
		kind = t.shown()
	}
	t.learnSoon(kind)
	t.save(kind)
}

// shown is the kind that the page shows.
func (t *Teaching) shown() task.Kind {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kind
}

// Open brings back what was kept in the browser. Calls after the first do nothing.
func (t *Teaching) Open() {
	t.mu.Lock()
	again := t.opening
	t.opening = true
	t.mu.Unlock()
	if !again {
		go t.open()
	}
}

// open reads both projects, listens to other tabs, takes up a run or job of an earlier visit, and lets edits through.
// What the store could not do becomes a warning, and the projects begin empty. It blocks.
func (t *Teaching) open() {
	disk, trouble := t.app.Kept()
	kept, err := disk.Projects()
	// two tabs may open at once
	session := strconv.FormatInt(t.now().UnixMilli(), 36) + strconv.FormatUint(rand.Uint64N(36*36*36*36), 36) + "-"
	for _, k := range []task.Kind{task.Image, task.Text} {
		p := NewProject(k, session)
		i := slices.IndexFunc(kept, func(p store.Project) bool { return p.ID == string(k) })
		if i >= 0 && err == nil {
			p, err = t.reopen(disk, kept[i], session)
		}
		t.mu.Lock()
		l := t.workspaces[k]
		l.project, l.base = p, p.Project
		if i >= 0 {
			l.base = kept[i]
		}
		l.show()
		t.mu.Unlock()
	}
	disk.Watch(func(c store.Change) {
		if c.Project != "" {
			t.takeOver(task.Kind(c.Project))
		}
	})
	t.mu.Lock()
	t.opened = true
	if len(kept) > 0 && !t.visited {
		last := slices.MaxFunc(kept, func(a, b store.Project) int { return a.Updated.Compare(b.Updated) })
		if t.workspaces[last.Kind] != nil {
			t.kind = last.Kind
		}
	}
	t.mu.Unlock()
	for _, k := range []task.Kind{task.Image, task.Text} {
		t.reopenSending(k)
		t.reopenJob(k)
	}
	close(t.ready)
	for _, k := range []task.Kind{task.Image, task.Text} {
		if project := t.project(k); project.stale() {
			t.learnSoon(k)
		}
	}
	t.warn(cmp.Or(trouble, err))
}

// warn tells what the store could not do; nil only tells the watchers.
func (t *Teaching) warn(err error) {
	t.mu.Lock()
	if err != nil {
		t.warning = sayStore(err)
	}
	t.mu.Unlock()
	t.app.Changed()
}

// sayStore is the page's sentence for an error of the store.
func sayStore(err error) *words.Say {
	var e *store.Error
	if errors.As(err, &e) {
		return words.Of("teach.store."+string(e.Reason), e.Detail)
	}
	return words.Of("teach.store.broken", words.Explain(err))
}

// Visit shows the kind that an address asks for, whatever was shown last.
func (t *Teaching) Visit(k task.Kind) {
	t.mu.Lock()
	t.kind, t.visited = k, true
	t.mu.Unlock()
	t.app.Changed()
}

// SetKind shows pictures or texts.
func (t *Teaching) SetKind(k task.Kind) {
	t.mu.Lock()
	t.kind = k
	t.mu.Unlock()
	t.change(func(*workspace) {})
	t.save(k)
}

// Set changes the settings; another base or seed is learnt at once.
func (t *Teaching) Set(do func(*store.Settings)) {
	learn, kind := false, t.shown()
	t.changeOf(kind, func(l *workspace) {
		before := l.project.Settings
		do(&l.project.Settings)
		learn = before.Base != l.project.Settings.Base || before.Seed != l.project.Settings.Seed
	})
	if learn {
		t.learnSoon(kind)
	}
	t.save(kind)
}

// notify shows what happened.
func (t *Teaching) notify(kind task.Kind, s *words.Say, bad bool) {
	t.changeOf(kind, func(l *workspace) { l.notice = words.Notice{Say: s, Bad: bad} })
}

// RefuseText says where texts go that were dropped or pasted among pictures.
func (t *Teaching) RefuseText() { t.notify(task.Image, words.Of("teach.droptext"), true) }

// NGramsOnly stands in the place of a base for texts that no shipped encoder reads: it has neither ID nor file.
var NGramsOnly = task.Model{Kind: task.Text, NGrams: true, Title: "n-grams of words and characters",
	TitleZH: "词与字的片段（n-gram）", About: "Short pieces of the texts themselves, for languages that the sentence model " +
		"does not read.",
	AboutZH: "直接使用文本自身的片段，适用于句子模型读不懂的语言。"}

// BaseFor is the base of a list that a project uses: the one that was chosen, else a shipped one that fits the samples:
// one trained on drawings when most samples were drawn and on photographs otherwise; among those, the one that tells
// the most things apart, because it has had to look at more. Texts in Latin letters, or none yet, take an encoder of
// sentences; others NGramsOnly. False when there is none.
func BaseFor(bases []task.Model, p *Project) (task.Model, bool) {
	for _, m := range bases {
		if m.ID == p.Settings.Base {
			return m, true
		}
	}
	drawn, latin, all := 0, 0, 0
	for _, c := range p.Classes {
		for _, s := range p.Samples(c.ID) {
			all++
			if s.Drawn {
				drawn++
			}
			if mostlyLatin(s.Text) {
				latin++
			}
		}
	}
	if p.Kind == task.Text && 2*latin < all {
		return NGramsOnly, true
	}
	sketchy := p.Kind == task.Image && 2*drawn > all
	best := -1
	for i, m := range bases {
		if m.Backbone && (best < 0 || better(m, bases[best], sketchy)) {
			best = i
		}
	}
	if best < 0 {
		return task.Model{}, false
	}
	return bases[best], true
}

// better prefers, in this order: encoders, a base for drawings where the samples are drawn (sketchy) and else not, and
// the one that knew more classes.
func better(m, than task.Model, sketchy bool) bool {
	if m.Encoder() != than.Encoder() {
		return m.Encoder()
	}
	if (m.Drawing == sketchy) != (than.Drawing == sketchy) {
		return m.Drawing == sketchy
	}
	return len(m.Labels) > len(than.Labels)
}

// mostlyLatin tells a text of which half the letters are Latin, ASCII ones: what the encoder of sentences can read.
func mostlyLatin(text string) bool {
	latin, other := 0, 0
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			latin++
		case r >= 0xc0:
			other++
		}
	}
	return latin >= other
}
