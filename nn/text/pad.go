package text

import (
	"fmt"

	"wafer/nn/recipe"
)

// Pad is Keras' pad_sequences; "" is "pre".
type Pad recipe.Pad

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
