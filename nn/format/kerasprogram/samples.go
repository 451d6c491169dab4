package kerasprogram

import (
	"cmp"
	"slices"

	"wafer/nn/recipe"
	"wafer/nn/say"
)

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
