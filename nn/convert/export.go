package convert

import (
	"fmt"
	"strings"

	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/format/onnx"
	"wafer/nn/format/tfjs"
	"wafer/nn/graph"
)

// writer makes a file of another tool of a model.
type writer struct {
	name  string // on the command line
	write func(d document.Document, state graph.State) ([]byte, error)
}

// writers are the formats that go out.
var writers = []writer{{"tfjs", toTFJS}, {"onnx", toONNX}}

// Formats are the names of the formats that Export writes.
func Formats() string {
	var names []string
	for _, w := range writers {
		names = append(names, w.name)
	}
	return strings.Join(names, ", ")
}

// Export makes a file of another tool, of a format that Formats names, of a .wafer file. It gives what the network
// gives: shares are not calibrated, and nothing is none of the labels.
func Export(file []byte, to string) ([]byte, error) {
	for _, w := range writers {
		if w.name != to {
			continue
		}
		var doc document.Document
		state, err := format.Decode(file, &doc)
		if err != nil {
			return nil, err
		}
		if err := doc.Check(); err != nil {
			return nil, fmt.Errorf("model file: %w", err)
		}
		return w.write(doc, state)
	}
	return nil, fmt.Errorf("export: there is no format %q, choose one of: %s", to, Formats())
}

// toTFJS is TensorFlow.js in Teachable Machine's layout.
func toTFJS(d document.Document, state graph.State) ([]byte, error) {
	return tfjs.Write(tfjs.Export{Name: d.Info.Title, Layers: d.Layers, State: state, Labels: d.Info.Labels,
		Image: d.Preprocess.Image})
}

// toONNX has the labels in its metadata.
func toONNX(d document.Document, state graph.State) ([]byte, error) {
	return onnx.Write(d.Layers, state, d.Info.Title, d.Info.Labels)
}
