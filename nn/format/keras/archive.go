package keras

import (
	"slices"
	"strings"

	"wafer/nn/format/hdf5"
)

// archiveWeights are the model.weights.h5 of a .keras archive: groups inside groups, named by class and counted, with
// the arrays of each layer as vars/0, vars/1, …
type archiveWeights struct {
	root  *hdf5.Object
	model *Model
}

// Layer follows the path through models inside. Names in the archive come from class and number, not from the layers'
// own names; a layer without arrays has none here either.
func (w archiveWeights) Layer(path []string) ([]Array, error) {
	at, m := w.root, w.model
	for _, name := range path {
		i := slices.IndexFunc(m.Layers, func(l *Layer) bool { return l.Name == name })
		if i < 0 {
			return nil, nil
		}
		next, err := openOne(at, containers, counted(m.Layers, i))
		if next == nil || err != nil {
			return nil, err
		}
		if at = next; m.Layers[i].Nested != nil {
			m = m.Layers[i].Nested
		}
	}
	return variables(at, 0, nil)
}

// containers are the names that the list of a model's layers has had.
var containers = []string{"layers/", "_layer_checkpoint_dependencies/", `_layer_checkpoint_dependencies\`, ""}

// openOne is the object of the name behind the first prefix that leads to one, nil where none does.
func openOne(at *hdf5.Object, prefixes []string, name string) (*hdf5.Object, error) {
	for _, prefix := range prefixes {
		if o, err := at.Open(prefix + name); o != nil || err != nil {
			return o, err
		}
	}
	return nil, nil
}

// counted is the class of layer i in snake case, with its number among the layers of the class: dense, dense_1.
func counted(list []*Layer, i int) string {
	n := 0
	for _, l := range list[:i] {
		if l.Class == list[i].Class {
			n++
		}
	}
	if n == 0 {
		return snake(list[i].Class)
	}
	return snake(list[i].Class) + "_" + number(n)
}

// snake is Keras' to_snake_case: "Conv2D" gives "conv2d", "ReLU" "re_lu", "LSTM" "lstm".
func snake(class string) string {
	lower := func(b byte) bool { return b >= 'a' && b <= 'z' }
	upper := func(b byte) bool { return b >= 'A' && b <= 'Z' }
	var out []byte
	for i := 0; i < len(class); i++ {
		c := class[i]
		word := i+1 < len(class) && lower(class[i+1]) // an upper-case letter before a lower-case one begins a word
		if i > 0 && upper(c) && (word || lower(class[i-1])) {
			out = append(out, '_')
		}
		out = append(out, c)
	}
	return strings.ToLower(string(out))
}

// inner is the order in which the arrays of the parts of a layer stand in our weights.
var inner = []string{"forward_layer", "backward_layer", "query_dense", "key_dense", "value_dense", "output_dense",
	"cell", "layer"}

// variables are the arrays of a layer, then those of its parts. Arrays come in the order of vars/0, vars/1, … up to the
// first number that is missing; parts at most 5 deep, in the order of inner. An array has no name: only its place tells
// what it is.
func variables(at *hdf5.Object, depth int, list []Array) ([]Array, error) {
	vars, err := at.Open("vars")
	if err != nil {
		return nil, err
	}
	for i := 0; vars != nil; i++ {
		o, err := vars.Open(number(i))
		if err != nil {
			return nil, err
		}
		if o == nil {
			break
		}
		a, err := array("", o)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	for _, part := range inner {
		o, err := at.Open(part)
		if err != nil {
			return nil, err
		}
		if o == nil || depth > 4 {
			continue
		}
		if list, err = variables(o, depth+1, list); err != nil {
			return nil, err
		}
	}
	return list, nil
}
