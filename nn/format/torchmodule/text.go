package torchmodule

import (
	"bytes"
	"fmt"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/json"
	"wafer/nn/tensor"
)

// pieces are classes that a program may need.
var pieces = map[string]string{"Attention": `class Attention(nn.Module):
    """Keras' MultiHeadAttention: keys and values of widths of their own, a mask of the steps that count."""

    def __init__(self, query, value, key, heads, key_dim, value_dim, output, bias=True):
        super().__init__()
        self.heads, self.scale = heads, key_dim ** -0.5
        self.query = nn.Linear(query, heads * key_dim, bias)
        self.key = nn.Linear(key, heads * key_dim, bias)
        self.value = nn.Linear(value, heads * value_dim, bias)
        self.output = nn.Linear(heads * value_dim, output, bias)

    def split(self, x):
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, query, value, key, mask=None):
        scores = self.split(self.query(query) * self.scale) @ self.split(self.key(key)).transpose(2, 3)
        if mask is not None:
            scores = scores + (mask[:, None, None, :] - 1) * 1e9
        y = F.softmax(scores, -1) @ self.split(self.value(value))
        return self.output(y.transpose(1, 2).flatten(2))


`}

// head and tail are what stands around the module.
const head = `"""A model of Wafer for PyTorch; model.safetensors beside it has the weights.

    from model import LABELS, load
    shares = load()(x)  # README.md says how inputs become x

python3 model.py compares what the module gives with what Wafer computed.
"""
import json
import struct
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

`

const tail = `

def read_safetensors(path):
    """The tensors of a file by their names, as float32 (github.com/huggingface/safetensors)."""
    data = Path(path).read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    kinds = {"F32": torch.float32, "F16": torch.float16}
    tensors = {}
    for name, t in json.loads(data[8:start]).items():
        if name != "__metadata__":
            a, b = t["data_offsets"]
            flat = torch.frombuffer(bytearray(data[start + a:start + b]), dtype=kinds[t["dtype"]])
            tensors[name] = flat.reshape(t["shape"]).float()
    return tensors


def load(path=Path(__file__).with_name("model.safetensors")):
    """The model with its weights, ready to answer."""
    model = Model()
    missing, unexpected = model.load_state_dict(read_safetensors(path), strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ValueError(f"{path}: lacks {missing}, has {unexpected} too many")
    return model.eval()


def check():
    """The greatest distance from what Wafer computed for the same input, as a share of the greatest number, if above 1."""
    doc = json.loads(Path(__file__).with_name("wafer.json").read_text(encoding="utf-8"))["check"]
    wave = doc["input"]
    x = 37 * torch.arange(SIZE) % wave["modulo"]
`

const last = `    with torch.no_grad():
        y = load()(x).flatten()
    want = torch.tensor(doc["output"])
    return ((y - want).abs().max() / want.abs().max().clamp(min=1)).item()


if __name__ == "__main__":
    apart = check()
    print(f"The numbers differ from Wafer's by {apart:.2g} at most.")
    raise SystemExit(int(not apart < 1e-4))
`

// program is model.py.
func (m *module) program(e foreign.Extra) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(head)
	labels, err := json.Marshal(e.Labels)
	if err != nil {
		return nil, err
	}
	if e.Labels == nil {
		labels = []byte("[]")
	}
	in := m.Layers.Input()
	fmt.Fprintf(&b, "LABELS = %s\nSIZE = %d\n\n\n", labels, in.Shape.Size())
	for _, name := range []string{"Attention"} {
		if m.helpers[name] {
			b.WriteString(pieces[name])
		}
	}
	b.WriteString("class Model(nn.Module):\n    def __init__(self):\n        super().__init__()\n")
	for _, line := range m.made {
		b.WriteString("        " + line + "\n")
	}
	b.WriteString("\n    def forward(self, x):\n")
	for _, line := range m.run {
		b.WriteString("        " + line + "\n")
	}
	b.WriteString(pixels(e))
	b.WriteString(tail + m.input(in.Shape, in.DType) + last)
	return b.Bytes(), nil
}

// input makes the check's numbers what forward takes.
func (m *module) input(shape tensor.Shape, dtype tensor.DType) string {
	if dtype == tensor.Int32 {
		return fmt.Sprintf("    x = x.reshape(1, %s)\n", join(shape))
	}
	code := fmt.Sprintf("    x = (x.float() * wave[\"scale\"] + wave[\"offset\"]).reshape(1, %s)", join(shape))
	if len(shape) == 3 {
		code += ".permute(0, 3, 1, 2)"
	}
	return code + "\n"
}

// pixels is a function that makes of a picture's bytes what the network takes, "" where it takes no pictures.
func pixels(e foreign.Extra) string {
	if e.Image == nil {
		return ""
	}
	mean, scale := "0.0", "1.0"
	switch e.Image.Normalisation {
	case "0..1":
		scale = "255.0"
	case "-1..1":
		mean, scale = "127.5", "127.5"
	case "imagenet":
		mean, scale = "[123.675, 116.28, 103.53]", "[58.395, 57.12, 57.375]"
		if e.Image.Channels == 1 {
			mean, scale = "114.495", "57.63"
		}
	}
	order := ""
	if e.Image.Normalisation == "caffe" {
		mean, order = "[103.939, 116.779, 123.68]", ".flip(-1)" // blue first
	}
	return fmt.Sprintf(`

def pixels(picture):
    """Bytes [%d, %d, %d] of a picture of that size as what the model takes, [1, %d, %d, %d]."""
    x = torch.as_tensor(picture).float()%s
    return ((x - torch.tensor(%s)) / torch.tensor(%s)).permute(2, 0, 1)[None]
`, e.Image.Height, e.Image.Width, e.Image.Channels, e.Image.Channels, e.Image.Height, e.Image.Width, order, mean, scale)
}

// readme says how inputs become what the network takes.
func readme(e foreign.Extra) string {
	var b strings.Builder
	b.WriteString("# A model of Wafer for PyTorch\n\n`model.py` is the network, `model.safetensors` its weights, " +
		"`wafer.json` what is known beside them. `python3 model.py` checks the module: it runs an input and compares " +
		"the output with " +
		"Wafer's.\n\n")
	switch {
	case e.Image != nil:
		fmt.Fprintf(&b, "Pictures are resized (%s, %s) to %d × %d with %d channels; `pixels` in `model.py` makes of "+
			"their bytes what the model "+
			"takes.\n", e.Image.Resize, e.Image.Mode, e.Image.Height, e.Image.Width, e.Image.Channels)
	case e.Text != nil:
		b.WriteString("The model takes the numbers of tokens, one row of full length for each text. " +
			"`text` in `wafer.json` says how a text is cut and padded, `tokenizer` has the vocabulary.\n")
	}
	if e.Labels != nil {
		b.WriteString("\nIt gives the shares of the labels, in the order of `LABELS`.\n")
	}
	return b.String()
}
