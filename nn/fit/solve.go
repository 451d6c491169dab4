package fit

import (
	"cmp"
	"fmt"
	"slices"

	"wafer/nn/context"
	"wafer/nn/layers"
	"wafer/nn/metrics"
	"wafer/nn/recipe"
	"wafer/nn/solve"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// solvable is the dense layer that a stage with a solver finds the weights of, and what is before it. The error is a
// sentence that says why there is none.
func (p *part) solvable() (dense *layers.DenseLayer, front *layers.Model, err error) {
	last := p.trained.Last()
	dense, is := last.Layer.(*layers.DenseLayer)
	if !is || dense.Activation != "softmax" || !dense.UseBias {
		return nil, nil, fmt.Errorf("the solver needs a Dense layer with bias and softmax at the end, found %s",
			last.Name)
	}
	front, _, ok := p.trained.Cut(last.Inputs[0])
	if !ok || len(train.Trainable(front, p.frozen)) > 0 {
		return nil, nil, fmt.Errorf("the solver finds the weights of %s alone, but more is to be trained", last.Name)
	}
	return dense, front, nil
}

// solve finds the weights of a head instead of training it, and estimates how it will do.
func (f *fitter) solve(ctx context.Context, p *part) error {
	x, front, err := f.denseFeatures(ctx, p)
	if err != nil {
		return err
	}
	if x.Width > 0 {
		if err := f.lookAhead(ctx, p); err != nil {
			return err
		}
	}
	f.o.Report(task.Progress{Phase: task.Training, Stage: p.Name})
	groups := f.grouped()
	s := solve.Samples{Classes: len(f.data.Labels), Group: groups.of, Seed: f.r.Seed, Runner: f.o.Runner}
	for _, sample := range f.data.Train {
		s.Y = append(s.Y, sample.Label)
		s.Weight = append(s.Weight, float32(cmp.Or(sample.Weight, 1)))
	}
	if p.TFIDF != nil {
		f.grams = f.fitNGrams(p.TFIDF)
		f.grams.front = front
	}
	columns := solve.Columns(x, s.Y, s.Classes, f.widths(x))
	sets := f.sets(p, x, columns)
	l, err := solve.Learn(sets, s)
	if err != nil {
		return fmt.Errorf("training: %w", err)
	}
	if f.rep.Estimate = estimate(l, s); f.rep.Estimate != nil {
		f.rep.Estimate.Narrow, f.rep.Estimate.Copies = groups.narrow, groups.copies
		if f.grams != nil {
			f.rep.Estimate.Features = choices(sets, l)
		}
	}
	scale := columns[min(l.Set, len(columns)-1)]
	if len(l.Dense) > 0 || len(l.Sparse) == 0 {
		f.writeHead(p, l, scale)
	}
	if len(l.Sparse) > 0 {
		return f.answerFromNGrams(ctx, p, l, scale)
	}
	f.grams = nil
	return nil
}

// denseFeatures are what stands before the head, of the training samples, and what computes them of the rows of the
// stage. A recipe without a base has none.
func (f *fitter) denseFeatures(ctx context.Context, p *part) (x solve.Features, front *layers.Model, err error) {
	if _, only := f.r.NGrams(); only {
		return solve.Features{Rows: len(f.data.Train)}, nil, nil
	}
	if err := f.adapt(p); err != nil {
		return x, nil, err
	}
	if _, front, err = p.solvable(); err != nil {
		return x, nil, err
	}
	x, err = f.dense(ctx, front, p.rows[0])
	return x, front, err
}

// dense runs the frozen layers before a head.
func (f *fitter) dense(ctx context.Context, front *layers.Model, rows train.Source) (x solve.Features, err error) {
	run := &train.Tester{Model: front, State: f.state, Runner: f.o.Runner, Batch: f.testBatch}
	defer run.Close()
	z, err := run.Predict(ctx, rows)
	if err != nil {
		if ctx.Err() != nil {
			return x, ErrStopped
		}
		return x, err
	}
	return solve.Features{Rows: rows.Len(), Width: z.Size() / max(rows.Len(), 1), Dense: z.F()}, nil
}

// widths are the lengths of the parts of dense features.
func (f *fitter) widths(x solve.Features) []int {
	if f.network != nil && f.network.widths != nil {
		return f.network.widths
	}
	return []int{x.Width}
}

// writeHead puts a head on dense features, whose columns were multiplied with scale, into the network.
func (f *fitter) writeHead(p *part, l *solve.Learnt, scale []float32) {
	name := p.trained.Last().Name
	kernel, bias := f.state[name+"/kernel"].F(), f.state[name+"/bias"].F()
	for i, w := range l.Dense {
		kernel[i] = w * scale[i/l.Classes]
	}
	copy(bias, l.Bias)
}

// estimate sums up what held-out heads said; nil where nothing could be held out: a class of one sample is unknown to
// the head that does not see it.
func estimate(l *solve.Learnt, s solve.Samples) *task.Estimate {
	if l.Unmeasured {
		return nil
	}
	h := metrics.Held{Labels: s.Y, Classes: s.Classes, Parts: l.Rounds, Accuracy: l.Stated(s.Y)}
	for _, held := range l.Held {
		h.Probabilities = append(h.Probabilities, solve.Probabilities(held, s.Classes))
	}
	e := metrics.Estimate(h)
	if e.Samples == 0 {
		return nil
	}
	return &e
}

// kept is what a solved head was before the stages that fine-tune it.
type kept struct {
	state    map[string][]float32
	held     task.Metrics // on the validation samples
	estimate *task.Estimate
	part     *part // that solved it
}

// keep remembers the network after its head was solved.
func (f *fitter) keep(ctx context.Context, p *part) error {
	k := &kept{state: map[string][]float32{}, estimate: f.rep.Estimate, part: p}
	for name, v := range f.state {
		k.state[name] = append([]float32(nil), v.F()...)
	}
	var err error
	k.held, err = f.validated(ctx, p)
	f.solved = k
	return err
}

// validated measures a part on the validation samples.
func (f *fitter) validated(ctx context.Context, p *part) (task.Metrics, error) {
	tester := &train.Tester{Model: p.trained, State: f.state, Runner: f.o.Runner, Loss: &f.r.Loss, Batch: f.testBatch}
	defer tester.Close()
	return tester.Evaluate(ctx, p.rows[1])
}

// choose puts the solved head back unless what was fine-tuned from it is right more often on the validation samples.
// The loss does not decide: one network is calibrated, the other is not yet. It returns the part to measure on.
func (f *fitter) choose(ctx context.Context, p *part) (*part, error) {
	ctx = context.WithoutCancel(ctx)
	tuned, err := f.validated(ctx, p)
	if err != nil {
		return nil, err
	}
	n := p.rows[1].Len()
	if n > 0 && tuned.Accuracy > f.solved.held.Accuracy {
		e := &task.Estimate{Accuracy: tuned.Accuracy, Samples: n, Parts: 1}
		e.Low, e.High = metrics.Interval(tuned.Accuracy, n)
		f.rep.Estimate = e
		return p, nil
	}
	for name, v := range f.solved.state {
		copy(f.state[name].F(), v)
	}
	if f.rep.Estimate, f.rep.Note = f.solved.estimate, recipe.NotBetter; n == 0 {
		f.rep.Note = recipe.NotCompared
	}
	if n == 0 || !p.last || len(f.given.Validation) > 0 {
		return p, nil
	}
	return f.solved.part, f.solveWithHeld(ctx, f.solved.part)
}

// solveWithHeld solves a head anew with the validation samples, which were cut from the training samples to compare it
// with another, and which nothing is measured on any more.
func (f *fitter) solveWithHeld(ctx context.Context, p *part) error {
	f.data.Train, f.data.Validation = slices.Concat(f.data.Train, f.data.Validation), nil
	f.rep.Train, f.rep.Validation = len(f.data.Train), 0
	p.rows[0], p.rows[1] = joint{p.rows[0], p.rows[1]}, train.Subset{Source: p.rows[1]}
	f.source[1] = train.Subset{Source: f.source[1]}
	f.groups = nil
	for _, e := range p.trained.Entries {
		delete(f.adapted, e.Name)
	}
	return f.solve(ctx, p)
}

// joint is one source behind another.
type joint struct {
	train.Source
	more train.Source
}

func (j joint) Len() int { return j.Source.Len() + j.more.Len() }

func (j joint) Label(i int) int {
	if n := j.Source.Len(); i >= n {
		return j.more.Label(i - n)
	}
	return j.Source.Label(i)
}

func (j joint) Fill(row *tensor.Tensor, i, epoch int) error {
	if n := j.Source.Len(); i >= n {
		return j.more.Fill(row, i-n, epoch)
	}
	return j.Source.Fill(row, i, epoch)
}
