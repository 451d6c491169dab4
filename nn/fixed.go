package nn

import (
	"context"

	"wafer/nn/graph"
	"wafer/nn/task"
	"wafer/nn/tensor"
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

// fix replaces samples by what the fixed part computes of them.
func (f *fitter) fix(ctx context.Context, s train.Source) (train.Source, error) {
	if f.fixed == nil || s.Len() == 0 {
		return s, nil
	}
	tester := &train.Tester{Model: f.fixed, State: f.fixedState(), Runner: f.o.Runner, Batch: f.testBatch}
	defer tester.Close()
	if f.o.Report != nil {
		tester.Done = func(n int) { f.o.Report(task.Progress{Phase: task.Features, Step: n, Steps: s.Len()}) }
	}
	x, err := tester.Predict(ctx, s)
	if ctx.Err() != nil {
		return nil, ErrStopped
	}
	rows := train.Rows{X: x, Y: make([]int, s.Len())}
	for i := range rows.Y {
		rows.Y[i] = s.Label(i)
	}
	return rows, err
}

func (f *fitter) fixedState() graph.State {
	state := map[string]*tensor.Tensor{}
	for _, w := range f.fixed.Weights() {
		state[w.Name] = f.state[w.Name]
	}
	return state
}
