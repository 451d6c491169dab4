package kerasprogram

import (
	"bytes"
	"fmt"
	"slices"
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
