package onnx

import (
	"fmt"
	"slices"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Text says what an encoder or classifier of texts takes in place of the inputs of its file, which are
// numbers of tokens
// (input_ids) and what follows from these (attention_mask, token_type_ids, position_ids): one row, each number plus 1,
// then zeros.
type Text struct {
	Length int // of a row; the network takes no other
	Pad    int // the number of the token that fills rows up in the file's sense

	// First and not the mean of the tokens is the vector of a text, where the first output has one for each token.
	First bool
}

// textInputs are the inputs that follow from the tokens of one text.
var textInputs = []string{"input_ids", "attention_mask", "token_type_ids", "position_ids"}

// TakesTokens tells the inputs of a network for texts, [samples tokens] each.
func (m *Model) TakesTokens() bool {
	ids := false
	for _, in := range m.inputs() {
		if !slices.Contains(textInputs, in.Name) || len(in.Shape) != 2 || !in.Type.whole() {
			return false
		}
		ids = ids || in.Name == textInputs[0]
	}
	return ids
}

// LoadText makes a network of a model that takes tokens. Where its first output is a vector for each token, or named as
// that of a sentence, the network is an encoder: it gives one vector for the text.
func LoadText(m *Model, files foreign.Files, t Text) (*foreign.Network, error) {
	n := &foreign.Network{Name: m.Graph.Name}
	if len(m.Graph.Outputs) == 0 {
		return nil, say.New("ONNX file: has no output")
	}
	var failed error
	net, state, err := layers.FromGraph("onnx", func(batch int) *graph.Graph {
		row := &textRow{Text: t}
		g, err := m.build(Options{Files: files, Batch: batch, First: true, text: row})
		if err != nil {
			failed = err
			return graph.New()
		}
		n.Encoder = row.pooled || m.Graph.Outputs[0].Name == "sentence_embedding"
		return g
	})
	if failed != nil {
		err = failed
	}
	if err != nil {
		return nil, fmt.Errorf("ONNX file: %w", err)
	}
	n.Layers, n.State = layers.Raise(net, state)
	return n, n.Layers.Check()
}

// textRow is the one input of a network for texts while its graph is built.
type textRow struct {
	Text
	numbers *graph.Node // [batch length], float32
	known   *graph.Node // 1 where there is a token, 0 behind the text
	pooled  bool        // the output had a vector for each token
}

// textInput makes one of the file's inputs of the row.
func (l *loader) textInput(in Info) error {
	t := l.o.text
	if t.numbers == nil {
		t.numbers = l.g.Cast(l.g.Input(textInputs[0], tensor.Int32, l.o.Batch, t.Length))
		t.known = l.g.Less(l.g.Scalar(0), t.numbers)
	}
	v := value{typ: in.Type, node: t.known}
	switch in.Name {
	case "input_ids": // the number, or the padding's where there is none
		filled := l.g.Mul(l.g.Sub(l.g.Scalar(1), t.known), l.g.Scalar(float32(t.Pad)+1))
		v.node = l.g.Add(l.g.Sub(t.numbers, l.g.Scalar(1)), filled)
	case "token_type_ids":
		v.node = l.g.Mul(t.known, l.g.Scalar(0))
	case "position_ids":
		steps := tensor.New(tensor.Float32, 1, t.Length)
		for i := range steps.F() {
			steps.F()[i] = float32(i)
		}
		v.node = l.g.Add(l.g.Mul(t.known, l.g.Scalar(0)), l.constant(steps))
	}
	l.set(in.Name, v)
	return nil
}

// textOutput makes one vector of those of the tokens: their mean, or the first. [batch time d] → [batch d].
func (l *loader) textOutput(y *graph.Node) (*graph.Node, error) {
	t, s := l.o.text, y.Shape
	if len(s) == 2 {
		return y, nil
	}
	if len(s) != 3 || s[1] != t.Length {
		return nil, say.Errorf("the first output has shape %v, expected a row of numbers for a text or for each "+
			"token", s)
	}
	t.pooled = true
	if t.First {
		return l.g.Reshape(l.g.Narrow(y, 1, 0, 1), s[0], s[2]), nil
	}
	weights := l.g.Reshape(t.known, s[0], s[1], 1)
	count := l.g.Reshape(l.g.ReduceSum(t.known, 1), s[0], 1)
	sum := l.g.Reshape(l.g.ReduceSum(l.g.Mul(y, weights), 1), s[0], s[2])
	return l.g.Div(sum, l.g.Max(count, l.g.Scalar(1))), nil
}
