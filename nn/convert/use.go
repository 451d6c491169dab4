package convert

import (
	"fmt"
	"math"

	"wafer/nn/format/safetensors"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
	"wafer/nn/zoo"
)

// isUSELite tells the tensors of Universal Sentence Encoder Lite by their names.
func isUSELite(f *safetensors.File) bool {
	for _, name := range []string{"embeddings", "inv_timescales", "layer0.qkv.weight", "tanh.weight"} {
		if _, _, ok := f.Shape(name); !ok {
			return false
		}
	}
	return true
}

// useLength is how many tokens the published encoder reads.
const useLength = 128

// useLite puts the tensors into zoo.USELite.
func useLite(f *safetensors.File) (net *layers.Model, state graph.State, err error) {
	table, err := f.Tensor("embeddings")
	if err != nil {
		return nil, nil, err
	}
	if len(table.Shape()) != 2 {
		return nil, nil, fmt.Errorf("safetensors file: embeddings have shape %v, expected two axes", table.Shape())
	}
	words, dim := table.Shape()[0]+1, table.Shape()[1]
	if net, err = zoo.New("use_lite", zoo.Options{Words: words, Dim: dim, Length: useLength,
		Positions: useLength}); err != nil {
		return nil, nil, err
	}
	u := &useLoader{f: f, state: graph.State{}}
	// Row 0 is padding; the published graph adds the table twice.
	rows := tensor.New(tensor.Float32, words, dim)
	for i, v := range table.F() {
		rows.F()[dim+i] = 2 * v
	}
	u.state["tokens/embeddings"] = rows
	u.positions(dim)
	for _, l := range []string{"layer0.", "layer1."} {
		u.block(l)
	}
	u.dense("tanh", "tanh")
	for _, w := range net.Weights() {
		if v := u.state[w.Name]; u.err == nil && (v == nil || v.Size() != w.Shape.Size()) {
			u.err = fmt.Errorf("safetensors file: the weight %s is %v, expected %v", w.Name, v, w.Shape)
		} else if u.err == nil {
			u.state[w.Name] = v.Reshape(w.Shape...)
		}
	}
	return net, u.state, u.err
}

// useLoader keeps the first error.
type useLoader struct {
	f     *safetensors.File
	state graph.State
	err   error
}

func (u *useLoader) get(name string) *tensor.Tensor {
	if u.err != nil {
		return nil
	}
	t, err := u.f.Tensor(name)
	if u.err = err; err == nil && t.DType() != tensor.Float32 {
		u.err = fmt.Errorf("safetensors file: %s holds whole numbers, expected floats", name)
	}
	return t
}

// positions are concat(sin(t·f), cos(t·f)) for the file's frequencies f.
func (u *useLoader) positions(dim int) {
	freq := u.get("inv_timescales")
	if u.err == nil && freq.Size() != dim/2 {
		u.err = fmt.Errorf("safetensors file: inv_timescales has %d numbers, expected %d", freq.Size(), dim/2)
	}
	if u.err != nil {
		return
	}
	table := tensor.New(tensor.Float32, useLength, dim)
	for t := range useLength {
		row := table.F()[t*dim : (t+1)*dim]
		for i, f := range freq.F() {
			angle := float64(float32(t) * f)
			row[i], row[dim/2+i] = float32(math.Sin(angle)), float32(math.Cos(angle))
		}
	}
	u.state["positions/embeddings"] = table
}

func (u *useLoader) block(l string) {
	for _, norm := range []string{"ln1", "ln2"} {
		u.state[l+norm+"/gamma"], u.state[l+norm+"/beta"] = u.get(l+norm+".scale"), u.get(l+norm+".bias")
	}
	u.qkv(l)
	u.state[l+"attention/attention_output/kernel"] = u.get(l + "out.weight")
	u.state[l+"attention/attention_output/bias"] = u.get(l + "out.bias")
	if l == "layer0." {
		u.dense(l+"residual", l+"residual")
	}
	u.dense(l+"ffn1", l+"ffn1")
	u.dense(l+"ffn2", l+"ffn2")
}

func (u *useLoader) dense(layer, name string) {
	u.state[layer+"/kernel"], u.state[layer+"/bias"] = u.get(name+".weight"), u.get(name+".bias")
}

// qkv cuts the joined projection [in, 3·d] into those of query, key and value.
func (u *useLoader) qkv(l string) {
	w, b := u.get(l+"qkv.weight"), u.get(l+"qkv.bias")
	if u.err != nil {
		return
	}
	if len(w.Shape()) != 2 || w.Shape()[1]%3 != 0 || b.Size() != w.Shape()[1] {
		u.err = fmt.Errorf("safetensors file: %sqkv has shapes %v and %v, expected [in, 3·d] and [3·d]", l, w.Shape(),
			b.Shape())
		return
	}
	d := w.Shape()[1] / 3
	for i, part := range []string{"query", "key", "value"} {
		kernel := tensor.New(tensor.Float32, w.Shape()[0], d)
		for r := range w.Shape()[0] {
			copy(kernel.F()[r*d:(r+1)*d], w.F()[3*d*r+i*d:])
		}
		u.state[l+"attention/"+part+"/kernel"] = kernel
		u.state[l+"attention/"+part+"/bias"] = tensor.Floats(b.F()[i*d:(i+1)*d], d)
	}
}
