package recipe

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"wafer/nn/json"
	"wafer/nn/names"
	"wafer/nn/task"
)

// Teaching are the few choices that make the recipe of a taught model: a base, samples of one's own classes.
type Teaching struct {
	Name         string // of the recipe and the model; "": the classes
	Base         string // SHA-256 of the base's file, hex; "": texts are known by their n-grams alone
	Kind         task.Kind
	Classes      []string
	Counts       []int   // samples of each class
	Solve        bool    // the head is solved, not trained, and all samples serve it
	Whole        bool    // every layer is trained after the head
	LastBlock    bool    // with Whole: no more than the last block of the base
	Drawn        bool    // pictures are drawings, whose mirror images may be other things
	Epochs       int     // of each stage; 0: chosen from the number of samples
	LearningRate float64 // of the last stage; 0: the default
	Seed         uint64
}

// Names of the layers that a taught model has behind its base.
const (
	HeadFlatten = "head_flatten"
	HeadNorm    = "head_norm" // features to mean 0 and deviation 1
	HeadDense   = "head"      // one unit per class
)

// SamplesFile is the name of the file of samples in the recipe of a taught model.
const SamplesFile = "samples.zip"

// HeldOutFrom is the least number of samples of every class from which on a share of them is held out.
const HeldOutFrom = 10

// TeachingGrams are the n-grams that texts are known by, beside a base or alone. Alone they read scripts without
// spaces, too, where words are single characters and weigh no more than others (bench/QUALITY.md).
func TeachingGrams(alone bool) TFIDF {
	grams := TFIDF{Words: 2, CharMin: 1, CharMax: 5, Most: 1 << 17, WordWeight: 3}
	if alone {
		grams.WordWeight = 0
	}
	return grams
}

// TeachingLevels is Layer.Levels of pictures' bases.
const TeachingLevels = 4

const heldOutShare = 0.2

// Recipe is the recipe of a taught model: one dense layer on the features of a frozen base, which it sees at mean 0
// and deviation 1, or on n-grams, or on both; then, for Whole, every layer at a lower rate. The error is a sentence
// that says what is missing.
func (t Teaching) Recipe() (*Recipe, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	r := Default()
	r.Name, r.Seed = t.Name, t.Seed
	if r.Name == "" {
		r.Name = names.Line.Clean(strings.Join(t.Classes, ", "))
	}
	r.Preprocess = Preprocess{Kind: string(t.Kind), Labels: slices.Clone(t.Classes),
		Data: Data{Train: []Source{{Form: "samples", Path: SamplesFile}}}}
	r.Define.Layers = t.layers()
	r.Loss.Name = "sparse_categorical_crossentropy"
	r.Validate.Calibration = "none" // solved heads are calibrated by cross-validation
	if slices.Min(t.Counts) >= HeldOutFrom && (t.Whole || !t.Solve) {
		r.Validate.Split, r.Validate.Calibration = heldOutShare, ""
	}
	t.head(r)
	r.Stages = []Stage{{Name: "head", Trains: Head}}
	if t.Solve {
		r.Stages[0].Solver = LogisticRegression
		if t.Kind == task.Text && !t.Whole {
			grams := TeachingGrams(t.Base == "")
			r.Stages[0].TFIDF = &grams
		}
	}
	if t.Whole {
		r.Stages = append(r.Stages, t.whole(r))
	} else if t.LearningRate > 0 {
		r.Optimizer.LearningRate = t.LearningRate
	}
	return r, r.Check()
}

// Taught reports whether a recipe is one that can go on wherever its files are: a base by hash, unless it solves
// n-grams alone, and a file of samples.
func (r *Recipe) Taught() bool {
	d := r.Preprocess.Data
	files := 2
	if _, only := r.NGrams(); only {
		files = 1
	}
	return (r.Define.Base() != "" || files == 1) && len(r.Files()) == files && len(d.Train) == 1 &&
		d.Train[0].Form == "samples" && d.Train[0].Path == SamplesFile
}

func (t Teaching) check() error {
	if len(t.Classes) < 2 {
		return fmt.Errorf("teaching: two classes or more are needed to tell apart, found %d", len(t.Classes))
	}
	if len(t.Counts) != len(t.Classes) {
		return fmt.Errorf("teaching: there are %d classes, but numbers of samples for %d", len(t.Classes),
			len(t.Counts))
	}
	if t.Base == "" && (t.Kind != task.Text || !t.Solve || t.Whole) {
		return errors.New("teaching: a model to start from is needed: n-grams alone are solved, and only of texts")
	}
	for i, name := range t.Classes {
		switch {
		case strings.TrimSpace(name) == "":
			return fmt.Errorf("teaching: class number %d has no name", i+1)
		case slices.Contains(t.Classes[:i], name):
			return fmt.Errorf("teaching: two classes are named %q", name)
		case t.Counts[i] < 1:
			return fmt.Errorf("teaching: every class needs a sample, but %q has none", name)
		case t.Counts[i] < 2 && (t.Whole || !t.Solve):
			return fmt.Errorf("teaching: training needs two samples or more of every class, but %q has one", name)
		}
	}
	return nil
}

// layers are base and head as define.layers.
func (t Teaching) layers() json.RawMessage {
	frozen := false
	config := func(format string, args ...any) json.RawMessage { return json.RawMessage(fmt.Sprintf(format, args...)) }
	stack := []Layer{
		{Base: t.Base, Levels: t.levels()},
		{Class: "Flatten", Name: HeadFlatten},
		{Class: "BatchNormalization", Name: HeadNorm, Config: config(`{"center":false,"scale":false}`),
			Trainable: &frozen, Adapt: true},
		{Class: "Dense", Name: HeadDense, Config: config(`{"units":%d,"activation":"softmax"}`, len(t.Classes))},
	}
	if t.Base == "" {
		stack = stack[len(stack)-1:]
	}
	list, err := json.Marshal(stack)
	if err != nil {
		panic(err) // only a config that is not JSON
	}
	return list
}

// levels are those of pictures' features. bench/QUALITY.md has what they are good for.
func (t Teaching) levels() int {
	if t.Kind == task.Image {
		return TeachingLevels
	}
	return 0
}

// head trains the head for about 400 steps.
func (t Teaching) head(r *Recipe) {
	r.Optimizer = DefaultOptimizer("adamw")
	r.Optimizer.LearningRate, r.Optimizer.WeightDecay = 0.01, 0.05
	r.Optimizer.Schedule = DefaultSchedule("cosine")
	r.Train.BatchSize = 32
	steps := (t.trained(r) + r.Train.BatchSize - 1) / r.Train.BatchSize
	r.Train.Epochs = min(max(400/steps, 12), 100)
	if 2*slices.Max(t.Counts) > 3*slices.Min(t.Counts) { // one class has half as many again as another
		r.Train.ClassWeight = "balanced"
	}
	if t.Epochs > 0 {
		r.Train.Epochs = t.Epochs
	}
	if r.Validate.Split > 0 {
		r.Validate.Patience = max(8, r.Train.Epochs/4)
	}
}

// whole goes on with every layer, or the last block, at a tenth of the usual rate, and at less of that towards the
// input, whose layers see what all pictures and texts are made of. Pictures are seen a little changed every time.
func (t Teaching) whole(r *Recipe) Stage {
	o, train := DefaultOptimizer("adam"), r.Train
	o.LearningRate, o.Schedule = 1e-4, DefaultSchedule("cosine")
	train.BatchSize, train.Epochs = 16, min(max(1500/t.trained(r), 3), 20)
	if t.LearningRate > 0 {
		o.LearningRate = t.LearningRate
	}
	if t.Epochs > 0 {
		train.Epochs = t.Epochs
	}
	s := Stage{Name: "whole", Trains: Whole, RateFactors: []float64{0.1, 0.3, 1}, Optimizer: &o, Train: &train}
	if t.LastBlock {
		s.Trains, s.RateFactors = LastBlock, []float64{0.3, 1}
	}
	if t.Kind == task.Image {
		s.Generator = DefaultImageDataGenerator()
		s.Generator.WidthShiftRange, s.Generator.HeightShiftRange = 0.1, 0.1
		s.Generator.ZoomRange, s.Generator.BrightnessRange = Range{0.9, 1.1}, Range{0.8, 1.2}
		s.Generator.HorizontalFlip = !t.Drawn
	}
	return s
}

// trained is about how many samples are not held out.
func (t Teaching) trained(r *Recipe) (n int) {
	for _, count := range t.Counts {
		n += count - int(float64(count)*r.Validate.Split)
	}
	return n
}
