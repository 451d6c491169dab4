package nn

import (
	"context"
	"slices"

	"wafer/nn/data"
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/metrics"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// finish calibrates, rounds, tests and writes.
func (f *fitter) finish(ctx context.Context) (*Model, error) {
	state := graph.State{}
	for _, w := range f.network.Weights() {
		state[w.Name] = f.state[w.Name]
	}
	tester := &train.Tester{Model: f.trained, State: state, Runner: f.o.Runner, Loss: &f.r.Loss, Batch: f.testBatch}
	defer tester.Close()
	if f.fixer != nil {
		defer f.fixer.Close() // used again for rounded weights and for samples outside the labels
	}
	if f.o.Report != nil {
		f.o.Report(task.Progress{Phase: task.Testing, Epoch: f.rep.Epochs, Epochs: f.rep.Epochs})
	}
	if f.r.Numerics.Storage == "float16" {
		before, err := tester.Evaluate(ctx, f.test)
		if err != nil {
			return nil, err
		}
		f.rep.Rounded = before.Accuracy
		roundToHalf(state)
		if err := f.fixHeld(ctx); err != nil {
			return nil, err
		}
	}
	if err := f.calibrate(ctx, tester); err != nil {
		return nil, err
	}
	var err error
	if f.rep.Test, err = tester.Evaluate(ctx, f.test); err != nil {
		return nil, err
	}
	f.rep.WeightsHash = format.Hash(state)
	doc := document{Info: f.info(), Layers: f.network.Model, Preprocess: f.r.Preprocess, Tokenizer: f.tokenizer,
		Temperature: f.rep.Temperature, Threshold: f.rep.Threshold,
		Recipe: f.r.Bytes(), RecipeHash: f.rep.RecipeHash, DataHash: f.rep.DataHash, History: f.rep.History}
	doc.Preprocess.Data, doc.Preprocess.Labels = recipe.Data{}, f.data.Labels
	if doc.Preprocess.Image != nil {
		image := *doc.Preprocess.Image
		image.Augment, image.Generator = nil, nil
		doc.Preprocess.Image = &image
	}
	return write(doc, state)
}

// calibrate chooses the temperature, and the threshold of rejection, on the
// validation samples.
func (f *fitter) calibrate(ctx context.Context, tester *train.Tester) error {
	f.rep.Temperature = 1
	if f.validation.Len() == 0 {
		return nil
	}
	rows, measured, err := tester.Test(ctx, f.validation)
	if err != nil {
		return err
	}
	f.rep.OnHeld = measured
	if f.r.Loss.FromLogits || f.r.Loss.Name == "mean_squared_error" {
		return nil
	}
	labels := make([]int, f.validation.Len())
	for i := range labels {
		labels[i] = f.validation.Label(i)
	}
	f.rep.Temperature = fitTemperature(rows, labels)
	if f.r.Test.Keep == 0 {
		return nil
	}
	outside, err := f.tops(ctx, tester, f.data.OutsideValidation)
	if err != nil {
		return err
	}
	inside, hits, n := f.top(rows), make([]bool, len(labels)), rows.Shape().Last()
	for i, label := range labels {
		hits[i] = metrics.Argmax(rows.F()[i*n:(i+1)*n]) == label
	}
	f.rep.Threshold = chooseThreshold(inside, hits, outside, f.r.Test.Keep)
	return f.measureRejection(ctx, tester)
}

func (f *fitter) measureRejection(ctx context.Context, tester *train.Tester) error {
	inside, err := f.tops(ctx, tester, f.data.Test)
	if err != nil {
		return err
	}
	outside, err := f.tops(ctx, tester, f.data.OutsideTest)
	if err != nil {
		return err
	}
	f.rep.Kept = 1 - metrics.Rejected(inside, f.rep.Threshold)
	f.rep.RejectRate = metrics.Rejected(outside, f.rep.Threshold)
	return nil
}

// tops are the calibrated top probabilities of samples.
func (f *fitter) tops(ctx context.Context, tester *train.Tester, samples []data.Sample) ([]float64, error) {
	s, err := f.encode.source(samples, 0, false)
	if err != nil || len(samples) == 0 {
		return nil, err
	}
	if s, err = f.fix(ctx, s); err != nil {
		return nil, err
	}
	rows, err := tester.Predict(ctx, s)
	if err != nil {
		return nil, err
	}
	return f.top(rows), nil
}

func (f *fitter) top(rows *tensor.Tensor) []float64 {
	n := rows.Shape().Last()
	out := make([]float64, rows.Shape()[0])
	for i := range out {
		out[i] = slices.Max(calibrated(rows.F()[i*n:(i+1)*n], f.rep.Temperature))
	}
	return out
}

// chooseThreshold takes, among the thresholds that keep at least the given share
// of the inside samples, the one with the largest sum of correct inside samples kept and
// outside samples rejected, both as shares.
func chooseThreshold(inside []float64, hits []bool, outside []float64, keep float64) float64 {
	best, most := 0.0, -1.0
	for k := 1; k < 100; k++ {
		threshold := float64(k) / 100
		if 1-metrics.Rejected(inside, threshold) < keep {
			break
		}
		right := 0
		for i, p := range inside {
			if hits[i] && p >= threshold {
				right++
			}
		}
		if score := float64(right)/float64(len(inside)) + metrics.Rejected(outside, threshold); score > most {
			best, most = threshold, score
		}
	}
	return best
}

// info describes the model in the catalogue.
func (f *fitter) info() task.Model {
	r := f.r
	info := task.Model{ID: r.Name, Title: r.Name, Labels: f.data.Labels,
		Kind: task.Kind(r.Preprocess.Kind), Binary: f.network.OutputShape().Size() == 1,
		Rejects: f.rep.Threshold > 0, RejectRate: f.rep.RejectRate,
		Params: f.network.Params(), Accuracy: f.rep.Test.Accuracy, TestSet: r.Test.Set, WeightsHash: f.rep.WeightsHash}
	if i := r.Preprocess.Image; i != nil {
		info.Height, info.Width, info.Channels = i.Height, i.Width, i.Channels
	}
	if r.Card != nil {
		return withCard(info, r.Card)
	}
	return info
}
