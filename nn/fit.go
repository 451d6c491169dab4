package nn

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"wafer/nn/data"
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/metrics"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
	"wafer/nn/zoo"
)

// Sample is one input with its label.
type Sample struct {
	Input task.Input
	Label int // index into Dataset.Labels
}

// Dataset is the data of a recipe, read. Parts that are empty are cut from Train as the recipe says.
type Dataset struct {
	Labels                         []string
	Train, Validation, Test        []Sample
	OutsideValidation, OutsideTest []task.Input // belong to no label
}

// Hash identifies the data set: the SHA-256 of its labels and of every sample in order, hex.
func (d Dataset) Hash() string {
	h := sha256.New()
	write := func(s string) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	add := func(in task.Input) {
		write(in.Text)
		write(string(in.File))
		if in.Pixels != nil {
			write(fmt.Sprint(in.Pixels.Width, in.Pixels.Height))
			h.Write(in.Pixels.RGBA)
		}
	}
	for _, l := range d.Labels {
		write(l)
	}
	for i, part := range [][]Sample{d.Train, d.Validation, d.Test} {
		write(fmt.Sprint("part ", i))
		for _, s := range part {
			add(s.Input)
			write(d.Labels[s.Label])
		}
	}
	for i, part := range [][]task.Input{d.OutsideValidation, d.OutsideTest} {
		write(fmt.Sprint("outside ", i))
		for _, in := range part {
			add(in)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// FitOptions are what a run depends on beside recipe and data.
type FitOptions struct {
	Runner     graph.Runner
	Report     func(task.Progress)
	Resume     []byte                  // a checkpoint of the same recipe and data, nil: from the start
	Checkpoint func(file []byte) error // called after every epoch, and when ctx ends; nil: none
}

// FitReport says how a run came out. The model's Info has the test accuracy.
type FitReport struct {
	Epochs      int           `json:"epochs"`
	Best        int           `json:"best_epoch,omitempty"`
	Note        string        `json:"note,omitempty"`
	Test        train.Metrics `json:"test"` // of the stored weights
	TestSamples int           `json:"test_samples"`
	Train       int           `json:"train_samples"`
	Validation  int           `json:"validation_samples"`
	Rounded     float64       `json:"accuracy_before_rounding,omitempty"` // float16 storage: test accuracy in float32
	Threshold   float64       `json:"threshold,omitempty"`
	Kept        float64       `json:"kept,omitempty"`        // share of the test samples over the threshold
	RejectRate  float64       `json:"reject_rate,omitempty"` // share of the outside test samples under it
	Temperature float64       `json:"temperature"`
	RecipeHash  string        `json:"recipe_hash"`
	DataHash    string        `json:"data_hash"`
	WeightsHash string        `json:"weights_hash"`
	History     []train.Epoch `json:"history"`
}

// ErrStopped is the error of a run whose context ended; Checkpoint was called.
var ErrStopped = errors.New("training was stopped; it can be resumed")

// Fit runs a recipe on data: split, prepare, train, choose temperature and
// threshold on the validation samples, round to the storage, test, and write the model file. The same
// recipe and data give the same file, also over any number of stops and resumptions.
func Fit(ctx context.Context, r *recipe.Recipe, d Dataset, o FitOptions) (m *Model, rep *FitReport, err error) {
	defer func() {
		if e := recover(); e != nil {
			m, err = nil, fmt.Errorf("training: %v", e)
		}
	}()
	f := &fitter{r: r, o: o, data: d, rep: &FitReport{RecipeHash: r.Hash(), DataHash: d.Hash()}}
	if err := f.prepare(); err != nil {
		return nil, nil, err
	}
	if err := f.train(ctx); err != nil {
		return nil, nil, err
	}
	m, err = f.finish(ctx)
	return m, f.rep, err
}

type fitter struct {
	r    *recipe.Recipe
	o    FitOptions
	data Dataset
	rep  *FitReport

	encode                     encoder
	tokenizer                  json.RawMessage
	network                    *layers.Model
	state                      graph.State
	training, validation, test train.Source
}

// prepare splits the data, makes the encoder and the network, and checks that all fit.
func (f *fitter) prepare() error {
	if len(f.data.Labels) < 2 {
		return fmt.Errorf("training: the data has %d labels, two or more are needed", len(f.data.Labels))
	}
	f.split()
	if len(f.data.Train) == 0 {
		return errors.New("training: there are no training samples")
	}
	pre := f.r.Preprocess
	if err := f.fitTokenizer(); err != nil {
		return err
	}
	var err error
	if f.encode, err = newEncoder(pre, f.tokenizer); err != nil {
		return err
	}
	if f.network, err = Network(f.r); err != nil {
		return err
	}
	if lint := f.r.Lint(facts(f.network, len(f.data.Labels))); len(lint) > 0 {
		return fmt.Errorf("recipe: %s", strings.Join(lint, "\nrecipe: "))
	}
	for _, part := range []struct {
		to      *train.Source
		samples []Sample
		name    string
		augment bool
	}{{&f.training, f.data.Train, "training", true}, {&f.validation, f.data.Validation, "validation", false}, {&f.test, f.data.Test, "test", false}} {
		if *part.to, err = f.encode.source(part.samples, f.r.Seed, part.augment); err != nil {
			return fmt.Errorf("%s %w", part.name, err)
		}
	}
	f.rep.Train, f.rep.Validation, f.rep.TestSamples = len(f.data.Train), len(f.data.Validation), len(f.data.Test)
	return nil
}

// Network builds what the recipe's define describes.
func Network(r *recipe.Recipe) (*layers.Model, error) {
	if r.Define.Zoo == "" {
		m := new(layers.Model)
		if err := json.Unmarshal(r.Define.Layers, m); err != nil {
			return nil, fmt.Errorf("recipe: define.layers: %w", err)
		}
		return m, nil
	}
	var o zoo.Options
	if len(r.Define.Options) > 0 {
		d := json.NewDecoder(strings.NewReader(string(r.Define.Options)))
		d.DisallowUnknownFields()
		if err := d.Decode(&o); err != nil {
			return nil, fmt.Errorf("recipe: define.options: %w", err)
		}
	}
	m, err := zoo.New(r.Define.Zoo, o)
	if err != nil {
		return nil, fmt.Errorf("recipe: define.zoo: %w", err)
	}
	return m, nil
}

// facts are what the recipe's Lint asks of a network.
func facts(m *layers.Model, classes int) recipe.Facts {
	g := graph.New()
	x := g.Input(layers.InputName, m.Input.DType, append([]int{1}, m.Input.Shape...)...)
	out := m.Apply(g, x, layers.Options{})
	activation := map[graph.Op]string{graph.Softmax: "softmax", graph.Sigmoid: "sigmoid"}[out.Op]
	return recipe.Facts{Input: m.Input.Shape, IntInput: m.Input.DType == tensor.Int32, Output: out.Shape[1:], Activation: activation, Classes: classes}
}

// split cuts the parts that the data lacks from the training samples, stratified, and
// takes training texts that also stand in the test part out.
func (f *fitter) split() {
	d, r := &f.data, f.r
	if r.Test.Split > 0 && len(d.Test) == 0 {
		d.Train, d.Test = cutPart(d.Train, r.Test.Split, r.Seed, "test split")
	}
	if r.Preprocess.Kind == string(task.Text) {
		d.Train = without(d.Train, d.Test)
	}
	if r.Validate.Split > 0 && len(d.Validation) == 0 {
		d.Train, d.Validation = cutPart(d.Train, r.Validate.Split, r.Seed, "validation split")
	}
	if n := r.Preprocess.Data.Limit; n > 0 {
		for i, part := range []*[]Sample{&d.Train, &d.Validation, &d.Test} {
			*part = limited(*part, n, data.Rand(r.Seed, "limit", i, 0))
		}
	}
}

func cutPart(samples []Sample, share float64, seed uint64, purpose string) (rest, part []Sample) {
	labels := make([]int, len(samples))
	for i, s := range samples {
		labels[i] = s.Label
	}
	a, b := data.Stratified(labels, share, seed, purpose)
	return pick(samples, a), pick(samples, b)
}

func pick(samples []Sample, index []int) []Sample {
	out := make([]Sample, len(index))
	for i, k := range index {
		out[i] = samples[k]
	}
	return out
}

func limited(samples []Sample, n int, random *rand.Rand) []Sample {
	if len(samples) <= n {
		return samples
	}
	order := random.Perm(len(samples))[:n]
	slices.Sort(order)
	return pick(samples, order)
}

// without drops the samples whose text also stands in other.
func without(samples, other []Sample) []Sample {
	key := func(s Sample) string { return strings.ToLower(strings.Join(strings.Fields(s.Input.Text), " ")) }
	seen := map[string]bool{}
	for _, s := range other {
		seen[key(s)] = true
	}
	return slices.DeleteFunc(slices.Clone(samples), func(s Sample) bool { return seen[key(s)] })
}

// checkpointKind marks checkpoints among the files of package format.
const checkpointKind = "checkpoint"

type checkpointMeta struct {
	Kind string `json:"kind"`
	train.Checkpoint
}

func (f *fitter) train(ctx context.Context) error {
	f.state = f.network.InitState(f.r.Seed)
	run, err := train.New(train.Config{Model: f.network, State: f.state, Runner: f.o.Runner, Recipe: f.r,
		Train: f.training, Validation: f.validation, Report: f.o.Report,
		Checkpoint: func(t *train.Trainer) error { return f.save(t) }})
	if err != nil {
		return err
	}
	if f.o.Resume != nil {
		if err := f.restore(run); err != nil {
			return err
		}
	}
	result, err := run.Run(ctx)
	if err != nil {
		return err
	}
	if result.Stopped {
		if err := f.save(run); err != nil {
			return err
		}
		return ErrStopped
	}
	f.rep.Epochs, f.rep.Best, f.rep.Note, f.rep.History = len(result.History), result.Best, result.Note, result.History
	return nil
}

func (f *fitter) save(t *train.Trainer) error {
	if f.o.Checkpoint == nil {
		return nil
	}
	c := t.Save()
	c.DataHash = f.rep.DataHash
	var tensors []format.Tensor
	for name, v := range c.Tensors {
		tensors = append(tensors, format.Tensor{Name: name, Value: v})
	}
	file, err := format.Encode(checkpointMeta{checkpointKind, *c}, tensors)
	if err != nil {
		return err
	}
	return f.o.Checkpoint(file)
}

func (f *fitter) restore(t *train.Trainer) error {
	var meta checkpointMeta
	tensors, err := format.Decode(f.o.Resume, &meta)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if meta.Kind != checkpointKind {
		return errors.New("checkpoint: is a model file, not a checkpoint")
	}
	if meta.DataHash != f.rep.DataHash {
		return fmt.Errorf("checkpoint: was trained on other data (%.12s) than this (%.12s)", meta.DataHash, f.rep.DataHash)
	}
	meta.Tensors = tensors
	return t.Restore(&meta.Checkpoint)
}

// finish calibrates, rounds, tests and writes.
func (f *fitter) finish(ctx context.Context) (*Model, error) {
	state := graph.State{}
	for _, w := range f.network.Weights() {
		state[w.Name] = f.state[w.Name]
	}
	tester := &train.Tester{Model: f.network, State: state, Runner: f.o.Runner, Loss: &f.r.Loss}
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
	}
	if err := f.calibrate(ctx, tester); err != nil {
		return nil, err
	}
	var err error
	if f.rep.Test, err = tester.Evaluate(ctx, f.test); err != nil {
		return nil, err
	}
	f.rep.WeightsHash = format.Hash(state)
	doc := document{Info: f.info(), Layers: f.network, Preprocess: f.r.Preprocess, Tokenizer: f.tokenizer,
		Temperature: f.rep.Temperature, Threshold: f.rep.Threshold,
		Recipe: f.r.Bytes(), RecipeHash: f.rep.RecipeHash, DataHash: f.rep.DataHash, History: f.rep.History}
	doc.Preprocess.Data, doc.Preprocess.Labels = recipe.Data{}, f.data.Labels
	if doc.Preprocess.Image != nil {
		image := *doc.Preprocess.Image
		image.Augment = nil
		doc.Preprocess.Image = &image
	}
	return write(doc, state)
}

// calibrate chooses the temperature, and the threshold of rejection, on the
// validation samples.
func (f *fitter) calibrate(ctx context.Context, tester *train.Tester) error {
	f.rep.Temperature = 1
	if f.validation.Len() == 0 || f.r.Loss.FromLogits || f.r.Loss.Name == "mean_squared_error" {
		return nil
	}
	rows, err := tester.Predict(ctx, f.validation)
	if err != nil {
		return err
	}
	labels := make([]int, f.validation.Len())
	for i := range labels {
		labels[i] = f.validation.Label(i)
	}
	f.rep.Temperature = fitTemperature(rows, labels)
	if f.r.Test.Keep == 0 {
		return nil
	}
	outside, err := f.tops(ctx, tester, asSamples(f.data.OutsideValidation))
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
	outside, err := f.tops(ctx, tester, asSamples(f.data.OutsideTest))
	if err != nil {
		return err
	}
	f.rep.Kept = 1 - metrics.Rejected(inside, f.rep.Threshold)
	f.rep.RejectRate = metrics.Rejected(outside, f.rep.Threshold)
	return nil
}

func asSamples(inputs []task.Input) []Sample {
	out := make([]Sample, len(inputs))
	for i, in := range inputs {
		out[i].Input = in
	}
	return out
}

// tops are the calibrated top probabilities of samples.
func (f *fitter) tops(ctx context.Context, tester *train.Tester, samples []Sample) ([]float64, error) {
	s, err := f.encode.source(samples, 0, false)
	if err != nil || len(samples) == 0 {
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
