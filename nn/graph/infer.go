package graph

import (
	"fmt"
	"reflect"

	"wafer/nn/tensor"
)

// rule infers a node's result from its operands and attributes; reason is ""
// when they fit.
type rule func(n *Node) (shape tensor.Shape, dtype tensor.DType, reason string)

// infer applies the op's rule after checking the number of operands.
func infer(n *Node) (tensor.Shape, tensor.DType, string) {
	spec := specs[n.Op]
	if spec.infer == nil {
		return nil, 0, "has no inference rule"
	}
	if spec.arity >= 0 && len(n.In) != spec.arity || spec.arity < 0 && len(n.In) == 0 {
		return nil, 0, fmt.Sprintf("has %d operands, needs %d", len(n.In), spec.arity)
	}
	if reflect.TypeOf(n.Attr) != reflect.TypeOf(spec.attr) {
		return nil, 0, fmt.Sprintf("has the attribute %T, needs %T", n.Attr, spec.attr)
	}
	for i, x := range n.In {
		want := tensor.Float32
		if i < len(spec.ints) && spec.ints[i] {
			want = tensor.Int32
		}
		if x.DType != want && n.Op != Cast && !spec.anyType {
			return nil, 0, fmt.Sprintf("operand %d is %v, needs %v", i, x.DType, want)
		}
	}
	shape, dtype, reason := spec.infer(n)
	if reason == "" {
		reason = excess(shape)
	}
	return shape, dtype, reason
}

// Limits of a result: within them sizes and offsets are whole numbers of 64 bits, and a shape
// is nothing that takes memory itself.
const (
	maxAxes     = 16
	maxElements = 1 << 40
)

// excess says which limit a shape is beyond, "" for none.
func excess(s tensor.Shape) string {
	size := 1.0
	for _, d := range s {
		size *= float64(d)
	}
	switch {
	case len(s) > maxAxes:
		return fmt.Sprintf("has a result of %d axes, %d at most are computed", len(s), maxAxes)
	case size > maxElements:
		return fmt.Sprintf("has a result of shape %v, more than %d elements", s, maxElements)
	}
	return ""
}

// spec is what an op takes, and the rule for what it gives.
type spec struct {
	arity   int    // number of operands, -1 for one or more
	ints    []bool // which operands are int32; the rest are float32
	attr    Attr   // the zero value of its attribute, nil where it has none
	anyType bool   // moves elements of either type
	infer   rule
}

// AttrOf is the zero value of the op's attribute, nil where it has none.
func AttrOf(op Op) Attr { return specs[op].attr }

// specs is filled by the file of each family of ops.
var specs [NumOps]spec

// f32 is what a rule returns for a float32 result of the shape.
func f32(shape ...int) (tensor.Shape, tensor.DType, string) { return shape, tensor.Float32, "" }

// no is what a rule returns where the operands do not fit: the reason, for Error.
func no(format string, args ...any) (tensor.Shape, tensor.DType, string) {
	return nil, 0, fmt.Sprintf(format, args...)
}
