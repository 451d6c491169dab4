package graph

import "wafer/nn/tensor"

func init() {
	for op := Neg; op < Cast; op++ {
		specs[op] = spec{arity: 1, infer: sameShape}
	}
	specs[Cast] = spec{arity: 1, anyType: true, infer: sameShape}
	for op := Add; op < Where; op++ {
		specs[op] = spec{arity: 2, infer: broadcastShape}
	}
	specs[Where] = spec{arity: 3, infer: broadcastShape}
}

// sameShape: x […] → float32 […], whatever the type of x.
func sameShape(n *Node) (tensor.Shape, tensor.DType, string) { return f32(n.In[0].Shape...) }

// broadcastShape: operands that broadcast to one shape → that shape.
func broadcastShape(n *Node) (tensor.Shape, tensor.DType, string) {
	shape := n.In[0].Shape
	for _, x := range n.In[1:] {
		var ok bool
		if shape, ok = BroadcastShapes(shape, x.Shape); !ok {
			return no("shapes do not broadcast")
		}
	}
	return f32(shape...)
}

// BroadcastShapes applies NumPy's rule: align at the innermost axis; an axis of
// length 1 stretches to the other's length.
func BroadcastShapes(a, b tensor.Shape) (tensor.Shape, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := a.Clone()
	off := len(a) - len(b)
	for i, d := range b {
		switch {
		case out[off+i] == d || d == 1:
		case out[off+i] == 1:
			out[off+i] = d
		default:
			return nil, false
		}
	}
	return out, true
}

func (g *Graph) Neg(x *Node) *Node  { return g.add(Neg, nil, x) }  // -x
func (g *Graph) Abs(x *Node) *Node  { return g.add(Abs, nil, x) }  // |x|, clears the sign bit
func (g *Graph) Exp(x *Node) *Node  { return g.add(Exp, nil, x) }  // fmath.Exp
func (g *Graph) Log(x *Node) *Node  { return g.add(Log, nil, x) }  // fmath.Log
func (g *Graph) Sqrt(x *Node) *Node { return g.add(Sqrt, nil, x) } // correctly rounded
func (g *Graph) Erf(x *Node) *Node  { return g.add(Erf, nil, x) }  // fmath.Erf
func (g *Graph) Sin(x *Node) *Node  { return g.add(Sin, nil, x) }  // fmath.Sin
func (g *Graph) Cos(x *Node) *Node  { return g.add(Cos, nil, x) }  // fmath.Cos

func (g *Graph) Tanh(x *Node) *Node    { return g.add(Tanh, nil, x) }    // fmath.Tanh
func (g *Graph) Sigmoid(x *Node) *Node { return g.add(Sigmoid, nil, x) } // fmath.Sigmoid

// Relu is x < 0 ? 0 : x, so a NaN stays a NaN and -0 stays -0.
func (g *Graph) Relu(x *Node) *Node { return g.add(Relu, nil, x) }

// Relu6 is Min(Relu(x), 6).
func (g *Graph) Relu6(x *Node) *Node { return g.add(Relu6, nil, x) }

// Cast converts int32 to float32, rounding to nearest even; float32 passes through.
func (g *Graph) Cast(x *Node) *Node { return g.add(Cast, nil, x) }

func (g *Graph) Add(a, b *Node) *Node { return g.add(Add, nil, a, b) } // a + b
func (g *Graph) Sub(a, b *Node) *Node { return g.add(Sub, nil, a, b) } // a − b
func (g *Graph) Mul(a, b *Node) *Node { return g.add(Mul, nil, a, b) } // a · b
func (g *Graph) Div(a, b *Node) *Node { return g.add(Div, nil, a, b) } // a / b

// Max is a < b ? b : a (WebAssembly's pmax).
func (g *Graph) Max(a, b *Node) *Node { return g.add(Max, nil, a, b) }

// Min is b < a ? b : a (WebAssembly's pmin).
func (g *Graph) Min(a, b *Node) *Node { return g.add(Min, nil, a, b) }

// Less is 1 where a < b, else 0.
func (g *Graph) Less(a, b *Node) *Node { return g.add(Less, nil, a, b) }

// Equal is 1 where a == b, else 0.
func (g *Graph) Equal(a, b *Node) *Node { return g.add(Equal, nil, a, b) }

// Where is a where cond ≠ 0 and b elsewhere.
func (g *Graph) Where(cond, a, b *Node) *Node { return g.add(Where, nil, cond, a, b) }
