package kerasprogram

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
)

// Write writes a recipe as a program for TensorFlow's Keras, which Read reads as the same recipe where Keras has all of
// it. What it has not stands in comments. Splits and first weights are drawn by other random numbers there. The error
// says what keeps a recipe from being written at all.
func Write(r *recipe.Recipe) ([]byte, error) {
	list := r.Define.Stack()
	switch {
	case r.Define.Base() != "":
		return nil, say.New("the recipe begins with a model of Wafer's; export the taught model in its place")
	case list == nil:
		return nil, say.New("define.layers is not a list of layers; export the trained model in its place")
	case r.Preprocess.Text != nil && r.Preprocess.Text.Tokenizer == nil:
		return nil, say.New("Keras has no class for how the recipe cuts texts")
	case len(r.Preprocess.Data.Train) != 1:
		return nil, say.Errorf("a program takes its samples from one place, the recipe from %d",
			len(r.Preprocess.Data.Train))
	}
	for _, s := range r.Stages {
		if !slices.Contains([]string{recipe.Head, recipe.LastBlock, recipe.Whole}, s.Trains) || s.Solver != "" {
			return nil, say.Errorf("the stage %q trains what Keras' fit does not", s.Name)
		}
	}
	if zoo := list[0].Zoo; zoo != "" && className(zoo) == "" {
		return nil, say.Errorf("keras.applications has no %s", zoo)
	}
	w := &writer{recipe: r}
	w.imports()
	if r.Preprocess.Text != nil {
		w.texts()
	} else {
		w.pictures()
	}
	w.network(list)
	w.runs()
	return w.out.Bytes(), nil
}

type writer struct {
	recipe *recipe.Recipe
	out    bytes.Buffer
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.out, format+"\n", args...) }

// preprocessors are the modules whose preprocess_input makes a normalisation.
var preprocessors = map[string]string{"-1..1": "mobilenet_v2", "caffe": "vgg16", "imagenet": "densenet"}

func (w *writer) imports() {
	r := w.recipe
	w.line("# %s: a recipe of Wafer as a program for TensorFlow's Keras.", strings.ReplaceAll(r.Name, "\n", " "))
	w.line("import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers")
	if r.Preprocess.Text != nil {
		w.line("import pandas as pd\nfrom sklearn.model_selection import train_test_split")
		w.line("from tensorflow.keras.preprocessing.sequence import pad_sequences")
		w.line("from tensorflow.keras.preprocessing.text import Tokenizer")
	} else {
		w.line("from tensorflow.keras.preprocessing.image import ImageDataGenerator")
		if m := preprocessors[r.Preprocess.Image.Normalisation]; m != "" {
			w.line("from tensorflow.keras.applications.%s import preprocess_input", m)
		}
	}
	w.line("\ntf.random.set_seed(%d)", r.Seed)
}

// texts writes steps of a table of texts: sequences and labels of three parts.
func (w *writer) texts() {
	r := w.recipe
	t, pad := r.Preprocess.Text.Tokenizer, r.Preprocess.Text.Pad
	w.line("\n# Preprocess: a table with the columns text and label.")
	w.line("table = pd.read_csv(%s)", quoted(r.Preprocess.Data.Train[0].Path))
	w.line("names = sorted(table['label'].astype(str).unique())")
	w.line("x_train, y_train = table['text'], table['label'].astype(str).map(names.index)")
	if r.Test.Split > 0 {
		w.line("x_train, x_test, y_train, y_test = train_test_split(x_train, y_train, test_size=%s, stratify=y_train)",
			pythonNumber(r.Test.Split))
	}
	args := []string{fmt.Sprintf("num_words=%d", t.NumWords)}
	if t.NumWords == 0 {
		args = nil
	}
	if usual := recipe.DefaultTokenizer(); t.Filters != usual.Filters {
		args = append(args, "filters="+quoted(t.Filters))
	}
	if !t.Lower {
		args = append(args, "lower=False")
	}
	if t.Split != " " {
		args = append(args, "split="+quoted(t.Split))
	}
	if t.CharLevel {
		args = append(args, "char_level=True")
	}
	if t.OOVToken != "" {
		args = append(args, "oov_token="+quoted(t.OOVToken))
	}
	w.line("tokenizer = Tokenizer(%s)\ntokenizer.fit_on_texts(x_train)", strings.Join(args, ", "))
	w.line("x_train = pad_sequences(tokenizer.texts_to_sequences(x_train), maxlen=%d, padding=%s, truncating=%s)",
		pad.MaxLen,
		quoted(pad.Padding), quoted(pad.Truncating))
	if r.Test.Split > 0 {
		w.line("x_test = pad_sequences(tokenizer.texts_to_sequences(x_test), maxlen=%d, padding=%s, truncating=%s)",
			pad.MaxLen, quoted(pad.Padding), quoted(pad.Truncating))
	}
	if r.Loss.Name == "categorical_crossentropy" {
		w.line("y_train = keras.utils.to_categorical(y_train)")
		if r.Test.Split > 0 {
			w.line("y_test = keras.utils.to_categorical(y_test)")
		}
	}
}

// pictures writes generators of folders.
func (w *writer) pictures() {
	r, i := w.recipe, w.recipe.Preprocess.Image
	w.line("\n# Preprocess: a folder for each label.")
	scale := map[string]string{"0..1": "rescale=1./255", "none": ""}[i.Normalisation]
	if preprocessors[i.Normalisation] != "" {
		scale = "preprocessing_function=preprocess_input"
	}
	still := []string{scale}
	if r.Validate.Split > 0 {
		still = append(still, "validation_split="+pythonNumber(r.Validate.Split))
	}
	w.line("train_images = ImageDataGenerator(%s)", argumentList(append(slices.Clone(still), w.changes()...)))
	w.line("still_images = ImageDataGenerator(%s)", argumentList(still))
	if i.Augment != nil {
		b, _ := json.Marshal(i.Augment) // numbers: no error
		w.line("# Not written: preprocess.image.augment %s", b)
	}
	if r.Test.Split > 0 {
		w.line("# Not written: %v of the pictures held back to test with; put them into a folder of their own.",
			r.Test.Split)
	}
	d := r.Preprocess.Data
	w.flow("train", "train_images", d.Train[0], map[bool]string{true: "training"}[r.Validate.Split > 0])
	if r.Validate.Split > 0 {
		w.flow("validation", "still_images", d.Train[0], "validation")
	} else if len(d.Validation) > 0 {
		w.flow("validation", "still_images", d.Validation[0], "")
	}
	if len(d.Test) > 0 {
		w.flow("test", "still_images", d.Test[0], "")
	}
}

// flow writes the pictures of one part.
func (w *writer) flow(name, generator string, s recipe.Source, subset string) {
	r, i := w.recipe, w.recipe.Preprocess.Image
	args := []string{quoted(s.Path), fmt.Sprintf("target_size=(%d, %d)", i.Height, i.Width),
		fmt.Sprintf("batch_size=%d", r.Train.BatchSize), "interpolation=" + quoted(i.Resize),
		"class_mode=" + quoted(map[string]string{"binary_crossentropy": "binary",
			"sparse_categorical_crossentropy": "sparse"}[r.Loss.Name])}
	if strings.HasSuffix(args[4], "''") {
		args[4] = "class_mode='categorical'"
	}
	if i.Channels == 1 {
		args = append(args, "color_mode='grayscale'")
	}
	if subset != "" {
		args = append(args, "subset="+quoted(subset))
	}
	if name != "train" || !r.Train.Shuffle {
		args = append(args, "shuffle=False")
	}
	w.line("%s = %s.flow_from_directory(%s)", name, generator, strings.Join(args, ", "))
}

// changes are the arguments of a generator that changes pictures at random.
func (w *writer) changes() (args []string) {
	g := w.recipe.Preprocess.Image.Generator
	if g == nil {
		return nil
	}
	for _, s := range changes(g) {
		args = append(args, s.key+"="+python(s.value))
	}
	return args
}

// network writes the layers.
func (w *writer) network(list []recipe.Layer) {
	w.line("\n# Define.")
	if list[0].Zoo != "" {
		w.base(list[0])
		list = list[1:]
		w.line("model = keras.Sequential([\n    base,")
	} else if i := w.recipe.Preprocess.Image; i != nil {
		w.line("model = keras.Sequential([\n    keras.Input(shape=(%d, %d, %d)),", i.Height, i.Width, i.Channels)
	} else {
		w.line("model = keras.Sequential([\n    keras.Input(shape=(%d,)),", w.recipe.Preprocess.Text.Length())
	}
	for _, l := range list {
		w.line("    %s,", layerCall(l))
	}
	w.line("])")
}

// className is Keras' name of an architecture of the zoo, "" for one that it has not.
func className(zoo string) string {
	for class, name := range applications {
		if name == zoo {
			return class
		}
	}
	return ""
}

func (w *writer) base(l recipe.Layer) {
	i := w.recipe.Preprocess.Image
	w.line("base = keras.applications.%s(weights=%s, include_top=%s, input_shape=(%d, %d, %d))", className(l.Zoo),
		map[bool]string{true: "'imagenet'", false: "None"}[l.Weights != ""], python(l.Top()), i.Height, i.Width,
		i.Channels)
	if l.Frozen() {
		w.line("base.trainable = False")
	}
}

// layerCall is a layer as Python makes it.
func layerCall(l recipe.Layer) string {
	var args []string
	for _, s := range settingsOf(l.Config) {
		args = append(args, s.key+"="+python(s.value))
	}
	if l.Name != "" {
		args = append(args, "name="+quoted(l.Name))
	}
	if l.Frozen() {
		args = append(args, "trainable=False")
	}
	return fmt.Sprintf("layers.%s(%s)", l.Class, strings.Join(args, ", "))
}

// settingsOf are the arguments of a config, in alphabetical order but for those that are commonly given first.
func settingsOf(config json.RawMessage) (all []setting) {
	var m map[string]any
	if len(config) == 0 || json.Unmarshal(config, &m) != nil {
		return nil
	}
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	first := []string{"filters", "kernel_size", "pool_size", "units", "input_dim", "output_dim", "rate", "layer"}
	slices.SortFunc(keys, func(a, b string) int {
		i, j := slices.Index(first, a), slices.Index(first, b)
		if i >= 0 && j >= 0 {
			return i - j
		}
		if i != j && (i >= 0 || j >= 0) {
			return j - i
		}
		return strings.Compare(a, b)
	})
	for _, k := range keys {
		all = append(all, setting{k, m[k]})
	}
	return all
}

// runs writes compile, fit and evaluate, once or, with stages, for each of them.
func (w *writer) runs() {
	r := w.recipe
	stages := r.Stages
	if len(stages) == 0 {
		stages = []recipe.Stage{{Trains: recipe.Whole}}
	}
	for _, s := range stages {
		if len(r.Stages) > 0 {
			w.line("\nbase.trainable = %s", python(s.Trains != recipe.Head))
		}
		if s.Trains == recipe.LastBlock {
			w.line("for layer in base.layers[:2 * len(base.layers) // 3]:\n    layer.trainable = False")
		}
		w.run(r.Of(s))
	}
	if r.Preprocess.Text != nil && r.Test.Split > 0 {
		w.line("\n# Test.\nmodel.evaluate(x_test, y_test)")
	} else if len(r.Preprocess.Data.Test) > 0 {
		w.line("\n# Test.\nmodel.evaluate(test)")
	}
}

// run writes one training.
func (w *writer) run(r *recipe.Recipe) {
	w.line("\n# Loss, optimizer, train, validate.")
	w.line("model.compile(loss=%s, optimizer=%s, metrics=['accuracy'])", lossCall(r.Loss), optimizerCall(r))
	args := []string{"x_train, y_train"}
	if r.Preprocess.Text == nil {
		args[0] = "train"
	}
	args = append(args, fmt.Sprintf("epochs=%d", r.Train.Epochs))
	if r.Preprocess.Text != nil {
		args = append(args, fmt.Sprintf("batch_size=%d", r.Train.BatchSize))
		if !r.Train.Shuffle {
			args = append(args, "shuffle=False")
		}
		if r.Validate.Split > 0 {
			args = append(args, "validation_split="+pythonNumber(r.Validate.Split))
		}
	} else if r.Validate.Split > 0 || len(r.Preprocess.Data.Validation) > 0 {
		args = append(args, "validation_data=validation")
	}
	if r.Train.ClassWeight != "" {
		w.line("# Not written: train.class_weight %q", r.Train.ClassWeight)
	}
	if c := callbacks(r); c != nil {
		args = append(args, "callbacks=["+strings.Join(c, ", ")+"]")
	}
	w.line("model.fit(%s)", strings.Join(args, ", "))
}

func lossCall(l recipe.Loss) string {
	if !l.FromLogits && l.LabelSmoothing == 0 {
		return quoted(l.Name)
	}
	class := map[string]string{"binary_crossentropy": "BinaryCrossentropy",
		"categorical_crossentropy":        "CategoricalCrossentropy",
		"sparse_categorical_crossentropy": "SparseCategoricalCrossentropy"}[l.Name]
	args := []string{"from_logits=" + python(l.FromLogits)}
	if l.LabelSmoothing > 0 {
		args = append(args, "label_smoothing="+pythonNumber(l.LabelSmoothing))
	}
	return fmt.Sprintf("keras.losses.%s(%s)", class, strings.Join(args, ", "))
}

func optimizerCall(r *recipe.Recipe) string {
	o := r.Optimizer
	usual := recipe.DefaultOptimizer(o.Name)
	args := []string{"learning_rate=" + pythonNumber(o.LearningRate)}
	if o.Schedule.Name == "cosine" {
		steps := "len(train)"
		if r.Preprocess.Text != nil {
			steps = fmt.Sprintf("-(-len(x_train) // %d)", r.Train.BatchSize)
		}
		args[0] = fmt.Sprintf("learning_rate=keras.optimizers.schedules.CosineDecay(%v, decay_steps=%d * %s, alpha=%v)",
			o.LearningRate, r.Train.Epochs, steps, o.Schedule.Alpha)
	}
	for _, s := range []struct {
		key       string
		is, usual float64
	}{{"momentum", o.Momentum, usual.Momentum}, {"rho", o.Rho, usual.Rho}, {"beta_1", o.Beta1, usual.Beta1},
		{"beta_2", o.Beta2, usual.Beta2}, {"epsilon", o.Epsilon, usual.Epsilon},
		{"weight_decay", o.WeightDecay, usual.WeightDecay}, {"clipnorm", o.ClipNorm, 0},
		{"global_clipnorm", o.GlobalClipNorm, 0}, {"clipvalue", o.ClipValue, 0},
		{"ema_momentum", o.EMAMomentum, usual.EMAMomentum}} {
		if s.is != s.usual {
			args = append(args, s.key+"="+pythonNumber(s.is))
		}
	}
	for _, s := range []struct {
		key string
		is  bool
	}{{"nesterov", o.Nesterov}, {"centered", o.Centered}, {"use_ema", o.UseEMA}} {
		if s.is {
			args = append(args, s.key+"=True")
		}
	}
	class := map[string]string{"sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}[o.Name]
	return fmt.Sprintf("keras.optimizers.%s(%s)", class, strings.Join(args, ", "))
}

// callbacks are early stopping and the reduction of the rate.
func callbacks(r *recipe.Recipe) (all []string) {
	if v := r.Validate; v.Patience > 0 {
		all = append(all, fmt.Sprintf("keras.callbacks.EarlyStopping(monitor=%s, min_delta=%v, patience=%d, "+
			"restore_best_weights=%s)", quoted(v.Monitor), v.MinDelta, v.Patience, python(v.RestoreBestWeights)))
	}
	if s := r.Optimizer.Schedule; s.Name == "reduce_on_plateau" {
		all = append(all, fmt.Sprintf("keras.callbacks.ReduceLROnPlateau(factor=%v, patience=%d, min_delta=%v, "+
			"min_lr=%v)",
			s.Factor, s.Patience, s.MinDelta, s.MinLR))
	}
	return all
}

// python is a value of JSON as Python writes it; a layer in a layer is one.
func python(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case string:
		return quoted(v)
	case float64:
		return pythonNumber(v)
	case []float64:
		var parts []string
		for _, f := range v {
			parts = append(parts, pythonNumber(f))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, python(e))
		}
		if len(parts) == 1 {
			parts = append(parts, "") // (1,) is a tuple, (1) is not
		}
		return "(" + strings.TrimSuffix(strings.Join(parts, ", "), " ") + ")"
	case map[string]any:
		class, _ := v["class"].(string)
		config, _ := json.Marshal(v["config"]) // was JSON
		return layerCall(recipe.Layer{Class: class, Config: config})
	}
	return fmt.Sprint(v)
}

func pythonNumber(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// argumentList joins arguments, without the empty ones.
func argumentList(args []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == "" }), ", ")
}

// quoted is a string as Python writes it; what cannot be printed becomes \uXXXX, which Python reads, too.
func quoted(s string) string {
	out := strconv.QuoteToASCII(s)
	if !strings.Contains(s, "'") && !strings.ContainsAny(out[1:len(out)-1], `\"`) {
		return "'" + s + "'"
	}
	return out
}
