package kerasprogram

import (
	"cmp"
	"math"
	"path"
	"strings"

	"wafer/nn/recipe"
	"wafer/nn/say"
)

// data is what the program says of its samples.
type data struct {
	words     *recipe.Tokenizer
	pad       *recipe.Pad
	table     string // a file of texts
	pixels    string // normalisation of pictures; "": not said
	size      []int  // height and width
	grey      bool
	resize    string
	generator *recipe.ImageDataGenerator
	augment   *recipe.Augment
	batch     int
	seed      int

	train, validation, test *flow
	held                    float64 // share of the samples for validation, 0: not said
	tested                  float64 // share for the test
	splits                  []float64
	validated, evaluated    bool // on data of unknown origin
	validatedOn             string
	balanced                bool
}

// generator is an ImageDataGenerator.
type generator struct {
	changes *recipe.ImageDataGenerator // nil: none
	pixels  string
	held    float64
}

// flow are pictures of a folder.
type flow struct {
	from      *generator
	folder    string
	size      []int
	grey      bool
	batch     int
	resize    string
	subset    string
	unshuffle bool
}

// scaledData are data that were multiplied and moved, as in (x − 127.5) / 127.5.
type scaledData struct{ scale, offset float64 }

// scaled follows arithmetic on data.
func (d *data) scaled(of value, op string, y float64) value {
	s := scaledData{1, 0}
	switch of := of.(type) {
	case scaledData:
		s = of
	case unknown, module, method:
	default:
		return unknown{}
	}
	switch op {
	case "/":
		s.scale, s.offset = s.scale/y, s.offset/y
	case "*":
		s.scale, s.offset = s.scale*y, s.offset*y
	case "-":
		s.offset -= y
	case "+":
		s.offset += y
	}
	if name, ok := normalisation(s.scale, s.offset); ok && op != "+" {
		d.pixels = name
	}
	return s
}

// normalisation is the recipe's name of x·scale + offset for levels x from 0 to 255.
func normalisation(scale, offset float64) (string, bool) {
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-5 }
	switch {
	case near(scale, 1/255.) && near(offset, 0):
		return "0..1", true
	case near(scale, 1/127.5) && near(offset, -1):
		return "-1..1", true
	}
	return "", false
}

// rescale notes a scaling of pictures, and reports whether a recipe has it.
func (d *data) rescale(scale, offset float64) bool {
	name, ok := normalisation(scale, offset)
	if ok {
		d.pixels = name
	}
	return ok
}

// makeGenerator reads an ImageDataGenerator.
func (r *reader) makeGenerator(a arguments) value {
	g := &generator{pixels: "none"}
	changes, changed := recipe.DefaultImageDataGenerator(), false
	for _, key := range a.order {
		v := a.named[key]
		f, isNumber := asNumber(v)
		switch key {
		case "rescale":
			if name, ok := normalisation(f, 0); ok {
				g.pixels = name
			} else if isNumber {
				r.note(say.Errorf("rescale=%v is not one of 1/255 and none, which a recipe has; pictures go in "+
					"from 0 to 1", f))
				g.pixels = "0..1"
			}
		case "validation_split":
			g.held = f
		case "preprocessing_function":
			if m, ok := v.(module); ok && last(m.path) == "preprocess_input" {
				g.pixels = preprocessing(m.path)
			} else {
				r.note(say.Errorf("what %s does is not known here; it is left out", key))
			}
		default:
			changed = r.change(changes, key, v) || changed
		}
	}
	if changed {
		g.changes = changes
	}
	return g
}

// change sets an argument that changes pictures at random.
func (r *reader) change(g *recipe.ImageDataGenerator, key string, v value) bool {
	f, isNumber := asNumber(v)
	on, _ := v.(bool)
	word, _ := v.(string)
	field := map[string]*float64{"rotation_range": &g.RotationRange, "width_shift_range": &g.WidthShiftRange,
		"height_shift_range": &g.HeightShiftRange, "shear_range": &g.ShearRange,
		"channel_shift_range": &g.ChannelShiftRange, "cval": &g.CVal}[key]
	switch {
	case field != nil && isNumber:
		*field = f
	case key == "horizontal_flip":
		g.HorizontalFlip = on
	case key == "vertical_flip":
		g.VerticalFlip = on
	case key == "fill_mode" && word != "":
		g.FillMode = word
	case key == "zoom_range" && isNumber:
		g.ZoomRange = recipe.Range{1 - f, 1 + f}
	case key == "zoom_range" || key == "brightness_range":
		list, _ := v.(items)
		var span recipe.Range
		for _, e := range list {
			x, _ := asNumber(e)
			span = append(span, x)
		}
		if len(span) != 2 {
			r.note(say.Errorf("%s is not two numbers; it is left out", key))
			return false
		}
		if key == "zoom_range" {
			g.ZoomRange = span
		} else {
			g.BrightnessRange = span
		}
	case v == nil || on || isNumber && f == 0:
		r.note(say.Errorf("a recipe has no %s; it is left out", key))
		return false
	default:
		return false
	}
	return true
}

// preprocessing is the normalisation of a preprocess_input by its module, Keras' modes.
func preprocessing(module string) string {
	for _, m := range []struct{ part, name string }{{"mobilenet_v3", "none"}, {"efficientnet", "none"}, {"convnext",
		"none"},
		{"vgg", "caffe"}, {"resnet_v2", "-1..1"}, {"resnet50v2", "-1..1"}, {"resnet", "caffe"}, {"imagenet_utils",
			"caffe"},
		{"densenet", "imagenet"}} {
		if strings.Contains(module, m.part) {
			return m.name
		}
	}
	return "-1..1" // mobilenet, mobilenet_v2, inception, xception, nasnet
}

// fromDirectory reads flow_from_directory, and image_dataset_from_directory, whose pictures are not changed.
func (r *reader) fromDirectory(g *generator, a arguments, size, resize string) *flow {
	f := &flow{from: g, folder: a.word("directory", 0), size: ints(sizeOf(a, size)),
		resize: cmp.Or(a.word("interpolation", -1), resize),
		grey:   a.word("color_mode", -1) == "grayscale", subset: a.word("subset", -1),
		unshuffle: !a.flag("shuffle", -1, true), batch: 32}
	if len(f.size) != 2 {
		f.size = []int{256, 256} // the default of both
	}
	if v, ok := a.at("batch_size", -1); ok {
		f.batch, _ = whole(v)
	}
	if v, ok := a.number("validation_split", -1); ok && g != nil {
		g.held = v
	}
	r.seed(a, "seed", -1)
	return f
}

func sizeOf(a arguments, key string) value {
	v, _ := a.at(key, 1)
	return v
}

// seed notes the seed of the program's random numbers.
func (r *reader) seed(a arguments, key string, place int) {
	if v, ok := a.number(key, place); ok && v > 0 && v == math.Trunc(v) && v < 1<<31 {
		r.data.seed = int(v)
	}
}

// folder is a path below the data folder.
func (r *reader) folder(f *flow, missing string) string {
	clean := path.Clean("/" + strings.ReplaceAll(f.folder, "\\", "/"))[1:]
	if i := strings.IndexByte(clean, ':'); i >= 0 {
		clean = strings.TrimPrefix(clean[i+1:], "/")
	}
	return cmp.Or(clean, missing)
}

// makeTokenizer reads a Tokenizer.
func (r *reader) makeTokenizer(a arguments) value {
	t := recipe.DefaultTokenizer()
	if n, ok := whole(first(a.at("num_words", 0))); ok {
		t.NumWords = n
	}
	if s, ok := a.named["filters"].(string); ok {
		t.Filters = s
	}
	if s, ok := a.named["split"].(string); ok {
		t.Split = s
	}
	t.Lower, t.CharLevel = a.flag("lower", 2, true), a.flag("char_level", 4, false)
	t.OOVToken = a.word("oov_token", 5)
	r.data.words = t
	return unknown{}
}

// makeVectorization reads a TextVectorization, as the tokenizer that is nearest to it.
func (r *reader) makeVectorization(a arguments) value {
	t := recipe.DefaultTokenizer()
	if n, ok := whole(first(a.at("max_tokens", 0))); ok {
		t.NumWords = n
	}
	t.OOVToken = "[UNK]"
	r.data.words = t
	r.data.pad = &recipe.Pad{Padding: "post", Truncating: "post"}
	if n, ok := whole(first(a.at("output_sequence_length", -1))); ok {
		r.data.pad.MaxLen = n
	}
	r.note(say.New("TextVectorization becomes Tokenizer and pad_sequences behind the text: numbers of words may " +
		"differ"))
	return &layer{}
}

// padding reads pad_sequences.
func (r *reader) padding(a arguments) value {
	p := &recipe.Pad{Padding: cmp.Or(a.word("padding", 3), "pre"), Truncating: cmp.Or(a.word("truncating", 4), "pre")}
	if n, ok := whole(first(a.at("maxlen", 1))); ok {
		p.MaxLen = n
	}
	if r.data.pad == nil || p.MaxLen > 0 {
		r.data.pad = p
	}
	return unknown{}
}

func first(v value, _ bool) value { return v }
