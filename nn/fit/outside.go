package fit

import (
	"wafer/nn/context"
	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/outside"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// rule is the two parts of a model file that tell inputs which are none of its labels.
type rule struct {
	about *model.Outside
	rows  *tensor.Tensor
}

// outside finds the rule of a taught model from the features of its training samples, as the finished network gives
// them before its head standardises them. The threshold comes from samples that were held out: the validation samples
// where there are some, else those of cross-validation. nil: the model has no head of that form, or nothing could be
// held out.
func (f *fitter) outside(ctx context.Context, p *part) (*rule, error) {
	entry := f.network.own()
	if entry == "" || f.network.model == nil || f.r.Test.Keep > 0 { // a threshold of the answers tells them
		return nil, nil
	}
	if tuned := f.solved != nil && !recipe.GaveUp(f.rep.Note); tuned || f.plain[0] == nil {
		if err := f.lookAhead(ctx, p); err != nil {
			return nil, err
		}
	}
	x, held := f.plain[0], f.plain[1]
	if x == nil {
		return nil, nil
	}
	all := outside.Features{Width: x.Size() / len(f.data.Train), Rows: x.F(), Classes: len(f.data.Labels),
		Generic: outside.Generic(f.network.model.Info().SHA256)}
	for _, s := range f.data.Train {
		all.Y = append(all.Y, s.Label)
	}
	if f.r.Preprocess.Image != nil {
		return f.nearest(all, held, entry), nil
	}
	if held != nil {
		return ruleOf(outside.Measured(all, held.F()), entry, len(f.data.Validation)), nil
	}
	r, n := outside.Centroids(all, f.grouped().of)
	if n == 0 {
		return nil, nil
	}
	return ruleOf(r, entry, n), nil
}

// nearest is the rule by the nearest samples, nil where nothing could be held out.
func (f *fitter) nearest(all outside.Features, held *tensor.Tensor, entry string) *rule {
	var rows []float32
	if held != nil {
		rows = held.F()
	}
	r, n := outside.Nearest(all, f.grouped().of, rows)
	if n == 0 {
		return nil
	}
	return ruleOf(r, entry, n)
}

func ruleOf(r *outside.Rule, entry string, held int) *rule {
	rows, width := r.Table()
	return &rule{&model.Outside{Features: entry, Threshold: r.Threshold, Nearest: r.Nearest, Linear: r.Linear,
		Away: r.Away, Samples: held}, tensor.Floats(rows, len(rows)/width, width)}
}

// lookAhead keeps the features of training and validation samples that a part's normalisation takes.
func (f *fitter) lookAhead(ctx context.Context, p *part) (err error) {
	f.plain = [2]*tensor.Tensor{}
	entry := beforeNorm(p.trained)
	for i := range f.plain {
		if entry != "" && p.rows[i].Len() > 0 && err == nil {
			f.plain[i], err = f.before(ctx, p, entry, p.rows[i])
			f.plain[i] = f.network.narrow(f.plain[i])
		}
	}
	return err
}

// own is the entry whose results tell what is none of the classes: what the normalisation takes, but of features with
// earlier levels the features alone; "" where there is none.
func (n *network) own() string {
	entry := beforeNorm(n.Model)
	for _, e := range n.Entries {
		if e.Name == layers.BodyLevels && entry != "" {
			return e.Inputs[0]
		}
	}
	return entry
}

// narrow are the columns of own in rows of what the normalisation takes.
func (n *network) narrow(x *tensor.Tensor) *tensor.Tensor {
	if x == nil || len(n.widths) < 2 {
		return x
	}
	rows, width := x.Shape()[0], x.Size()/x.Shape()[0]
	own := tensor.New(tensor.Float32, rows, n.widths[0])
	for i := range rows {
		copy(own.Rows(i, i+1).F(), x.F()[i*width:])
	}
	return own
}

// beforeNorm is the entry that a taught model's normalisation takes, "" where there is none.
func beforeNorm(m *layers.Model) string {
	for _, e := range m.Entries {
		if e.Name == recipe.HeadNorm && e.Inputs[0] != layers.InputName {
			return e.Inputs[0]
		}
	}
	return ""
}

// before runs what a part trains up to an entry on its rows; the rows themselves where the part begins there.
func (f *fitter) before(ctx context.Context, p *part, entry string, rows train.Source) (*tensor.Tensor, error) {
	front, _, ok := p.trained.Cut(entry)
	if !ok {
		return nil, nil
	}
	run := &train.Tester{Model: front, State: f.state, Runner: f.o.Runner, Batch: f.testBatch}
	if p.fixed == nil { // inputs as they come
		run.Trim, run.Even = f.encode.Trim, true
	}
	defer run.Close()
	x, err := run.Predict(ctx, rows)
	if err != nil && ctx.Err() != nil {
		return nil, ErrStopped
	}
	return x, err
}
