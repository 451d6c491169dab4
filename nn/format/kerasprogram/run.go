package kerasprogram

import (
	"slices"
	"strings"

	"wafer/nn/recipe"
	"wafer/nn/say"
)

// compiled is what compile was told.
type compiled struct {
	loss      *recipe.Loss
	optimizer []setting
}

// fit is one call of fit.
type fit struct {
	compiled
	epochs, batch int
	shuffle       bool
	stop          *stopping
	schedule      []setting
	frozen, part  bool // how the base stood
}

// stopping is an EarlyStopping.
type stopping struct {
	monitor  string
	patience int
	minDelta float64
	restore  bool
}

// scheduled is a schedule of the learning rate.
type scheduled struct {
	rate     float64
	settings []setting
}

// method follows a call of a method.
func (r *reader) method(of value, name string, a arguments) value {
	switch of := of.(type) {
	case *chain:
		return r.modelMethod(of, name, a)
	case *generator:
		switch name {
		case "flow_from_directory":
			return r.fromDirectory(of, a, "target_size", "nearest")
		case "flow", "flow_from_dataframe":
			r.batch(a)
			f := r.fromDirectory(of, arguments{named: a.named}, "target_size", "nearest")
			f.folder = ""
			if name == "flow" {
				f.size = nil
			}
			return f
		}
	case *flow:
		if name == "map" {
			r.mapped(first(a.at("map_func", 0)))
		}
		if slices.Contains([]string{"map", "cache", "prefetch", "shuffle", "repeat", "take", "skip",
			"with_options"}, name) {
			return of
		}
	case scaledData:
		if name == "astype" || name == "reshape" {
			return of
		}
	}
	if name == "batch" {
		if n, ok := whole(first(a.at("batch_size", 0))); ok {
			r.data.batch = n
		}
	}
	if name == "texts_to_matrix" || name == "sequences_to_matrix" {
		r.note(say.Errorf("%s makes a row of a number for each word; the recipe pads rows of words in its place", name))
	}
	return unknown{}
}

// mapped follows what a function does to data.
func (r *reader) mapped(f value) {
	switch f.(type) {
	case function, closure:
		r.call(f, arguments{})
	default:
		r.note(say.New("what map() does to the data is not read"))
	}
}

func (r *reader) modelMethod(c *chain, name string, a arguments) value {
	switch name {
	case "add":
		if len(a.all) == 1 {
			r.put(c, a.all[0])
		}
	case "pop":
		if n := len(c.elements); n > 0 {
			c.elements = c.elements[:n-1]
		}
	case "compile":
		r.compile(c, a)
	case "fit", "fit_generator":
		r.fit(c, a)
	case "evaluate", "evaluate_generator":
		r.evaluate(a)
	case "load_weights", "set_weights":
		r.note(say.New("weights of a file are not taken over; define.layers[0].weights can name a .wafer file"))
	case "get_layer":
		return unknown{}
	}
	return unknown{}
}

// compile reads loss and optimizer.
func (r *reader) compile(c *chain, a arguments) {
	r.model = c
	loss, _ := a.at("loss", 1)
	optimizer, ok := a.at("optimizer", 0)
	if !ok {
		optimizer = "rmsprop" // Keras' default
	}
	r.compiled = compiled{r.loss(loss), r.optimizer(optimizer)}
}

// losses are the names of losses that a recipe has, by those of Keras in lower case without underscores.
var losses = map[string]string{"binarycrossentropy": "binary_crossentropy",
	"categoricalcrossentropy":       "categorical_crossentropy",
	"sparsecategoricalcrossentropy": "sparse_categorical_crossentropy", "mse": "mean_squared_error",
	"meansquarederror": "mean_squared_error"}

func (r *reader) loss(v value) *recipe.Loss {
	l, found := &recipe.Loss{}, ""
	switch v := v.(type) {
	case string:
		found = v
	case module:
		found = last(v.path)
	case lossObject:
		found, l.FromLogits, l.LabelSmoothing = v.class, v.fromLogits, v.smoothing
	}
	if l.Name = losses[strings.ToLower(strings.ReplaceAll(found, "_", ""))]; l.Name == "" {
		r.note(say.Errorf("the loss %q is not known here; the one that fits the last layer is taken", found))
		return nil
	}
	return l
}

// lossObject is a loss that was made with arguments.
type lossObject struct {
	class      string
	fromLogits bool
	smoothing  float64
}

// optimizers are the names of a recipe by those of Keras in lower case.
var optimizers = map[string]string{"sgd": "sgd", "rmsprop": "rmsprop", "adam": "adam", "adamw": "adamw"}

// made is an optimizer that was made with arguments.
type made struct {
	class string
	args  arguments
}

func (r *reader) optimizer(v value) []setting {
	switch v := v.(type) {
	case string:
		return []setting{{"name", r.optimizerName(v)}}
	case module:
		return []setting{{"name", r.optimizerName(last(v.path))}}
	case made:
		return r.optimizerOf(v)
	}
	r.note(say.New("the optimizer is not known here; adam is taken"))
	return []setting{{"name", "adam"}}
}

func (r *reader) optimizerName(keras string) string {
	if n := optimizers[strings.ToLower(keras)]; n != "" {
		return n
	}
	r.note(say.Errorf("a recipe has no optimizer %s; adam is taken", keras))
	return "adam"
}

// optimizerArguments are those that a recipe has under the same name.
var optimizerArguments = []string{"learning_rate", "momentum", "nesterov", "rho", "centered", "beta_1", "beta_2",
	"epsilon",
	"weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema", "ema_momentum"}

func (r *reader) optimizerOf(m made) []setting {
	out := []setting{{"name", r.optimizerName(m.class)}}
	for i, v := range m.args.all {
		if i == 0 {
			m.args.named["learning_rate"] = v
			m.args.order = append(m.args.order, "learning_rate")
		}
	}
	for _, key := range m.args.order {
		v := m.args.named[key]
		if key == "lr" {
			key = "learning_rate" // Keras before 2.3
		}
		if s, ok := v.(scheduled); ok && key == "learning_rate" {
			out = append(out, setting{key, s.rate})
			if s.settings != nil {
				out = append(out, setting{"schedule", object(s.settings)})
			}
			continue
		}
		_, isNumber := asNumber(v)
		_, isFlag := v.(bool)
		if slices.Contains(optimizerArguments, key) && (isNumber || isFlag) {
			out = append(out, setting{key, v})
		} else if v != nil && key != "name" {
			r.note(say.Errorf("%s of the optimizer is left out: a recipe has no such argument, or not with this "+
				"value", key))
		}
	}
	return out
}

// fit reads a call of fit.
func (r *reader) fit(c *chain, a arguments) {
	r.model = c
	f := fit{compiled: r.compiled, epochs: 1, shuffle: a.flag("shuffle", -1, true)}
	if n, ok := whole(first(a.at("epochs", 3))); ok {
		f.epochs = n
	} else if n, ok := whole(first(a.at("nb_epoch", -1))); ok {
		f.epochs = n // Keras 1
	} else if _, given := a.named["epochs"]; given {
		r.note(say.New("how many epochs is not known here; one is trained"))
	}
	f.batch, _ = whole(first(a.at("batch_size", 2)))
	if base := c.base(); base != nil {
		f.frozen, f.part = base.frozen, base.part
	}
	if x, ok := first(a.at("x", 0)).(*flow); ok {
		r.data.train, f.shuffle = x, f.shuffle && !x.unshuffle
	}
	if share, ok := a.number("validation_split", -1); ok {
		r.data.held = share
	}
	switch v := first(a.at("validation_data", -1)).(type) {
	case nil:
	case *flow:
		r.data.validation = v
	default:
		r.data.validated = true
		r.data.validatedOn = nameOf(v)
	}
	r.weights(a)
	r.callbacks(&f, a)
	r.fits = append(r.fits, f)
}

// weights reads class_weight.
func (r *reader) weights(a arguments) {
	v, ok := a.at("class_weight", -1)
	if !ok || v == nil {
		return
	}
	r.data.balanced = true
	if _, computed := v.(balance); !computed {
		r.note(say.New("class_weight becomes \"balanced\": each class counts by how rare it is"))
	}
}

func (r *reader) callbacks(f *fit, a arguments) {
	all, _ := a.at("callbacks", -1)
	list, ok := all.(items)
	if !ok {
		list = items{all}
	}
	for _, c := range list {
		switch c := c.(type) {
		case *stopping:
			f.stop = c
		case scheduled:
			f.schedule = c.settings
		}
	}
}

func (r *reader) earlyStopping(a arguments) value {
	s := &stopping{monitor: a.word("monitor", 0), restore: a.flag("restore_best_weights", -1, false)}
	if !slices.Contains([]string{"val_loss", "val_accuracy", "loss", "accuracy"}, s.monitor) {
		s.monitor = map[string]string{"val_acc": "val_accuracy", "acc": "accuracy"}[s.monitor]
	}
	s.minDelta, _ = a.number("min_delta", 1)
	s.patience, _ = whole(first(a.at("patience", 2)))
	s.patience = max(s.patience, 1) // with Keras' 0 the first epoch that is not better is the last
	return s
}

func (r *reader) plateau(a arguments) value {
	return scheduled{settings: r.settings(a, "reduce_on_plateau", []string{"factor", "patience", "min_delta",
		"min_lr"})}
}

func (r *reader) cosine(a arguments) value {
	rate, _ := a.number("initial_learning_rate", 0)
	return scheduled{rate, r.settings(a, "cosine", []string{"alpha"})}
}

func (r *reader) decay(a arguments) value {
	rate, ok := a.number("initial_learning_rate", 0)
	if !ok {
		rate = 0.001
	}
	r.note(say.Errorf("a recipe has no such schedule; the learning rate stays at %v", rate))
	return scheduled{rate: rate}
}

func (r *reader) settings(a arguments, name string, keys []string) []setting {
	out := []setting{{"name", name}}
	for _, key := range keys {
		if f, ok := a.number(key, -1); ok {
			out = append(out, setting{key, f})
		}
	}
	return out
}

// evaluate reads a call of evaluate.
func (r *reader) evaluate(a arguments) {
	x := first(a.at("x", 0))
	f, ok := x.(*flow)
	switch {
	case !ok:
		on := nameOf(x)
		r.data.evaluated = r.data.evaluated || on == "" || on != r.data.validatedOn
	case f != r.data.validation && f != r.data.train:
		r.data.test = f
	}
}

// nameOf is the name of data, of the first of a tuple; "" where they have none.
func nameOf(v value) string {
	if list, ok := v.(items); ok && len(list) > 0 {
		v = list[0]
	}
	u, _ := v.(unknown)
	return u.name
}
