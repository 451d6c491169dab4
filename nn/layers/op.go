package layers

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/tensor"
)

// OpLayer is one op of a graph as a layer, of class "op." and the op's name, so that an
// imported graph is a model. Its config is the op's attribute, in which a negative
// length −k means k times the number of samples: a reshape to [−1 64], a slice that ends at −1.
type OpLayer struct {
	Op   graph.Op
	Attr graph.Attr // nil where the op has none
}

// Op is a layer of one op.
func Op(op graph.Op, attr graph.Attr) *OpLayer { return &OpLayer{op, attr} }

const opPrefix = "op."

func (l *OpLayer) Class() string { return opPrefix + l.Op.String() }

// Call adds the op. A convolution is computed by Winograd's transforms where Conv2D's is.
func (l *OpLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	attr := atBatch(l.Attr, c.batch)
	if w, ok := attr.(graph.Window); ok && l.Op == graph.Conv2D && len(in) == 2 {
		return convolve(c, in[0], in[1], w)
	}
	return c.G.AddOp(l.Op, attr, in...)
}

// MarshalJSON writes the attribute, {} where there is none.
func (l *OpLayer) MarshalJSON() ([]byte, error) {
	if l.Attr == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(l.Attr)
}

// UnmarshalJSON reads the attribute of l.Op.
func (l *OpLayer) UnmarshalJSON(b []byte) error {
	none := graph.AttrOf(l.Op)
	if none == nil {
		return strict(b, &struct{}{})
	}
	attr := reflect.New(reflect.TypeOf(none))
	err := strict(b, attr.Interface())
	l.Attr = attr.Elem().Interface().(graph.Attr)
	return err
}

// strict is json.Unmarshal that takes no key it does not know.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// newOp is the empty layer of a class "op.NAME", nil where there is no such op.
func newOp(class string) Layer {
	name, ok := strings.CutPrefix(class, opPrefix)
	op, known := graph.ParseOp(name)
	if !ok || !known || op.IsLeaf() {
		return nil
	}
	return &OpLayer{op, graph.AttrOf(op)}
}

// atBatch is the attribute for so many samples.
func atBatch(attr graph.Attr, batch int) graph.Attr {
	return eachLength(attr, func(_ int, lengths []int) []int {
		out := slices.Clone(lengths)
		for i, n := range out {
			if n < 0 {
				out[i] = -n * batch
			}
		}
		return out
	})
}

// eachLength replaces the lists of lengths in an attribute that may depend on the number of
// samples; f is told which list of the attribute it sees.
func eachLength(attr graph.Attr, f func(list int, lengths []int) []int) graph.Attr {
	switch a := attr.(type) {
	case graph.To:
		a.Shape = f(0, a.Shape)
		return a
	case graph.Range:
		a.Begin, a.End = f(0, a.Begin), f(1, a.End)
		return a
	case graph.ConvGrad:
		a.Shape = f(0, a.Shape)
		return a
	case graph.Dropout:
		a.Shape = f(0, a.Shape)
		return a
	}
	return attr
}

// ParameterLayer is a weight of a model, an entry without inputs for the layers that take it:
// "entry/value", the same for every sample.
type ParameterLayer struct {
	Shape       []int       `json:"shape"`
	Trainable   bool        `json:"trainable"`
	Initializer Initializer `json:"initializer,omitempty"` // default glorot_uniform
}

// Parameter is a trainable weight of the shape.
func Parameter(shape ...int) *ParameterLayer { return &ParameterLayer{Shape: shape, Trainable: true} }

func (l *ParameterLayer) Class() string { return "Parameter" }

// Call takes no inputs. It fails on a shape with more elements than sane allows.
func (l *ParameterLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 0 {
		c.fail("takes no inputs, got %d", len(in))
	}
	if err := sane(l.Shape, "it"); err != nil {
		c.fail("%v", err)
	}
	return c.Weight("value", l.Initializer.or("glorot_uniform"), l.Trainable, l.Shape...)
}

// ConstantLayer is a value that stands in the model's document: indices, or a few numbers.
type ConstantLayer struct {
	DType  string    `json:"dtype"` // "f32" or "i32"
	Shape  []int     `json:"shape"`
	Values []float64 `json:"values"` // exactly representable in the type, row-major
}

// maxConstant is how many numbers a document may spell out in one constant.
const maxConstant = 1 << 16

// Constant is a layer of the tensor's values.
func Constant(t *tensor.Tensor) *ConstantLayer {
	l := &ConstantLayer{DType: t.DType().String(), Shape: append([]int{}, t.Shape()...), Values: []float64{}}
	for i := range t.Size() {
		if t.DType() == tensor.Int32 {
			l.Values = append(l.Values, float64(t.I()[i]))
		} else {
			l.Values = append(l.Values, float64(t.F()[i]))
		}
	}
	return l
}

func (l *ConstantLayer) Class() string { return "Constant" }

// Call takes no inputs. It fails where the values are not as many as the shape says, more than maxConstant, or none of
// the type.
func (l *ConstantLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if err := sane(l.Shape, "it"); err != nil {
		c.fail("%v", err)
	}
	switch {
	case len(in) != 0:
		c.fail("takes no inputs, got %d", len(in))
	case len(l.Values) > maxConstant || tensor.Shape(l.Shape).Size() != len(l.Values):
		c.fail("has %d values, its shape %v needs as many as it has elements, %d at most", len(l.Values), l.Shape,
			maxConstant)
	case l.DType == "i32":
		return c.G.Const(l.ints(c))
	case l.DType != "f32":
		c.fail("has dtype %q, must be f32 or i32", l.DType)
	}
	t := tensor.New(tensor.Float32, l.Shape...)
	for i, v := range l.Values {
		t.F()[i] = float32(v)
	}
	return c.G.Const(t)
}

// ints fails on the first value that int32 does not have.
func (l *ConstantLayer) ints(c *Context) *tensor.Tensor {
	t := tensor.New(tensor.Int32, l.Shape...)
	for i, v := range l.Values {
		if t.I()[i] = int32(max(min(v, 1<<31-1), -1<<31)); float64(t.I()[i]) != v {
			c.fail("has the value %v, which is no int32", v)
		}
	}
	return t
}

// isSource reports whether the layer is one without inputs.
func isSource(l Layer) bool {
	switch l.(type) {
	case *ParameterLayer, *ConstantLayer:
		return true
	}
	return false
}
