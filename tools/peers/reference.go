package peers

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"wafer/nn/tensor"
)

// Reference is a model of bench/models with an input and PyTorch's answer to it.
type Reference struct {
	*Task
	Want []float32 // channels first, of a batch of one
}

// ReadReference reads the model in folder; its inputs are the one input in every place of
// the batch. Without the folder the error is of fs.ErrNotExist.
func ReadReference(folder string, batch int) (*Reference, error) {
	var files [4][]byte
	for i, name := range []string{"spec.json", "weights.bin", "in.bin", "out.bin"} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		files[i] = b
	}
	t, err := Inference(files[0], floats(files[1]), batch)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	r := &Reference{t, floats(files[3])}
	return r, r.fill(files[0], files[2])
}

// fill puts the one input into every place of the batch.
func (r *Reference) fill(spec, data []byte) error {
	var s Spec
	if err := json.Unmarshal(spec, &s); err != nil {
		return err
	}
	for _, in := range s.Inputs {
		n := tensor.Shape(in.Shape).Size()
		if len(data) < 4*n {
			return fmt.Errorf("in.bin ends within input %q", in.Name)
		}
		one, x := floats(data[:4*n]), r.Inputs[in.Name]
		data = data[4*n:]
		if s.Kind == "conv" {
			one = transposed(one, in.Shape[1], in.Shape[2]*in.Shape[3])
		}
		for i := range x.Size() {
			if x.DType() == tensor.Int32 {
				x.I()[i] = int32(math.Float32bits(one[i%n]))
			} else {
				x.F()[i] = one[i%n]
			}
		}
	}
	return nil
}

// Error is the greatest difference of y, the output for any batch, from PyTorch's answer, as a
// share of the greatest number in that.
func (r *Reference) Error(y *tensor.Tensor) float64 {
	var off, most float64
	for i := range y.Size() / len(r.Want) {
		got := y.F()[i*len(r.Want) : (i+1)*len(r.Want)]
		if shape := y.Shape(); len(shape) == 4 {
			got = transposed(got, shape[1]*shape[2], shape[3])
		}
		for j, w := range r.Want {
			if d := math.Abs(float64(got[j]) - float64(w)); !(d <= off) { // NaN stays
				off = d
			}
			most = max(most, math.Abs(float64(w)))
		}
	}
	return off / most
}

// transposed is a matrix [rows, columns] turned around.
func transposed(x []float32, rows, columns int) []float32 {
	y := make([]float32, len(x))
	for i := range rows {
		for j := range columns {
			y[j*rows+i] = x[i*columns+j]
		}
	}
	return y
}

func floats(b []byte) []float32 {
	f := make([]float32, len(b)/4)
	for i := range f {
		f[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return f
}
