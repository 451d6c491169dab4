// Package tfjs reads and writes models of TensorFlow.js: a model.json with a network, either Keras' layers or
// TensorFlow's graph, and files of weights beside it. Exports of Teachable Machine are such models with a metadata.json
// that has their labels. Nothing in a file is executed, and no length, name or path in it is trusted.
package tfjs

import (
	"bytes"
	"path"

	"wafer/nn/format/foreign"
	"wafer/nn/format/keras"
	"wafer/nn/json"
	"wafer/nn/say"
)

// maxJSON is the size of the largest model.json that is read, in bytes.
const maxJSON = 256 << 20

// Model is a model.json that was read and compared with the files beside it.
type Model struct {
	Format    string // "layers-model" or "graph-model"
	Generator string // the program that wrote the network, and the one that converted it
	Weights   []*Weight
	Metadata  *Metadata // of Teachable Machine, nil for others

	topology json.RawMessage
	layers   *keras.Model   // of a layers model
	extra    *foreign.Extra // of an export of Wafer
	graph    *graphDef      // of a graph model
	byName   map[string]*Weight
}

// modelJSON is the file as far as it is read. Older converters put the signature into userDefinedMetadata.
type modelJSON struct {
	Format    string          `json:"format"`
	Generated string          `json:"generatedBy"`
	Converted string          `json:"convertedBy"`
	Topology  json.RawMessage `json:"modelTopology"`
	Manifest  []group         `json:"weightsManifest"`
	Signature json.RawMessage `json:"signature"`
	User      struct {
		Signature json.RawMessage `json:"signature"`
		Extra     json.RawMessage `json:"wafer"`
	} `json:"userDefinedMetadata"`
}

// Recognise tells a model.json by its content.
func Recognise(file []byte) bool {
	start := bytes.TrimLeft(file[:min(len(file), 64)], "\xef\xbb\xbf \t\r\n")
	return bytes.HasPrefix(start, []byte("{")) && bytes.Contains(file, []byte(`"modelTopology"`))
}

// find is the model.json, the one nearest to the root, and the folder that it lies in.
func find(files foreign.Files) (file []byte, folder string) {
	best := -1
	for i, f := range files {
		if Recognise(f.Data) && (best < 0 || len(f.Name) < len(files[best].Name)) {
			best = i
		}
	}
	if best < 0 {
		return nil, ""
	}
	return files[best].Data, path.Dir(files[best].Name)
}

// Inspect reads the model among the files and compares its weights with the files that hold them, without taking memory
// for them. A missing model.json, a file of weights that was not given, and bytes that are too few or left over are
// errors. Operators that are not known are not: Outline lists them.
func Inspect(files foreign.Files) (*Model, error) {
	m, err := inspect(files)
	if err != nil {
		return nil, say.Errorf("TensorFlow.js model: %w", err)
	}
	return m, nil
}

// inspect is Inspect without the words before its errors.
func inspect(files foreign.Files) (*Model, error) {
	file, folder := find(files)
	if file == nil {
		return nil, say.New("there is no model.json among the files")
	}
	if len(file) > maxJSON {
		return nil, say.Errorf("its JSON has %d bytes, at most %d are read", len(file), maxJSON)
	}
	var doc modelJSON
	if err := json.Unmarshal(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf")), &doc); err != nil {
		return nil, say.Errorf("its JSON cannot be read: %w", err)
	}
	m := &Model{Format: doc.Format, Generator: doc.Generated, topology: doc.Topology, byName: map[string]*Weight{}}
	if doc.Converted != "" {
		m.Generator += ", " + doc.Converted
	}
	if file, ok := beside(files, folder, "metadata.json"); ok {
		if err := m.metadata(file); err != nil {
			return nil, err
		}
	}
	if err := m.network(doc); err != nil {
		return nil, err
	}
	var err error
	if m.extra, err = foreign.ReadExtra(doc.User.Extra); err != nil {
		return nil, err
	}
	return m, m.manifest(doc.Manifest, files, folder)
}

// network reads the topology: a graph has a list of nodes.
func (m *Model) network(doc modelJSON) (err error) {
	var of struct {
		Node json.RawMessage `json:"node"`
	}
	if err := json.Unmarshal(doc.Topology, &of); err != nil {
		return say.Errorf("its JSON cannot be read: %w", err)
	}
	if of.Node == nil {
		m.Format = "layers-model"
		m.layers, err = keras.Parse(doc.Topology)
		return err
	}
	m.Format = "graph-model"
	signature := doc.Signature
	if signature == nil {
		signature = doc.User.Signature
	}
	m.graph, err = parseGraph(of.Node, signature)
	return err
}

// beside is the file of a plain name in the folder, or else the one of that name nearest to the root.
func beside(files foreign.Files, folder, name string) (file []byte, ok bool) {
	best := -1
	for i, f := range files {
		if path.Base(f.Name) != name {
			continue
		}
		if path.Dir(f.Name) == folder {
			return f.Data, true
		}
		if best < 0 || len(f.Name) < len(files[best].Name) {
			best = i
		}
	}
	if best < 0 {
		return nil, false
	}
	return files[best].Data, true
}
