package kerasprogram

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
)

// object is a JSON object whose keys stand in the order of the settings.
type object []setting

// MarshalJSON writes it.
func (o object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, s := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		key, err := json.Marshal(s.key)
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(s.value)
		if err != nil {
			return nil, err
		}
		out.Write(append(append(key, ':'), v...))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// marshal writes settings; what they hold is numbers, words, lists and objects, so that there is no error.
func marshal(all []setting) []byte {
	b, _ := object(all).MarshalJSON()
	return b
}

// add appends a setting whose value says something.
func (o *object) add(key string, v any) {
	switch v := v.(type) {
	case nil:
		return
	case string:
		if v == "" {
			return
		}
	case float64:
		if v == 0 {
			return
		}
	case object:
		if len(v) == 0 {
			return
		}
	}
	*o = append(*o, setting{key, v})
}

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

// isText tells a program for texts: its network looks words up.
func (r *reader) isText() bool {
	return slices.ContainsFunc(r.model.elements, func(e *element) bool { return e.class == "Embedding" })
}

func (r *reader) preprocess() object {
	if r.isText() {
		return r.text()
	}
	size := r.pictureSize()
	if r.failed != nil {
		return nil
	}
	d := &r.data
	image := object{{"height", size[0]}, {"width", size[1]}, {"channels", size[2]}}
	g, pixels := (*generator)(nil), d.pixels
	if d.train != nil {
		image.add("resize", d.train.resize)
		g = d.train.from
	}
	if g != nil {
		pixels = cmp.Or(g.pixels, pixels)
	}
	image = append(image, setting{"normalisation", cmp.Or(pixels, "none")})
	switch {
	case g != nil && g.changes != nil:
		image = append(image, setting{"image_data_generator", changes(g.changes)})
	case d.augment != nil:
		image = append(image, setting{"augment", d.augment})
	}
	return object{{"kind", "image"}, {"data", r.pictures()}, {"image", image}}
}

// changes are the arguments of a generator that change something.
func changes(g *recipe.ImageDataGenerator) object {
	var out object
	out.add("rotation_range", g.RotationRange)
	out.add("width_shift_range", g.WidthShiftRange)
	out.add("height_shift_range", g.HeightShiftRange)
	if g.BrightnessRange != nil {
		out.add("brightness_range", []float64(g.BrightnessRange))
	}
	out.add("shear_range", g.ShearRange)
	if !slices.Equal(g.ZoomRange, recipe.Range{1, 1}) {
		out.add("zoom_range", []float64(g.ZoomRange))
	}
	out.add("channel_shift_range", g.ChannelShiftRange)
	out.add("cval", g.CVal)
	for _, flag := range []setting{{"horizontal_flip", g.HorizontalFlip}, {"vertical_flip", g.VerticalFlip}} {
		if flag.value == true {
			out = append(out, flag)
		}
	}
	out.add("fill_mode", g.FillMode)
	return out
}

// pictureSize is height, width and channels of the pictures.
func (r *reader) pictureSize() []int {
	d, in := &r.data, r.model.input
	size := []int{224, 224, 3}
	switch {
	case len(in) == 3:
		size = in
	case len(in) == 2:
		size = []int{in[0], in[1], 1}
	case d.train == nil && r.model.base() == nil:
		r.failed = say.Errorf("the network takes rows of numbers (shape %v), expected pictures with height, width "+
			"and channels, or texts that an Embedding looks up", in)
		return nil
	}
	size = slices.Clone(size)
	if d.train != nil && len(d.train.size) == 2 {
		copy(size, d.train.size)
		if d.train.grey {
			size[2] = 1
		}
	} else if len(d.size) == 2 && len(in) != 3 {
		copy(size, d.size)
	}
	return size
}

// pictures are the folders of pictures.
func (r *reader) pictures() object {
	d, out := &r.data, object{}
	source := func(f *flow, missing string) []object {
		return []object{{{"form", "folder"}, {"path", r.folder(f, missing)}}}
	}
	if d.train == nil {
		d.train = &flow{}
	}
	if d.train.folder == "" {
		r.note(say.New("pictures come from the folder \"pictures\" with a folder for each label; change " +
			"preprocess.data"))
	}
	out = append(out, setting{"train", source(d.train, "pictures")})
	if v := d.validation; v != nil && v.folder != "" && v.folder != d.train.folder {
		out = append(out, setting{"validation", source(v, "")})
	} else if v != nil {
		d.validated = true
	}
	if d.test != nil && d.test.folder != "" && d.test.folder != d.train.folder {
		out = append(out, setting{"test", source(d.test, "")})
	} else if d.test != nil {
		d.test, d.evaluated = nil, true
	}
	return out
}

func (r *reader) text() object {
	d := &r.data
	if d.words == nil {
		d.words = recipe.DefaultTokenizer()
	}
	if d.pad == nil {
		d.pad = &recipe.Pad{Padding: "pre", Truncating: "pre"}
	}
	r.vocabulary()
	if in := r.model.input; d.pad.MaxLen == 0 && len(in) == 1 {
		d.pad.MaxLen = in[0]
	}
	if d.pad.MaxLen == 0 {
		d.pad.MaxLen = 100
		r.note(say.Errorf("how long rows of words are is not in the program; they are cut or padded to %d",
			d.pad.MaxLen))
	}
	table := cmp.Or(r.folder(&flow{folder: d.table}, ""), "texts.csv")
	if d.table == "" {
		r.note(say.Errorf("texts come from the table %q, its columns are found by what is in them; change "+
			"preprocess.data", table))
	}
	text := object{{"tokenizer", words(d.words)}, {"pad_sequences", pad(d.pad)}}
	return object{{"kind", "text"}, {"data", object{{"train", []object{{{"form", "table"}, {"path", table}}}}}},
		{"text", text}}
}

func words(t *recipe.Tokenizer) object {
	out, usual := object{}, recipe.DefaultTokenizer()
	if t.NumWords > 0 {
		out.add("num_words", t.NumWords)
	}
	if t.Filters != usual.Filters {
		out = append(out, setting{"filters", t.Filters})
	}
	if !t.Lower {
		out.add("lower", false)
	}
	if t.Split != usual.Split {
		out.add("split", t.Split)
	}
	if t.CharLevel {
		out.add("char_level", true)
	}
	out.add("oov_token", t.OOVToken)
	return out
}

func pad(p *recipe.Pad) object {
	out := object{{"maxlen", p.MaxLen}}
	if p.Padding != "pre" {
		out.add("padding", p.Padding)
	}
	if p.Truncating != "pre" {
		out.add("truncating", p.Truncating)
	}
	return out
}

// vocabulary brings the sizes of tokenizer and Embedding together.
func (r *reader) vocabulary() {
	i := slices.IndexFunc(r.model.elements, func(e *element) bool { return e.class == "Embedding" })
	e, d := r.model.elements[i], &r.data
	rows := int(e.number("input_dim", 0))
	if rows > 0 && d.words.NumWords == 0 {
		d.words.NumWords = rows
	}
	if rows == 0 {
		if d.words.NumWords == 0 {
			d.words.NumWords = 10000
			r.note(say.Errorf("how many words are known is not in the program; the %d most frequent ones are",
				d.words.NumWords))
		}
		e.config = append([]setting{{"input_dim", d.words.NumWords}}, e.config...)
	}
}

// network is the list of layers.
func (r *reader) network() []object {
	var out []object
	all := r.model.elements
	last := len(all) - 1
	for last > 0 && (all[last].class == "Activation" || all[last].class == "Softmax") {
		last-- // the last layer's activation, as a layer of its own
	}
	for i, e := range all {
		if e.zoo != "" {
			out = append(out, r.base(e, i))
			continue
		}
		if i == last {
			r.classes(e)
		} else if e.class == "Dense" && e.number("units", 0) == 0 {
			r.failed = say.Errorf("how many units a layer Dense has is not in the program")
			return nil
		}
		l := object{{"class", e.class}}
		l.add("name", e.name)
		l.add("config", object(e.config))
		if e.frozen {
			l = append(l, setting{"trainable", false})
		}
		out = append(out, l)
	}
	return out
}

// base is the element of an architecture of the zoo.
func (r *reader) base(e *element, place int) object {
	if place > 0 {
		r.failed = say.New("a base has layers before it; in a recipe it comes first")
		return nil
	}
	out := object{{"zoo", e.zoo}}
	out.add("options", object(e.options))
	out = append(out, setting{"include_top", e.top}, setting{"trainable", len(r.fits) > 1 || !e.frozen})
	if e.weights {
		r.note(say.New("the program takes ImageNet's weights; without define.layers[0].weights, a .wafer file, " +
			"the base begins at random"))
	}
	return out
}

// classes gives the last layer a unit for each label, where the program leaves them open.
func (r *reader) classes(e *element) {
	if e.class != "Dense" {
		return
	}
	units, n := int(e.number("units", 0)), r.options.Classes
	switch {
	case units == 0 && n == 0:
		r.failed = say.New("how many labels there are is not in the program; say it")
	case units == 0:
		e.config = append([]setting{{"units", n}}, e.config...)
	case units > 1 && n > 0 && units != n:
		r.note(say.Errorf("the last layer has %d units in the program and gets %d, one for each label of the data",
			units, n))
		for i := range e.config {
			if e.config[i].key == "units" {
				e.config[i].value = n
			}
		}
	case units == 1 && n > 2:
		r.failed = say.Errorf("the last layer has one unit, which tells two labels apart; the data have %d", n)
	}
}

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
