package fit

import (
	"runtime"
	"strings"

	"wafer/nn/context"
	"wafer/nn/graph"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
	"wafer/nn/vision"
)

// features makes the rows of a stage. Where the front of the network is frozen and pictures do not change between
// epochs, it runs that once over every sample: its results are the rows. The weights that are trained get the same bits
// as without.
func (f *fitter) features(ctx context.Context, p *part) (err error) {
	p.rows = f.source
	if s, changes := p.rows[0].(changeable); changes && p.Generator != nil {
		p.rows[0] = s.Generated((*vision.ImageDataGenerator)(p.Generator))
	}
	if p.fixed == nil {
		return nil
	}
	p.fixer = &train.Tester{Model: p.fixed, State: graph.State{}, Runner: f.o.Runner, Even: true, Trim: f.encode.Trim}
	for _, w := range p.fixed.Weights() {
		p.fixer.State[w.Name] = f.state[w.Name]
	}
	defer p.settle()
	parts := 2 // the test samples are needed at the end only
	if p.last || p.Solver != "" {
		parts = 3
	}
	for i := range parts {
		if p.rows[i], err = f.fixOnce(ctx, p, i); err != nil {
			return err
		}
	}
	if f.o.Cache != nil && p.first {
		f.o.Cache.keep(f.samples())
	}
	if p.last {
		f.source[0] = nil
		if f.r.Numerics.Storage == "float32" {
			f.source = [3]train.Source{} // their weights will not be rounded: never needed again
		}
	}
	return nil
}

// changeable are training pictures that can be seen changed at random.
type changeable interface {
	Generated(*vision.ImageDataGenerator) train.Source
}

// settle gives back what computing the features took.
func (p *part) settle() {
	if !p.computed {
		return
	}
	p.fixer.Close()
	runtime.GC() // so that training's memory takes the place of this, and does not come on top;
	runtime.GC() // twice, since a sync.Pool lets go of what it holds at the second
}

// fixHeld computes the validation and the test samples again.
func (f *fitter) fixHeld(ctx context.Context, p *part) (err error) {
	for i := 1; i < 3 && p.fixed != nil && err == nil; i++ {
		p.rows[i], err = f.fix(ctx, p, f.source[i])
	}
	return err
}

// fix replaces samples by what the fixed part computes of them.
func (f *fitter) fix(ctx context.Context, p *part, s train.Source) (train.Source, error) {
	n := s.Len()
	if p.fixed == nil || n == 0 {
		return s, nil
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	x, err := f.compute(ctx, p, s, all)
	if err != nil {
		return nil, err
	}
	return rowsOf(s, x), nil
}

// fixOnce is fix for the training, validation or test samples, whichever number says, of which an earlier run may have
// left rows.
func (f *fitter) fixOnce(ctx context.Context, p *part, number int) (train.Source, error) {
	s := f.source[number]
	if f.o.Cache == nil || !p.first || f.network.model == nil || s.Len() == 0 {
		return f.fix(ctx, p, s)
	}
	rows := f.o.Cache.open(f.front(p))
	samples := f.samples()[number]
	index := missing(rows, samples)
	var fresh *tensor.Tensor
	if len(index) > 0 {
		var err error
		if fresh, err = f.compute(ctx, p, s, index); err != nil {
			return nil, err
		}
	}
	x := tensor.New(tensor.Float32, append([]int{len(samples)}, p.fixed.OutputShape()...)...)
	fill(rows, samples, x, fresh, index)
	return rowsOf(s, x), nil
}

// front names what computes the rows of a stage: the base, where it is cut, and what is joined there.
func (f *fitter) front(p *part) string {
	end := p.fixed.Last()
	return strings.Join(append([]string{f.network.model.Info().SHA256, end.Name}, end.Inputs...), " ")
}

// compute runs the fixed part on some of the samples: rows [n, …] in the order of index. No sample's result depends on
// the others.
func (f *fitter) compute(ctx context.Context, p *part, s train.Source, index []int) (*tensor.Tensor, error) {
	p.fixer.Done = func(done int) {
		f.o.Report(task.Progress{Phase: task.Features, Stage: p.Name, Step: done, Steps: len(index)})
	}
	p.computed = true
	x, err := p.fixer.Predict(ctx, train.Subset{Source: s, Index: index})
	if ctx.Err() != nil {
		return nil, ErrStopped
	}
	return x, err
}

// rowsOf are the labels of s with rows x.
func rowsOf(s train.Source, x *tensor.Tensor) train.Rows {
	rows := train.Rows{X: x, Y: make([]int, s.Len())}
	for i := range rows.Y {
		rows.Y[i] = s.Label(i)
	}
	return rows
}
