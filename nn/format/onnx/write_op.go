package onnx

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// sameName are operators that are called and mean the same, element by element.
var sameName = map[graph.Op]string{graph.Neg: "Neg", graph.Abs: "Abs", graph.Exp: "Exp", graph.Log: "Log",
	graph.Sqrt: "Sqrt",
	graph.Tanh: "Tanh", graph.Sigmoid: "Sigmoid", graph.Erf: "Erf", graph.Sin: "Sin", graph.Cos: "Cos",
	graph.Relu: "Relu",
	graph.Add:  "Add", graph.Sub: "Sub", graph.Mul: "Mul", graph.Div: "Div", graph.Max: "Max", graph.Min: "Min",
	graph.Less: "Less", graph.Equal: "Equal"}

// node writes the operators of one node.
func (w *writer) node(n *graph.Node) error {
	if name := sameName[n.Op]; name != "" {
		w.elementwise(name, n)
		return nil
	}
	switch n.Op {
	case graph.Input:
		return w.input(n)
	case graph.Param:
		v := w.state[n.Name]
		if v == nil {
			return fmt.Errorf("has no weight %q", n.Name)
		}
		w.set(n, w.parameter(n.Name, v, n.Shape))
	case graph.Const:
		w.set(n, w.weight(w.fresh("constant"), n.Value, n.Shape))
	case graph.Cast:
		w.set(n, w.add("Cast", []string{w.plain(n.In[0])}, "", attribute{"to", int(Float32)}))
	case graph.Relu6:
		zero, six := w.scalar(0), w.scalar(6)
		w.keep(n, w.add("Clip", []string{w.values[n.In[0]].name, zero, six}, ""))
	case graph.Where:
		c := w.add("Cast", []string{w.plain(n.In[0])}, "", attribute{"to", int(Bool)})
		w.set(n, w.add("Where", []string{c, w.plain(n.In[1]), w.plain(n.In[2])}, ""))
	case graph.Conv2D, graph.DepthwiseConv2D, graph.WinogradFilter, graph.WinogradConv2D, graph.MaxPool, graph.AvgPool,
		graph.BatchNorm:
		return w.picture(n)
	case graph.MatMul:
		w.matMul(n)
	case graph.ReduceSum, graph.ReduceMax, graph.ReduceDot, graph.ReduceSquaredDiff:
		w.reduce(n)
	case graph.LSTM, graph.GRU:
		w.recurrent(n)
	default:
		return w.moving(n)
	}
	return nil
}

func (w *writer) set(n *graph.Node, name string) { w.values[n] = written{name: name} }

// keep stores the result as the first operand is stored.
func (w *writer) keep(n *graph.Node, name string) {
	w.values[n] = written{name, w.values[n.In[0]].first}
}

func (w *writer) scalar(v float32) string {
	return w.weight(w.fresh("scalar"), tensor.Scalar(v), tensor.Shape{})
}

func (w *writer) input(n *graph.Node) error {
	name, shape := w.fresh("input"), n.Shape.Clone()
	typ := Float32
	if n.DType == tensor.Int32 {
		typ = Int32
	}
	first := len(shape) == 4 && isPicture([]int{1, shape[3], shape[1], shape[2]})
	if first {
		shape = tensor.Shape{shape[0], shape[3], shape[1], shape[2]}
	}
	w.graph = appendInfo(w.graph, 11, name, typ, shape)
	w.values[n] = written{name, first}
	return nil
}

// elementwise keeps channels first where all operands are so, or are one number or one per channel.
func (w *writer) elementwise(op string, n *graph.Node) {
	first := false
	for _, in := range n.In {
		first = first || w.values[in].first
	}
	names := make([]string, len(n.In))
	for i, in := range n.In {
		v, ok := w.values[in], true
		if first {
			v.name, ok = w.besidePicture(in)
		}
		if names[i] = v.name; !ok {
			first = false
			break
		}
	}
	if !first {
		for i, in := range n.In {
			names[i] = w.plain(in)
		}
	}
	name := w.add(op, names, "")
	if op == "Less" || op == "Equal" {
		name = w.add("Cast", []string{name}, "", attribute{"to", int(Float32)})
	}
	w.values[n] = written{name, first}
}

// besidePicture is an operand of a picture with channels first; ok is false where it cannot be one.
func (w *writer) besidePicture(n *graph.Node) (name string, ok bool) {
	switch v := w.values[n]; {
	case v.first || n.Shape.Size() == 1 && len(n.Shape) < 2:
		return v.name, true
	case n.Shape.Size() == n.Shape.Last() && !w.doubled(n, len(n.Shape)-1):
		return w.add("Reshape", []string{v.name, w.numbers(n.Shape.Last(), 1, 1)}, ""), true
	case len(n.Shape) == 4:
		return w.channelsFirst(n), true
	}
	return "", false
}

func (w *writer) picture(n *graph.Node) error {
	switch n.Op {
	case graph.WinogradFilter: // the kernel itself: who reads it transforms it anew
		w.values[n] = w.values[n.In[0]]
		return nil
	case graph.BatchNorm:
		if n.Attr.(graph.Norm).Training {
			return fmt.Errorf("normalises by the batch")
		}
		names := []string{w.values[n.In[0]].name}
		first := w.values[n.In[0]].first
		if len(n.Shape) != 2 && !first {
			if len(n.Shape) != 4 {
				return fmt.Errorf("normalises shape %v", n.Shape)
			}
			names[0], first = w.channelsFirst(n.In[0]), true
		}
		for _, in := range n.In[1:] {
			names = append(names, w.plain(in))
		}
		w.values[n] = written{w.add("BatchNormalization", names, "", attribute{"epsilon", n.Attr.(graph.Norm).Epsilon}),
			first}
		return nil
	}
	window, ok := n.Attr.(graph.Window)
	if a, is := n.Attr.(graph.Winograd); is {
		window, ok = a.Window(), true
	}
	if !ok {
		return fmt.Errorf("has no window")
	}
	attrs := []attribute{{"kernel_shape", window.Kernel[:]}, {"strides", window.Stride[:]},
		{"pads", []int{window.Pad[0], window.Pad[2], window.Pad[1], window.Pad[3]}}}
	names := []string{w.channelsFirst(n.In[0])}
	op := "Conv"
	switch n.Op {
	case graph.MaxPool:
		op = "MaxPool"
	case graph.AvgPool:
		op = "AveragePool"
	default:
		k := n.In[1]
		for k.Op == graph.WinogradFilter {
			k = k.In[0]
		}
		attrs = append(attrs, attribute{"dilations", window.Dilation[:]})
		names = append(names, w.kernel(k, n.Op == graph.DepthwiseConv2D))
		if n.Op == graph.DepthwiseConv2D {
			attrs = append(attrs, attribute{"group", k.Shape[2]})
		}
	}
	w.values[n] = written{w.add(op, names, "", attrs...), true}
	return nil
}

// kernel is [kh kw ci co] as [co ci kh kw], or that of a depthwise convolution, [kh kw c m], as [c·m 1 kh kw].
func (w *writer) kernel(k *graph.Node, depthwise bool) string {
	if !depthwise {
		return w.add("Transpose", []string{w.plain(k)}, "", attribute{"perm", []int{3, 2, 0, 1}})
	}
	s := k.Shape
	t := w.add("Transpose", []string{w.plain(k)}, "", attribute{"perm", []int{2, 3, 0, 1}})
	return w.add("Reshape", []string{t, w.numbers(s[2]*s[3], 1, s[0], s[1])}, "")
}

func (w *writer) matMul(n *graph.Node) {
	a := n.Attr.(graph.MatMulAttr)
	operand := func(in *graph.Node, turned bool) string {
		name := w.plain(in)
		if !turned {
			return name
		}
		perm := make([]int, len(in.Shape))
		for i := range perm {
			perm[i] = i
		}
		last := len(perm) - 1
		perm[last], perm[last-1] = last-1, last
		return w.add("Transpose", []string{name}, "", attribute{"perm", perm})
	}
	w.set(n, w.add("MatMul", []string{operand(n.In[0], a.TransA), operand(n.In[1], a.TransB)}, ""))
}

func (w *writer) reduce(n *graph.Node) {
	axes := n.Attr.(graph.Axes).Axes
	x, first := n.In[0], w.values[n.In[0]].first
	name := w.values[x].name
	switch n.Op {
	case graph.ReduceDot:
		name, first = w.add("Mul", []string{w.plain(x), w.plain(n.In[1])}, ""), false
	case graph.ReduceSquaredDiff:
		mean := w.add("Unsqueeze", []string{w.plain(n.In[1]), w.numbers(axes...)}, "")
		d := w.add("Sub", []string{w.plain(x), mean}, "")
		name, first = w.add("Mul", []string{d, d}, ""), false
	}
	if first && len(axes) == 2 && axes[0] == 1 && axes[1] == 2 {
		axes = []int{2, 3} // of [n c h w], which leaves [n c] either way
	} else if first {
		name = w.plain(x)
	}
	if n.Op == graph.ReduceMax {
		w.set(n, w.add("ReduceMax", []string{name}, "", attribute{"axes", axes}, attribute{"keepdims", 0}))
		return
	}
	w.set(n, w.add("ReduceSum", []string{name, w.numbers(axes...)}, "", attribute{"keepdims", 0}))
}

// moving writes what brings elements to other places, and what works along the innermost axis.
func (w *writer) moving(n *graph.Node) error {
	x := n.In[0]
	rest := len(n.Shape) - 1
	switch a := n.Attr.(type) {
	case graph.To:
		return w.reshaped(n, a)
	case graph.Perm:
		w.set(n, w.add("Transpose", []string{w.plain(x)}, "", attribute{"perm", a.Perm}))
		return nil
	case graph.Range:
		if n.Op == graph.Pad {
			pads := append(append([]int{}, a.Begin...), a.End...)
			w.set(n, w.add("Pad", []string{w.plain(x), w.numbers(pads...)}, ""))
			return nil
		}
		return w.sliced(n, a)
	case graph.Axis:
		if n.Op == graph.Reverse {
			w.set(n, w.add("Slice", []string{w.plain(x), w.numbers(-1), w.numbers(-1 << 31), w.numbers(a.Axis),
				w.numbers(-1)}, ""))
			return nil
		}
		w.concat(n, a.Axis)
		return nil
	case graph.Depth:
		if n.Op == graph.OneHot {
			values := w.weight(w.fresh("off_on"), tensor.Floats([]float32{0, 1}, 2), tensor.Shape{2})
			w.set(n, w.add("OneHot", []string{w.plain(x), w.numbers(a.Depth), values}, ""))
			return nil
		}
	case graph.Norm:
		if n.Op == graph.LayerNorm {
			names := []string{w.plain(x), w.plain(n.In[1]), w.plain(n.In[2])}
			w.set(n, w.add("LayerNormalization", names, "", attribute{"epsilon", a.Epsilon}, attribute{"axis", -1}))
			return nil
		}
	}
	switch n.Op {
	case graph.Softmax:
		w.set(n, w.add("Softmax", []string{w.plain(x)}, "", attribute{"axis", rest}))
	case graph.LogSoftmax:
		w.set(n, w.add("LogSoftmax", []string{w.plain(x)}, "", attribute{"axis", rest}))
	case graph.Gather:
		w.set(n, w.add("Gather", []string{w.plain(x), w.plain(n.In[1])}, "", attribute{"axis", 0}))
	case graph.ArgMax:
		at := w.add("ArgMax", []string{w.plain(x)}, "", attribute{"axis", -1}, attribute{"keepdims", 0})
		w.set(n, w.add("Cast", []string{at}, "", attribute{"to", int(Int32)}))
	default:
		return fmt.Errorf("has no operator in ONNX that is written")
	}
	return nil
}

// reshaped leaves the samples' length open. Axes that a picture loses need no transpose where they are of length 1.
func (w *writer) reshaped(n *graph.Node, a graph.To) error {
	shape := append([]int{}, a.Shape...)
	open := 0
	for i := range shape {
		if w.doubled(n, i) {
			shape[i] = -1
			if n.Op == graph.Broadcast {
				shape[i] = 1
			}
			open++
		}
	}
	if open > 1 {
		return fmt.Errorf("makes shape %v, which depends on the number of samples twice", a.Shape)
	}
	op := "Reshape"
	if n.Op == graph.Broadcast {
		op = "Expand"
	}
	w.set(n, w.add(op, []string{w.plain(n.In[0]), w.numbers(shape...)}, ""))
	return nil
}

func (w *writer) sliced(n *graph.Node, a graph.Range) error {
	x := n.In[0]
	if state, ok := w.recurrentState(n, a); ok {
		w.set(n, state)
		return nil
	}
	if x.Op == graph.LSTM || x.Op == graph.GRU {
		return fmt.Errorf("takes gates or cells of a recurrent layer, which ONNX does not give")
	}
	var starts, ends, axes []int
	for i := range a.Begin {
		if a.Begin[i] != 0 || a.End[i] != x.Shape[i] {
			starts, ends, axes = append(starts, a.Begin[i]), append(ends, a.End[i]), append(axes, i)
		}
	}
	if len(axes) == 0 {
		w.values[n] = w.values[x]
		return nil
	}
	w.set(n, w.add("Slice", []string{w.plain(x), w.numbers(starts...), w.numbers(ends...), w.numbers(axes...)}, ""))
	return nil
}

func (w *writer) concat(n *graph.Node, axis int) {
	first := len(n.Shape) == 4
	for _, in := range n.In {
		first = first && w.values[in].first
	}
	names := make([]string, len(n.In))
	for i, in := range n.In {
		if names[i] = w.values[in].name; !first {
			names[i] = w.plain(in)
		}
	}
	if first {
		axis = [4]int{0, 2, 3, 1}[axis]
	}
	w.values[n] = written{w.add("Concat", names, "", attribute{"axis", axis}), first}
}

// recurrent writes a layer whose inputs are multiplied by its kernel already: W is the identity, in the gates' order of
// ONNX. The value of the node is the states [t b h].
func (w *writer) recurrent(n *graph.Node) {
	hidden, gates, op := n.In[1].Shape[0], 4, "LSTM"
	order := []int{0, 3, 1, 2} // i o f c of our i f c o
	if n.Op == graph.GRU {
		gates, op, order = 3, "GRU", []int{0, 1, 2}
	}
	wide := gates * hidden
	eye := tensor.New(tensor.Float32, 1, wide, wide)
	for to, gate := range order {
		for j := range hidden {
			eye.F()[(to*hidden+j)*wide+gate*hidden+j] = 1
		}
	}
	ordered := func(v string, axis int) string {
		var parts []string
		for _, gate := range order {
			parts = append(parts, w.add("Slice", []string{v, w.numbers(gate * hidden), w.numbers((gate + 1) * hidden),
				w.numbers(axis)}, ""))
		}
		return w.add("Concat", parts, "", attribute{"axis", axis})
	}
	x := w.add("Transpose", []string{w.plain(n.In[0])}, "", attribute{"perm", []int{1, 0, 2}})
	r := w.add("Transpose", []string{w.plain(n.In[1])}, "", attribute{"perm", []int{1, 0}})
	r = w.add("Unsqueeze", []string{ordered(r, 0), w.numbers(0)}, "")
	names := []string{x, w.weight(w.fresh("identity"), eye, eye.Shape()), r}
	attrs := []attribute{{"hidden_size", hidden}}
	if n.Op == graph.GRU {
		zeros := w.weight(w.fresh("zeros"), tensor.New(tensor.Float32, wide), tensor.Shape{wide})
		b := w.add("Concat", []string{zeros, w.plain(n.In[2])}, "", attribute{"axis", 0})
		names = append(names, w.add("Unsqueeze", []string{b, w.numbers(0)}, ""))
		attrs = append(attrs, attribute{"linear_before_reset", 1})
	}
	y := w.add(op, names, "", attrs...)                                              // [t 1 b h]
	y = w.add("Squeeze", []string{y, w.numbers(1)}, "")                              // [t b h]
	w.set(n, w.add("Transpose", []string{y}, "", attribute{"perm", []int{1, 0, 2}})) // [b t h]
}

// recurrentState is the part of a trace that is the states, which is all that ONNX gives.
func (w *writer) recurrentState(n *graph.Node, a graph.Range) (string, bool) {
	x := n.In[0]
	parts := map[graph.Op]int{graph.LSTM: 6, graph.GRU: 5}[x.Op]
	if parts == 0 {
		return "", false
	}
	hidden := x.Shape[2] / parts
	if a.Begin[2] != (parts-1)*hidden || a.End[2] != parts*hidden {
		return "", false
	}
	y := w.values[x].name
	if a.Begin[1] == 0 && a.End[1] == x.Shape[1] {
		return y, true
	}
	return w.add("Slice", []string{y, w.numbers(a.Begin[1]), w.numbers(a.End[1]), w.numbers(1)}, ""), true
}
