package keras

import (
	"bytes"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/format/hdf5"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/say"
)

// File is a model of Keras as it was given: .h5, what a .keras archive holds, or an architecture with its weights.
type File struct {
	Model     *Model
	Format    string // "Keras 2, HDF5"
	weights   Weights
	arrays    []Array // all, in the order of the file
	tokenizer []byte
	extra     *foreign.Extra // of an export of Wafer
}

// Recognise tells files of Keras: an .h5 file with a model or with weights, or the contents of a .keras archive.
func Recognise(files foreign.Files) bool {
	return files.Find(hdf5.Recognise) >= 0
}

// Inspect reads the architecture and finds the weights. It takes no memory for these. Recognise must have found an HDF5
// file among them. A file of weights alone needs the architecture as JSON beside it.
func Inspect(files foreign.Files) (*File, error) {
	f, err := inspect(files)
	if err != nil {
		return nil, say.Errorf("Keras file: %w", err)
	}
	return f, nil
}

// inspect is Inspect without the words before its errors. An archive is told by config.json and model.weights.h5, which
// the caller unpacked; all else is an .h5 file.
func inspect(files foreign.Files) (*File, error) {
	h, err := hdf5.Bytes(files[files.Find(hdf5.Recognise)].Data)
	if err != nil {
		return nil, err
	}
	root, err := h.Root()
	if err != nil {
		return nil, err
	}
	f := &File{tokenizer: tokenizer(files)}
	if config := files.Named("config.json"); config != nil && files.Named("model.weights.h5") != nil {
		return f, f.archive(config, files, root)
	}
	return f, f.h5(files, root)
}

// archive reads what a .keras file of Keras 3 holds. metadata.json may be absent: the version then is 3.
func (f *File) archive(config []byte, files foreign.Files, root *hdf5.Object) error {
	var err error
	if f.Model, err = Parse(config); err != nil {
		return err
	}
	var meta struct {
		Version string          `json:"keras_version"`
		Extra   json.RawMessage `json:"wafer"`
	}
	f.Model.Version = "3"
	if json.Unmarshal(files.Named("metadata.json"), &meta) == nil && meta.Version != "" {
		f.Model.Version = meta.Version
	}
	f.Format = "Keras " + f.Model.Version + ", .keras"
	if f.extra, err = foreign.ReadExtra(meta.Extra); err != nil {
		return err
	}
	w := archiveWeights{root, f.Model}
	f.weights = w
	return f.eachLayer(f.Model, nil, w)
}

// eachLayer collects the arrays of all layers.
func (f *File) eachLayer(m *Model, path []string, w Weights) error {
	for _, l := range m.Layers {
		at := append(append([]string{}, path...), l.Name)
		if l.Nested != nil {
			if err := f.eachLayer(l.Nested, at, w); err != nil {
				return err
			}
			continue
		}
		list, err := w.Layer(at)
		if err != nil {
			return err
		}
		for i, a := range list {
			a.Name = strings.Join(at, "/") + "/" + number(i)
			f.arrays = append(f.arrays, a)
		}
	}
	return nil
}

// h5 reads the attributes of the root: model_config, keras_version and backend as Keras writes them, and wafer of our
// own exports. Every array's head is read, so that a broken file shows here.
func (f *File) h5(files foreign.Files, root *hdf5.Object) error {
	config, err := root.Text("model_config")
	if err != nil {
		return err
	}
	version, err := root.Text("keras_version")
	if err != nil {
		return err
	}
	w, err := openH5(root)
	switch {
	case err != nil:
		return err
	case w == nil && config == "":
		return say.New("this HDF5 file holds no model: it has neither model_config nor layer_names")
	}
	if config == "" {
		if config = architecture(files); config == "" {
			return say.New("this HDF5 file holds weights alone: give the architecture with it, " +
				"the JSON of model.to_json()")
		}
	}
	if f.Model, err = Parse([]byte(config)); err != nil {
		return err
	}
	if version != "" {
		f.Model.Version = version
	}
	if f.Model.Backend, err = root.Text("backend"); err != nil {
		return err
	}
	f.Format = "Keras " + f.Model.Version + ", HDF5"
	extra, err := root.Text(foreign.ExtraKey)
	if err != nil {
		return err
	}
	if f.extra, err = foreign.ReadExtra([]byte(extra)); err != nil {
		return err
	}
	if w == nil {
		return nil
	}
	w.model = f.Model
	f.weights = w
	for _, layer := range w.layers {
		list, err := w.list(layer)
		if err != nil {
			return err
		}
		for _, a := range list {
			a.Name = layer + "/" + a.Name
			f.arrays = append(f.arrays, a)
		}
	}
	return nil
}

// architecture is that which was given beside weights.
func architecture(files foreign.Files) string {
	i := files.Find(func(b []byte) bool {
		if !isJSON(b) {
			return false
		}
		_, err := Parse(b)
		return err == nil
	})
	if i < 0 {
		return ""
	}
	return string(files[i].Data)
}

// isJSON tells an object by its first brace, which at most 63 bytes of white space may precede; the JSON behind may be
// broken.
func isJSON(b []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(b[:min(len(b), 64)]), []byte("{")) }

// tokenizer is the JSON of a Keras Tokenizer among the files: tokenizer.to_json(), or its config alone.
func tokenizer(files foreign.Files) []byte {
	i := files.Find(func(b []byte) bool {
		return isJSON(b) && (bytes.Contains(b, []byte(`"word_index"`)) || bytes.Contains(b, []byte(`"word_counts"`)))
	})
	if i < 0 {
		return nil
	}
	return files[i].Data
}

// Load makes the network, and says how texts become its input where their vocabulary is there. side is that of pictures
// where the file leaves it open, 0: 224. Without weights, with several inputs, and for indices of words without a
// vocabulary it is an error. What is assumed without the file saying it, as colours from 0 to 1, stands in Notes.
func (f *File) Load(side int) (*foreign.Network, error) {
	n, err := f.load(side)
	if err != nil {
		return nil, say.Errorf("Keras file: %w", err)
	}
	return n, nil
}

// load is Load without the words before its errors.
func (f *File) load(side int) (*foreign.Network, error) {
	if f.weights == nil {
		return nil, say.New("holds an architecture without weights")
	}
	n, err := f.Model.Build(f.weights, side)
	if err != nil {
		return nil, err
	}
	if len(n.Layers.Inputs) != 1 {
		return nil, say.Errorf("has %d inputs, models of one are read", len(n.Layers.Inputs))
	}
	if f.extra != nil {
		f.extra.Apply(n)
	}
	pictures(n)
	if n.Text != nil || n.Encoder {
		return n, nil
	}
	return n, f.text(n)
}

// pictures says how pictures become inputs: as bytes where the network begins with a layer that scales them, else from
// 0 to 1, as most programs do it.
func pictures(n *foreign.Network) {
	in := n.Layers.Input().Shape
	if n.Image != nil || len(in) != 3 || in[2] != 1 && in[2] != 3 {
		return
	}
	n.Image = &recipe.Image{Height: in[0], Width: in[1], Channels: in[2], Resize: "bilinear", Mode: "centre",
		Background: "white", Normalisation: "none"}
	switch n.Layers.Entries[0].Layer.(type) {
	case *layers.RescalingLayer, *layers.NormalizationLayer:
		return
	}
	n.Image.Normalisation = "0..1"
	n.Notes = append(n.Notes, "It does not say how it was given pictures: colours from 0 to 1 are assumed.")
}

// text says how texts become rows of indices.
func (f *File) text(n *foreign.Network) error {
	in := n.Layers.Input()
	if len(in.Shape) != 1 || in.DType == 0 {
		return nil
	}
	if f.tokenizer == nil {
		return say.New("takes the numbers of words: give the vocabulary with it, the JSON of tokenizer.to_json()")
	}
	var doc struct {
		Config json.RawMessage `json:"config"`
	}
	config := f.tokenizer
	if json.Unmarshal(config, &doc) == nil && doc.Config != nil {
		config = doc.Config
	}
	t := recipe.Tokenizer{Lower: true, Split: " "}
	if err := json.Unmarshal(config, &t); err != nil {
		return say.Errorf("tokenizer: %w", err)
	}
	n.Text = &recipe.Text{Tokenizer: &t, Pad: &recipe.Pad{MaxLen: in.Shape[0], Padding: "pre", Truncating: "pre"}}
	n.Tokenizer = f.tokenizer
	n.Notes = append(n.Notes, "Rows of indices are padded and cut at their beginning, "+
		"as pad_sequences does by default.")
	return nil
}
