package teach

import (
	"errors"
	"slices"
	"time"

	"wafer/app/client"
	"wafer/app/jobs"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
)

// followJob shows the progress of a job of the server as that of a training here.
func (t *Teaching) followJob(kind task.Kind, id string) {
	t.unfollow(kind)
	t.mu.Lock()
	l := t.workspaces[kind]
	l.remote = jobs.Run{Curve: l.training.Curve, Brought: len(l.training.Curve), Marked: len(l.training.Curve)}
	l.remote.Job.ID = id
	t.mu.Unlock()
	stop := t.app.Remote().Events(id, 0, func(e []api.Event) { t.hearJob(kind, id, e) },
		func(err error) { t.jobConnection(kind, id, err) })
	t.mu.Lock()
	l.unfollow = stop
	t.mu.Unlock()
}

// unfollow ends hearing of the job, if one is followed; the job goes on.
func (t *Teaching) unfollow(kind task.Kind) {
	t.mu.Lock()
	stop := t.workspaces[kind].unfollow
	t.workspaces[kind].unfollow = nil
	t.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// hearJob takes events of the job that is followed.
func (t *Teaching) hearJob(kind task.Kind, id string, events []api.Event) {
	t.changeOf(kind, func(l *workspace) {
		if l.training.Job != id {
			return
		}
		r := &l.remote
		for _, e := range events {
			r.Hear(e)
			if p := e.Status.Progress; p != nil && e.Kind == api.Progressed {
				l.training.Progress(*p)
			}
		}
		l.training.Curve = slices.Clone(r.Curve)
		newest := events[len(events)-1].Status
		l.training.JobState = newest.State
		switch newest.State {
		case api.Succeeded:
			l.training.move(End)
		case api.Failed:
			l.training.fail(newest.Error)
		case api.Cancelled:
			l.training.fail(words.T("jobs.teach.cancelled"))
		default:
			l.training.move(Revive)
		}
	})
}

// jobConnection notes that nothing can be heard of the job, or that it can again.
func (t *Teaching) jobConnection(kind task.Kind, id string, err error) {
	t.changeOf(kind, func(l *workspace) {
		if l.training.Job != id {
			return
		}
		if client.Status(err) == 404 { // somebody deleted it
			l.training.fail(words.T("jobs.missing"))
			l.project.Job = ""
			return
		}
		if l.remote.Trouble = ""; err != nil {
			l.remote.Trouble = words.Explain(err)
		}
	})
}

// reopenJob goes on following the job of an earlier visit.
func (t *Teaching) reopenJob(kind task.Kind) {
	t.mu.Lock()
	l := t.workspaces[kind]
	id := l.project.Job
	follow := id != "" && t.app.Remote() != nil && l.training.begin(Follow, nil)
	if follow {
		l.training.Job = id
	}
	t.mu.Unlock()
	if follow {
		t.followJob(kind, id)
	}
}

// LeaveJob forgets the job that is followed; it goes on on the server.
func (t *Teaching) LeaveJob() {
	t.mu.Lock()
	kind := t.kind
	t.mu.Unlock()
	t.leaveJob(kind)
}

// leaveJob is LeaveJob for a kind.
func (t *Teaching) leaveJob(kind task.Kind) {
	t.unfollow(kind)
	t.changeOf(kind, func(l *workspace) {
		l.project.Job = ""
		if l.training.Job != "" {
			l.rest(Leave)
		}
	})
	t.save(kind)
}

// TakeModel brings the model of the job that is followed into this tab and makes it the one to try.
func (t *Teaching) TakeModel() {
	t.mu.Lock()
	kind := t.kind
	l := t.workspaces[kind]
	job := l.remote.Job
	if job.Status.Result == nil || !l.training.move(Bring) {
		t.mu.Unlock()
		return
	}
	t.mu.Unlock()
	t.change(func(*workspace) {})
	go func() {
		whole, err := t.app.Remote().Job(job.ID)
		if err == nil {
			_, err = t.app.Bring(whole)
		}
		if err != nil {
			t.changeOf(kind, func(l *workspace) { l.training.move(Lack) })
			t.notify(kind, words.Of("teach.said", words.Explain(err)), true)
			return
		}
		m := whole.Status.Result.Model
		report := &task.Report{}
		if json.Unmarshal(whole.Status.Result.Report, report) != nil {
			report = nil
		} else {
			report.Model = m
		}
		t.unfollow(kind)
		t.changeOf(kind, func(l *workspace) {
			l.training.move(Learn)
			l.training.Job, l.project.Job, l.changed = "", "", false
			l.project.Model, l.project.Report, l.project.Curve = m.ID, report, l.training.Curve
		})
		t.save(kind)
		if t.project(kind).Settings.Sure > 0 {
			t.warn(t.beSure(kind))
		}
	}()
}

// TakeBack pauses the job that is followed and goes on with it in this tab.
func (t *Teaching) TakeBack() {
	t.mu.Lock()
	kind := t.kind
	id := t.workspaces[kind].training.Job
	t.mu.Unlock()
	if id != "" {
		t.TakeJob(id, nil)
	}
}

// TakeJob pauses a job that the Teach page made, here or elsewhere, and goes on with it in this tab: with the files
// that it has on the server. then, if set, hears how that began.
func (t *Teaching) TakeJob(id string, then func(error)) {
	go func() {
		err := t.takeJob(id)
		if then != nil {
			then(err)
		} else if err != nil {
			t.notify("", words.Of("teach.said", words.Explain(err)), true)
		}
	}()
}

// takeJob is TakeJob, and returns when the training here ran or could not begin. A job that is no work of this page, or
// is over, and a training under way here are errors; when the job's files cannot be had the page goes on following it,
// paused or not. It blocks.
func (t *Teaching) takeJob(id string) error {
	<-t.ready
	server := t.app.Remote()
	job, err := server.Job(id)
	if err != nil {
		return err
	}
	r, err := recipe.Parse(job.Spec.Recipe)
	if err != nil || !r.Taught() || job.Status.State.Final() {
		return errors.New(words.T("jobs.back.not"))
	}
	kind := task.Kind(r.Preprocess.Kind)
	t.mu.Lock()
	if !t.may(kind, Take) {
		t.mu.Unlock()
		return errors.New(words.T("jobs.back.busy"))
	}
	l := t.workspaces[kind]
	curve := l.training.Curve
	if l.training.Job != id {
		curve = nil
	}
	l.training.begin(Take, r)
	l.training.Curve, l.trial, l.notice, t.kind = curve, Trial{}, words.Notice{}, kind
	t.mu.Unlock()
	t.unfollow(kind)
	t.change(func(*workspace) {})
	c, err := t.fetchRun(job, r)
	if err != nil {
		t.finish(kind, func(l *workspace) { l.rest(Stay) })
		if job.ID == t.Get().Project.Job {
			t.reopenJob(kind)
		}
		return err
	}
	t.changeOf(kind, func(l *workspace) {
		l.training.move(Come)
		l.project.Job = ""
	})
	t.save(kind)
	t.train(kind, c)
	return nil
}

// fetchRun pauses a job and gets what is needed to go on with it.
func (t *Teaching) fetchRun(job api.Job, doc *recipe.Recipe) (trainingRun, error) {
	server := t.app.Remote()
	if job.Status.State != api.Paused {
		paused, err := server.Move(job.ID, api.Pause)
		if err != nil {
			return trainingRun{}, err
		}
		if job, err = t.settled(paused); err != nil {
			return trainingRun{}, err
		}
	}
	r := trainingRun{recipe: doc}
	for _, f := range job.Spec.Data {
		file, err := server.File(f.SHA256)
		if err != nil {
			return trainingRun{}, err
		}
		r.files = append(r.files, SendFile{File: f, data: file})
	}
	at := job.Status.Checkpoint
	if at == nil {
		at = job.Spec.Checkpoint
	}
	if at != nil {
		file, err := server.File(at.SHA256)
		if err != nil {
			return trainingRun{}, err
		}
		r.checkpoint = &SendFile{File: api.File{Path: checkpointPath, SHA256: at.SHA256, Size: at.Size}, data: file}
	}
	return r, nil
}

// A worker notices within two seconds that its job was paused, and then stores a last checkpoint. An older one would
// lead to the same model, only later.
const (
	settleEvery = 250 * time.Millisecond
	settleTries = 16
)

// settled waits for that checkpoint, but not for ever.
func (t *Teaching) settled(paused api.Job) (api.Job, error) {
	for range settleTries {
		if paused.Status.Attempt == 0 {
			break
		}
		t.wait(settleEvery)
		now, err := t.app.Remote().Job(paused.ID)
		if err != nil {
			return paused, err
		}
		if now.Status.State != api.Paused {
			return now, errors.New(words.T("jobs.back.not"))
		}
		if now.Seq > paused.Seq && now.Status.Checkpoint != nil {
			return now, nil
		}
	}
	return paused, nil
}

// StartFrom makes a model of the user's own the one to build upon.
func (t *Teaching) StartFrom(m task.Model) {
	go func() {
		<-t.ready
		t.SetKind(m.Kind)
		t.Set(func(s *store.Settings) { s.Base = m.ID })
	}()
}
