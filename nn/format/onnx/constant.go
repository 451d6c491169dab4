package onnx

import (
	"math"

	"wafer/nn/format/foreign"
	"wafer/nn/tensor"
)

// constantNode is Constant: a tensor, a number or a list of numbers. Texts and sparse tensors are refused.
func constantNode(l *loader) []value {
	for _, a := range l.node.Attrs {
		switch a.Name {
		case "value":
			if a.T == nil {
				break
			}
			v, err := a.T.load(l.o.Files)
			if err != nil {
				l.fail("%v", err)
			}
			return []value{{node: l.constant(v), typ: a.T.Type}}
		case "value_float":
			return []value{{node: l.scalar(a.F), typ: Float32}}
		case "value_int":
			return []value{{node: l.scalar(float32(a.I)), typ: Int64}}
		case "value_floats":
			return []value{{node: l.floats(a.Floats, len(a.Floats)), typ: Float32}}
		case "value_ints":
			list := make([]float32, len(a.Ints))
			for i, n := range a.Ints {
				list[i] = float32(n)
			}
			return []value{{node: l.floats(list, len(list)), typ: Int64}}
		}
	}
	l.fail("holds no number that is supported")
	return nil
}

// spend counts the elements of a constant that is made.
func (l *loader) spend(shape tensor.Shape) {
	size := 1.0
	for _, n := range shape {
		if n < 0 {
			l.fail("makes shape %v", shape)
		}
		size *= float64(n)
	}
	if size > float64(l.folder.Budget) {
		l.fail("makes a constant of shape %v, with those before more than %d elements", shape, foreign.MaxFolded)
	}
	l.folder.Budget -= int(size)
}

// constantOfShape repeats one value, 0 by default; the shape must be known now.
func constantOfShape(l *loader) []value {
	shape := tensor.Shape(l.lengths(l.in(0)))
	l.spend(shape)
	out, typ := tensor.New(tensor.Float32, shape...), Float32
	if a := l.node.attr("value"); a != nil && a.T != nil {
		v, err := a.T.load(nil)
		if err != nil || v.Size() != 1 {
			l.fail("has no single value (%v)", err)
		}
		typ = a.T.Type
		for i := range out.F() {
			out.F()[i] = v.F()[0]
		}
	}
	return []value{{node: l.constant(out), typ: typ}}
}

// rangeOf is Range: start, start + step …, below limit, all known now. Of whole and of other numbers alike, n is
// ⌈(limit−start)/step⌉.
func rangeOf(l *loader) []value {
	start, limit, step := l.known(l.in(0))[0], l.known(l.in(1))[0], l.known(l.in(2))[0]
	n := math.Ceil(float64(limit-start) / float64(step))
	if !(n >= 0 && n <= foreign.MaxFolded) {
		l.fail("counts from %v to %v by %v", start, limit, step)
	}
	l.spend(tensor.Shape{int(n)})
	list := make([]float32, int(n))
	for i := range list {
		list[i] = start + float32(float32(i)*step)
	}
	return []value{{node: l.floats(list, len(list)), typ: l.in(0).typ}}
}

// eyeLike has ones on the k-th diagonal of a matrix of the operand's shape.
func eyeLike(l *loader) []value {
	x := l.in(0)
	s := x.shape()
	if len(s) != 2 {
		l.fail("makes a diagonal of shape %v", s)
	}
	l.spend(s)
	k := l.int("k", 0)
	list := make([]float32, s.Size())
	for i := range s[0] {
		if j := i + k; j >= 0 && j < s[1] {
			list[i*s[1]+j] = 1
		}
	}
	return []value{{node: l.floats(list, s...), typ: Type(l.int("dtype", int(x.typ)))}}
}

// ifNode runs one of its graphs, which is decided now.
func ifNode(l *loader) []value {
	name := "else_branch"
	if l.known(l.in(0))[0] != 0 {
		name = "then_branch"
	}
	a := l.node.attr(name)
	if a == nil || a.G == nil {
		l.fail("has no %s", name)
	}
	l.scopes = append(l.scopes, map[string]value{})
	defer func() { l.scopes = l.scopes[:len(l.scopes)-1] }()
	if err := l.weights(a.G); err != nil {
		l.fail("%s: %v", name, err)
	}
	if err := l.run(a.G); err != nil {
		panic(failure{err})
	}
	var out []value
	for _, o := range a.G.Outputs {
		v, ok := l.find(o.Name)
		if !ok {
			l.fail("%s: output %q is made by no node", name, o.Name)
		}
		out = append(out, v)
	}
	return out
}

// window makes an operator of a window of cosines: a − b·cos(2πi/n) + c·cos(4πi/n).
func window(a, b, c float64) func(*loader) []value {
	return func(l *loader) []value {
		n := l.lengths(l.in(0))[0]
		if n < 1 || n > 1<<20 {
			l.fail("makes a window of %d", n)
		}
		over := float64(n)
		if l.int("periodic", 1) == 0 {
			over = math.Max(over-1, 1)
		}
		list := make([]float32, n)
		for i := range list {
			at := 2 * math.Pi * float64(i) / over
			list[i] = float32(a - float64(b*math.Cos(at)) + float64(c*math.Cos(2*at)))
		}
		return []value{{node: l.floats(list, n), typ: Type(l.int("output_datatype", int(Float32)))}}
	}
}
