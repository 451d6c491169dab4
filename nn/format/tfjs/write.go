package tfjs

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Export is a model on its way to TensorFlow.js.
type Export struct {
	Name   string
	Layers *layers.Model
	State  graph.State
	Labels []string
	Image  *recipe.Image // how pictures become inputs; nil: no pictures, and no metadata.json
}

// Write makes the zip that Teachable Machine makes: model.json, weights.bin and, of a model of pictures, metadata.json.
// Weights are float32. A network that takes pictures in another way than Teachable Machine, whose numbers are −1…1,
// gets a layer in front that makes those of them; Load takes it off again. A layer that TensorFlow.js does not have is
// an error that names it.
func Write(e Export) ([]byte, error) {
	file, err := write(e)
	if err != nil {
		return nil, say.Errorf("TensorFlow.js export: %w", err)
	}
	return file, nil
}

func write(e Export) ([]byte, error) {
	w := &writer{names: map[string]string{}, taken: map[string]bool{}}
	topology, err := w.model(e)
	if err != nil {
		return nil, err
	}
	weights, manifest, err := w.weights(e)
	if err != nil {
		return nil, err
	}
	model, err := json.Marshal(map[string]any{"format": "layers-model", "generatedBy": "Wafer", "convertedBy": nil,
		"modelTopology": map[string]any{"class_name": "Model", "config": topology, "keras_version": "2.15.0",
			"backend": "tensorflow"},
		"weightsManifest": []any{map[string]any{"paths": []string{"weights.bin"}, "weights": manifest}}})
	if err != nil {
		return nil, err
	}
	files := []part{{"model.json", model}, {"weights.bin", weights}}
	if e.Image != nil {
		metadata, err := json.Marshal(map[string]any{"tfjsVersion": "4.22.0", "tmVersion": "2.4.10",
			"packageName": "@teachablemachine/image", "packageVersion": "0.8.4-alpha2",
			"userMetadata": userMetadata{untaught(e.Image)},
			"modelName":    e.Name, "labels": e.Labels, "imageSize": e.Image.Height, "grayscale": e.Image.Channels == 1})
		if err != nil {
			return nil, err
		}
		files = append(files, part{"metadata.json", metadata})
	}
	return zipped(files)
}

// untaught is how pictures become inputs once a model is taught.
func untaught(i *recipe.Image) *recipe.Image {
	out := *i
	out.Augment, out.Generator = nil, nil
	return &out
}

type part struct {
	name string
	data []byte
}

// zipped has no times, so that the same model gives the same bytes.
func zipped(files []part) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// weights are all weights one after the other, and what the manifest says of them.
func (w *writer) weights(e Export) (data []byte, list []any, err error) {
	for _, weight := range inOrder(e.Layers.Weights()) {
		v := e.State[weight.Name]
		if v == nil {
			return nil, nil, say.Errorf("lacks the weight %.80q", weight.Name)
		}
		for _, f := range v.F() {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(f))
		}
		list = append(list, map[string]any{"name": w.weight(weight.Name), "shape": shapeList(v.Shape()), "dtype": "float32"})
	}
	return data, list, nil
}

// inOrder has the bias of a layer behind its kernels, as Keras: where names repeat, in two directions, readers go by order.
func inOrder(list []layers.Weight) []layers.Weight {
	for i := range len(list) - 1 {
		part, ok := strings.CutSuffix(list[i].Name, "/bias")
		if ok && strings.HasPrefix(list[i+1].Name, part+"/") && strings.HasSuffix(list[i+1].Name, "kernel") {
			list[i], list[i+1] = list[i+1], list[i]
		}
	}
	return list
}

func shapeList(s tensor.Shape) []int { return append([]int{}, s...) }
