package nn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wafer/nn/data"
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// Names of the layers that Teach puts behind a base.
const (
	headNorm = "head_norm" // features to mean 0 and deviation 1
	head     = "head"      // one unit per class
)

// Teach makes a model for the user's own classes: the layers of base up to its
// last, then one dense layer trained on the features of the samples; with req.WholeNetwork every
// layer is then trained at a lower rate. Where every class has ten samples or more, a fifth
// is held out to measure on. The same request on the same samples gives the same file.
//
// report is called a few times a second. When ctx ends, training stops and the best
// model so far is the result; the error is set only when there is none.
func Teach(ctx context.Context, base *Model, req task.TeachRequest, samples []task.Input,
	report func(task.Progress)) (m *Model, rep task.TeachReport, err error) {
	defer func() {
		if e := recover(); e != nil {
			m, err = nil, fmt.Errorf("teaching: failed: %v", e)
		}
	}()
	if report == nil {
		report = func(task.Progress) {}
	}
	if err := checkTeach(base, req, samples); err != nil {
		return nil, rep, err
	}
	t := &teacher{base: base, req: req, report: report, began: time.Now()}
	return t.run(ctx, samples)
}

// checkTeach says in a sentence what is missing.
func checkTeach(base *Model, req task.TeachRequest, samples []task.Input) error {
	if req.Kind != base.info.Kind {
		return fmt.Errorf("teaching: the samples are %s, but the model %q takes %s", req.Kind, base.info.Title, base.info.Kind)
	}
	if len(req.Classes) < 2 {
		return fmt.Errorf("teaching: two classes or more are needed to tell apart, found %d", len(req.Classes))
	}
	if len(req.Labels) != len(samples) {
		return fmt.Errorf("teaching: there are %d samples, but %d labels", len(samples), len(req.Labels))
	}
	count := make([]int, len(req.Classes))
	for i, label := range req.Labels {
		if label < 0 || label >= len(count) {
			return fmt.Errorf("teaching: sample %d belongs to class number %d, but there are %d classes", i+1, label+1, len(count))
		}
		count[label]++
	}
	for i, name := range req.Classes {
		switch {
		case strings.TrimSpace(name) == "":
			return fmt.Errorf("teaching: class number %d has no name", i+1)
		case slices.Contains(req.Classes[:i], name):
			return fmt.Errorf("teaching: two classes are named %q", name)
		case count[i] < 2:
			return fmt.Errorf("teaching: every class needs two samples or more, but %q has %d", name, count[i])
		}
	}
	for i, s := range samples {
		if isText := s.File == nil && s.Pixels == nil; isText != (req.Kind == task.Text) {
			return fmt.Errorf("teaching: sample %d (class %q) is not %s; all samples must be of one kind", i+1, req.Classes[req.Labels[i]], kindName(req.Kind))
		}
	}
	return nil
}

func kindName(k task.Kind) string {
	if k == task.Text {
		return "a text"
	}
	return "a picture"
}

type teacher struct {
	base   *Model
	req    task.TeachRequest
	report func(task.Progress)
	began  time.Time
	told   time.Time
}

func (t *teacher) run(ctx context.Context, samples []task.Input) (*Model, task.TeachReport, error) {
	all, err := t.prepare(ctx, samples)
	if err != nil {
		return nil, task.TeachReport{}, err
	}
	fit, held := t.split()
	network := t.network()
	result, state, err := t.trainHead(ctx, network, all, fit, held)
	if err != nil {
		return nil, task.TeachReport{}, err
	}
	if t.req.WholeNetwork && !result.Stopped {
		if result, err = t.trainAll(ctx, network, state, all, fit, held); err != nil {
			return nil, task.TeachReport{}, err
		}
	}
	return t.finish(network, state, result, all, fit, held)
}

// tell reports progress before training, at most five times a second.
func (t *teacher) tell(phase task.Phase, done, of int) {
	if time.Since(t.told) > 200*time.Millisecond || done == of {
		t.told = time.Now()
		t.report(task.Progress{Phase: phase, Step: done, Steps: of})
	}
}

// prepare turns every sample into a row of a tensor.
func (t *teacher) prepare(ctx context.Context, samples []task.Input) (train.Rows, error) {
	e := t.base.encode
	all := train.Rows{X: tensor.New(e.dtype(), append([]int{len(samples)}, e.shape()...)...), Y: t.req.Labels}
	for i, s := range samples {
		if ctx.Err() != nil {
			return all, errors.New("teaching: was stopped before training began")
		}
		if _, err := e.fill(s, all.X.Rows(i, i+1).Reshape(e.shape()...)); err != nil {
			name := fmt.Sprintf("sample %d", i+1)
			if s.Name != "" {
				name += " (" + s.Name + ")"
			}
			return all, fmt.Errorf("teaching: %s of class %q cannot be used: %w", name, t.req.Classes[t.req.Labels[i]], err)
		}
		t.tell(task.Preparing, i+1, len(samples))
	}
	return all, nil
}

// heldOutFrom is the least number of samples of every class for a held-out fifth.
const heldOutFrom = 10

func (t *teacher) split() (fit, held []int) {
	count := map[int]int{}
	for _, label := range t.req.Labels {
		count[label]++
	}
	for _, n := range count {
		if n < heldOutFrom {
			for i := range t.req.Labels {
				fit = append(fit, i)
			}
			return fit, nil
		}
	}
	return data.Stratified(t.req.Labels, 0.2, t.req.Seed, "held out")
}

// network is the base without its last layer (nor the head of an earlier teaching),
// then the new head.
func (t *teacher) network() *layers.Model {
	from := t.base.doc.Layers
	entries := slices.Clone(from.Entries[:len(from.Entries)-1])
	if n := len(entries); n > 0 && entries[n-1].Name == headNorm {
		entries = entries[:n-1]
	}
	at := layers.InputName
	if n := len(entries); n > 0 {
		at = entries[n-1].Name
	}
	if len(from.ShapeOf(at)) != 1 {
		entries = append(entries, layers.Entry{Name: "head_flatten", Layer: layers.Flatten(), Inputs: []string{at}})
		at = "head_flatten"
	}
	return &layers.Model{Name: "taught", Input: from.Input, Entries: append(entries, headEntries(at, len(t.req.Classes))...)}
}

func headEntries(from string, classes int) []layers.Entry {
	norm := layers.BatchNormalization()
	norm.Center, norm.Scale = false, false
	return []layers.Entry{
		{Name: headNorm, Layer: norm, Inputs: []string{from}},
		{Name: head, Layer: layers.Dense(classes, "softmax"), Inputs: []string{headNorm}},
	}
}

// body is the network without the head, nil when nothing is before it.
func body(network *layers.Model) *layers.Model {
	n := len(network.Entries) - 2
	if n == 0 {
		return nil
	}
	return &layers.Model{Name: "body", Input: network.Input, Entries: network.Entries[:n]}
}

// features runs the body once over every sample.
func (t *teacher) features(ctx context.Context, network *layers.Model, state graph.State, all train.Rows) (train.Rows, error) {
	b := body(network)
	if b == nil {
		return all, nil
	}
	out := train.Rows{X: tensor.New(tensor.Float32, append([]int{all.Len()}, b.OutputShape()...)...), Y: all.Y}
	run := &train.Tester{Model: b, State: state, Runner: native.Runner(0)}
	const batch = 16
	for lo := 0; lo < all.Len(); lo += batch {
		if ctx.Err() != nil {
			return out, errors.New("teaching: was stopped before training began")
		}
		hi := min(lo+batch, all.Len())
		f, err := run.Run(all.X.Rows(lo, hi))
		if err != nil {
			return out, err
		}
		out.X.Rows(lo, hi).CopyFrom(f)
		t.tell(task.Features, hi, all.Len())
	}
	return out, nil
}

// trainHead trains the head on the features and returns the state of the whole network.
func (t *teacher) trainHead(ctx context.Context, network *layers.Model, all train.Rows, fit, held []int) (*train.Result, graph.State, error) {
	state := graph.State{}
	for name, v := range t.base.state {
		state[name] = v
	}
	f, err := t.features(ctx, network, state, all)
	if err != nil {
		return nil, nil, err
	}
	top := &layers.Model{Name: "head", Input: layers.Spec{Shape: f.Shape()}, Entries: headEntries(layers.InputName, len(t.req.Classes))}
	topState := top.InitState(t.req.Seed)
	standardise(topState, f, fit)
	result, err := t.train(ctx, top, topState, headRecipe(t.req, len(fit), len(held)), f, fit, held, t.report)
	for name, v := range topState {
		state[name] = v
	}
	return result, t.own(network, state), err
}

// own copies the weights of the network out of a state that others share or that
// holds more.
func (t *teacher) own(network *layers.Model, state graph.State) graph.State {
	out := graph.State{}
	for _, w := range network.Weights() {
		out[w.Name] = state[w.Name].Clone()
	}
	return out
}

// standardise sets the moving statistics of the head to those of the features. The
// variance has a floor of a tenth of the mean variance, so that a feature that
// hardly varies in a few samples does not drown the others.
func standardise(state graph.State, f train.Rows, fit []int) {
	mean, variance := state[headNorm+"/moving_mean"].F(), state[headNorm+"/moving_variance"].F()
	n, total := len(mean), 0.0
	for j := range n {
		sum, squares := 0.0, 0.0
		for _, i := range fit {
			v := float64(f.X.F()[i*n+j])
			sum += v
			squares += float64(v * v)
		}
		m := sum / float64(len(fit))
		spread := max(squares/float64(len(fit))-float64(m*m), 0)
		mean[j], variance[j] = float32(m), float32(spread)
		total += spread
	}
	for j := range variance {
		variance[j] = max(variance[j], float32(total/float64(10*n)))
	}
}

// headRecipe trains the head for about 400 steps.
func headRecipe(req task.TeachRequest, samples, held int) *recipe.Recipe {
	r := recipe.Default()
	r.Name, r.Seed = req.Name, req.Seed
	r.Loss.Name = "sparse_categorical_crossentropy"
	r.Optimizer = recipe.DefaultOptimizer("adamw")
	r.Optimizer.LearningRate, r.Optimizer.WeightDecay = 0.01, 0.05
	r.Optimizer.Schedule = recipe.DefaultSchedule("cosine")
	r.Train.BatchSize = 32
	steps := (samples + r.Train.BatchSize - 1) / r.Train.BatchSize
	r.Train.Epochs = min(max(400/steps, 12), 100)
	r.Train.ClassWeight = classWeight(req)
	if req.Epochs > 0 {
		r.Train.Epochs = req.Epochs
	}
	if req.LearningRate > 0 && !req.WholeNetwork {
		r.Optimizer.LearningRate = req.LearningRate
	}
	if held > 0 {
		r.Validate.Patience = max(8, r.Train.Epochs/4)
	}
	return r
}

// wholeRecipe goes on with every layer at a tenth of the usual rate.
func wholeRecipe(req task.TeachRequest, samples, held int) *recipe.Recipe {
	r := headRecipe(req, samples, held)
	r.Optimizer = recipe.DefaultOptimizer("adam")
	r.Optimizer.LearningRate = 1e-4
	r.Optimizer.Schedule = recipe.DefaultSchedule("cosine")
	r.Train.BatchSize = 16
	if req.Epochs == 0 {
		r.Train.Epochs = min(max(1500/samples, 3), 20)
	}
	if req.LearningRate > 0 {
		r.Optimizer.LearningRate = req.LearningRate
	}
	return r
}

// classWeight balances the classes when one has half as many again as another.
func classWeight(req task.TeachRequest) string {
	count := make([]int, len(req.Classes))
	for _, label := range req.Labels {
		count[label]++
	}
	if 2*slices.Max(count) > 3*slices.Min(count) {
		return "balanced"
	}
	return ""
}

func (t *teacher) trainAll(ctx context.Context, network *layers.Model, state graph.State, all train.Rows, fit, held []int) (*train.Result, error) {
	return t.train(ctx, network, state, wholeRecipe(t.req, len(fit), len(held)), all, fit, held, t.report)
}

// train runs a recipe and leaves the best weights in state. Normalisations keep
// their statistics: a handful of samples would spoil them.
func (t *teacher) train(ctx context.Context, m *layers.Model, state graph.State, r *recipe.Recipe, all train.Rows, fit, held []int, report func(task.Progress)) (*train.Result, error) {
	fixed := map[string]bool{}
	for _, e := range m.Entries {
		fixed[e.Name] = e.Layer.Class() == "BatchNormalization"
	}
	run, err := train.New(train.Config{Model: m, State: state, Runner: native.Runner(0), Recipe: r, Report: report,
		Frozen: func(layer string) bool { return fixed[layer] },
		Train:  train.Subset{Source: all, Index: fit}, Validation: train.Subset{Source: all, Index: held}})
	if err != nil {
		return nil, err
	}
	result, err := run.Run(ctx)
	if err == nil && result.Stopped {
		run.Keep()
	}
	return result, err
}

func (t *teacher) finish(network *layers.Model, state graph.State, result *train.Result, all train.Rows, fit, held []int) (*Model, task.TeachReport, error) {
	loss := recipe.Loss{Name: "sparse_categorical_crossentropy"}
	tester := &train.Tester{Model: network, State: state, Runner: native.Runner(0), Loss: &loss}
	ctx := context.Background() // a stopped run is measured too
	t.report(task.Progress{Phase: task.Testing, Steps: len(held) + len(fit)})
	rep := task.TeachReport{Epochs: len(result.History), Stopped: result.Stopped, HeldOut: len(held), Note: result.Note}
	own, err := tester.Evaluate(ctx, train.Subset{Source: all, Index: fit})
	if err != nil {
		return nil, rep, err
	}
	rep.Accuracy = own.Accuracy
	if len(held) > 0 {
		other, err := tester.Evaluate(ctx, train.Subset{Source: all, Index: held})
		if err != nil {
			return nil, rep, err
		}
		rep.ValAccuracy = other.Accuracy
	}
	doc := t.document(network, state, rep)
	doc.History = result.History
	m, err := write(doc, state)
	if err != nil {
		return nil, rep, err
	}
	rep.Model, rep.Seconds = m.info, time.Since(t.began).Seconds()
	t.report(task.Progress{Phase: task.Done, Epoch: rep.Epochs, Epochs: rep.Epochs})
	return m, rep, nil
}

func (t *teacher) document(network *layers.Model, state graph.State, rep task.TeachReport) document {
	b := t.base.info
	hash := format.Hash(state)
	title := t.req.Name
	if title == "" {
		title = strings.Join(t.req.Classes, ", ")
	}
	info := task.Model{ID: "taught-" + hash[:12], Title: title, Kind: b.Kind, Labels: slices.Clone(t.req.Classes),
		Height: b.Height, Width: b.Width, Channels: b.Channels, Drawing: b.Drawing,
		Params: network.Params(), WeightsHash: hash, Credit: b.Credit, About: "Taught from " + b.Title + "."}
	if rep.HeldOut > 0 {
		info.Accuracy, info.TestSet = rep.ValAccuracy, fmt.Sprintf("%d held-out samples", rep.HeldOut)
	}
	return document{Info: info, Layers: network, Preprocess: t.base.doc.Preprocess, Tokenizer: t.base.doc.Tokenizer, Temperature: 1, Base: b.ID}
}
