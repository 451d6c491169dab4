package teach

import (
	"errors"
	"slices"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/metrics"
	"wafer/nn/task"
)

// Testing is a measuring of the taught model on the samples that are kept to test with.
type Testing struct {
	Active  bool
	Done    int // samples that were answered
	Samples int
	Error   string // why the last one came to nothing, "" where it did not
}

// textsAtOnce is how many texts one message asks about.
const textsAtOnce = 64

// errChanged ends a measuring whose model has been taught anew meanwhile.
var errChanged = errors.New("changed")

// ForTest are the samples that are kept to test with, of the classes that a model tells apart, and their classes by
// number.
func (p *Project) ForTest(labels []string) (samples []store.Sample, truth []int) {
	for _, c := range p.Classes {
		label := slices.Index(labels, p.Title(c.ID))
		if label < 0 || c.Off {
			continue
		}
		for _, s := range p.tests[c.ID] {
			samples, truth = append(samples, s), append(truth, label)
		}
	}
	return samples, truth
}

// Test measures the taught model on the samples that are kept for that. It happens when somebody asks for it only,
// since each look at a test set uses it up a little.
func (t *Teaching) Test() {
	s := t.Get()
	if s.Model == nil || s.Project.Report == nil || s.Testing.Active {
		return
	}
	samples, truth := s.Project.ForTest(s.Project.Report.Model.Labels)
	if len(samples) == 0 {
		return
	}
	t.changeOf(s.Kind, func(l *workspace) { l.testing = Testing{Active: true, Samples: len(samples)} })
	go func() {
		tested, err := t.measure(s.Kind, *s.Model, samples, truth)
		t.changeOf(s.Kind, func(l *workspace) {
			l.testing = Testing{}
			switch {
			case err == nil:
				l.project.Tested = tested
			case err != errStopped && err != errChanged:
				l.testing.Error = words.Explain(err)
			}
		})
		t.save(s.Kind)
	}()
}

// StopTest ends a measuring without a result.
func (t *Teaching) StopTest() { t.change(func(l *workspace) { l.testing.Active = false }) }

// measure asks the model about all samples, a few at a time, and sums the answers up.
func (t *Teaching) measure(kind task.Kind, m task.Model, samples []store.Sample, truth []int) (*store.Tested, error) {
	if err := t.seal(kind); err != nil {
		return nil, err
	}
	if err := t.app.Ready(m); err != nil {
		return nil, err
	}
	p := t.project(kind)
	if p.Report == nil || p.Report.WeightsHash == "" {
		return nil, errChanged
	}
	out := &store.Tested{Weights: p.Report.WeightsHash, Labels: p.Report.Model.Labels}
	all := metrics.Answers{Classes: len(out.Labels)}
	for done := 0; done < len(samples); {
		some := samples[done:min(done+batch(samples[done:]), len(samples))]
		results, err := t.answers(m, some)
		if err != nil {
			return nil, err
		}
		for i, r := range results {
			count(out, &all, some[i].ID, truth[done+i], r)
		}
		done += len(some)
		if err := t.goOn(kind, done, out.Weights); err != nil {
			return nil, err
		}
	}
	if len(all.Labels) == 0 {
		return nil, errors.New(words.T("test.none"))
	}
	q := bridge.JudgeRequest{Labels: out.Labels, Answers: *all.Pack()}
	judged, _, err := bridge.Ask(t.app.Writer, bridge.Judge, q)
	if err != nil {
		return nil, err
	}
	out.Estimate, out.Used = judged.Estimate, usedBy(p.Tested, out.Weights)
	return out, nil
}

// batch is how many of the samples one message asks about.
func batch(samples []store.Sample) (n int) {
	if samples[0].Text != "" {
		return textsAtOnce
	}
	for bytes := 0; n < min(len(samples), prepareAtOnce) && (n == 0 || bytes+samples[n].Bytes <= prepareBytes); n++ {
		bytes += samples[n].Bytes
	}
	return n
}

// answers asks a model about samples and waits for what it says of each.
func (t *Teaching) answers(m task.Model, samples []store.Sample) ([]task.Result, error) {
	in, buffers := inputs(samples)
	results, end := make([]task.Result, len(in)), make(chan error, 1)
	bridge.Call(t.app.Worker(), bridge.Classify, bridge.ClassifyRequest{Model: m.ID, Inputs: in}, buffers,
		func(a bridge.Answer) {
			if a.Index >= 0 && a.Index < len(results) {
				results[a.Index] = state.InWords(a)
			}
		},
		func(_ bridge.None, _ [][]byte, err error) { end <- err })
	return results, <-end
}

// count takes an answer in.
func count(d *store.Tested, all *metrics.Answers, id string, label int, r task.Result) {
	if len(r.Scores) != all.Classes {
		d.Failed++
		return
	}
	row := make([]float32, all.Classes)
	for _, s := range r.Scores {
		row[s.Index] = s.Probability
	}
	all.Labels, all.P, d.Asked = append(all.Labels, label), append(all.P, row...), append(d.Asked, id)
	switch {
	case r.Rejected:
		d.Rejected++
	case r.Scores[0].Index == label:
		d.Kept++
	}
}

// goOn tells how far it is, and whether it still makes sense.
func (t *Teaching) goOn(kind task.Kind, done int, weights string) (err error) {
	t.changeOf(kind, func(l *workspace) {
		switch {
		case !l.testing.Active:
			err = errStopped
		case l.project.Report == nil || l.project.Report.WeightsHash != weights:
			err = errChanged
		}
		l.testing.Done = done
	})
	return err
}

// usedBy are the models that a test set has measured, with one more.
func usedBy(before *store.Tested, weights string) []string {
	var used []string
	if before != nil {
		used = before.Used
	}
	if slices.Contains(used, weights) {
		return used
	}
	return append(slices.Clip(used), weights)
}

// Judge has answers drawn and tells on, which is called on another goroutine.
func (t *Teaching) Judge(q bridge.JudgeRequest, on func(bridge.Judged, error)) {
	q.Chinese = words.Language() == words.Chinese
	bridge.Call(t.app.Writer, bridge.Judge, q, []browser.Buffer{}, nil,
		func(done bridge.Judged, _ [][]byte, err error) { on(done, err) })
}
