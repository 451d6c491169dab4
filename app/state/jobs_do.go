package state

// do runs an action on a job, one at a time for each, and shows what came of it.
func (j *Jobs) do(id string, action func() (*Say, error)) {
	j.mu.Lock()
	busy := j.view.Busy[id]
	j.mu.Unlock()
	if busy {
		return
	}
	j.change(func(s *JobsState) { s.Busy, s.Notice = with(s.Busy, id, true), Notice{} })
	go func() {
		said, err := action()
		j.change(func(s *JobsState) {
			if s.Busy = with(s.Busy, id, false); err != nil {
				s.Notice = Notice{say("jobs.said", err.Error()), true}
			} else if said != nil {
				s.Notice = Notice{Say: said}
			}
		})
		j.lookNow()
	}()
}

// Move asks for one of the moves of people.
func (j *Jobs) Move(id string, m Move) {
	j.do(id, func() (*Say, error) {
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
func (j *Jobs) replace(job Job) {
	j.change(func(s *JobsState) {
		list := append([]Job(nil), s.List...)
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
	j.do(id, func() (*Say, error) {
		job, _ := j.Get().Find(id)
		if err := j.app.Remote().Delete(id); err != nil {
			return nil, err
		}
		j.change(func(s *JobsState) {
			var list []Job
			for _, other := range s.List {
				if other.ID != id {
					list = append(list, other)
				}
			}
			s.List = list
		})
		then()
		return say("jobs.deleted", job.Spec.Name), nil
	})
}

// Bring takes the model of a job that succeeded into this tab, among the taught ones.
func (j *Jobs) Bring(id string) {
	j.do(id, func() (*Say, error) {
		job, ok := j.Get().Find(id)
		if !ok || job.Status.Result == nil {
			return nil, sentence(T("jobs.noresult"))
		}
		m, err := j.app.bring(job)
		if err != nil {
			return nil, err
		}
		j.change(func(s *JobsState) { s.Brought = &m })
		return say("jobs.brought", Title(m)), nil
	})
}

// Complain shows why something did not work.
func (j *Jobs) Complain(err error) {
	j.change(func(s *JobsState) { s.Notice = Notice{say("jobs.said", err.Error()), true} })
}
