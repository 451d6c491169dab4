package huggingface

import (
	"wafer/nn/format/foreign"
	"wafer/nn/format/onnx"
	"wafer/nn/format/safetensors"
	"wafer/nn/format/torch"
	"wafer/nn/layers"
	"wafer/nn/say"
)

// graphLength is the most tokens that a network of an ONNX file takes: it computes all of them for every text.
const graphLength = 128

// graph is the folder's ONNX file where it has no weights of another kind, nil without one: onnx/model.onnx where there
// are several, as the hub has them at several precisions.
func (f *folder) graph() (*onnx.Model, error) {
	if f.files.Find(safetensors.Recognise) >= 0 || f.files.Find(torch.Recognise) >= 0 {
		return nil, nil
	}
	doc := f.files.Named("model.onnx")
	if at := f.files.Find(onnx.Recognise); doc == nil && at >= 0 {
		doc = f.files[at].Data
	}
	if doc == nil {
		return nil, nil
	}
	return onnx.Inspect(doc)
}

// ofGraph makes a network of an ONNX file and of what the folder says beside it.
func (f *folder) ofGraph(m *onnx.Model) (*foreign.Network, error) {
	if !m.TakesTokens() {
		return f.pictureGraph()
	}
	doc, tok, err := f.tokenizer()
	if err != nil {
		return nil, err
	}
	c, note := &f.config, &foreign.Network{}
	if rows := c.Vocabulary; rows > 0 && tok.Size() > rows {
		return nil, say.Errorf("has embeddings of %d tokens, its tokenizer has %d", rows, tok.Size())
	}
	mean, unit, err := f.pooling(note)
	if err != nil {
		return nil, err
	}
	t := onnx.Text{First: !mean}
	if c.Pad != nil && *c.Pad > 0 && *c.Pad < 1<<24 {
		t.Pad = *c.Pad
	}
	positions := c.Positions - t.Pad - 1
	if positions < 4 {
		positions = graphLength
	}
	if t.Length, err = f.length(min(positions, graphLength)); err != nil {
		return nil, err
	}
	n, err := onnx.LoadText(m, f.files, t)
	if err != nil {
		return nil, err
	}
	if n.Encoder {
		n.Notes = append(n.Notes, note.Notes...)
		if unit {
			n.Layers = n.Layers.Then(layers.UnitNormalization())
		}
	} else {
		n.Labels = f.config.labels(len(f.config.Labels))
	}
	n.Text, n.Tokenizer = f.textOf(t.Length, false), doc
	n.Text.Tokens.Whole = true
	return n, n.Layers.Check()
}

// pictureGraph makes a network for pictures of the ONNX file, in the size that the graph has, or the folder says.
func (f *folder) pictureGraph() (*foreign.Network, error) {
	n, err := onnx.Load(f.files, f.config.Image)
	if err != nil {
		return nil, err
	}
	if n.Labels == nil {
		n.Labels = f.config.labels(len(f.config.Labels))
	}
	in := n.Layers.Input().Shape
	if len(in) != 3 || in[0] != in[1] || in[2] != 3 || n.Image != nil {
		return n, nil
	}
	f.config.Image = in[0]
	mean, std, err := f.pixels(n)
	n.Pixels = &foreign.Pixels{Mean: mean, Std: std}
	return n, err
}
