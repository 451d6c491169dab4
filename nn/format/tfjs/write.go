package tfjs

import (
	"encoding/binary"
	"math"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/format/keras"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Write makes the zip that Teachable Machine makes: model.json, weights.bin and, of a model of pictures, metadata.json.
// A network that takes pictures in another way than Teachable Machine, whose numbers are −1…1, goes out with Pixels in
// front; Load takes that off again. A layer that TensorFlow.js does not have is an error that names it.
func Write(e foreign.Export) ([]byte, error) {
	file, err := write(e)
	if err != nil {
		return nil, say.Errorf("TensorFlow.js export: %w", err)
	}
	return file, nil
}

// Pixels is the layer that makes of Teachable Machine's numbers, −1…1, those of a normalisation; nil where they are the
// same, or where none does.
func Pixels(i *recipe.Image) layers.Layer {
	switch i.Normalisation {
	case "0..1":
		return layers.Rescaling(0.5, 0.5)
	case "none":
		return layers.Rescaling(127.5, 127.5)
	}
	return nil
}

// write is Write without the words before its errors. Teachable Machine's version numbers are those of the program
// whose form is followed.
func write(e foreign.Export) ([]byte, error) {
	m, err := keras.Describe(e.Layers, dialect)
	if err != nil {
		return nil, err
	}
	weights, manifest, err := weights(e, m)
	if err != nil {
		return nil, err
	}
	model, err := json.Marshal(map[string]any{"format": "layers-model", "generatedBy": "Wafer", "convertedBy": nil,
		"modelTopology": map[string]any{"class_name": "Model", "config": m.Config, "keras_version": "2.15.0",
			"backend": "tensorflow"},
		"userDefinedMetadata": map[string]any{foreign.ExtraKey: e.Extra},
		"weightsManifest":     []any{map[string]any{"paths": []string{"weights.bin"}, "weights": manifest}}})
	if err != nil {
		return nil, err
	}
	files := foreign.Files{{Name: "model.json", Data: model}, {Name: "weights.bin", Data: weights}}
	if i := e.Extra.Image; i != nil {
		metadata, err := json.Marshal(map[string]any{"tfjsVersion": "4.22.0", "tmVersion": "2.4.10",
			"packageName": "@teachablemachine/image", "packageVersion": "0.8.4-alpha2",
			"userMetadata": map[string]any{},
			"modelName":    e.Extra.Title, "labels": e.Extra.Labels, "imageSize": i.Height,
			"grayscale": i.Channels == 1})
		if err != nil {
			return nil, err
		}
		files = append(files, foreign.File{Name: "metadata.json", Data: metadata})
	}
	return foreign.Zip(files)
}

// weights are all weights one after the other, and what the manifest says of them.
func weights(e foreign.Export, m *keras.Described) (data []byte, list []any, err error) {
	for _, weight := range inOrder(e.Layers.Weights()) {
		v := e.State[weight.Name]
		if v == nil {
			return nil, nil, say.Errorf("lacks the weight %.80q", weight.Name)
		}
		entry := map[string]any{"name": m.Weight(weight), "shape": shapeList(v.Shape()), "dtype": "float32"}
		half := e.Smaller && tensor.IsHalf(v.F())
		if half {
			entry["quantization"] = map[string]any{"dtype": "float16", "original_dtype": "float32"}
		}
		for _, f := range v.F() {
			if half {
				data = binary.LittleEndian.AppendUint16(data, tensor.Half(f))
			} else {
				data = binary.LittleEndian.AppendUint32(data, math.Float32bits(f))
			}
		}
		list = append(list, entry)
	}
	return data, list, nil
}

// inOrder has the bias of a layer behind its kernels, as Keras: where names repeat, in two directions, readers go by
// order.
func inOrder(list []layers.Weight) []layers.Weight {
	for i := range len(list) - 1 {
		part, ok := strings.CutSuffix(list[i].Name, "/bias")
		if ok && strings.HasPrefix(list[i+1].Name, part+"/") && strings.HasSuffix(list[i+1].Name, "kernel") {
			list[i], list[i+1] = list[i+1], list[i]
		}
	}
	return list
}

// shapeList is a shape that JSON writes as [] where it has no axes, not as null.
func shapeList(s tensor.Shape) []int { return append([]int{}, s...) }
