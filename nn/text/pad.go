package text

import (
	"fmt"

	"wafer/nn/tensor"
)

// Pad are the arguments of Keras' pad_sequences.
type Pad struct {
	MaxLen     int    // length of every row; 0: that of the longest sequence
	Padding    string // where a short sequence is filled up: "pre" (also "") or "post"
	Truncating string // where a long sequence is cut: "pre" (also "") or "post"
}

// PadSequences is Keras' pad_sequences: an i32 tensor [len(seqs), MaxLen]. It
// panics when Padding or Truncating is neither "pre" nor "post".
func PadSequences(seqs [][]int32, p Pad, value int32) *tensor.Tensor {
	if p.MaxLen == 0 {
		for _, s := range seqs {
			p.MaxLen = max(p.MaxLen, len(s))
		}
	}
	t := tensor.New(tensor.Int32, len(seqs), p.MaxLen)
	for i, s := range seqs {
		p.Row(t.I()[i*p.MaxLen:][:p.MaxLen], s, value)
	}
	return t
}

// Row fills one row with a sequence, padded or cut to the length of the row.
func (p Pad) Row(row, seq []int32, value int32) {
	if over := len(seq) - len(row); over > 0 {
		if post("truncating", p.Truncating) {
			seq = seq[:len(row)]
		} else {
			seq = seq[over:]
		}
	}
	start := 0
	if !post("padding", p.Padding) {
		start = len(row) - len(seq)
	}
	for i := range row {
		row[i] = value
	}
	copy(row[start:], seq)
}

func post(what, side string) bool {
	if side != "" && side != "pre" && side != "post" {
		panic(fmt.Sprintf("text: pad_sequences: %s must be pre or post, found %q", what, side))
	}
	return side == "post"
}
