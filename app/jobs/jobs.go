// Package jobs is the Jobs page's part of the state: the server's list of
// trainings, one of them or several side by side, and variations of them.
package jobs

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"wafer/app/client"
	"wafer/app/state"
	"wafer/app/words"
	"wafer/nn/task"
	"wafer/server/api"
)

// Jobs is the Jobs page's own part of the state and the actions on it. Its methods may be called from any goroutine
// and never wait.
type Jobs struct {
	app *state.Store

	mu      sync.Mutex
	view    State
	streams map[string]func() // stops the events of a job that is looked at, by ID
	live    map[string]func() // likewise of one that runs in the list
	here    bool              // the page is shown
	looks   int               // counts visits of the page; the loop of an earlier one ends
	again   chan struct{}     // look now
}

// State is what the Jobs page shows. Slices and maps in it are replaced, never written to.
type State struct {
	List    []api.Job // newest first
	Loaded  bool
	Total   int             // jobs that the server has; List has the newest
	Damaged []string        // IDs of jobs that the server cannot read
	Trouble string          // why List may be empty or old
	Filter  api.State       // "" is all
	Open    string          // ID of the job that is looked at, "" for the list
	Compare []string        // IDs of the jobs that are looked at side by side
	Picked  []string        // IDs of the jobs that are chosen in the list
	Runs    map[string]Run  // what was heard of those that are looked at
	Busy    map[string]bool // an action on them is under way
	Notice  words.Notice
	Clone   *CloneForm
	Brought *task.Model // the model that came into this tab last
}

// MaxCompare bounds a comparison: every job in it that runs holds a connection, and browsers have six for a server.
const MaxCompare = 4

// NewJobs returns the Jobs page's state.
func New(s *state.Store) *Jobs {
	return &Jobs{app: s, streams: map[string]func(){}, live: map[string]func(){}, again: make(chan struct{}, 1),
		view: State{Runs: map[string]Run{}, Busy: map[string]bool{}}}
}

// Get returns the state as it is now.
func (j *Jobs) Get() State {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.view
}

func (j *Jobs) change(do func(*State)) {
	j.mu.Lock()
	do(&j.view)
	j.mu.Unlock()
	j.app.Changed()
}

// Shown are the jobs that the filter leaves.
func (s State) Shown() []api.Job {
	var list []api.Job
	for _, job := range s.List {
		if s.Filter == "" || job.Status.State == s.Filter {
			list = append(list, job)
		}
	}
	return list
}

// Find returns a job as it was heard of last.
func (s State) Find(id string) (api.Job, bool) {
	if r, ok := s.Runs[id]; ok && r.Job.ID != "" {
		return r.Job, true
	}
	if i := slices.IndexFunc(s.List, func(job api.Job) bool { return job.ID == id }); i >= 0 {
		return s.List[i], true
	}
	return api.Job{}, false
}

// Place is the address of the list, with the jobs in one state or all.
func Place(filter api.State) string {
	if filter == "" {
		return "/jobs"
	}
	return "/jobs?state=" + url.QueryEscape(string(filter))
}

// PlaceOf is the address of one job.
func PlaceOf(id string) string { return "/jobs?id=" + url.QueryEscape(id) }

// ComparePlace is the address of jobs side by side.
func ComparePlace(ids []string) string {
	return "/jobs?compare=" + url.QueryEscape(strings.Join(ids, ","))
}

// Visit goes to the place that a query describes and keeps what it shows up to date until Leave.
func (j *Jobs) Visit(query url.Values) {
	var compare []string
	if ids := query.Get("compare"); ids != "" {
		compare = strings.Split(ids, ",")
		compare = compare[:min(len(compare), MaxCompare)]
	}
	j.change(func(s *State) {
		if id := query.Get("id"); s.Open != id || compare != nil {
			if s.Clone, s.Brought = nil, nil; id != "" || compare != nil { // that a job was deleted is said in the list
				s.Notice = words.Notice{}
			}
		}
		s.Filter, s.Open, s.Compare = api.State(query.Get("state")), query.Get("id"), compare
	})
	j.mu.Lock()
	j.looks++
	j.here = true
	look := j.looks
	j.mu.Unlock()
	j.follow()
	go j.look(look)
}

// Leave ends what Visit began.
func (j *Jobs) Leave() {
	j.mu.Lock()
	j.looks++
	j.here = false
	j.view.Open, j.view.Compare = "", nil
	j.mu.Unlock()
	j.follow()
}

// How often the list is asked for: while something happens, and else.
const (
	soon  = 2 * time.Second
	later = 10 * time.Second
)

// look asks for the list again and again while the page is there.
func (j *Jobs) look(visit int) {
	for {
		j.mu.Lock()
		over := j.looks != visit
		j.mu.Unlock()
		if over {
			j.lookNow() // in case that the loop that took over was meant
			return
		}
		pause := later
		if j.Refresh() {
			pause = soon
		}
		select {
		case <-time.After(pause):
		case <-j.again:
		}
	}
}

// lookNow makes look ask at once.
func (j *Jobs) lookNow() {
	select {
	case j.again <- struct{}{}:
	default:
	}
}

// Refresh asks for the list once and reports whether any job is under way. It blocks.
func (j *Jobs) Refresh() (busy bool) {
	if !j.app.Get().Server.Known {
		j.app.AskServer()
	}
	if !j.app.Get().Server.CanRead() {
		return false
	}
	page, err := j.app.Remote().Jobs()
	list := page.Jobs
	if status := client.Status(err); status == 401 || status == 403 {
		j.app.AskServer() // signed out meanwhile
	}
	j.change(func(s *State) {
		if s.Trouble = ""; err != nil {
			s.Trouble = words.Explain(err)
			return
		}
		for i, job := range list { // an event may have come meanwhile
			if k := slices.IndexFunc(s.List, func(old api.Job) bool { return old.ID == job.ID }); k >= 0 &&
				s.List[k].Seq > job.Seq {
				list[i] = s.List[k]
			}
		}
		s.List, s.Loaded, s.Total, s.Damaged = list, true, page.Total, page.Damaged
		s.Picked = slices.DeleteFunc(slices.Clone(s.Picked), func(id string) bool {
			return !slices.ContainsFunc(list, func(job api.Job) bool { return job.ID == id })
		})
	})
	j.follow() // a job that had ended may run again
	return slices.ContainsFunc(list, func(job api.Job) bool {
		return !job.Status.State.Final() &&
			job.Status.State != api.Paused
	})
}

// maxLive is how many jobs of the list are followed: each holds a connection. The others are as new as the list.
const maxLive = 2

// follow holds the events of exactly the jobs that are looked at, or of those that run in the list.
func (j *Jobs) follow() {
	if !j.app.Get().Server.CanRead() {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.followList()
	want := slices.Clone(j.view.Compare)
	if j.view.Open != "" {
		want = append(want, j.view.Open)
	}
	for id, stop := range j.streams {
		if !slices.Contains(want, id) {
			stop()
			delete(j.streams, id)
		}
	}
	for _, id := range want {
		run := j.view.Runs[id]
		if j.streams[id] == nil && !j.over(run) {
			stop := j.app.Remote().Events(id, run.Job.Seq, func(e []api.Event) { j.hear(id, e) },
				func(err error) { j.connection(id, err) })
			j.streams[id] = stop
			go j.introduce(id)
		}
	}
}

// followList follows what runs in the list. The caller holds the lock.
func (j *Jobs) followList() {
	var want []string
	for _, job := range j.view.List {
		if j.here && j.view.Open == "" && j.view.Compare == nil && job.Status.State == api.Running &&
			len(want) < maxLive {
			want = append(want, job.ID)
			if j.live[job.ID] == nil {
				j.live[job.ID] = j.app.Remote().Events(job.ID, job.Seq,
					func(e []api.Event) { j.hearInList(job.ID, e[len(e)-1]) }, func(error) {})
			}
		}
	}
	for id, stop := range j.live {
		if !slices.Contains(want, id) {
			delete(j.live, id)
			go stop()
		}
	}
}

// hearInList takes the newest event of a job that runs in the list.
func (j *Jobs) hearInList(id string, e api.Event) {
	j.change(func(s *State) {
		i := slices.IndexFunc(s.List, func(job api.Job) bool { return job.ID == id })
		if i < 0 || s.List[i].Seq >= e.Seq {
			return
		}
		s.List = slices.Clone(s.List)
		s.List[i].Seq, s.List[i].Updated, s.List[i].Status = e.Seq, e.Time, e.Status
	})
	if e.Status.State != api.Running {
		j.lookNow()
	}
}

// over reports whether a run has nothing more to tell: it has ended and, as far as is known, was not retried.
func (j *Jobs) over(r Run) bool {
	i := slices.IndexFunc(j.view.List, func(job api.Job) bool { return job.ID == r.Job.ID })
	return r.Job.Status.State.Final() && (i < 0 || j.view.List[i].Seq <= r.Job.Seq)
}

// introduce asks for what events do not tell of a job.
func (j *Jobs) introduce(id string) {
	job, err := j.app.Remote().Job(id)
	if err != nil {
		j.connection(id, err)
		return
	}
	j.update(id, func(r *Run) {
		if seq, status := r.Job.Seq, r.Job.Status; seq > 0 { // the events are the newer story
			job.Seq, job.Status = seq, status
		} else {
			job.Seq = 0 // so that events begin at the first
		}
		r.Job = job
	})
}

func (j *Jobs) hear(id string, events []api.Event) {
	j.update(id, func(r *Run) {
		for _, e := range events {
			r.Hear(e)
		}
	})
	if !events[len(events)-1].Status.State.Final() {
		return
	}
	j.mu.Lock()
	if stop := j.streams[id]; stop != nil {
		delete(j.streams, id)
		go stop()
	}
	j.mu.Unlock()
	j.lookNow()
}

func (j *Jobs) connection(id string, err error) {
	j.update(id, func(r *Run) {
		if r.Trouble = ""; err != nil {
			r.Trouble = words.Explain(err)
		}
	})
}

func (j *Jobs) update(id string, do func(*Run)) {
	j.change(func(s *State) {
		r := s.Runs[id]
		r.Log, r.Curve = slices.Clip(r.Log), slices.Clip(r.Curve)
		do(&r)
		s.Runs = state.With(s.Runs, id, r)
	})
}

// Pick chooses a job of the list, or takes the choice back.
func (j *Jobs) Pick(id string) {
	j.change(func(s *State) {
		if i := slices.Index(s.Picked, id); i >= 0 {
			s.Picked = slices.Delete(slices.Clone(s.Picked), i, i+1)
		} else if len(s.Picked) < MaxCompare {
			s.Picked = append(slices.Clip(s.Picked), id)
		}
	})
}

// Dismiss takes the notice away.
func (j *Jobs) Dismiss() { j.change(func(s *State) { s.Notice = words.Notice{} }) }
