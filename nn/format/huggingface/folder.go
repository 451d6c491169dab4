// Package huggingface reads the folders that models are published in on Hugging Face's hub: config.json says what the
// network is, model.safetensors, pytorch_model.bin or an ONNX file has its weights, tokenizer.json or
// vocab.txt cuts texts. Encoders and classifiers of texts (BERT, DistilBERT, RoBERTa), vision transformers and static
// embeddings become networks of layers.
package huggingface

import (
	"fmt"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/format/onnx"
	"wafer/nn/format/safetensors"
	"wafer/nn/format/torch"
	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/tokens"
)

// maxConfig bounds config.json and its like, in bytes.
const maxConfig = 1 << 20

// config is config.json as far as it is read, with the names of DistilBERT beside those of BERT.
type config struct {
	ModelType     string            `json:"model_type"`
	Architectures []string          `json:"architectures"`
	Labels        map[string]string `json:"id2label"`
	Problem       string            `json:"problem_type"`
	Vocabulary    int               `json:"vocab_size"`
	Hidden        int               `json:"hidden_size"`
	Dim           int               `json:"dim"`
	Layers        int               `json:"num_hidden_layers"`
	NLayers       int               `json:"n_layers"`
	Heads         int               `json:"num_attention_heads"`
	NHeads        int               `json:"n_heads"`
	Intermediate  int               `json:"intermediate_size"`
	HiddenDim     int               `json:"hidden_dim"`
	HiddenAct     string            `json:"hidden_act"`
	Activation    string            `json:"activation"`
	Positions     int               `json:"max_position_embeddings"`
	Epsilon       float32           `json:"layer_norm_eps"`
	Relative      string            `json:"position_embedding_type"`
	Pad           *int              `json:"pad_token_id"`
	Image         int               `json:"image_size"`
	Patch         int               `json:"patch_size"`
	Channels      int               `json:"num_channels"`
	Normalize     *bool             `json:"normalize"` // Model2Vec
}

// folder is what was given together.
type folder struct {
	files  foreign.Files
	config config
}

// Recognise tells a folder by its config.json.
func Recognise(files foreign.Files) bool {
	var c config
	doc := files.Named("config.json")
	return len(doc) <= maxConfig && json.Unmarshal(doc, &c) == nil && c.ModelType != "" &&
		files.Find(isWeights) >= 0
}

func isWeights(file []byte) bool {
	return safetensors.Recognise(file) || torch.Recognise(file) || onnx.Recognise(file)
}

// read opens config.json and checks its numbers.
func read(files foreign.Files) (*folder, error) {
	f := &folder{files: files}
	doc := files.Named("config.json")
	if len(doc) > maxConfig {
		return nil, fmt.Errorf("config.json: has %d bytes, at most %d are read", len(doc), maxConfig)
	}
	if err := json.Unmarshal(doc, &f.config); err != nil {
		return nil, fmt.Errorf("config.json: %w", err)
	}
	c := &f.config
	c.Hidden, c.Layers, c.Heads = max(c.Hidden, c.Dim), max(c.Layers, c.NLayers), max(c.Heads, c.NHeads)
	c.Intermediate = max(c.Intermediate, c.HiddenDim)
	if c.HiddenAct == "" {
		c.HiddenAct = c.Activation
	}
	if c.Epsilon == 0 {
		c.Epsilon = 1e-12
	}
	return f, nil
}

// weights is the file of tensors: model.safetensors where several are there, PyTorch's where there is no other.
func (f *folder) weights() (foreign.Weights, error) {
	if doc := f.files.Named("model.safetensors"); doc != nil {
		return safetensors.Inspect(doc)
	}
	if at := f.files.Find(safetensors.Recognise); at >= 0 {
		return safetensors.Inspect(f.files[at].Data)
	}
	if at := f.files.Find(torch.Recognise); at >= 0 {
		return torch.Open(f.files[at].Data)
	}
	return nil, say.New("has neither model.safetensors nor pytorch_model.bin")
}

// at is the file whose path ends in a path; nil where there is none.
func (f *folder) at(path string) []byte {
	for _, file := range f.files {
		if file.Name == path || strings.HasSuffix(file.Name, "/"+path) {
			return file.Data
		}
	}
	return nil
}

// settings reads a small JSON file; one that is not there leaves v as it is.
func (f *folder) settings(path string, v any) error {
	doc := f.at(path)
	switch {
	case doc == nil:
		return nil
	case len(doc) > maxConfig:
		return fmt.Errorf("%s: has %d bytes, at most %d are read", path, len(doc), maxConfig)
	}
	if err := json.Unmarshal(doc, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// tokenizer is the folder's as a tokenizer.json, opened to see that it can be.
func (f *folder) tokenizer() (doc []byte, t *tokens.Tokenizer, err error) {
	switch {
	case f.files.Named("tokenizer.json") != nil:
		doc = f.files.Named("tokenizer.json")
	case f.files.Named("vocab.txt") != nil:
		var o struct {
			Lower *bool `json:"do_lower_case"`
		}
		if err := f.settings("tokenizer_config.json", &o); err != nil {
			return nil, nil, err
		}
		doc, err = tokens.FromVocabulary(f.files.Named("vocab.txt"), o.Lower == nil || *o.Lower)
	case f.files.Named("vocab.json") != nil && f.files.Named("merges.txt") != nil:
		doc, err = tokens.FromMerges(f.files.Named("vocab.json"), f.files.Named("merges.txt"))
	default:
		err = say.New("has neither tokenizer.json nor vocab.txt")
	}
	if err != nil {
		return nil, nil, err
	}
	t, err = tokens.Open(doc)
	return doc, t, err
}

// Limits of what is told in configurations.
const (
	maxLength = 512 // tokens of a text
	maxBlocks = 256
)

// length is how many tokens of a text are read: what the folder says, 512 at most.
func (f *folder) length(positions int) (int, error) {
	var tokenizer struct {
		Most float64 `json:"model_max_length"`
	}
	var sentence struct {
		Most int `json:"max_seq_length"`
	}
	if err := f.settings("tokenizer_config.json", &tokenizer); err != nil {
		return 0, err
	}
	if err := f.settings("sentence_bert_config.json", &sentence); err != nil {
		return 0, err
	}
	n := min(positions, maxLength)
	if tokenizer.Most >= 4 && tokenizer.Most < float64(n) {
		n = int(tokenizer.Most)
	}
	if sentence.Most >= 4 {
		n = min(n, sentence.Most)
	}
	return n, nil
}

// labels are the classes in their order, nil where the numbers have a hole.
func (c *config) labels(n int) []string {
	var list []string
	for i := range n {
		name, ok := c.Labels[fmt.Sprint(i)]
		if !ok || name == "" {
			return nil
		}
		list = append(list, name)
	}
	return list
}

// check refuses sizes that no network has before anything is built.
func (c *config) check() error {
	for _, v := range []struct {
		name  string
		value int
		most  int
	}{{"hidden_size", c.Hidden, 1 << 14}, {"num_hidden_layers", c.Layers, maxBlocks},
		{"num_attention_heads", c.Heads, 1 << 8}, {"intermediate_size", c.Intermediate, 1 << 16}} {
		if v.value < 1 || v.value > v.most {
			return say.Errorf("config.json: %s is %d, expected 1 to %d", v.name, v.value, v.most)
		}
	}
	if c.Hidden%c.Heads != 0 {
		return say.Errorf("config.json: hidden_size %d is no multiple of its %d heads", c.Hidden, c.Heads)
	}
	if c.Relative != "" && c.Relative != "absolute" {
		return fmt.Errorf("config.json: position_embedding_type is %.60q, expected \"absolute\"", c.Relative)
	}
	return nil
}

// Inspect tells what is in a folder, without taking memory for weights.
func Inspect(files foreign.Files) (task.Outline, error) {
	f, err := read(files)
	if err != nil {
		return task.Outline{}, say.Errorf("Hugging Face folder: %w", err)
	}
	o, err := f.outline()
	if err != nil {
		return task.Outline{}, say.Errorf("Hugging Face folder: %w", err)
	}
	o.Format = "Hugging Face, " + f.config.ModelType
	if len(f.config.Architectures) > 0 {
		o.Format += ", " + f.config.Architectures[0]
	}
	return o, nil
}

// Load makes a network of a folder.
func Load(files foreign.Files) (*foreign.Network, error) {
	f, err := read(files)
	if err != nil {
		return nil, say.Errorf("Hugging Face folder: %w", err)
	}
	n, err := f.load()
	if err != nil {
		return nil, say.Errorf("Hugging Face folder: %w", err)
	}
	return n, nil
}

// outline is that of the weights, or of the graph.
func (f *folder) outline() (task.Outline, error) {
	if m, err := f.graph(); m != nil || err != nil {
		return m.Outline(), err
	}
	w, err := f.weights()
	if err != nil {
		return task.Outline{}, err
	}
	return w.Outline(), nil
}

func (f *folder) load() (*foreign.Network, error) {
	if m, err := f.graph(); m != nil || err != nil {
		if err != nil {
			return nil, err
		}
		return f.ofGraph(m)
	}
	w, err := f.weights()
	if err != nil {
		return nil, err
	}
	switch f.config.ModelType {
	case "bert", "distilbert", "roberta", "xlm-roberta", "camembert":
		return f.text(w)
	case "vit":
		return f.picture(w)
	case "model2vec":
		return f.static(w)
	}
	return nil, say.Errorf("config.json: model_type is %.60q, expected bert, distilbert, roberta, xlm-roberta, "+
		"camembert, vit or model2vec", f.config.ModelType)
}

// rows is a table with a row of zeros in front, which padding has: [v d] → [v+1 d].
func rows(table *tensor.Tensor) *tensor.Tensor {
	v, d := table.Shape()[0], table.Shape()[1]
	out := tensor.New(tensor.Float32, v+1, d)
	copy(out.F()[d:], table.F())
	return out
}

func (f *folder) textOf(length int, plain bool) *recipe.Text {
	return &recipe.Text{Tokens: &recipe.Tokens{MaxLen: length, Plain: plain}}
}
