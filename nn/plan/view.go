package plan

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// View reads a tensor through strides: element (i, j, …) of the result is element
// Base + i·Stride₀ + j·Stride₁ + … of the operand.
type View struct {
	Base int
	Dims []Dim // outermost first, neighbours merged, axes of one element left out; never empty
}

// View is what a Slice, Transpose, Reverse or Broadcast sees of its operand.
func (p *Plan) View(s *Step) View {
	x, out := p.Values[s.In[0]].Shape, p.Values[s.Out[0]].Shape
	base, strides := seen(s.Attr, x, len(out))
	v := View{Base: base}
	for i, length := range out {
		v.push(length, strides[i])
	}
	if len(v.Dims) == 0 {
		v.Dims = []Dim{{Length: 1, Stride: 1}}
	}
	return v
}

// seen is where the view of x that the attribute describes begins, and how far apart
// neighbours lie along each of its axes.
func seen(attr graph.Attr, x tensor.Shape, rank int) (base int, strides []int) {
	strides = stridesOf(x)
	switch attr := attr.(type) {
	case graph.Range:
		for i, b := range attr.Begin {
			base += b * strides[i]
		}
	case graph.Perm:
		was := slices.Clone(strides)
		for i, from := range attr.Perm {
			strides[i] = was[from]
		}
	case graph.Axis:
		base = (x[attr.Axis] - 1) * strides[attr.Axis]
		strides[attr.Axis] = -strides[attr.Axis]
	case graph.To:
		stretched := make([]int, rank-len(x), rank)
		for i, d := range x {
			if d == 1 {
				strides[i] = 0
			}
			stretched = append(stretched, strides[i])
		}
		strides = stretched
	}
	return base, strides
}

// stridesOf is how many elements one step along each axis is.
func stridesOf(s tensor.Shape) []int {
	strides := make([]int, len(s))
	for i, at := len(s)-1, 1; i >= 0; i-- {
		strides[i] = at
		at *= s[i]
	}
	return strides
}

// push adds an inner axis, as one with its neighbour where one stride serves both.
func (v *View) push(length, stride int) {
	if length == 1 {
		return
	}
	if k := len(v.Dims) - 1; k >= 0 && v.Dims[k].Stride == stride*length {
		v.Dims[k] = Dim{Length: v.Dims[k].Length * length, Stride: stride}
		return
	}
	v.Dims = append(v.Dims, Dim{Length: length, Stride: stride})
}
