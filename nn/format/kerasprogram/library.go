package kerasprogram

import (
	"slices"
	"strings"

	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/say"
)

// quiet are libraries and functions whose results are data, pictures of data, or words on a screen.
var quiet = strings.Fields(`np numpy plt matplotlib pd pandas sns seaborn os sys re json random time datetime math
 string pathlib glob shutil zipfile tarfile urllib requests tqdm collections itertools warnings nltk sklearn PIL Image cv2
 google files drive wandb pickle io gc logging argparse typing copy jieba
 print len range zip list tuple dict set str int float bool sorted enumerate max min sum abs round map filter open input
 isinstance type display next iter any all reversed hasattr getattr exit quit
 to_categorical plot_model get_file one_hot cast constant convert_to_tensor expand_dims load_img img_to_array array_to_img
 data_adapter config get_logger list_physical_devices set_memory_growth clear_session AUTOTUNE History`)

// library follows a call of a name of a library.
func (r *reader) library(path string, a arguments) value {
	class := last(path)
	if class == "image_data_format" {
		return "channels_last"
	}
	if name, ok := aliases[class]; ok && name != "" {
		class = name
	} else if ok {
		r.note(say.Errorf("the layer %s is left out: recipes have none of this class", class))
		return &layer{}
	}
	root, _, _ := strings.Cut(path, ".")
	if class == "join" && strings.HasSuffix(path, "path.join") {
		return joined(a)
	}
	if slices.Contains(quiet, root) && !strings.HasPrefix(path, "tensorflow") {
		return r.quietly(class, a)
	}
	if class == "preprocess_input" {
		r.data.pixels = preprocessing(path)
		return first(a.at("x", 0))
	}
	if changing[class] != nil {
		return r.changed(class, a)
	}
	if make := r.known[class]; make != nil {
		return make(r, a)
	}
	if _, known := losses[strings.ToLower(class)]; known && class != strings.ToLower(class) {
		f, _ := a.number("label_smoothing", -1)
		return lossObject{class, a.flag("from_logits", 0, false), f}
	}
	if slices.Contains(optimizerClasses, class) {
		return made{class, a}
	}
	if zoo := applications[class]; zoo != "" {
		return r.application(zoo, a)
	}
	if slices.Contains(otherBases, class) {
		return r.noBase(class)
	}
	if _, err := layers.New(class, nil); err == nil && class != "Constant" && class != "Parameter" {
		return r.makeLayer(class, a)
	}
	return r.unknownCall(path, class, a)
}

// quietly follows what brings or shows data.
func (r *reader) quietly(class string, a arguments) value {
	switch class {
	case "train_test_split":
		if f, ok := a.number("test_size", -1); ok && f > 0 && f < 1 {
			r.data.splits = append(r.data.splits, f)
		}
		r.seed(a, "random_state", -1)
	case "read_csv", "read_table":
		if s := a.word("filepath_or_buffer", 0); s != "" && r.data.table == "" {
			r.data.table = s
		}
	case "range":
		return counted(a)
	case "enumerate":
		return numbered(a)
	case "seed":
		r.seed(a, "seed", 0)
	case "compute_class_weight":
		return balance{}
	case "expand_dims", "array", "asarray":
		if len(a.all) > 0 {
			if s, ok := a.all[0].(scaledData); ok {
				return s
			}
		}
	}
	return unknown{}
}

// counted is range, of mostRounds numbers at most.
func counted(a arguments) value {
	all := items{}
	for i, v := range a.all {
		if n, ok := whole(v); !ok || i > 1 {
			return unknown{}
		} else if all = append(all, n); i == len(a.all)-1 {
			from := 0
			if i == 1 {
				from, _ = whole(all[0])
			}
			all = nil
			for k := from; k < n && len(all) < mostRounds; k++ {
				all = append(all, k)
			}
		}
	}
	return all
}

// numbered is enumerate.
func numbered(a arguments) value {
	list, ok := first(a.at("iterable", 0)).(items)
	if !ok {
		return unknown{}
	}
	all := items{}
	for i, v := range list {
		all = append(all, items{i, v})
	}
	return all
}

// balance are weights of classes by how often they are.
type balance struct{}

// optimizerClasses are Keras' classes of optimizers; a recipe has four of them.
var optimizerClasses = strings.Fields("SGD RMSprop Adam AdamW Nadam Adamax Adagrad Adadelta Ftrl Lion Lamb")

// quietParts are modules of Keras and TensorFlow that a recipe has nothing of, or whose calls are noted
// where they are used.
var quietParts = []string{".datasets.", ".metrics.", ".regularizers.", ".initializers.", ".constraints.", ".data.",
	".random.", ".config.", ".io.", ".image.", ".ops.", ".strings.", ".mixed_precision."}

func (r *reader) unknownCall(path, class string, a arguments) value {
	isQuiet := slices.Contains(quiet, class) ||
		slices.ContainsFunc(quietParts, func(part string) bool { return strings.Contains("."+path, part) })
	switch {
	case class == "seed" || class == "set_seed" || class == "set_random_seed":
		r.seed(a, "seed", 0)
	case class == "load_data":
		if n, ok := a.number("num_words", -1); ok {
			r.data.words = recipe.DefaultTokenizer()
			r.data.words.NumWords = int(n)
		}
		r.note(say.New("loads a set of its own; the recipe takes samples from a file in its place"))
	case isQuiet:
	case strings.Contains(path, ".layers.") || class != strings.ToLower(class) && strings.Contains(path, "keras"):
		r.note(say.Errorf("%s is not known here; it is left out", class))
		return &layer{}
	default:
		r.note(say.Errorf("%s is not known here; it is left out", class))
	}
	return unknown{}
}

// functions are the names of Keras that are known beside layers and bases. A function, since some of them lead here
// again.
func functions() map[string]func(*reader, arguments) value {
	return map[string]func(*reader, arguments) value{
		"Sequential": (*reader).sequential,
		"Model":      (*reader).functional, "Functional": (*reader).functional,
		"Input": (*reader).input, "InputLayer": (*reader).inputLayer,
		"Tokenizer": (*reader).makeTokenizer, "TextVectorization": (*reader).makeVectorization,
		"pad_sequences": (*reader).padding, "ImageDataGenerator": (*reader).makeGenerator,
		"image_dataset_from_directory": (*reader).dataset,
		"text_dataset_from_directory":  (*reader).texts,
		"Resizing":                     (*reader).resizing,
		"EarlyStopping":                (*reader).earlyStopping, "ReduceLROnPlateau": (*reader).plateau,
		"ModelCheckpoint": (*reader).nothing, "TensorBoard": (*reader).nothing, "CSVLogger": (*reader).nothing,
		"CosineDecay": (*reader).cosine, "ExponentialDecay": (*reader).decay, "PiecewiseConstantDecay": (*reader).decay,
		"concatenate": (*reader).joins, "add": (*reader).joins, "multiply": (*reader).joins,
	}
}

func (r *reader) nothing(arguments) value { return unknown{} }

func (r *reader) joins(a arguments) value { return r.apply(&layer{}, a) }

func (r *reader) sequential(a arguments) value {
	c := &chain{}
	list, _ := a.at("layers", 0)
	all, _ := list.(items)
	for _, l := range all {
		r.put(c, l)
	}
	r.model = c
	return c
}

func (r *reader) functional(a arguments) value {
	v, ok := a.at("outputs", 1)
	if !ok {
		v, _ = a.at("output", 1)
	}
	if several, ok := v.(items); ok {
		if len(several) != 1 {
			r.fail(say.New("a model has several outputs; so far networks are read that are one chain of layers"))
			return &chain{}
		}
		v = several[0]
	}
	if c, ok := v.(*chain); ok {
		r.model = c
		return c
	}
	return unknown{}
}

func (r *reader) input(a arguments) value {
	v, _ := a.at("shape", 0)
	return &chain{input: ints(v)}
}

func (r *reader) inputLayer(a arguments) value {
	v, ok := a.at("shape", -1)
	if !ok {
		v, _ = a.at("input_shape", 0)
	}
	return &layer{input: ints(v)}
}

func (r *reader) dataset(a arguments) value {
	f := r.fromDirectory(&generator{pixels: ""}, a, "image_size", "bilinear")
	if f.subset == "both" {
		held := *f
		return items{f, &held}
	}
	return f
}

func (r *reader) texts(a arguments) value {
	r.note(say.New("texts of folders come from a table in the recipe: one file with a column of texts and one of " +
		"labels"))
	r.batch(a)
	return unknown{}
}

// batch notes the batch size of a data set.
func (r *reader) batch(a arguments) {
	if n, ok := whole(first(a.at("batch_size", -1))); ok {
		r.data.batch = n
	}
}

// applications are the bases of keras.applications that the zoo has.
var applications = map[string]string{"VGG16": "vgg16", "VGG19": "vgg19", "MobileNet": "mobilenet_v1",
	"MobileNetV2": "mobilenet_v2", "MobileNetV3Large": "mobilenet_v3_large", "MobileNetV3Small": "mobilenet_v3_small",
	"EfficientNetB0": "efficientnet_b0", "DenseNet121": "densenet121", "ResNet50": "resnet50"}

// otherBases are bases of keras.applications that it has not.
var otherBases = strings.Fields("Xception InceptionV3 ResNet50V2 InceptionResNetV2 NASNetMobile EfficientNetV2B0 " +
	"ResNet101 ConvNeXtTiny")

// noBase ends the reading of a program with a base that the zoo has not.
func (r *reader) noBase(class string) value {
	r.fail(say.Errorf("the base %s is not in the zoo; VGG16, VGG19, MobileNet, MobileNetV2, MobileNetV3, "+
		"EfficientNetB0, DenseNet121 and ResNet50 are", class))
	return &chain{}
}

// application reads a base; pooling is a layer behind it.
func (r *reader) application(zoo string, a arguments) value {
	e := &element{zoo: zoo, top: a.flag("include_top", -1, true), weights: true}
	if v, ok := a.at("weights", -1); ok && v == nil {
		e.weights = false
	}
	if f, ok := a.number("alpha", -1); ok && f != 1 {
		e.options = append(e.options, setting{"alpha", f})
	}
	c := &chain{elements: []*element{e}}
	if v, ok := a.at("input_shape", -1); ok {
		c.input = ints(v)
	}
	if in, ok := a.named["input_tensor"].(*chain); ok && c.input == nil {
		c.input = in.input
	}
	switch a.word("pooling", -1) {
	case "avg":
		c.elements = append(c.elements, &element{class: "GlobalAveragePooling2D"})
	case "max":
		c.elements = append(c.elements, &element{class: "GlobalMaxPooling2D"})
	}
	return c
}

// changing are layers that change pictures at random: what each notes.
var changing = map[string]func(*recipe.Augment, arguments){
	"RandomFlip": func(g *recipe.Augment, a arguments) {
		mode := a.word("mode", 0)
		g.FlipHorizontal = g.FlipHorizontal || mode == "" || strings.HasPrefix(mode, "horizontal")
		g.FlipVertical = g.FlipVertical || mode == "" || strings.HasSuffix(mode, "vertical")
	},
	"RandomRotation":    func(g *recipe.Augment, a arguments) { g.Rotation = min(180, 360*span(a, "factor")) },
	"RandomZoom":        func(g *recipe.Augment, a arguments) { g.Zoom = span(a, "height_factor") },
	"RandomTranslation": func(g *recipe.Augment, a arguments) { g.Shift = span(a, "height_factor") },
	"RandomContrast":    func(g *recipe.Augment, a arguments) { g.Contrast = span(a, "factor") },
	"RandomBrightness":  func(g *recipe.Augment, a arguments) { g.Brightness = span(a, "factor") },
}

// changed notes a layer of changing, which is no layer of a recipe.
func (r *reader) changed(class string, a arguments) value {
	if r.data.augment == nil {
		r.data.augment = &recipe.Augment{}
	}
	changing[class](r.data.augment, a)
	return &layer{input: inputShape("", a)}
}

// span is how far a factor goes either way, below 1.
func span(a arguments, key string) float64 {
	v, _ := a.at(key, 0)
	list, ok := v.(items)
	if !ok {
		list = items{v}
	}
	most := 0.0
	for _, e := range list {
		f, _ := asNumber(e)
		most = max(most, f, -f)
	}
	return min(most, 0.99)
}

func (r *reader) resizing(a arguments) value {
	h, okH := whole(first(a.at("height", 0)))
	w, okW := whole(first(a.at("width", 1)))
	if okH && okW {
		r.data.size = []int{h, w}
	}
	return &layer{input: inputShape("", a)}
}
