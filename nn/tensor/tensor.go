// Package tensor holds shapes, element types and contiguous row-major data.
// It does no arithmetic: that is what graphs are for.
package tensor

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// DType is the type of a tensor's elements.
type DType uint8

const (
	Float32 DType = iota // IEEE 754 binary32: all that is computed with
	Int32                // indices: tokens, labels, the keys of dropout
)

// String gives the name used in graph text and model files: "f32" or "i32".
func (d DType) String() string {
	switch d {
	case Float32:
		return "f32"
	case Int32:
		return "i32"
	}
	return "dtype(" + strconv.Itoa(int(d)) + ")"
}

// Size is the number of bytes of one element.
func (d DType) Size() int { return 4 }

// Shape lists the length of every axis, outermost first. An empty shape is a scalar.
type Shape []int

// Size is the number of elements: the product of all axes, 1 for a scalar.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// Equal reports whether both shapes have the same axes.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// Clone returns a copy that shares nothing with s.
func (s Shape) Clone() Shape { return slices.Clone(s) }

// Last is the length of the innermost axis, 1 for a scalar.
func (s Shape) Last() int {
	if len(s) == 0 {
		return 1
	}
	return s[len(s)-1]
}

// String prints a shape as [2 3 4].
func (s Shape) String() string {
	parts := make([]string, len(s))
	for i, d := range s {
		parts[i] = strconv.Itoa(d)
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// Tensor is a shape with its elements in row-major order. Exactly one of the
// two slices is used, as DType says. A Tensor made by Reshape or Row shares its
// elements with the original.
//
// A program that computes elsewhere may hold the elements for a while (see Lend).
// F and I bring them home; whoever changes elements through the slice does so before
// the next run of a program that reads the tensor, and asks for the slice again after it.
type Tensor struct {
	shape   Shape
	dtype   DType
	f       []float32
	i       []int32
	version int    // counts the times when the elements may have changed
	holder  Holder // has the elements, nil: they are here
}

// New returns a tensor of zeros.
func New(dtype DType, shape ...int) *Tensor {
	t := &Tensor{shape: slices.Clone(shape), dtype: dtype}
	if dtype == Int32 {
		t.i = make([]int32, t.shape.Size())
	} else {
		t.f = make([]float32, t.shape.Size())
	}
	return t
}

// Floats wraps data, which it keeps, in a float32 tensor. It panics when the
// shape does not have exactly len(data) elements.
func Floats(data []float32, shape ...int) *Tensor {
	t := &Tensor{shape: slices.Clone(shape), dtype: Float32, f: data}
	t.mustHold(len(data))
	return t
}

// Ints wraps data, which it keeps, in an int32 tensor. It panics when the shape
// does not have exactly len(data) elements.
func Ints(data []int32, shape ...int) *Tensor {
	t := &Tensor{shape: slices.Clone(shape), dtype: Int32, i: data}
	t.mustHold(len(data))
	return t
}

func (t *Tensor) mustHold(n int) {
	if t.shape.Size() != n {
		panic(fmt.Sprintf("tensor: shape %v has %d elements, data has %d", t.shape, t.shape.Size(), n))
	}
}

// Scalar returns a float32 tensor of shape [].
func Scalar(v float32) *Tensor { return Floats([]float32{v}) }

// Shape is the tensor's shape; the caller must not change it.
func (t *Tensor) Shape() Shape { return t.shape }

// DType is the type of the elements.
func (t *Tensor) DType() DType { return t.dtype }

// Size is the number of elements.
func (t *Tensor) Size() int { return t.shape.Size() }

// F are the elements of a float32 tensor, in row-major order and shared.
func (t *Tensor) F() []float32 {
	if t.dtype != Float32 {
		panic("tensor: F of a tensor of " + t.dtype.String())
	}
	t.home()
	t.version++
	return t.f
}

// I are the elements of an int32 tensor, in row-major order and shared.
func (t *Tensor) I() []int32 {
	if t.dtype != Int32 {
		panic("tensor: I of a tensor of " + t.dtype.String())
	}
	t.version++
	return t.i
}

// Reshape is a view of the same elements in another shape of the same size.
func (t *Tensor) Reshape(shape ...int) *Tensor {
	t.home()
	v := &Tensor{shape: slices.Clone(shape), dtype: t.dtype, f: t.f, i: t.i}
	v.mustHold(len(t.f) + len(t.i))
	return v
}

// Rows is a view of rows lo ≤ r < hi along the outermost axis.
func (t *Tensor) Rows(lo, hi int) *Tensor {
	t.home()
	inner := t.shape[1:].Size()
	v := &Tensor{shape: append(Shape{hi - lo}, t.shape[1:]...), dtype: t.dtype}
	if t.dtype == Int32 {
		v.i = t.i[lo*inner : hi*inner]
	} else {
		v.f = t.f[lo*inner : hi*inner]
	}
	return v
}

// Clone returns a deep copy.
func (t *Tensor) Clone() *Tensor {
	t.home()
	return &Tensor{shape: t.shape.Clone(), dtype: t.dtype, f: slices.Clone(t.f), i: slices.Clone(t.i)}
}

// CopyFrom overwrites t's elements with src's, which has the same type and size.
func (t *Tensor) CopyFrom(src *Tensor) {
	if t.dtype != src.dtype || t.Size() != src.Size() {
		panic(fmt.Sprintf("tensor: copy of %v%v into %v%v", src.dtype, src.shape, t.dtype, t.shape))
	}
	src.home()
	t.holder = nil
	t.version++
	copy(t.f, src.f)
	copy(t.i, src.i)
}

// Equal reports whether both tensors have the same type, shape and bits. NaNs
// are equal when their bits are, and 0 differs from -0.
func (t *Tensor) Equal(u *Tensor) bool { return t.Diff(u) == "" }

// Diff describes the first difference in type, shape or bits, "" if there is none.
func (t *Tensor) Diff(u *Tensor) string {
	t.home()
	u.home()
	if t.dtype != u.dtype || !t.shape.Equal(u.shape) {
		return fmt.Sprintf("%v%v against %v%v", t.dtype, t.shape, u.dtype, u.shape)
	}
	for k := range t.f {
		if a, b := math.Float32bits(t.f[k]), math.Float32bits(u.f[k]); a != b {
			return fmt.Sprintf("element %d of %v: %v (%08x) against %v (%08x)", k, t.shape, t.f[k], a, u.f[k], b)
		}
	}
	for k := range t.i {
		if t.i[k] != u.i[k] {
			return fmt.Sprintf("element %d of %v: %d against %d", k, t.shape, t.i[k], u.i[k])
		}
	}
	return ""
}

// String prints type and shape, as in f32[2 3].
func (t *Tensor) String() string { return t.dtype.String() + t.shape.String() }
