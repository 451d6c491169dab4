package outside

import (
	_ "embed"
	"encoding/binary"

	"wafer/nn/tensor"
)

// The shipped encoder of sentences; the mean of what it gives for the sentences of testdata/generic.txt, which say
// something about anything, float16, little endian; and 16 kinds of texts, the centres of what it gives for these
// sentences and for texts of data sets that weights may be trained on (static/models/README.md), int8 from −3 to 3.
// go test ./nn/fit -run Generic -update and go run ./tools/quality -background write them.
var (
	//go:embed generic.sha256
	encoder string
	//go:embed generic.f16
	mean []byte
	//go:embed generic.i8
	kinds []byte
)

// Background says where what people write in general lies among the features of a network.
type Background struct {
	Mean []float32 // [width], of rows of length 1
	Rows []float32 // [kinds, width], the centres of its kinds, of length 1
}

// Generic is what is generic for the base of that SHA-256; nil: not known.
func Generic(base string) *Background {
	if base != encoder {
		return nil
	}
	b := &Background{Mean: make([]float32, len(mean)/2)}
	for i := range b.Mean {
		b.Mean[i] = tensor.FromHalf(binary.LittleEndian.Uint16(mean[2*i:]))
	}
	all, width := make([]float32, len(kinds)), len(b.Mean)
	for i, v := range kinds {
		all[i] = float32(int8(v))
	}
	b.Rows = make([]float32, len(all))
	for at := 0; at+width <= len(all); at += width {
		addUnit(b.Rows[at:at+width], all[at:at+width])
	}
	return b
}
