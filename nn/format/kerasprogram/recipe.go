package kerasprogram

import (
	"cmp"
	"slices"
	"strings"

	"wafer/nn/recipe"
	"wafer/nn/say"
)

// program makes the recipe of what was followed.
func (r *reader) program() (*Program, error) {
	if r.failed == nil {
		r.now = line{}
		r.check()
	}
	if r.failed != nil {
		return nil, r.failed
	}
	doc := object{{"name", cmp.Or(r.options.Name, "keras-program")}, {"seed", max(r.data.seed, 1)}}
	pre := r.preprocess()
	if r.failed != nil {
		return nil, r.failed
	}
	network := r.network()
	if r.failed != nil {
		return nil, r.failed
	}
	doc = append(doc, setting{"preprocess", pre}, setting{"define", object{{"layers", network}}},
		setting{"loss", r.lossDoc()}, setting{"optimizer", r.last().optimizerDoc()}, setting{"train",
			r.train(r.last())},
		setting{"validate", r.validate()}, setting{"test", r.test()})
	doc.add("stages", r.stages())
	b, err := doc.MarshalJSON()
	if err != nil {
		return nil, err
	}
	parsed, err := recipe.Parse(b)
	if err != nil {
		return nil, say.Errorf("the program makes no recipe: %w", err)
	}
	return &Program{parsed, b, r.notes}, nil
}

// check says whether there is a network of pictures or texts.
func (r *reader) check() {
	switch {
	case r.model == nil || len(r.model.elements) == 0:
		r.failed = say.New("no network was found in the program: no Sequential and no Model of layers that are " +
			"known here")
	case len(r.fits) == 0:
		if r.compiled.optimizer == nil {
			r.note(say.New("the program neither compiles nor fits its model: one epoch with adam"))
			r.compiled.optimizer = []setting{{"name", "adam"}}
		}
		r.fits = []fit{{compiled: r.compiled, epochs: 1, shuffle: true}}
	}
	for i := range r.fits {
		if r.fits[i].optimizer == nil {
			r.fits[i].optimizer = []setting{{"name", "adam"}}
		}
	}
}

// last is the last training.
func (r *reader) last() fit { return r.fits[len(r.fits)-1] }

func (r *reader) lossDoc() object {
	l := r.last().loss
	if l == nil {
		l = &recipe.Loss{Name: "categorical_crossentropy"}
		if last := r.model.elements[len(r.model.elements)-1]; last.number("units", 0) == 1 {
			l.Name = "binary_crossentropy"
		}
	}
	out := object{{"name", l.Name}}
	if l.FromLogits {
		out.add("from_logits", true)
	}
	out.add("label_smoothing", l.LabelSmoothing)
	return out
}

// optimizerDoc is the optimizer with the schedule that a callback brings.
func (f fit) optimizerDoc() object {
	out := object(slices.Clone(f.optimizer))
	if f.schedule != nil && !slices.ContainsFunc(out, func(s setting) bool { return s.key == "schedule" }) {
		out = append(out, setting{"schedule", object(f.schedule)})
	}
	return out
}

// train are epochs and batch size of a training.
func (r *reader) train(f fit) object {
	batch := cmp.Or(f.batch, r.data.batch)
	if r.data.train != nil {
		batch = cmp.Or(f.batch, r.data.train.batch, r.data.batch)
	}
	out := object{{"epochs", max(f.epochs, 1)}, {"batch_size", max(cmp.Or(batch, 32), 1)}}
	if !f.shuffle {
		out.add("shuffle", false)
	}
	if r.data.balanced {
		out.add("class_weight", "balanced")
	}
	return out
}

// validate is what is held back.
func (r *reader) validate() object {
	d, out := &r.data, object{}
	share := d.held
	if share == 0 && d.train != nil && d.train.from != nil {
		share = d.train.from.held
	}
	files := d.validation != nil && d.validation.folder != "" && d.validation.folder != d.train.folder
	if share == 0 && d.validated && !files {
		share = 0.2
		if n := len(d.splits); n > 0 {
			share = d.splits[n-1]
		} else {
			r.note(say.Errorf("what the program validates on is not in its files: %v of the training samples are "+
				"held back", share))
		}
	}
	if !files && share < 1 {
		out.add("validation_split", share)
	}
	if s := r.last().stop; s != nil {
		out.add("monitor", r.monitor(s, files || share > 0))
		out.add("patience", s.patience)
		out.add("min_delta", s.minDelta)
		out = append(out, setting{"restore_best_weights", s.restore})
	}
	return out
}

// monitor is what early stopping looks at.
func (r *reader) monitor(s *stopping, held bool) string {
	name := cmp.Or(s.monitor, "val_loss")
	if !held {
		name = strings.TrimPrefix(name, "val_")
	}
	return name
}

// test is what is measured in the end.
func (r *reader) test() object {
	out := object{}
	if d := &r.data; d.evaluated && d.test == nil {
		share := 0.2
		if len(d.splits) > 1 || len(d.splits) == 1 && !d.validated {
			share = d.splits[0]
		}
		out.add("test_split", share)
		if len(d.splits) == 0 {
			r.note(say.Errorf("what the program is tested on is not in its files: %v of the samples are held back",
				share))
		}
	}
	return out
}

// stages are the trainings of a program that first trains what is behind a frozen base and then more of it.
func (r *reader) stages() any {
	several := len(r.fits) > 1
	if r.model.base() == nil || !several && !r.fits[0].part {
		if several {
			r.note(say.New("the program trains several times; the last training counts"))
		}
		return nil
	}
	var out []object
	for i, f := range r.fits {
		trains := recipe.Whole
		if f.frozen {
			trains = recipe.Head
		} else if f.part {
			trains = recipe.LastBlock
			r.note(say.New("of the base only some layers are trained; the recipe trains its last third"))
		}
		out = append(out, object{{"name", "training " + string(rune('1'+min(i, 8)))}, {"trains", trains},
			{"optimizer", f.optimizerDoc()}, {"train", r.train(f)}})
	}
	return out
}
