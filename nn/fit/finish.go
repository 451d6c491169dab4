package fit

import (
	"maps"
	"slices"
	"time"

	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/document"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/metrics"
	"wafer/nn/model"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// finish calibrates, rounds, tests and writes. p has the rows to measure on.
func (f *fitter) finish(ctx context.Context, p *part) (*model.Model, error) {
	state := graph.State{}
	for _, w := range f.network.Weights() {
		state[w.Name] = f.state[w.Name]
	}
	tester := &train.Tester{Model: p.trained, State: state, Runner: f.o.Runner, Loss: &f.r.Loss, Batch: f.testBatch}
	defer tester.Close()
	if p.fixer != nil {
		defer p.fixer.Close() // used again for rounded weights and for samples outside the labels
	}
	f.o.Report(task.Progress{Phase: task.Testing, Epoch: f.rep.Epochs, Epochs: f.rep.Epochs})
	if err := f.round(ctx, p, tester); err != nil {
		return nil, err
	}
	if err := f.calibrate(ctx, p, tester); err != nil {
		return nil, err
	}
	var err error
	if f.rep.Test, err = tester.Evaluate(ctx, p.rows[2]); err != nil {
		return nil, err
	}
	if len(f.r.Stages) > 0 { // few samples: how well they were learned is worth a look
		if f.rep.Training, err = tester.Evaluate(ctx, p.rows[0]); err != nil {
			return nil, err
		}
	}
	rule, err := f.outside(ctx, p)
	if err != nil {
		return nil, err
	}
	m, err := f.write(state, rule)
	if err != nil {
		return nil, err
	}
	f.rep.Model, f.rep.Seconds = m.Info(), time.Since(f.began).Seconds()
	f.o.Report(task.Progress{Phase: task.Done, Epoch: f.rep.Epochs, Epochs: f.rep.Epochs})
	return m, nil
}

// write makes the model, with its file or without.
func (f *fitter) write(weights graph.State, rule *rule) (*model.Model, error) {
	all := maps.Clone(weights)
	if rule != nil {
		all[model.CentroidsName] = rule.rows
	}
	m, err := model.Later(f.header(rule), all, model.Options{Runner: f.o.Runner, Hash: f.o.Hash, Base: f.network.model},
		func() model.Document {
			f.rep.WeightsHash = f.o.Hash.Hash(weights)
			f.hashData()
			return f.header(rule)
		})
	if err != nil || f.o.Later {
		return m, err
	}
	return m, m.Seal()
}

// round brings the weights to the storage of the recipe.
func (f *fitter) round(ctx context.Context, p *part, tester *train.Tester) error {
	if f.r.Numerics.Storage != "float16" {
		return nil
	}
	before, err := tester.Evaluate(ctx, p.rows[2])
	if err != nil {
		return err
	}
	f.rep.Rounded = before.Accuracy
	model.RoundToHalf(tester.State)
	return f.fixHeld(ctx, p)
}

// header is everything of the model file but the weights; rule is nil for none.
func (f *fitter) header(rule *rule) model.Document {
	doc := model.Document{Info: f.info(), Layers: f.answering(), Preprocess: f.r.Preprocess, Tokenizer: f.tokenizer,
		Temperature: f.rep.Temperature, Threshold: f.rep.Threshold,
		Recipe: f.document.Bytes(), RecipeHash: f.rep.RecipeHash, DataHash: f.rep.DataHash, History: f.rep.History}
	doc.Preprocess.Data, doc.Preprocess.Labels = recipe.Data{}, f.data.Labels
	if doc.Preprocess.Image != nil {
		image := *doc.Preprocess.Image
		image.Augment, image.Generator = nil, nil
		doc.Preprocess.Image = &image
	}
	if base := f.network.model; base != nil {
		doc.Base = base.Info().ID
	}
	if f.grams != nil && !f.grams.dense {
		doc.Info.Rejects = true // text.NGrams.Rejects
	}
	if rule != nil {
		doc.Info.Rejects, doc.Outside = true, rule.about
	}
	return doc
}

// answering is the network with what makes shares of the logits that a loss was computed from.
func (f *fitter) answering() *layers.Model {
	if !f.r.Loss.FromLogits {
		return f.network.Model
	}
	if f.r.Loss.Name == "binary_crossentropy" {
		return f.network.Then(layers.Activation("sigmoid"))
	}
	return f.network.Then(layers.Activation("softmax"))
}

// calibrate chooses the temperature, and the threshold of rejection, on the
// validation samples.
func (f *fitter) calibrate(ctx context.Context, p *part, tester *train.Tester) error {
	f.rep.Temperature = 1
	if p.rows[1].Len() == 0 {
		return nil
	}
	rows, measured, err := tester.Test(ctx, p.rows[1])
	if err != nil {
		return err
	}
	f.rep.OnHeld = measured
	if f.r.Loss.FromLogits || f.r.Loss.Name == "mean_squared_error" {
		return nil
	}
	labels := make([]int, p.rows[1].Len())
	for i := range labels {
		labels[i] = p.rows[1].Label(i)
	}
	if f.r.Validate.Calibration != "none" && (f.solved == nil || !recipe.GaveUp(f.rep.Note)) { // else it is calibrated
		f.rep.Temperature = metrics.FitTemperature(rows.F(), rows.Shape().Last(), labels, f.doubt())
	}
	if f.r.Test.Keep == 0 {
		return nil
	}
	outside, err := f.tops(ctx, p, tester, f.data.OutsideValidation)
	if err != nil {
		return err
	}
	inside, hits, n := f.top(rows), make([]bool, len(labels)), rows.Shape().Last()
	for i, label := range labels {
		hits[i] = metrics.Argmax(rows.F()[i*n:(i+1)*n]) == label
	}
	f.rep.Threshold = metrics.RejectThreshold(inside, hits, outside, f.r.Test.Keep)
	return f.measureRejection(ctx, p, tester)
}

// doubt is the share of wrong answers that a taught model is taken to give at least: its validation samples are few.
func (f *fitter) doubt() float64 {
	if f.network.model == nil {
		return 0
	}
	return 1 / float64(len(f.data.Validation)+2)
}

func (f *fitter) measureRejection(ctx context.Context, p *part, tester *train.Tester) error {
	inside, err := f.tops(ctx, p, tester, f.data.Test)
	if err != nil {
		return err
	}
	outside, err := f.tops(ctx, p, tester, f.data.OutsideTest)
	if err != nil {
		return err
	}
	f.rep.Kept = 1 - metrics.Rejected(inside, f.rep.Threshold)
	f.rep.RejectRate = metrics.Rejected(outside, f.rep.Threshold)
	return nil
}

// tops are the calibrated top probabilities of samples.
func (f *fitter) tops(ctx context.Context, p *part, tester *train.Tester, samples []data.Sample) ([]float64, error) {
	if len(samples) == 0 {
		return nil, nil
	}
	s, err := f.seen(ctx, p, samples)
	if err != nil {
		return nil, err
	}
	rows, err := tester.Predict(ctx, s)
	if err != nil {
		return nil, err
	}
	return f.top(rows), nil
}

// seen is what the part takes of samples.
func (f *fitter) seen(ctx context.Context, p *part, samples []data.Sample) (s train.Source, err error) {
	if f.grams == nil || f.grams.dense {
		if s, err = f.encode.Source(samples, 0, false); err == nil {
			s, err = f.fix(ctx, p, s)
		}
	}
	if err != nil || f.grams == nil {
		return s, err
	}
	return f.logits(ctx, s, samples, f.grams.sparse(f.grams.numbers(samples)))
}

func (f *fitter) top(rows *tensor.Tensor) []float64 {
	n := rows.Shape().Last()
	out := make([]float64, rows.Shape()[0])
	for i := range out {
		out[i] = slices.Max(metrics.Calibrated(rows.F()[i*n:(i+1)*n], f.rep.Temperature))
	}
	return out
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
	if base := f.network.model; base != nil {
		f.describeTaught(&info, base.Info())
		if r.Define.Apart() {
			info.Needs = base.Info().SHA256
		}
	} else if f.grams != nil {
		f.describeTaught(&info, task.Model{Title: "n-grams of its own texts", TitleZH: "自身文本的 n-gram"})
	}
	info.NGrams = f.grams != nil
	if r.Card != nil {
		return document.WithCard(info, r.Card)
	}
	return info
}

// describeTaught says what a taught model owes to its base, and on what it was measured.
func (f *fitter) describeTaught(info *task.Model, base task.Model) {
	if f.r.Card == nil {
		info.ID = "taught-" + f.rep.WeightsHash[:min(12, len(f.rep.WeightsHash))]
	}
	info.Drawing, info.Credit, info.About = base.Drawing, base.Credit, "Taught from "+base.Title+"."
	info.Base, info.BaseZH = base.Title, base.TitleZH
	if e := f.rep.Estimate; e != nil && (f.r.Card == nil || f.rep.TestSamples == 0) {
		info.Accuracy, info.Measure = e.Accuracy, task.Estimated
		return
	}
	if f.rep.TestSamples == 0 && f.rep.Validation > 0 {
		info.Accuracy, info.Measure = f.rep.OnHeld.Accuracy, task.HeldOut
	}
}
