package keras

import (
	"slices"
	"strings"

	"wafer/nn/format/hdf5"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// h5Weights are the weights of an .h5 file: a group per layer, whose attribute weight_names lists its datasets, those
// of the layers inside it included.
type h5Weights struct {
	group  *hdf5.Object
	layers []string
	lists  map[string][]Array // by layer, as far as they were asked for
	model  *Model             // nil: layers go by name alone
}

// openH5 finds the group with the weights: model_weights, or the root of a file that holds weights alone. nil where
// there is none.
func openH5(root *hdf5.Object) (*h5Weights, error) {
	w := &h5Weights{lists: map[string][]Array{}}
	var err error
	for _, path := range []string{"model_weights", "/"} {
		if w.group, err = root.Open(path); err != nil {
			return nil, err
		}
		if w.group == nil || w.group.IsDataset() {
			continue
		}
		if w.layers, err = w.group.Texts("layer_names"); err != nil {
			return nil, err
		}
		if len(w.layers) > 0 {
			return w, nil
		}
	}
	return nil, nil
}

// Layer finds the arrays of a layer by its name; in a file that has none of the names, by its place.
func (w *h5Weights) Layer(path []string) ([]Array, error) {
	top := path[0]
	if !slices.Contains(w.layers, top) {
		if top = w.byPlace(top); top == "" {
			return nil, nil
		}
	}
	list, err := w.list(top)
	if err != nil || len(path) == 1 {
		return list, err
	}
	var own []Array
	for _, a := range list {
		if isOf(a.Name, path[len(path)-1]) {
			own = append(own, a)
		}
	}
	return own, nil
}

// isOf tells whether the name of a weight speaks of a layer: "model/conv1/kernel:0", "conv1_W".
func isOf(weight, layer string) bool {
	parts := strings.Split(weight, "/")
	if slices.Contains(parts[:len(parts)-1], layer) {
		return true
	}
	rest, ok := strings.CutPrefix(parts[len(parts)-1], layer+"_")
	return ok && rest != "" && (rest[0] < '0' || rest[0] > '9')
}

// byPlace is the file's layer with weights at the place that the named one has among those of the model, where no name
// of the model's is in the file.
func (w *h5Weights) byPlace(name string) string {
	if w.model == nil {
		return ""
	}
	for _, l := range w.model.Layers {
		if slices.Contains(w.layers, l.Name) {
			return ""
		}
	}
	place := -1
	for _, l := range w.model.Layers {
		if !hasWeights(l) {
			continue
		}
		if place++; l.Name == name {
			break
		}
	}
	for _, layer := range w.layers {
		if list, err := w.list(layer); err != nil || len(list) == 0 {
			continue
		}
		if place--; place < 0 {
			return layer
		}
	}
	return ""
}

// weightless are classes without weights.
var weightless = map[string]bool{"InputLayer": true, "Activation": true, "Dropout": true, "Flatten": true,
	"Reshape": true, "Add": true, "Concatenate": true, "ReLU": true, "MaxPooling1D": true, "MaxPooling2D": true,
	"AveragePooling1D": true, "AveragePooling2D": true, "GlobalAveragePooling1D": true, "GlobalAveragePooling2D": true,
	"GlobalMaxPooling1D": true, "GlobalMaxPooling2D": true, "ZeroPadding1D": true, "ZeroPadding2D": true,
	"Rescaling": true, "Permute": true, "LeakyReLU": true, "Softmax": true, "ELU": true, "Masking": true,
	"RepeatVector": true}

// hasWeights tells the layers that take a place in byPlace. Those of models inside count as one, as they do in the
// file.
func hasWeights(l *Layer) bool { return !weightless[l.Class] && !passes[l.Class] }

// list are the arrays of a layer of the file in the order of weight_names, none where the layer or the attribute is not
// there. A name that leads nowhere is an error. Datasets are opened, not read.
func (w *h5Weights) list(layer string) ([]Array, error) {
	if list, ok := w.lists[layer]; ok {
		return list, nil
	}
	g, err := w.group.Open(layer)
	if err != nil || g == nil {
		return nil, err
	}
	names, err := g.Texts("weight_names")
	if err != nil {
		return nil, err
	}
	var list []Array
	for _, name := range names {
		o, err := g.Open(name)
		if err != nil {
			return nil, err
		}
		if o == nil {
			return nil, say.Errorf("%.120s lists the weight %.80q, but it is not there", g.Path, name)
		}
		a, err := array(name, o)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	w.lists[layer] = list
	return list, nil
}

// array is a dataset that is read when it is loaded: numbers of any type, as float32. An empty one is an error then.
func array(name string, o *hdf5.Object) (Array, error) {
	d, err := o.Dataset()
	if err != nil {
		return Array{}, err
	}
	load := func() (*tensor.Tensor, error) {
		v, err := d.Floats()
		if err != nil {
			return nil, err
		}
		n := 1
		for _, length := range d.Shape {
			n *= length
		}
		if n == 0 || len(v) != n {
			return nil, say.Errorf("has %d numbers of shape %v", len(v), d.Shape)
		}
		return tensor.Floats(v, d.Shape...), nil
	}
	return Array{Name: name, Shape: d.Shape, DType: d.Type.String(), Bytes: size(d), Load: load}, nil
}

// size is the bytes of the data.
func size(d *hdf5.Dataset) int {
	bytes := d.Type.Size
	for _, length := range d.Shape {
		bytes *= length
	}
	return bytes
}
