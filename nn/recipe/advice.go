package recipe

import (
	"slices"

	"wafer/nn/json"
	"wafer/nn/say"
)

// Counts are what is known of the samples; zero: not known.
type Counts struct {
	Train      []int // training samples of each label
	Validation int   // samples held back for validation
}

// Advice is what a practised eye would say of a recipe that can be run as it is.
type Advice struct {
	Rule string        // its name, such as "no-unknown-token"
	Path string        // of the recipe, such as "preprocess.text.tokenizer"
	Err  error         // the sentence; a say.Error
	Fix  func(*Recipe) // follows it; nil where only other data would help
}

// Rules of Advise.
const (
	LossOfLastLayer    = "loss-against-last-layer"
	OneUnitSoftmax     = "softmax-with-one-unit"
	NoUnknownToken     = "no-unknown-token"
	Imbalance          = "imbalance"
	FewForValidation   = "few-validation-samples"
	NothingHeldBack    = "nothing-held-back"
	UnfrozenOnFew      = "unfrozen-base-with-few-samples"
	ScaleOfPretrained  = "pretrained-weights-with-another-scale"
	UnscaledPictures   = "pictures-from-0-to-255"
	KeepsLastEpoch     = "last-epoch-kept"
	mostImbalance      = 3   // largest label to smallest
	leastValidation    = 30  // samples: an accuracy of them is known to ±18 points at best
	leastToUnfreeze    = 100 // samples of each label
	fewEpochsToOverfit = 5
)

// Advise looks a recipe over. The order is that of the seven steps.
func (r *Recipe) Advise(c Counts) (all []Advice) {
	for _, rule := range []func(*Recipe, Counts) *Advice{unknownToken, pretrainedScale, unscaled, oneUnitSoftmax,
		lastLayer,
		unfrozen, imbalance, heldBack, fewValidation, lastEpoch} {
		if a := rule(r, c); a != nil {
			all = append(all, *a)
		}
	}
	return all
}

// unknownToken: Keras' Tokenizer drops words that it has not seen, unless it has an oov_token.
func unknownToken(r *Recipe, _ Counts) *Advice {
	t := r.Preprocess.Text
	if t == nil || t.Tokenizer == nil || t.Tokenizer.OOVToken != "" || t.Tokenizer.CharLevel {
		return nil
	}
	return &Advice{NoUnknownToken, "preprocess.text.tokenizer",
		say.New("words that are not in the training texts are dropped without a trace; with an oov_token the " +
			"network sees that there was one"),
		func(r *Recipe) { r.Preprocess.Text.Tokenizer.OOVToken = "<OOV>" }}
}

// caffe are the architectures whose published weights want channels in the order BGR around ImageNet's means.
var caffe = []string{"vgg16", "vgg19", "resnet50"}

// pretrainedScale: weights from keras.applications see pictures as they were trained, or answer wrongly.
func pretrainedScale(r *Recipe, _ Counts) *Advice {
	list, i := r.Define.Stack(), r.Preprocess.Image
	if len(list) == 0 || i == nil || list[0].Weights == "" || !slices.Contains(caffe, list[0].Zoo) ||
		i.Normalisation == "caffe" {
		return nil
	}
	return &Advice{ScaleOfPretrained, "preprocess.image.normalisation",
		say.Errorf("Keras' weights of %s were trained on pictures in the scale \"caffe\", found %q", list[0].Zoo,
			i.Normalisation),
		func(r *Recipe) { r.Preprocess.Image.Normalisation = "caffe" }}
}

// unscaled: a network of the recipe's own that begins with neither a scaling nor a normalising layer.
func unscaled(r *Recipe, _ Counts) *Advice {
	i, list := r.Preprocess.Image, r.Define.Stack()
	if i == nil || i.Normalisation != "none" || len(list) == 0 || list[0].Class == "" || list[0].Class == "Rescaling" ||
		list[0].Class == "BatchNormalization" || list[0].Class == "Normalization" {
		return nil
	}
	return &Advice{UnscaledPictures, "preprocess.image.normalisation",
		say.New("pictures go in with levels from 0 to 255; networks learn better from 0 to 1"),
		func(r *Recipe) { r.Preprocess.Image.Normalisation = "0..1" }}
}

// lastDense is the last layer of a list, where that is a Dense.
func lastDense(r *Recipe) (units int, activation string, ok bool) {
	list := r.Define.Stack()
	if len(list) == 0 || list[len(list)-1].Class != "Dense" {
		return 0, "", false
	}
	var config struct {
		Units      int    `json:"units"`
		Activation string `json:"activation"`
	}
	err := json.Unmarshal(list[len(list)-1].Config, &config)
	return config.Units, config.Activation, err == nil
}

// setLast sets an argument of the last layer.
func setLast(r *Recipe, key string, v any) {
	list := r.Define.Stack()
	at := &list[len(list)-1]
	config := map[string]any{}
	if json.Unmarshal(at.Config, &config) != nil {
		return
	}
	config[key] = v
	at.Config, _ = json.Marshal(config) // what was read can be written
	r.Define.Layers, _ = json.Marshal(list)
}

// oneUnitSoftmax: the mistake that trains without an error and learns nothing.
func oneUnitSoftmax(r *Recipe, _ Counts) *Advice {
	units, activation, ok := lastDense(r)
	if !ok || units != 1 || activation != "softmax" {
		return nil
	}
	return &Advice{OneUnitSoftmax, "define.layers",
		say.New("softmax over one unit is always 1, so that nothing is learnt; two labels need sigmoid with one unit"),
		func(r *Recipe) { setLast(r, "activation", "sigmoid"); r.Loss = Loss{Name: "binary_crossentropy"} }}
}

// lastLayer: the loss and the activation of the last layer must mean the same: probabilities, or numbers of any size.
func lastLayer(r *Recipe, _ Counts) *Advice {
	units, activation, ok := lastDense(r)
	if !ok || units == 1 && activation == "softmax" {
		return nil
	}
	name, want := "sparse_categorical_crossentropy", "softmax"
	if units == 1 {
		name, want = "binary_crossentropy", "sigmoid"
	}
	if activation == "linear" {
		activation = ""
	}
	squares := r.Loss.Name == "mean_squared_error"
	if squares || (r.Loss.Name == "binary_crossentropy") == (units == 1) && misfit(r.Loss, activation) == "" {
		return nil
	}
	shown := activation
	if shown == "" {
		shown = "linear"
	}
	return &Advice{LossOfLastLayer, "loss", say.Errorf("the loss %s does not go with a last layer of %d units and "+
		"%s; %s with %s does", r.Loss.Name, units, shown, name, want),
		func(r *Recipe) { r.Loss = Loss{Name: name}; setLast(r, "activation", want) }}
}

// unfrozen: a base that is trained as a whole on fewer samples of a label than leastToUnfreeze. Stages say what is
// trained when, so a recipe with them is left alone.
func unfrozen(r *Recipe, c Counts) *Advice {
	list := r.Define.Stack()
	if len(c.Train) == 0 || len(list) == 0 || list[0].Zoo == "" || list[0].Frozen() || len(r.Stages) > 0 ||
		slices.Min(c.Train) >= leastToUnfreeze {
		return nil
	}
	return &Advice{UnfrozenOnFew, "define.layers[0].trainable",
		say.Errorf("the whole base is trained, with %d samples of a label: it learns them by heart; frozen, only "+
			"what is behind it learns", slices.Min(c.Train)),
		func(r *Recipe) {
			list, frozen := r.Define.Stack(), false
			list[0].Trainable = &frozen
			r.Define.Layers, _ = json.Marshal(list)
		}}
}

// imbalance: the largest label has more than mostImbalance times the samples of the smallest.
func imbalance(r *Recipe, c Counts) *Advice {
	if len(c.Train) < 2 || r.Train.ClassWeight != "" || slices.Min(c.Train) == 0 ||
		slices.Max(c.Train) <= mostImbalance*slices.Min(c.Train) {
		return nil
	}
	return &Advice{Imbalance, "train.class_weight",
		say.Errorf("the largest label has %d training samples, the smallest %d: weighted, each label counts the same",
			slices.Max(c.Train), slices.Min(c.Train)),
		func(r *Recipe) { r.Train.ClassWeight = "balanced" }}
}

// heldBack: neither a share, nor files, nor a part of the data is for validation.
func heldBack(r *Recipe, c Counts) *Advice {
	if r.Validate.Split > 0 || len(r.Preprocess.Data.Validation) > 0 || c.Validation > 0 {
		return nil
	}
	return &Advice{NothingHeldBack, "validate.validation_split",
		say.New("nothing is held back for validation: nothing shows when the network begins to learn by heart"),
		func(r *Recipe) { r.Validate.Split = 0.2 }}
}

// fewValidation: fewer than leastValidation. It has a fix where two fifths of the samples suffice.
func fewValidation(r *Recipe, c Counts) *Advice {
	if c.Validation == 0 || c.Validation >= leastValidation {
		return nil
	}
	a := &Advice{FewForValidation, "validate.validation_split",
		say.Errorf("%d samples are held back for validation: with fewer than %d its accuracy says little", c.Validation,
			leastValidation), nil}
	total := c.Validation
	for _, n := range c.Train {
		total += n
	}
	if share := float64(leastValidation) / float64(total); r.Validate.Split > 0 && share <= 0.4 {
		a.Fix = func(r *Recipe) { r.Validate.Split = min(0.4, share+0.01) }
	}
	return a
}

// lastEpoch: enough epochs to overfit, and nothing that stops before.
func lastEpoch(r *Recipe, _ Counts) *Advice {
	held := r.Validate.Split > 0 || len(r.Preprocess.Data.Validation) > 0
	if !held || r.Validate.Patience > 0 || r.Train.Epochs < fewEpochsToOverfit || len(r.Stages) > 0 {
		return nil
	}
	return &Advice{KeepsLastEpoch, "validate.patience",
		say.New("the weights of the last epoch are kept, also where an earlier one was better; patience stops in " +
			"time and keeps the best"),
		func(r *Recipe) { r.Validate.Patience, r.Validate.RestoreBestWeights = 3, true }}
}
