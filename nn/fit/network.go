package fit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
	"wafer/nn/zoo"
)

// network is what a recipe's define describes.
type network struct {
	*layers.Model
	frozen map[string]bool // entries that every stage leaves as they are
	adapt  map[string]bool // normalisations that take their statistics from the training samples
	base   []string        // entries of the base
	widths []int           // of the parts of the features, see layers.Model.LevelWidths; nil: they are one
	file   string          // with the weights of an architecture; "": random
	model  *model.Model    // the base by hash, nil: none
}

// Network builds what a recipe's define describes, without a base by hash.
func Network(r *recipe.Recipe) (*layers.Model, error) {
	n, err := newNetwork(r, nil)
	if err != nil {
		return nil, err
	}
	return n.Model, nil
}

// newNetwork builds what define says; base is the open model of a base by hash.
func newNetwork(r *recipe.Recipe, base *model.Model) (*network, error) {
	d := r.Define
	switch list := d.Stack(); {
	case list != nil:
		n, err := stacked(r, list, base)
		if err != nil {
			return nil, fmt.Errorf("recipe: define.layers: %w", err)
		}
		return n, nil
	case d.Zoo == "":
		m := new(layers.Model)
		if err := json.Unmarshal(d.Layers, m); err != nil {
			return nil, fmt.Errorf("recipe: define.layers: %w", err)
		}
		return &network{Model: m}, nil
	}
	m, err := architecture(d.Zoo, d.Options, nil)
	if err != nil {
		return nil, fmt.Errorf("recipe: define.zoo: %w", err)
	}
	return &network{Model: m}, nil
}

// stacked puts the layers of a list one on another, as Keras' Sequential, on the input of the base or the one that the
// preprocessing makes.
func stacked(r *recipe.Recipe, list []recipe.Layer, base *model.Model) (n *network, err error) {
	defer func() {
		if e := recover(); e != nil {
			n, err = nil, fmt.Errorf("%v", e)
		}
	}()
	var in []layers.Spec
	switch {
	case base != nil:
		in = base.Document().Layers.Inputs
	case list[0].Base != "":
		return nil, errors.New("[0].base: the model is not at hand")
	default:
		in = []layers.Spec{inputOf(r.Preprocess)}
	}
	n = &network{frozen: map[string]bool{}, adapt: map[string]bool{}, model: base}
	b, at := layers.NewFunctional(r.Name, in...), cmp.Or(in[0].Name, layers.InputName)
	for i, l := range list {
		switch {
		case l.Zoo != "":
			at, err = n.addZoo(b, l, r.Preprocess)
		case l.Base != "":
			at, err = n.addModel(b, l, at)
		default:
			at, err = n.addLayer(b, l, at)
		}
		if err != nil {
			return nil, fmt.Errorf("[%d]%w", i, err)
		}
	}
	n.Model = b.Model()
	return n, n.Check()
}

func (n *network) addLayer(b *layers.Functional, l recipe.Layer, at string) (string, error) {
	layer, err := layers.New(l.Class, l.Config)
	if err != nil {
		return "", fmt.Errorf(": %w", err)
	}
	if l.Name != "" {
		at = b.Named(l.Name, layer, at)
	} else {
		at = b.Add(layer, at)
	}
	n.frozen[at], n.adapt[at] = l.Frozen(), l.Adapt
	return at, nil
}

// addModel adds the entries of the base by hash: of an encoder all, else all but its last layer, and but the head of an
// earlier teaching; then the levels of its features.
func (n *network) addModel(b *layers.Functional, l recipe.Layer, at string) (string, error) {
	m := n.model.Document().Layers
	if len(m.Inputs) != 1 {
		return "", fmt.Errorf(".base: the model has %d inputs, expected one", len(m.Inputs))
	}
	body := m
	if !n.model.Info().Encoder() {
		var ok bool
		if body, ok = m.Body(); !ok {
			return "", errors.New(".base: the model's last layer does not stand alone behind the others")
		}
		end := withoutHead(body)
		if end == at {
			return at, nil // nothing is left of it
		}
		if end != body.Last().Name {
			body = body.Until(end)
		}
	}
	body = body.WithLevels(l.Levels)
	n.widths = body.LevelWidths()
	for _, e := range body.Entries {
		at = b.Named(e.Name, e.Layer, e.Inputs...)
		n.frozen[at] = l.Frozen() || e.Layer.Class() == "BatchNormalization"
		n.base = append(n.base, at)
	}
	return at, nil
}

// withoutHead is the entry before the norm, the flattening and the levels of an earlier teaching's head.
func withoutHead(m *layers.Model) string {
	before := map[string]string{} // what an entry takes, the first of several
	for _, e := range m.Entries {
		if len(e.Inputs) > 0 {
			before[e.Name] = e.Inputs[0]
		}
	}
	end := m.Last().Name
	for end == recipe.HeadNorm || end == recipe.HeadFlatten || end == layers.BodyLevels {
		end = before[end]
	}
	return end
}

// inputOf is the input that a preprocessing makes.
func inputOf(p recipe.Preprocess) layers.Spec {
	if p.Image != nil {
		return layers.Spec{Shape: tensor.Shape{p.Image.Height, p.Image.Width, p.Image.Channels}}
	}
	return layers.Spec{Shape: tensor.Shape{p.Text.Length()}, DType: tensor.Int32}
}

// addZoo adds the entries of an architecture, for the input of the preprocessing, under
// their own names.
func (n *network) addZoo(b *layers.Functional, l recipe.Layer, p recipe.Preprocess) (last string, err error) {
	m, err := architecture(l.Zoo, l.Options, func(o *zoo.Options) {
		o.NoTop = !l.Top()
		if in := inputOf(p).Shape; p.Image != nil {
			o.Height, o.Width, o.Channels = in[0], in[1], in[2]
		} else {
			o.Length = in[0]
		}
	})
	if err != nil {
		return "", fmt.Errorf(".zoo: %w", err)
	}
	for _, e := range m.Entries {
		last = b.Named(e.Name, e.Layer, e.Inputs...)
		n.frozen[last] = l.Frozen()
		n.base = append(n.base, last)
	}
	n.file = l.Weights
	return last, nil
}

// frozenIn says which entries a stage leaves as they are.
func (n *network) frozenIn(trains string) (func(entry string) bool, error) {
	still := map[string]bool{}
	switch trains {
	case recipe.Whole:
	case recipe.Head:
		for _, name := range n.base {
			still[name] = true
		}
	case recipe.LastBlock:
		for _, name := range n.base[:n.lastBlock()] {
			still[name] = true
		}
	default:
		at := slices.IndexFunc(n.Entries, func(e layers.Entry) bool { return e.Name == trains })
		if at < 0 {
			return nil, fmt.Errorf("there is no layer %q", trains)
		}
		for _, e := range n.Entries[:at] {
			still[e.Name] = true
		}
	}
	return func(entry string) bool { return still[entry] || n.frozen[entry] }, nil
}

// lastBlock is where the last third of the base's layers with weights begins among its entries.
func (n *network) lastBlock() int {
	weighted := n.weighted(n.base)
	if len(weighted) == 0 {
		return 0
	}
	return slices.Index(n.base, weighted[len(weighted)-(len(weighted)+2)/3])
}

// weighted are those of the entries that have weights to train.
func (n *network) weighted(entries []string) (list []string) {
	has := map[string]bool{}
	for _, w := range n.Weights() {
		has[w.Layer] = has[w.Layer] || w.Trainable && !n.frozen[w.Layer]
	}
	for _, e := range entries {
		if has[e] {
			list = append(list, e)
		}
	}
	return list
}

// factors are those of the learning rate in a stage, nil where it has none.
func (n *network) factors(list []float64, frozen func(entry string) bool) func(layer string) float64 {
	if len(list) == 0 {
		return nil
	}
	trained := slices.DeleteFunc(n.weighted(n.base), frozen)
	of := map[string]float64{}
	for i, name := range trained {
		of[name] = list[i*len(list)/len(trained)]
	}
	return func(layer string) float64 {
		if v, is := of[layer]; is {
			return v
		}
		return list[len(list)-1]
	}
}

// divide cuts the network as far behind as possible among the frozen layers that everything else stands on: what they
// compute of a sample is the same in every epoch. fixed is nil where there are none.
func (n *network) divide(frozen func(string) bool) (fixed, rest *layers.Model) {
	count := slices.IndexFunc(n.Entries, func(e layers.Entry) bool { return !frozen(e.Name) })
	for _, e := range slices.Backward(n.Entries[:max(count, 0)]) {
		if a, b, ok := n.Cut(e.Name); ok {
			return a, b
		}
	}
	return nil, n.Model
}

// loadBase sets the weights of an architecture from a file.
func (n *network) loadBase(state graph.State, file []byte) error {
	if n.file == "" {
		return nil
	}
	if file == nil {
		return fmt.Errorf("weights: %s: is not among the data", n.file)
	}
	var meta json.RawMessage
	from, err := format.Decode(file, &meta)
	if err != nil {
		return fmt.Errorf("weights: %s: %w", n.file, err)
	}
	for _, w := range n.Weights() {
		if !slices.Contains(n.base, w.Layer) {
			continue
		}
		v := from[w.Name]
		if v == nil || !v.Shape().Equal(w.Shape) || v.DType() != tensor.Float32 {
			return fmt.Errorf("weights: %s: the base needs %s of shape %v, the file has %v", n.file, w.Name, w.Shape,
				found(v))
		}
		state[w.Name].CopyFrom(v)
	}
	return nil
}

func found(t *tensor.Tensor) any {
	if t == nil {
		return "none"
	}
	return t
}

// inherited are the weights of the base by hash.
func (n *network) inherited() graph.State {
	state := graph.State{}
	if n.model == nil {
		return state
	}
	for _, w := range n.Weights() {
		if slices.Contains(n.base, w.Layer) {
			state[w.Name] = n.model.State()[w.Name]
		}
	}
	return state
}
