package jobs

import (
	"wafer/app/state"
	"wafer/app/words"
	"wafer/server/api"
)

// do runs an action on a job, one at a time for each, and shows what came of it.
func (j *Jobs) do(id string, action func() (*words.Say, error)) {
	j.mu.Lock()
	busy := j.view.Busy[id]
	j.mu.Unlock()
	if busy {
		return
	}
	j.change(func(s *State) { s.Busy, s.Notice = state.With(s.Busy, id, true), words.Notice{} })
	go func() {
		said, err := action()
		j.change(func(s *State) {
			if s.Busy = state.With(s.Busy, id, false); err != nil {
				s.Notice = words.Notice{Say: words.Of("jobs.said", words.Explain(err)), Bad: true}
			} else if said != nil {
				s.Notice = words.Notice{Say: said}
			}
		})
		j.lookNow()
	}()
}

// SignOut ends the session of this browser, and nothing of the jobs that it showed stays on the page.
func (j *Jobs) SignOut() {
	go func() {
		if err := j.app.SignOut(); err != nil {
			j.change(func(s *State) {
				s.Notice = words.Notice{Say: words.Of("jobs.said", words.Explain(err)), Bad: true}
			})
			return
		}
		j.mu.Lock()
		for _, streams := range []map[string]func(){j.streams, j.live} {
			for id, stop := range streams {
				stop()
				delete(streams, id)
			}
		}
		j.mu.Unlock()
		j.change(func(s *State) {
			*s = State{Filter: s.Filter, Open: s.Open, Compare: s.Compare, Runs: map[string]Run{},
				Busy: map[string]bool{}}
		})
	}()
}

// Move asks for one of the moves of people.
func (j *Jobs) Move(id string, m api.Move) {
	j.do(id, func() (*words.Say, error) {
		job, err := j.app.Remote().Move(id, m)
		if err != nil {
			return nil, err
		}
		j.replace(job)
		j.follow() // a job that is retried tells again
		return nil, nil
	})
}

// replace shows a job's newer state in the list.
func (j *Jobs) replace(job api.Job) {
	j.change(func(s *State) {
		list := append([]api.Job(nil), s.List...)
		for i := range list {
			if list[i].ID == job.ID {
				list[i] = job
			}
		}
		s.List = list
	})
}

// Delete forgets a job that has ended. then is called when it is gone.
func (j *Jobs) Delete(id string, then func()) {
	j.do(id, func() (*words.Say, error) {
		job, _ := j.Get().Find(id)
		if err := j.app.Remote().Delete(id); err != nil {
			return nil, err
		}
		j.change(func(s *State) {
			var list []api.Job
			for _, other := range s.List {
				if other.ID != id {
					list = append(list, other)
				}
			}
			s.List = list
		})
		then()
		return words.Of("jobs.deleted", job.Spec.Name), nil
	})
}

// Bring takes the model of a job that succeeded into this tab, among the taught ones.
func (j *Jobs) Bring(id string) {
	j.do(id, func() (*words.Say, error) {
		job, ok := j.Get().Find(id)
		if !ok || job.Status.Result == nil {
			return nil, words.Sentence(words.T("jobs.noresult"))
		}
		m, err := j.app.Bring(job)
		if err != nil {
			return nil, err
		}
		j.change(func(s *State) { s.Brought = &m })
		return words.Of("jobs.brought", words.Title(m)), nil
	})
}

// Report offers the report of a job that succeeded as a file.
func (j *Jobs) Report(id string) {
	j.do(id, func() (*words.Say, error) {
		job, ok := j.Get().Find(id)
		if !ok || job.Status.Result == nil || job.Status.Result.Page == nil {
			return nil, words.Sentence(words.T("jobs.noresult"))
		}
		return words.Of("jobs.report.saved", job.Spec.Name), j.app.DownloadReport(job)
	})
}

// Complain shows why something did not work.
func (j *Jobs) Complain(err error) {
	j.change(func(s *State) { s.Notice = words.Notice{Say: words.Of("jobs.said", words.Explain(err)), Bad: true} })
}
