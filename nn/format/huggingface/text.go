package huggingface

import (
	"cmp"
	"fmt"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// names are where an architecture keeps its tensors; %d is the number of the block.
type names struct {
	prefix                 string
	query, key, value      string
	attended, attendedNorm string
	up, down, downNorm     string
	poolers                []string // dense layers before the classifier, behind the first token
	activation             string   // of these
	classifier             string
	skipped                int // rows of the table of positions that no token has
}

var bertNames = names{prefix: "bert.",
	query: "encoder.layer.%d.attention.self.query", key: "encoder.layer.%d.attention.self.key",
	value: "encoder.layer.%d.attention.self.value", attended: "encoder.layer.%d.attention.output.dense",
	attendedNorm: "encoder.layer.%d.attention.output.LayerNorm", up: "encoder.layer.%d.intermediate.dense",
	down: "encoder.layer.%d.output.dense", downNorm: "encoder.layer.%d.output.LayerNorm",
	poolers: []string{"pooler.dense"}, activation: "tanh", classifier: "classifier"}

var distilNames = names{prefix: "distilbert.",
	query: "transformer.layer.%d.attention.q_lin", key: "transformer.layer.%d.attention.k_lin",
	value: "transformer.layer.%d.attention.v_lin", attended: "transformer.layer.%d.attention.out_lin",
	attendedNorm: "transformer.layer.%d.sa_layer_norm", up: "transformer.layer.%d.ffn.lin1",
	down: "transformer.layer.%d.ffn.lin2", downNorm: "transformer.layer.%d.output_layer_norm",
	poolers: []string{"pre_classifier"}, activation: "relu", classifier: "classifier"}

// namesOf are those of the folder's architecture.
func (c *config) namesOf() names {
	switch c.ModelType {
	case "bert":
		return bertNames
	case "distilbert":
		return distilNames
	}
	n := bertNames
	n.prefix, n.poolers, n.classifier, n.skipped = "roberta.", []string{"classifier.dense"}, "classifier.out_proj", 2
	if c.Pad != nil && *c.Pad >= 0 && *c.Pad < 16 {
		n.skipped = *c.Pad + 1
	}
	return n
}

// activations are those of a block, by their names in config.json.
var activations = map[string]string{"gelu": "gelu", "relu": "relu", "silu": "silu", "swish": "silu"}

// encoder is a network on its way.
type encoder struct {
	*layers.Functional
	*loader
	names
	at string // the entry that the next layer follows
}

func (e *encoder) then(name string, l layers.Layer) { e.at = e.Named(name, l, e.at) }

// text makes an encoder of texts, or a classifier of them.
func (f *folder) text(w foreign.Weights) (*foreign.Network, error) {
	c := &f.config
	if err := c.check(); err != nil {
		return nil, err
	}
	if activations[c.HiddenAct] == "" {
		return nil, fmt.Errorf("config.json: hidden_act is %.60q, expected gelu, relu or silu", c.HiddenAct)
	}
	doc, tok, err := f.tokenizer()
	if err != nil {
		return nil, err
	}
	nm := c.namesOf()
	e := &encoder{loader: newLoader(w, nm.prefix), names: nm}
	table, positions := e.get("embeddings.word_embeddings.weight", 2), e.get("embeddings.position_embeddings.weight", 2)
	if e.err != nil {
		return nil, e.err
	}
	if tok.Size() > table.Shape()[0] {
		return nil, say.Errorf("has embeddings of %d tokens, its tokenizer has %d", table.Shape()[0], tok.Size())
	}
	length, err := f.length(positions.Shape()[0] - nm.skipped)
	if err != nil {
		return nil, err
	}
	if length < 1 || positions.Shape()[0] < nm.skipped {
		return nil, fmt.Errorf("has %d positions, expected more than %d", positions.Shape()[0], nm.skipped)
	}
	n := &foreign.Network{Text: f.textOf(length, false), Tokenizer: doc}
	n.Layers, err = checked(func() *layers.Model {
		if err := f.build(e, n, table, positions, length); err != nil && e.err == nil {
			e.err = err
		}
		return e.Model()
	})
	if err = cmp.Or(e.err, err); err != nil {
		return nil, err
	}
	n.State, err = e.fit(n.Layers)
	return n, err
}

// build is the network of Devlin et al. (2018, arXiv 1810.04805), and what stands behind it.
func (f *folder) build(e *encoder, n *foreign.Network, table, positions *tensor.Tensor, length int) error {
	c := &f.config
	e.Functional = layers.NewFunctional(c.ModelType, layers.Spec{Shape: tensor.Shape{length}, DType: tensor.Int32})
	e.at = layers.InputName
	e.embeddings(c, table, positions)
	for i := range c.Layers {
		e.block(i, c)
	}
	if e.has(e.classifier + ".weight") {
		return f.classify(e, n)
	}
	n.Encoder = true
	return f.pool(e, n)
}

func (e *encoder) embeddings(c *config, table, positions *tensor.Tensor) {
	words := layers.Embedding(table.Shape()[0]+1, table.Shape()[1])
	words.MaskZero = true
	e.then("word_embeddings", words)
	e.state["word_embeddings/embeddings"] = rows(table)
	length, d := positions.Shape()[0]-e.skipped, positions.Shape()[1]
	sum := []string{e.at, e.Named("position_embeddings", layers.PositionEmbedding(length), e.at)}
	e.state["position_embeddings/embeddings"] = tensor.Floats(positions.F()[e.skipped*d:], length, d)
	if e.has("embeddings.token_type_embeddings.weight") {
		kinds := e.get("embeddings.token_type_embeddings.weight", 2)
		if e.err == nil {
			sum = append(sum, e.Named("token_type_embeddings", layers.SegmentEmbedding(kinds.Shape()[0]), e.at))
			e.state["token_type_embeddings/embeddings"] = kinds
		}
	}
	e.at = e.Named("embeddings.add", layers.Add(), sum...)
	e.then("embeddings.norm", normalised(c))
	e.norm("embeddings.norm", "embeddings.LayerNorm")
}

func normalised(c *config) layers.Layer {
	l := layers.LayerNormalization()
	l.Epsilon = c.Epsilon
	return l
}

// block is x → norm(x + attention(x)) → norm(x + dense(gelu(dense(x)))).
func (e *encoder) block(i int, c *config) {
	name := fmt.Sprintf("layer.%d.", i)
	tensorOf := func(pattern string) string { return fmt.Sprintf(pattern, i) }
	x := e.at
	e.then(name+"attention", layers.MultiHeadAttention(c.Heads, c.Hidden/c.Heads))
	e.dense(name+"attention/query", tensorOf(e.query))
	e.dense(name+"attention/key", tensorOf(e.key))
	e.dense(name+"attention/value", tensorOf(e.value))
	e.dense(name+"attention/attention_output", tensorOf(e.attended))
	e.at = e.Named(name+"attention.add", layers.Add(), x, e.at)
	e.then(name+"attention.norm", normalised(c))
	e.norm(name+"attention.norm", tensorOf(e.attendedNorm))
	x = e.at
	e.then(name+"intermediate", layers.Dense(c.Intermediate, activations[c.HiddenAct]))
	e.dense(name+"intermediate", tensorOf(e.up))
	e.then(name+"output", layers.Dense(c.Hidden, ""))
	e.dense(name+"output", tensorOf(e.down))
	e.at = e.Named(name+"output.add", layers.Add(), x, e.at)
	e.then(name+"output.norm", normalised(c))
	e.norm(name+"output.norm", tensorOf(e.downNorm))
}

// first keeps the first token, [CLS]: [batch time d] → [batch d].
func (e *encoder) first(width int) {
	e.then("first", layers.Op(graph.Slice, graph.Range{Begin: []int{0, 0, 0}, End: []int{-1, 1, width}}))
	e.then("first.flat", layers.Flatten())
}

// classify reads the first token through dense layers.
func (f *folder) classify(e *encoder, n *foreign.Network) error {
	e.first(f.config.Hidden)
	for _, name := range e.poolers {
		e.then(name, layers.Dense(f.config.Hidden, e.activation))
		e.dense(name, name)
	}
	w := e.get(e.classifier+".weight", 2)
	if w == nil {
		return e.err
	}
	classes := w.Shape()[0]
	activation := "softmax"
	if f.config.Problem == "multi_label_classification" {
		activation = "sigmoid"
		n.Notes = append(n.Notes, "Its labels exclude each other not: each has a share of its own.")
	}
	e.then("classifier", layers.Dense(classes, activation))
	e.dense("classifier", e.classifier)
	n.Labels = f.config.labels(classes)
	return nil
}

// module is a part of a model of sentence-transformers.
type module struct {
	Type string `json:"type"`
	Path string `json:"path"`
}

// pool makes one vector of a text's tokens: their mean, or the first.
func (f *folder) pool(e *encoder, n *foreign.Network) error {
	mean, unit, err := f.pooling(n)
	if err != nil {
		return err
	}
	if mean {
		e.then("mean", layers.GlobalAveragePooling1D())
	} else {
		e.first(f.config.Hidden)
	}
	if unit {
		e.then("unit", layers.UnitNormalization())
	}
	return nil
}

// pooling reads modules.json and 1_Pooling/config.json: whether the mean of the tokens counts, else it is
// the first, and
// whether the vector gets the length 1.
func (f *folder) pooling(n *foreign.Network) (mean, unit bool, err error) {
	var modules []module
	if err := f.settings("modules.json", &modules); err != nil {
		return false, false, err
	}
	if mean = true; len(modules) == 0 {
		n.Notes = append(n.Notes, "It does not say how tokens become one vector: their mean was chosen.")
	}
	for _, m := range modules {
		switch kind := m.Type[strings.LastIndex(m.Type, ".")+1:]; kind {
		case "Transformer":
		case "Normalize":
			unit = true
		case "Pooling":
			if mean, err = f.means(m.Path); err != nil {
				return false, false, err
			}
		default:
			return false, false, fmt.Errorf("modules.json: has a part of type %.60q, expected Transformer, "+
				"Pooling and "+
				"Normalize", kind)
		}
	}
	return mean, unit, nil
}

// means tells whether the mean of the tokens counts; else it is the first.
func (f *folder) means(path string) (bool, error) {
	modes := map[string]any{}
	if err := f.settings(path+"/config.json", &modes); err != nil {
		return false, err
	}
	mean, first := modes["pooling_mode_mean_tokens"] == true, modes["pooling_mode_cls_token"] == true
	for _, other := range []string{"pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens",
		"pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken"} {
		if modes[other] == true {
			return false, fmt.Errorf("%s/config.json: %s is true, expected the mean or the first token", path, other)
		}
	}
	if mean && first {
		return false, fmt.Errorf("%s/config.json: has two modes, expected the mean or the first token", path)
	}
	return mean || !first, nil
}
