package recipe

import (
	"slices"

	"wafer/nn/json"
)

// Stage is a part of a run: it trains a part of the network, from the weights that the stage before left, by sections
// of its own. What a section does not say stands in that of the document.
type Stage struct {
	Name string `json:"name"` // in progress, checkpoints and messages; its own in the recipe

	// Trains is Head, LastBlock, Whole, or the name of a layer: that one and all behind it. Layers with trainable false
	// are trained in no stage. What the layers before give is computed once for every sample, unless samples are
	// augmented.
	Trains string `json:"trains"`

	// Solver finds the weights of the last layer, Dense with softmax, at once instead of training them:
	// LogisticRegression. A stage behind it is kept only if it does better on the validation samples.
	Solver string `json:"solver,omitempty"`

	// TFIDF lets the solver of a recipe's only stage choose, by cross-validation, among what stands before its layer,
	// n-grams of the texts, and both. Without a base there are n-grams only, and define.layers is the layer alone.
	TFIDF *TFIDF `json:"tfidf,omitempty"`

	// Generator changes training pictures at random in this stage, in the place of what preprocess.image says.
	Generator *ImageDataGenerator `json:"image_data_generator,omitempty"`

	// RateFactors are what the learning rate, and the decay of weights, is multiplied with in parts of the layers with
	// weights that the stage trains of a base, equal parts from the first to the last; layers behind the base have the
	// last. None: 1.
	RateFactors []float64 `json:"rate_factors,omitempty"`

	Optimizer *Optimizer `json:"optimizer,omitempty"`
	Train     *Train     `json:"train,omitempty"`
	Validate  *Validate  `json:"validate,omitempty"` // of the document's split
}

// What a stage may train, beside the layers behind one.
const (
	Head      = "head"       // the layers of the list behind its base
	LastBlock = "last_block" // these, and the last third of the base's layers with weights
	Whole     = "whole"      // every layer
)

// mostRateFactors bounds Stage.RateFactors.
const mostRateFactors = 16

// LogisticRegression is softmax regression with L2 regularisation, solved to convergence; its strength is chosen by
// cross-validation.
const LogisticRegression = "logistic_regression"

// NotBetter is the note of a run whose fine-tuned network was given up.
const NotBetter = "the fine-tuned network was not better on held-out samples, so the solved head was kept"

// NotCompared is the note of one that was given up because there were no held-out samples to show whether it is better.
const NotCompared = "without held-out samples nothing shows whether the fine-tuned network is better, so the solved " +
	"head was kept"

// GaveUp reports whether a note says that the solved head was kept.
func GaveUp(note string) bool { return note == NotBetter || note == NotCompared }

// NGrams reports whether the recipe solves a head on n-grams of texts, alone or beside a base; only: it has no base.
func (r *Recipe) NGrams() (grams *TFIDF, only bool) {
	if len(r.Stages) != 1 || r.Stages[0].TFIDF == nil {
		return nil, false
	}
	return r.Stages[0].TFIDF, r.Define.Base() == ""
}

// Parts are the stages of a run: those of the recipe, or one without a name that trains everything.
func (r *Recipe) Parts() []Stage {
	if len(r.Stages) > 0 {
		return r.Stages
	}
	return []Stage{{Trains: Whole}}
}

// Of is the recipe of one stage: the document with the sections of the stage in the place of its own.
func (r *Recipe) Of(s Stage) *Recipe {
	one := *r
	one.Stages = nil
	if s.Optimizer != nil {
		one.Optimizer = *s.Optimizer
	}
	if s.Train != nil {
		one.Train = *s.Train
	}
	if s.Validate != nil {
		one.Validate = *s.Validate
	}
	return &one
}

// parseStages reads the stages over the sections of the document, which is read already.
func (r *Recipe) parseStages(b []byte) error {
	var doc struct {
		Stages []json.RawMessage `json:"stages"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return err
	}
	for i, raw := range doc.Stages {
		var tree map[string]any
		if err := json.Unmarshal(raw, &tree); err != nil {
			return err
		}
		r.Stages[i] = r.over(tree)
		if err := json.Unmarshal(raw, &r.Stages[i]); err != nil {
			return err
		}
	}
	return nil
}

// over is a stage with copies of the document's sections where its own document has some.
func (r *Recipe) over(doc map[string]any) (s Stage) {
	if o, ok := doc["optimizer"].(map[string]any); ok {
		optimizer := r.Optimizer
		optimizer.prepare(o)
		s.Optimizer = &optimizer
	}
	if doc["image_data_generator"] != nil {
		s.Generator = DefaultImageDataGenerator()
	}
	if doc["train"] != nil {
		train := r.Train
		s.Train = &train
	}
	if doc["validate"] != nil {
		validate := r.Validate
		s.Validate = &validate
	}
	return s
}

func (p *problems) stages(r *Recipe) {
	list, based := r.Define.Stack(), based(r)
	held := r.Validate.Split > 0 || len(r.Preprocess.Data.Validation) > 0
	grams, only := r.NGrams()
	based = based || only
	for i, s := range r.Stages {
		var own problems
		own.require(s.TFIDF == nil || grams != nil, "tfidf", "is for a recipe of one stage")
		own.require(s.Name != "" && len(s.Name) <= 100, "name", "must have from 1 to 100 bytes")
		own.require(!slices.ContainsFunc(r.Stages[:i], func(o Stage) bool { return o.Name == s.Name }), "name",
			"%q is that of an earlier stage", s.Name)
		own.require(s.Trains != "", "trains",
			"must be head, last_block, whole, or the name of a layer from which on the network is trained")
		own.require(s.Trains != Head && s.Trains != LastBlock || based, "trains",
			"is %s, but define.layers has no base with layers behind it", s.Trains)
		own.require(s.Solver == "" || s.Solver == LogisticRegression, "solver", "must be %s or absent, found %q",
			LogisticRegression, s.Solver)
		own.require(s.Solver == "" || s.Trains == Head, "solver", "is for a stage that trains the head, found %q",
			s.Trains)
		own.stage(s, r, held)
		if s.TFIDF != nil {
			own.solvedTexts(s, r, list)
		}
		for _, text := range own {
			*p = append(*p, "stages["+itoa(i)+"]."+text)
		}
	}
}

// based tells whether the network is a list that begins with a base.
func based(r *Recipe) bool {
	list := r.Define.Stack()
	return len(list) > 1 && list[0].Class == ""
}

func (p *problems) stage(s Stage, r *Recipe, held bool) {
	if s.Generator != nil {
		p.require(r.Preprocess.Kind == "image" && s.Solver == "", "image_data_generator",
			"is for a stage that trains on pictures step by step")
		p.generator("image_data_generator.", s.Generator)
	}
	p.require(len(s.RateFactors) == 0 || based(r) && s.Solver == "" && len(s.RateFactors) <= mostRateFactors,
		"rate_factors", "are for a stage that trains a base step by step, %d at most", mostRateFactors)
	for i, v := range s.RateFactors {
		p.require(v > 0 && v <= 1000, "rate_factors["+itoa(i)+"]", "must be above 0 and at most 1000, found %v", v)
	}
	if s.Optimizer != nil {
		p.optimizer(*s.Optimizer)
	}
	if s.Train != nil {
		p.train(*s.Train)
	}
	if v := s.Validate; v != nil {
		p.stopping(*v, held)
		p.require(v.Split == r.Validate.Split, "validate.validation_split",
			"is that of the document, %v, for all stages, found %v", r.Validate.Split, v.Split)
		p.require(v.Calibration == r.Validate.Calibration, "validate.calibration",
			"is that of the document for all stages")
	}
}

// solvedTexts checks a stage that solves a head on n-grams.
func (p *problems) solvedTexts(s Stage, r *Recipe, list []Layer) {
	p.tfidf("tfidf", *s.TFIDF)
	p.require(s.TFIDF.MaxLen == 0, "tfidf.maxlen", "is chosen by the solver, leave it out")
	p.require(s.Solver != "" && r.Preprocess.Kind == "text", "tfidf", "is for a stage with a solver on texts")
	p.require(r.Numerics.Storage == "float32", "tfidf",
		"needs numerics.storage float32: n-grams are stored in 16 bits anyway")
	p.require(r.Define.Base() != "" || len(list) == 1 && list[0].Class == "Dense" && r.Preprocess.Text == nil, "tfidf",
		"needs a base by hash; or neither base nor preprocess.text, and one Dense layer")
}
