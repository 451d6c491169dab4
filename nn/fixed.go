package nn

import (
	"context"
	"runtime"

	"wafer/nn/graph"
	"wafer/nn/task"
	"wafer/nn/train"
)

// computeFixed draws or loads the weights and, where the front of the network is frozen and
// pictures do not change between epochs, runs it once over every sample: from then on its
// results are the samples. The weights that are trained get the same bits as without.
func (f *fitter) computeFixed(ctx context.Context) (err error) {
	f.state = f.network.InitState(f.r.Seed)
	if err := f.network.loadBase(f.state, f.data.Weights); err != nil || f.fixed == nil {
		return err
	}
	f.held = [2]train.Source{f.validation, f.test}
	f.fixer = &train.Tester{Model: f.fixed, State: graph.State{}, Runner: f.o.Runner, Batch: f.testBatch}
	for _, w := range f.fixed.Weights() {
		f.fixer.State[w.Name] = f.state[w.Name]
	}
	defer func() {
		f.fixer.Close()
		runtime.GC() // so that training's memory takes the place of this, and does not come on top;
		runtime.GC() // twice, since a sync.Pool lets go of what it holds at the second
	}()
	if f.training, err = f.fix(ctx, f.training); err != nil {
		return err
	}
	if err = f.fixHeld(ctx); err == nil && f.r.Numerics.Storage == "float32" {
		f.held = [2]train.Source{} // their weights will not be rounded: never needed again
	}
	return err
}

// fixHeld computes the validation and the test samples.
func (f *fitter) fixHeld(ctx context.Context) (err error) {
	if f.fixed == nil {
		return nil
	}
	if f.validation, err = f.fix(ctx, f.held[0]); err != nil {
		return err
	}
	f.test, err = f.fix(ctx, f.held[1])
	return err
}

// fix replaces samples by what the fixed part computes of them. The last batch is filled up
// with the last sample, so that all parts share the program of a whole batch: no sample's
// result depends on the others.
func (f *fitter) fix(ctx context.Context, s train.Source) (train.Source, error) {
	n := s.Len()
	if f.fixed == nil || n == 0 {
		return s, nil
	}
	index := make([]int, f.padded(n))
	for i := range index {
		index[i] = min(i, n-1)
	}
	f.fixer.Done = func(done int) {
		if f.o.Report != nil {
			f.o.Report(task.Progress{Phase: task.Features, Step: min(done, n), Steps: n})
		}
	}
	x, err := f.fixer.Predict(ctx, train.Subset{Source: s, Index: index})
	if ctx.Err() != nil {
		return nil, ErrStopped
	}
	rows := train.Rows{X: x.Rows(0, n), Y: make([]int, n)}
	for i := range rows.Y {
		rows.Y[i] = s.Label(i)
	}
	return rows, err
}

// padded is n, or the next multiple of the batch where there is a whole one.
func (f *fitter) padded(n int) int {
	if n <= f.testBatch {
		return n
	}
	return (n + f.testBatch - 1) / f.testBatch * f.testBatch
}
