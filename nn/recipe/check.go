package recipe

import (
	"math"
	"slices"
	"strings"

	"wafer/nn/names"
	"wafer/nn/order"
)

// Check reports values that is out of its range or does not go with another.
func (r *Recipe) Check() error {
	var p problems
	p.require(r.Name != "", "name", "is missing")
	p.texts(r)
	p.require(r.Numerics.Contract == 1, "numerics.contract", "must be 1, the only one so far, found %d",
		r.Numerics.Contract)
	p.oneOf("numerics.storage", r.Numerics.Storage, "float32", "float16")
	d := r.Define
	if s := r.Preprocess; d.Base() == "" || s.Image != nil || s.Text != nil {
		if _, only := r.NGrams(); !only || s.Image != nil || s.Text != nil {
			p.inputs(&s)
		}
	}
	p.require(r.Preprocess.Text == nil || r.Preprocess.Text.TFIDF == nil, "preprocess.text.tfidf",
		"is what a solver makes of stages[0].tfidf")
	p.preprocess(&r.Preprocess)
	p.require((d.Zoo == "") != (len(d.Layers) == 0), "define",
		"must have either zoo, a name, or layers, a list or a document")
	p.require(d.Zoo != "" || len(d.Options) == 0, "define.options", "go with zoo only")
	p.stack(d)
	p.loss(r.Loss)
	p.optimizer(r.Optimizer)
	p.train(r.Train)
	p.validate(r)
	p.stages(r)
	return p.err()
}

// Check reports what is wrong with the preprocessing alone.
func (s *Preprocess) Check() error {
	var p problems
	p.inputs(s)
	p.preprocess(s)
	return p.err()
}

// texts holds what people are shown of a recipe to the rule of package names.
func (p *problems) texts(r *Recipe) {
	p.shown(names.Line, "name", r.Name)
	p.shown(names.Line, "test.set", r.Test.Set)
	for _, s := range r.Stages {
		p.shown(names.Line, "stages", s.Name)
	}
	if c := r.Card; c != nil {
		p.shown(names.Line, "card", c.Title, c.TitleZH)
		p.shown(names.Line, "card", c.Labels...)
		p.shown(names.Line, "card", c.LabelsZH...)
		p.shown(names.Passage, "card", c.About, c.AboutZH, c.Credit)
		p.shown(names.Passage, "card", c.Examples...)
	}
}

// shown names the first of some texts that is not of a form.
func (p *problems) shown(f names.Form, path string, texts ...string) {
	for _, t := range texts {
		if err := f.Check(t); err != nil {
			p.add(path, "has a text that %v", err)
			return
		}
	}
}

// require notes what is wrong where something does not hold; the sentence goes on after the path.
func (p *problems) require(ok bool, path, format string, args ...any) {
	if !ok {
		p.add(path, format, args...)
	}
}

// oneOf wants one of the names; "" among them is not shown.
func (p *problems) oneOf(path, got string, names ...string) {
	shown := strings.TrimPrefix(strings.Join(names, ", "), ", ")
	p.require(slices.Contains(names, got), path, "must be one of %s, found %q", shown, got)
}

// atLeast wants a whole number that is not absurd: 16,777,216 at most.
func (p *problems) atLeast(path string, got, least int) {
	const most = 1 << 24
	p.require(got >= least && got <= most, path, "must be a whole number from %d to %d, found %d", least, most, got)
}

// between wants lo ≤ got ≤ hi; a NaN is out of every range.
func (p *problems) between(path string, got, lo, hi float64) {
	p.require(got >= lo && got <= hi, path, "must be from %v to %v, found %v", lo, hi, got)
}

// share wants 0 ≤ got < 1.
func (p *problems) share(path string, got float64) {
	p.require(got >= 0 && got < 1, path, "must be from 0 to below 1, found %v", got)
}

// size wants 0 ≤ got, finite.
func (p *problems) size(path string, got float64) {
	p.require(got >= 0 && got <= math.MaxFloat32, path, "must be 0 or more, found %v", got)
}

// inputs wants what says how an input becomes a tensor.
func (p *problems) inputs(s *Preprocess) {
	p.require(s.Kind != "image" || s.Image != nil && s.Text == nil, "preprocess",
		"of kind image needs image and no text")
	p.require(s.Kind != "text" || s.Text != nil && s.Image == nil, "preprocess", "of kind text needs text and no image")
}

// preprocess checks kind, labels, the form of inputs, and the sources of every part.
func (p *problems) preprocess(s *Preprocess) {
	p.oneOf("preprocess.kind", s.Kind, "image", "text")
	p.labels(s.Labels)
	if s.Image != nil {
		p.image(s.Image)
	}
	if s.Text != nil {
		p.text(s.Text)
	}
	p.sources("train", s.Data.Train)
	p.sources("validation", s.Data.Validation)
	p.sources("test", s.Data.Test)
	p.sources("outside_validation", s.Data.OutsideValidation)
	p.sources("outside_test", s.Data.OutsideTest)
}

// labels wants two names or more, each once and fit to be shown in a line; none stands for those of the data.
func (p *problems) labels(list []string) {
	p.require(len(list) != 1, "preprocess.labels", "must name two labels or more, or none")
	p.require(len(list) <= names.MaxLabels, "preprocess.labels", "has %d labels, at most %d are read", len(list),
		names.MaxLabels)
	p.shown(names.Line, "preprocess.labels", list...)
	seen := map[string]bool{"": true}
	for _, l := range list {
		p.require(!seen[l], "preprocess.labels", "label %q is empty or named twice", l)
		seen[l] = true
	}
}

// sources wants a known form and paths below the data folder.
func (p *problems) sources(part string, list []Source) {
	for _, s := range list {
		path := "preprocess.data." + part
		p.oneOf(path+".form", s.Form, "idx", "folder", "zip", "samples", "csv", "tsv", "jsonl", "table", "clinc")
		p.require(belowData(s.Path), path+".path", "must be a path below the data folder, found %q", s.Path)
		p.size(path+".weight", s.Weight)
		p.shown(names.Line, path+".map", order.Keys(s.Map)...)
		p.require((s.Form == "idx") == (s.LabelsPath != ""), path+".labels_path",
			"goes with form idx, and form idx needs it")
	}
}

// image wants sides from 1 to 1024 and, of augmentation, one way at most.
func (p *problems) image(i *Image) {
	for _, side := range []int{i.Height, i.Width} {
		p.require(side >= 1 && side <= 1024, "preprocess.image", "height and width must be from 1 to 1024, found %d",
			side)
	}
	p.require(i.Channels == 1 || i.Channels == 3, "preprocess.image.channels", "must be 1 (grey) or 3 (RGB), found %d",
		i.Channels)
	p.oneOf("preprocess.image.resize", i.Resize, "bilinear", "nearest")
	p.oneOf("preprocess.image.mode", i.Mode, "stretch", "centre", "fit")
	p.oneOf("preprocess.image.background", i.Background, "white", "black")
	p.oneOf("preprocess.image.normalisation", i.Normalisation, "0..1", "-1..1", "imagenet", "caffe", "none")
	p.require(i.Normalisation != "caffe" || i.Channels == 3, "preprocess.image.normalisation",
		"\"caffe\" is of pictures of 3 channels, found %d", i.Channels)
	p.require(i.Augment == nil || i.Generator == nil, "preprocess.image",
		"can have augment or image_data_generator, not both")
	if i.Generator != nil {
		p.generator("preprocess.image.image_data_generator.", i.Generator)
	}
	a := i.Augment
	if a == nil {
		return
	}
	path := "preprocess.image.augment."
	p.require(!a.Transpose || i.Height == i.Width, path+"transpose", "needs a square picture")
	p.between(path+"rotation", a.Rotation, 0, 180)
	for name, v := range map[string]float64{"shift": a.Shift, "zoom": a.Zoom, "brightness": a.Brightness,
		"contrast": a.Contrast, "cutout": a.Cutout} {
		p.share(path+name, v)
	}
}

// text wants one form of tokens, or TF-IDF with or without one. Rows have 4096 places at most.
func (p *problems) text(t *Text) {
	forms := 0
	for _, has := range []bool{t.Tokenizer != nil && t.Pad != nil, t.NGrams != nil, t.Unigram != nil,
		t.Tokens != nil, t.FastText != nil} {
		if has {
			forms++
		}
	}
	p.require(forms == 1 || forms == 0 && t.TFIDF != nil, "preprocess.text",
		"must have either tokenizer and pad_sequences, or ngrams, unigram, tokens or fasttext")
	if t.TFIDF != nil {
		p.tfidf("preprocess.text.tfidf", *t.TFIDF)
		p.require(t.TFIDF.MaxLen >= 1 && t.TFIDF.MaxLen <= 4096, "preprocess.text.tfidf.maxlen",
			"must be from 1 to 4096, found %d", t.TFIDF.MaxLen)
	}
	if u := t.Unigram; u != nil {
		p.require(u.MaxLen >= 1 && u.MaxLen <= 4096, "preprocess.text.unigram.maxlen",
			"must be from 1 to 4096, found %d", u.MaxLen)
	}
	if k := t.Tokens; k != nil {
		p.require(k.MaxLen >= 1 && k.MaxLen <= 4096, "preprocess.text.tokens.maxlen",
			"must be from 1 to 4096, found %d", k.MaxLen)
	}
	if f := t.FastText; f != nil {
		p.require(f.MaxLen >= 1 && f.MaxLen <= 4096, "preprocess.text.fasttext.maxlen",
			"must be from 1 to 4096, found %d", f.MaxLen)
	}
	if k := t.Tokenizer; k != nil {
		p.atLeast("preprocess.text.tokenizer.num_words", k.NumWords, 0)
	}
	if s := t.Pad; s != nil {
		p.require(s.MaxLen >= 1 && s.MaxLen <= 4096, "preprocess.text.pad_sequences.maxlen",
			"must be from 1 to 4096, found %d", s.MaxLen)
		p.oneOf("preprocess.text.pad_sequences.padding", s.Padding, "pre", "post")
		p.oneOf("preprocess.text.pad_sequences.truncating", s.Truncating, "pre", "post")
	}
	if n := t.NGrams; n != nil {
		p.atLeast("preprocess.text.ngrams.buckets", n.Buckets, 1)
		p.require(n.MaxLen >= 1 && n.MaxLen <= 4096, "preprocess.text.ngrams.maxlen",
			"must be from 1 to 4096, found %d", n.MaxLen)
		p.grams("preprocess.text.ngrams", n.Words, n.CharMin, n.CharMax)
	}
}

// tfidf wants from 1 to 1,048,576 n-grams to be kept.
func (p *problems) tfidf(path string, t TFIDF) {
	p.require(t.Most >= 1 && t.Most <= 1<<20, path+".most", "must be from 1 to %d, found %d", 1<<20, t.Most)
	p.require(t.WordWeight == 0 || t.WordWeight >= 0.1 && t.WordWeight <= 10, path+".word_weight",
		"must be from 0.1 to 10, found %g", t.WordWeight)
	p.grams(path, t.Words, t.CharMin, t.CharMax)
}

// grams checks the lengths of n-grams.
func (p *problems) grams(path string, words, charMin, charMax int) {
	p.require(words >= 0 && words <= 5, path+".words", "must be from 0 to 5, found %d", words)
	p.require(charMax >= 0 && charMax <= 8 && charMin <= charMax && (charMin > 0 || charMax == 0), path,
		"needs 1 ≤ char_min ≤ char_max ≤ 8, or both 0, found %d and %d", charMin, charMax)
	p.require(words+charMax > 0, path, "has neither words nor characters")
}

// Losses are the names that loss.name may have.
var Losses = []string{"mean_squared_error", "binary_crossentropy", "categorical_crossentropy",
	"sparse_categorical_crossentropy"}

// loss wants a known name with the arguments that Keras' class of it has.
func (p *problems) loss(l Loss) {
	p.oneOf("loss.name", l.Name, Losses...)
	p.share("loss.label_smoothing", l.LabelSmoothing)
	plain := l.Name == "mean_squared_error"
	p.require(!plain || !l.FromLogits && l.LabelSmoothing == 0, "loss",
		"mean_squared_error has neither from_logits nor label_smoothing")
	p.require(l.Name != "sparse_categorical_crossentropy" || l.LabelSmoothing == 0, "loss.label_smoothing",
		"is not an argument of sparse_categorical_crossentropy; categorical_crossentropy has it")
}

// optimizer wants a known name, only the arguments that Keras' class of it has, and one way of clipping at most.
func (p *problems) optimizer(o Optimizer) {
	p.oneOf("optimizer.name", o.Name, "sgd", "rmsprop", "adam", "adamw")
	p.require(o.LearningRate > 0 && o.LearningRate <= 1e3, "optimizer.learning_rate",
		"must be above 0 and at most 1000, found %v", o.LearningRate)
	adam := o.Name == "adam" || o.Name == "adamw"
	only := func(key string, set, fits bool, who string) {
		p.require(!set || fits, "optimizer."+key, "is an argument of %s, not of %s", who, o.Name)
	}
	only("momentum", o.Momentum != 0, !adam, "sgd and rmsprop")
	only("nesterov", o.Nesterov, o.Name == "sgd", "sgd")
	only("rho", o.Rho != 0, o.Name == "rmsprop", "rmsprop")
	only("centered", o.Centered, o.Name == "rmsprop", "rmsprop")
	only("beta_1", o.Beta1 != 0, adam, "adam and adamw")
	only("beta_2", o.Beta2 != 0, adam, "adam and adamw")
	only("epsilon", o.Epsilon != 0, o.Name != "sgd", "rmsprop, adam and adamw")
	for key, v := range map[string]float64{"momentum": o.Momentum, "rho": o.Rho, "beta_1": o.Beta1, "beta_2": o.Beta2,
		"weight_decay": o.WeightDecay, "ema_momentum": o.EMAMomentum} {
		p.share("optimizer."+key, v)
	}
	for key, v := range map[string]float64{"epsilon": o.Epsilon, "clipnorm": o.ClipNorm,
		"global_clipnorm": o.GlobalClipNorm, "clipvalue": o.ClipValue} {
		p.size("optimizer."+key, v)
	}
	clips := 0
	for _, v := range []float64{o.ClipNorm, o.GlobalClipNorm, o.ClipValue} {
		if v > 0 {
			clips++
		}
	}
	p.require(clips <= 1, "optimizer", "only one of clipnorm, global_clipnorm and clipvalue can be set")
	p.schedule(o.Schedule)
}

// schedule checks the arguments of the named schedule.
func (p *problems) schedule(s Schedule) {
	p.oneOf("optimizer.schedule.name", s.Name, "constant", "cosine", "one_cycle", "reduce_on_plateau")
	p.between("optimizer.schedule.alpha", s.Alpha, 0, 1)
	p.share("optimizer.schedule.warmup", s.Warmup)
	if s.Name == "one_cycle" {
		p.require(s.PctStart > 0 && s.PctStart < 1, "optimizer.schedule.pct_start",
			"must be above 0 and below 1, found %v", s.PctStart)
		p.between("optimizer.schedule.div_factor", s.DivFactor, 1, 1e9)
		p.between("optimizer.schedule.final_div_factor", s.FinalDivFactor, 1, 1e9)
	}
	if s.Name == "reduce_on_plateau" {
		p.require(s.Factor > 0 && s.Factor < 1, "optimizer.schedule.factor", "must be above 0 and below 1, found %v",
			s.Factor)
		p.atLeast("optimizer.schedule.patience", s.Patience, 0)
		p.size("optimizer.schedule.min_delta", s.MinDelta)
		p.size("optimizer.schedule.min_lr", s.MinLR)
	}
}

// validate checks what is held back, also against the parts that come as files: one of the two says it.
func (p *problems) validate(r *Recipe) {
	v, t, d := r.Validate, r.Test, r.Preprocess.Data
	p.share("validate.validation_split", v.Split)
	p.oneOf("validate.calibration", v.Calibration, "", "none")
	p.share("test.test_split", t.Split)
	p.require(v.Split+t.Split < 1, "validate.validation_split", "and test.test_split leave nothing to train on")
	p.require(v.Split == 0 || len(d.Validation) == 0, "validate.validation_split",
		"must be 0 where preprocess.data.validation is given")
	p.require(t.Split == 0 || len(d.Test) == 0, "test.test_split", "must be 0 where preprocess.data.test is given")
	held := v.Split > 0 || len(d.Validation) > 0
	p.stopping(v, held)
	p.share("test.keep", t.Keep)
	p.require(t.Keep == 0 || held, "test.keep", "needs validation samples to choose the threshold on")
	p.atLeast("preprocess.data.limit", d.Limit, 0)
}

// stopping checks early stopping; held says whether there are validation samples.
func (p *problems) stopping(v Validate, held bool) {
	p.oneOf("validate.monitor", v.Monitor, "val_loss", "val_accuracy", "loss", "accuracy")
	p.atLeast("validate.patience", v.Patience, 0)
	p.size("validate.min_delta", v.MinDelta)
	p.require(held || v.Patience == 0 || !strings.HasPrefix(v.Monitor, "val_"), "validate.monitor",
		"is %s, but nothing is held back for validation", v.Monitor)
}

// train wants an epoch and a sample at least.
func (p *problems) train(t Train) {
	p.atLeast("train.epochs", t.Epochs, 1)
	p.atLeast("train.batch_size", t.BatchSize, 1)
	p.oneOf("train.class_weight", t.ClassWeight, "", "balanced")
}
