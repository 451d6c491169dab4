package keras

import (
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/format/hdf5"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Versions that the files say they are of.
const (
	versionTwo   = "2.15.0"
	versionThree = "3.5.0"
)

// WriteH5 makes the .h5 file of Keras 2, which Keras 3 opens too. What Extra holds is the root's attribute "wafer". A
// layer that Keras does not have is an error that names it.
func WriteH5(e foreign.Export) ([]byte, error) {
	file, err := writeH5(e)
	if err != nil {
		return nil, say.Errorf("Keras export: %w", err)
	}
	return file, nil
}

// WriteArchive makes the .keras file of Keras 3. What Extra holds is "wafer" in its metadata.json.
func WriteArchive(e foreign.Export) ([]byte, error) {
	file, err := writeArchive(e)
	if err != nil {
		return nil, say.Errorf("Keras export: %w", err)
	}
	return file, nil
}

// writeH5 is WriteH5 without the words before its errors. Datasets stand at model_weights/layer/layer/weight:0, as
// Keras 2 puts them.
func writeH5(e foreign.Export) ([]byte, error) {
	m, err := Describe(plainer(e.Layers, e.State, 2), keras2)
	if err != nil {
		return nil, err
	}
	own := weightsByEntry(e)
	config, err := json.Marshal(map[string]any{"class_name": "Functional", "config": m.Config})
	if err != nil {
		return nil, err
	}
	extra, err := json.Marshal(e.Extra)
	if err != nil {
		return nil, err
	}
	var root hdf5.Group
	root.Text("backend", "tensorflow")
	root.Text("keras_version", versionTwo)
	root.Text("model_config", string(config))
	root.Text(foreign.ExtraKey, string(extra))
	g := root.Group("model_weights")
	g.Text("backend", "tensorflow")
	g.Text("keras_version", versionTwo)
	var names []string
	for _, l := range m.Layers {
		names = append(names, l.Name)
		if err := writeGroup(e, g.Group(l.Name), m, own[l.Entry]); err != nil {
			return nil, err
		}
	}
	g.Texts("layer_names", names)
	return root.Encode()
}

// writeGroup holds the weights of a layer, which its attribute lists.
func writeGroup(e foreign.Export, g *hdf5.Group, m *Described, own []layers.Weight) error {
	names := []string{}
	for _, w := range own {
		name := m.Weight(w) + ":0"
		if err := writeWeight(e, g, name, w); err != nil {
			return err
		}
		names = append(names, name)
	}
	g.Texts("weight_names", names)
	return nil
}

// weightsByEntry are those of each entry, in Keras' order; statistics of a Normalization are none.
func weightsByEntry(e foreign.Export) map[string][]layers.Weight {
	own := map[string][]layers.Weight{}
	for _, w := range e.Layers.Weights() {
		own[w.Layer] = append(own[w.Layer], w)
	}
	for _, entry := range e.Layers.Entries {
		if own[entry.Name] = inOrder(own[entry.Name]); entry.Layer.Class() == "Normalization" {
			own[entry.Name] = nil
		}
	}
	return own
}

// writeWeight writes a weight, which State must have as float32. Smaller is taken only where no number changes.
func writeWeight(e foreign.Export, g *hdf5.Group, path string, w layers.Weight) error {
	v := e.State[w.Name]
	if v == nil || v.DType() != tensor.Float32 {
		return say.Errorf("lacks the weight %.80q", w.Name)
	}
	g.Floats(path, w.Shape, v.F(), e.Smaller && tensor.IsHalf(v.F()))
	return nil
}

// writeArchive is WriteArchive without the words before its errors. Its members are stored under the three names
// that Keras looks for.
func writeArchive(e foreign.Export) ([]byte, error) {
	m, err := Describe(plainer(e.Layers, e.State, 3), keras3)
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(map[string]any{"module": "keras.src.models.functional", "class_name": "Functional",
		"config": m.Config, "registered_name": "Functional", "build_config": map[string]any{"input_shape": nil}})
	if err != nil {
		return nil, err
	}
	metadata, err := json.Marshal(map[string]any{"keras_version": versionThree, foreign.ExtraKey: e.Extra})
	if err != nil {
		return nil, err
	}
	var root hdf5.Group
	root.Group("vars")
	if err := writeVariables(e, &root, m); err != nil {
		return nil, err
	}
	weights, err := root.Encode()
	if err != nil {
		return nil, err
	}
	return foreign.Zip(foreign.Files{{Name: "metadata.json", Data: metadata}, {Name: "config.json", Data: config},
		{Name: "model.weights.h5", Data: weights}})
}

// writeVariables are the groups of all layers, named by class and counted, as archiveWeights finds them.
func writeVariables(e foreign.Export, root *hdf5.Group, m *Described) error {
	list, of, own := make([]*Layer, len(m.Layers)), map[string]layers.Layer{}, weightsByEntry(e)
	for _, entry := range e.Layers.Entries {
		of[entry.Name] = entry.Layer
	}
	for i, l := range m.Layers {
		list[i] = &Layer{Class: l.Class}
		at := root.Group("layers/" + counted(list[:i+1], i))
		at.Group("vars")
		counts := map[string]int{}
		for _, w := range own[l.Entry] {
			part := partOf(of[l.Entry], strings.TrimPrefix(w.Name, l.Entry+"/"))
			if err := writeWeight(e, at, part+"vars/"+number(counts[part]), w); err != nil {
				return err
			}
			counts[part]++
		}
	}
	return nil
}

// partOf is where a weight lies below its layer's group, "" or "cell/": within is its name without the layer's.
func partOf(l layers.Layer, within string) string {
	switch l := l.(type) {
	case *layers.LSTMLayer, *layers.GRULayer, *layers.SimpleRNNLayer:
		return "cell/"
	case *layers.TimeDistributedLayer:
		return "layer/" + partOf(l.Layer, within)
	case *layers.BidirectionalLayer:
		way, inner, _ := strings.Cut(within, "/")
		return map[bool]string{true: "backward_layer/", false: "forward_layer/"}[strings.HasPrefix(way, "backward")] +
			partOf(l.Layer, inner)
	case *layers.MultiHeadAttentionLayer:
		part, _, _ := strings.Cut(within, "/")
		return map[string]string{"query": "query_dense/", "key": "key_dense/", "value": "value_dense/",
			"attention_output": "output_dense/"}[part]
	}
	return ""
}
