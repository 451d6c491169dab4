package layers

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Raise puts Keras' layers where entries of a graph do what they do: products, convolutions and normalisations by
// weights of their own, with a bias behind them, and activations. What is left stays as it is. The result gives the
// same bits where biases and paddings are concerned; state holds the weights under the layers' names.
func Raise(m *Model, state graph.State) (*Model, graph.State) {
	r := &raiser{old: state, state: graph.State{}, uses: map[string]int{}, at: map[string]int{},
		renamed: map[string]string{}}
	for _, e := range m.Entries {
		for _, in := range e.Inputs {
			r.uses[in]++
		}
	}
	for _, o := range m.outputs() {
		r.uses[o]++
	}
	r.fixed = map[string]Layer{}
	for _, e := range m.Entries {
		switch e.Layer.(type) {
		case *ParameterLayer, *ConstantLayer:
			r.fixed[e.Name] = e.Layer
		}
	}
	for _, e := range m.Entries {
		r.entry(e)
	}
	out := &Model{Name: m.Name, Inputs: m.Inputs}
	for _, o := range m.outputs() {
		out.Outputs = append(out.Outputs, r.name(o))
	}
	out.Entries = needed(r.entries, out.Outputs...)
	for _, w := range out.Weights() {
		if v := r.state[w.Name]; v == nil {
			r.state[w.Name] = state[w.Name]
		}
	}
	return out, r.state
}

type raiser struct {
	old, state graph.State
	uses       map[string]int
	fixed      map[string]Layer // weights and constants by their entries
	entries    []Entry
	at         map[string]int    // where an entry stands
	renamed    map[string]string // entries that became part of another
}

func (r *raiser) name(old string) string {
	if n, ok := r.renamed[old]; ok {
		return n
	}
	return old
}

// weight is the value of a weight or a constant that one entry alone takes, nil for others.
func (r *raiser) weight(name string) *tensor.Tensor {
	switch l := r.fixed[name].(type) {
	case *ParameterLayer:
		if r.uses[name] == 1 {
			return r.old[name+"/value"]
		}
	case *ConstantLayer:
		if l.DType == "f32" {
			values := make([]float32, len(l.Values))
			for i, v := range l.Values {
				values[i] = float32(v)
			}
			return tensor.Floats(values, l.Shape...)
		}
	}
	return nil
}

func (r *raiser) add(name string, l Layer, inputs ...string) {
	r.at[name] = len(r.entries)
	r.entries = append(r.entries, Entry{name, l, inputs})
}

func (r *raiser) entry(e Entry) {
	op, ok := e.Layer.(*OpLayer)
	inputs := make([]string, len(e.Inputs))
	for i, in := range e.Inputs {
		inputs[i] = r.name(in)
	}
	if ok && r.raised(e, op, inputs) {
		return
	}
	r.add(e.Name, e.Layer, inputs...)
}

// raised tells whether an op became a layer or part of one.
func (r *raiser) raised(e Entry, op *OpLayer, inputs []string) bool {
	switch op.Op {
	case graph.Conv2D, graph.DepthwiseConv2D:
		return r.convolution(e, op, inputs)
	case graph.MatMul:
		return r.dense(e, op.Attr.(graph.MatMulAttr), inputs)
	case graph.Add:
		return r.bias(e, inputs)
	case graph.BatchNorm:
		return r.norm(e, op.Attr.(graph.Norm), inputs)
	case graph.Relu, graph.Relu6, graph.Sigmoid, graph.Tanh, graph.Softmax:
		r.add(e.Name, Activation(op.Op.String()), inputs...)
		return true
	}
	return false
}

func (r *raiser) convolution(e Entry, op *OpLayer, inputs []string) bool {
	w, k := op.Attr.(graph.Window), r.weight(e.Inputs[1])
	if k == nil {
		return false
	}
	s := k.Shape()
	args := newConvArgs()
	args.KernelSize, args.Strides, args.DilationRate, args.UseBias = w.Kernel, w.Stride, w.Dilation, false
	x := inputs[0]
	switch {
	case w.Pad == [4]int{}:
	case w.Stride == [2]int{1, 1} && w.Pad == sameOf(w):
		args.Padding = "same"
	default:
		x = e.Name + "_pad"
		r.add(x, &ZeroPadding2DLayer{[2][2]int{{w.Pad[0], w.Pad[1]}, {w.Pad[2], w.Pad[3]}}}, inputs[0])
	}
	if op.Op == graph.Conv2D {
		r.add(e.Name, &Conv2DLayer{s[3], args}, x)
	} else {
		r.add(e.Name, &DepthwiseConv2DLayer{s[3], args}, x)
	}
	r.state[e.Name+"/kernel"] = k
	return true
}

// sameOf is the padding that Keras' "same" gives at stride 1.
func sameOf(w graph.Window) (pad [4]int) {
	for i := range 2 {
		total := (w.Kernel[i] - 1) * w.Dilation[i]
		pad[2*i], pad[2*i+1] = total/2, total-total/2
	}
	return pad
}

func (r *raiser) dense(e Entry, a graph.MatMulAttr, inputs []string) bool {
	k := r.weight(e.Inputs[1])
	if k == nil || a.TransA || len(k.Shape()) != 2 {
		return false
	}
	if a.TransB {
		k = turned(k)
	}
	l := Dense(k.Shape()[1], "")
	l.UseBias = false
	r.add(e.Name, l, inputs[0])
	r.state[e.Name+"/kernel"] = k
	return true
}

func turned(k *tensor.Tensor) *tensor.Tensor {
	rows, columns := k.Shape()[0], k.Shape()[1]
	out := tensor.New(tensor.Float32, columns, rows)
	for i := range rows {
		for j := range columns {
			out.F()[j*rows+i] = k.F()[i*columns+j]
		}
	}
	return out
}

// bias makes an addition part of the layer whose result it alone takes.
func (r *raiser) bias(e Entry, inputs []string) bool {
	for i := range 2 {
		at, ok := r.at[inputs[i]]
		b := r.weight(e.Inputs[1-i])
		if !ok || b == nil || r.uses[e.Inputs[i]] != 1 {
			continue
		}
		layer := r.entries[at]
		units, use := 0, (*bool)(nil)
		switch l := layer.Layer.(type) {
		case *Conv2DLayer:
			units, use = l.Filters, &l.UseBias
		case *DepthwiseConv2DLayer:
			units, use = r.state[layer.Name+"/kernel"].Size()/(l.KernelSize[0]*l.KernelSize[1]), &l.UseBias
		case *DenseLayer:
			units, use = l.Units, &l.UseBias
		}
		if use == nil || *use || b.Size() != units || b.Shape().Last() != units {
			continue
		}
		*use = true
		r.state[layer.Name+"/bias"] = b.Reshape(units)
		r.renamed[e.Name] = layer.Name
		return true
	}
	return false
}

func (r *raiser) norm(e Entry, a graph.Norm, inputs []string) bool {
	names := []string{"gamma", "beta", "moving_mean", "moving_variance"}
	var values []*tensor.Tensor
	for _, in := range e.Inputs[1:] {
		v := r.weight(in)
		if v == nil || len(v.Shape()) != 1 {
			return false
		}
		values = append(values, v)
	}
	if a.Training || len(values) != len(names) || slices.Contains(values, nil) {
		return false
	}
	l := BatchNormalization()
	l.Epsilon = a.Epsilon
	r.add(e.Name, l, inputs[0])
	for i, n := range names {
		r.state[e.Name+"/"+n] = values[i]
	}
	return true
}
