package keras

import (
	"fmt"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// layer puts one layer of the file behind its inputs.
func (b *builder) layer(l *Layer, path []string, in []value) (value, error) {
	if len(in) == 0 {
		return value{}, say.New("has no inputs")
	}
	class := l.Class
	if newer := older[class]; newer != "" {
		class = newer
	}
	if l.Class == "TimeDistributedDense" {
		class = "Dense"
	}
	if class == "Resizing" {
		return in[0], b.resized(l.Config, in[0])
	}
	if passes[class] {
		if noise[class] {
			b.note(fmt.Sprintf("%s does nothing once a network is trained; it is left out.", class))
		}
		return in[0], nil
	}
	ours, err := b.made(class, l)
	if err != nil {
		return value{}, err
	}
	in = append([]value{}, in...)
	first := b.arranged(class, l.Config, in)
	if err := b.axis(ours, l.Config, in[0], first); err != nil {
		return value{}, err
	}
	if err := b.indices(class, in); err != nil {
		return value{}, err
	}
	names := make([]string, len(in))
	for i, v := range in {
		names[i] = v.entry
	}
	entry := b.add(l.Name, ours, placed{path: path, layer: l}, names...)
	return value{entry, rankAfter(ours, in[0].rank), first}, nil
}

// passes are classes that do nothing once a network is trained.
var passes = map[string]bool{"InputLayer": true, "ActivityRegularization": true, "RandomFlip": true,
	"RandomRotation": true, "RandomZoom": true, "RandomContrast": true, "RandomBrightness": true,
	"RandomTranslation": true, "RandomHeight": true, "RandomWidth": true, "GaussianNoise": true,
	"GaussianDropout":  true,
	"SpatialDropout1D": true, "SpatialDropout2D": true, "AlphaDropout": true}

// noise are those of them that would have done something while it is trained further.
var noise = map[string]bool{"GaussianNoise": true, "GaussianDropout": true, "SpatialDropout1D": true,
	"SpatialDropout2D": true, "AlphaDropout": true}

// resized makes a Resizing layer at the beginning a matter of how pictures become inputs.
func (b *builder) resized(c Config, in value) error {
	at, isInput := b.inputs[in.entry]
	if !isInput || b.used[in.entry] || in.first || in.rank != 4 {
		return say.New("is supported at the beginning of a network alone")
	}
	height, err := c.whole("height", 1)
	if err != nil {
		return err
	}
	width, err := c.whole("width", 1)
	if err != nil {
		return err
	}
	spec := &b.net.Inputs[at]
	spec.Shape[0], spec.Shape[1] = height[0], width[0]
	image := &recipe.Image{Height: height[0], Width: width[0], Channels: spec.Shape[2], Resize: "bilinear",
		Mode: "stretch", Background: "black", Normalisation: "none"}
	switch method := c.text("interpolation"); method {
	case "", "bilinear":
	case "nearest":
		image.Resize = method
	default:
		return say.Errorf("has interpolation %.80q, expected bilinear or nearest", method)
	}
	if c.flag("crop_to_aspect_ratio", false) {
		image.Mode = "centre"
	} else if c.flag("pad_to_aspect_ratio", false) {
		image.Mode = "fit"
	}
	b.out.Image = image
	return nil
}

// made is our layer for the file's.
func (b *builder) made(class string, l *Layer) (layers.Layer, error) {
	c := l.Config
	switch class {
	case "Bidirectional":
		return b.bidirectional(c)
	case "TimeDistributed":
		wrapped, err := b.wrapped(c)
		return layers.TimeDistributed(wrapped), err
	case "Merge":
		mode := c.text("mode")
		if class = merges[mode]; class == "" {
			return nil, say.Errorf("has mode %.80q, which is not supported", mode)
		}
		c = Config{"concat_axis": c["concat_axis"]}
		if mode != "concat" {
			c = Config{}
		}
	case "CuDNNLSTM", "CuDNNGRU":
		return nil, say.New("has weights in cuDNN's order, which is not supported")
	}
	return translate(class, c, b.version)
}

// merges are the classes that Keras 1's Merge stands for, by its mode.
var merges = map[string]string{"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average",
	"max": "Maximum"}

// wrapped is the layer inside a wrapper.
func (b *builder) wrapped(c Config) (layers.Layer, error) {
	var inner struct {
		Class  string `json:"class_name"`
		Config Config `json:"config"`
	}
	if err := readInto(c["layer"], &inner); err != nil {
		return nil, err
	}
	if rules[inner.Class] == nil && older[inner.Class] == "" {
		return nil, say.Errorf("wraps a layer of class %.80q, which is not supported", inner.Class)
	}
	return translate(inner.Class, inner.Config, b.version)
}

// bidirectional is the wrapper with what it wraps.
func (b *builder) bidirectional(c Config) (layers.Layer, error) {
	wrapped, err := b.wrapped(c)
	if err != nil {
		return nil, err
	}
	out := layers.Bidirectional(wrapped)
	if mode := c.text("merge_mode"); mode != "" {
		out.MergeMode = mode
	} else if c.has("merge_mode") {
		return nil, say.Errorf("merge_mode is %.80s, expected a name", c["merge_mode"])
	}
	return out, nil
}

// channelsFirst tells an architecture whose pictures are [channels height width].
func (m *Model) channelsFirst() bool {
	for _, l := range m.Layers {
		if l.Nested != nil && l.Nested.channelsFirst() || l.Class != "Flatten" && isFirst(l.Config) &&
			strings.Contains(l.Class, "2D") {
			return true
		}
	}
	return false
}

// isFirst tells a layer whose pictures are [channels height width], in the words of Keras 2 and 3 or of Keras 1.
func isFirst(c Config) bool {
	return c.text("data_format") == "channels_first" || c.text("dim_ordering") == "th"
}

// version is the major one of Keras that wrote the file, 2 where nothing tells.
func (m *Model) version() int {
	switch {
	case strings.HasPrefix(m.Version, "1."):
		return 1
	case strings.HasPrefix(m.Version, "3."):
		return 3
	}
	return 2
}

// elementwise are classes to which the order of axes does not matter.
var elementwise = map[string]bool{"Activation": true, "ReLU": true, "Dropout": true, "Add": true, "Rescaling": true,
	"LeakyReLU": true, "ELU": true, "ThresholdedReLU": true, "Multiply": true, "Subtract": true, "Average": true,
	"Maximum": true, "Minimum": true}

// arranged brings the inputs of a layer into the order of axes that it takes, and tells that of its result.
func (b *builder) arranged(class string, c Config, in []value) (first bool) {
	all := true
	for _, v := range in {
		all = all && v.first
	}
	switch {
	case isFirst(c) && in[0].rank == 4:
		for i := range in {
			in[i] = b.stored(in[i])
		}
		return class != "Flatten" && !strings.HasPrefix(class, "Global")
	case all && (elementwise[class] || class == "BatchNormalization" || class == "Concatenate"):
		return true
	}
	for i := range in {
		in[i] = b.plain(in[i])
	}
	return false
}

// plain is the value in the order of axes that the file means.
func (b *builder) plain(v value) value {
	if !v.first {
		return v
	}
	return b.permuted(v, 0, 3, 1, 2)
}

// stored is a value that the file means as [batch channels height width], as [batch height width channels].
func (b *builder) stored(v value) value {
	if v.first {
		v.first = false
		return v
	}
	return b.permuted(v, 0, 2, 3, 1)
}

// permuted is v behind a Transpose: axis i, the batch's included, is what axis perm[i] was.
func (b *builder) permuted(v value, perm ...int) value {
	name := b.add("permute", layers.Op(graph.Transpose, graph.Perm{Perm: perm}), placed{}, v.entry)
	return value{entry: name, rank: v.rank}
}

// axis translates the axis that a layer works along, as ours work along the innermost.
func (b *builder) axis(l layers.Layer, c Config, x value, first bool) error {
	if !c.has("axis") && !c.has("concat_axis") {
		if n, ok := l.(*layers.BatchNormalizationLayer); ok && first && n != nil {
			return say.New("normalises along the width of pictures, which is not supported")
		}
		return nil
	}
	switch l.(type) {
	case *layers.ConcatenateLayer, *layers.BatchNormalizationLayer, *layers.LayerNormalizationLayer:
	default:
		return nil
	}
	v, err := renamed("", c).numbers("axis")
	if err != nil || len(v) != 1 {
		return say.Errorf("has axis %.80s, which is not supported", c["axis"])
	}
	axis := int(v[0])
	if axis < 0 {
		axis += x.rank
	}
	if first {
		axis = []int{0, 3, 1, 2}[min(max(axis, 0), 3)]
	}
	switch l := l.(type) {
	case *layers.ConcatenateLayer:
		l.Axis = axis
	case *layers.BatchNormalizationLayer, *layers.LayerNormalizationLayer:
		if axis != x.rank-1 {
			return say.Errorf("normalises along axis %d of %d, expected the last", axis, x.rank)
		}
	}
	return nil
}

// indices makes inputs of an Embedding whole numbers, and of others numbers.
func (b *builder) indices(class string, in []value) error {
	for i, v := range in {
		at, isInput := b.inputs[v.entry]
		if !isInput {
			continue
		}
		spec := &b.net.Inputs[at]
		if class == "Embedding" {
			if b.used[v.entry] {
				return say.Errorf("input %.80q is taken as numbers and as indices", v.entry)
			}
			spec.DType = tensor.Int32
			continue
		}
		if spec.DType == tensor.Int32 {
			in[i].entry = b.add("cast", layers.Op(graph.Cast, nil), placed{}, v.entry)
			continue
		}
		if b.used == nil {
			b.used = map[string]bool{}
		}
		b.used[v.entry] = true
	}
	return nil
}

// rankAfter is the number of axes of a layer's result.
func rankAfter(l layers.Layer, rank int) int {
	switch l := l.(type) {
	case *layers.FlattenLayer, *layers.GlobalPoolLayer:
		return 2
	case *layers.ReshapeLayer:
		return 1 + len(l.TargetShape)
	case *layers.EmbeddingLayer:
		return rank + 1
	case *layers.LSTMLayer:
		return afterSequence(l.ReturnSequences)
	case *layers.GRULayer:
		return afterSequence(l.ReturnSequences)
	case *layers.SimpleRNNLayer:
		return afterSequence(l.ReturnSequences)
	case *layers.BidirectionalLayer:
		return rankAfter(l.Layer, rank)
	case *layers.TimeDistributedLayer:
		return 1 + rankAfter(l.Layer, rank-1)
	case *layers.RepeatVectorLayer:
		return 3
	}
	return rank
}

// afterSequence is the rank of a recurrent layer's result: [batch, time, units] with all steps, else [batch, units].
func afterSequence(all bool) int {
	if all {
		return 3
	}
	return 2
}
