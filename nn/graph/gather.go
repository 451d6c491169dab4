package graph

import (
	"fmt"

	"wafer/nn/tensor"
)

// Depth is the attribute of OneHot (length of the new axis) and ScatterAdd (rows of the table).
type Depth struct {
	Depth int `json:"depth"`
}

func (a Depth) String() string { return fmt.Sprintf("depth=%d", a.Depth) }

func init() {
	specs[OneHot] = spec{arity: 1, ints: []bool{true}, attr: Depth{}, infer: oneHotShape}
	specs[Gather] = spec{arity: 2, ints: []bool{false, true}, infer: gatherShape}
	specs[ScatterAdd] = spec{arity: 2, ints: []bool{true}, attr: Depth{}, infer: scatterShape}
}

// OneHot adds an innermost axis of length depth: 1 at the index, 0 elsewhere. An
// index outside 0…depth−1 gives a row of zeros, as in TensorFlow.
func (g *Graph) OneHot(index *Node, depth int) *Node { return g.add(OneHot, Depth{depth}, index) }

// Gather takes rows of a table [v,d] by int32 index […]: result [… d]. An index
// outside the table gives a row of zeros.
func (g *Graph) Gather(table, index *Node) *Node { return g.add(Gather, nil, table, index) }

// ScatterAdd is Gather's gradient: rows of dy [… d] are added, in ascending order
// of position and from +0, to row index[…] of a table [depth d] of zeros; an index outside
// the table is dropped.
func (g *Graph) ScatterAdd(index, dy *Node, depth int) *Node {
	return g.add(ScatterAdd, Depth{depth}, index, dy)
}

// oneHotShape: index int32 […] → [… depth].
func oneHotShape(n *Node) (tensor.Shape, tensor.DType, string) {
	return f32(append(n.In[0].Shape.Clone(), n.Attr.(Depth).Depth)...)
}

// gatherShape: table [v d], index int32 […] → [… d].
func gatherShape(n *Node) (tensor.Shape, tensor.DType, string) {
	if len(n.In[0].Shape) != 2 {
		return no("needs a table [rows d]")
	}
	return f32(append(n.In[1].Shape.Clone(), n.In[0].Shape[1])...)
}

// scatterShape: index int32 […], dy [… d] → [depth d].
func scatterShape(n *Node) (tensor.Shape, tensor.DType, string) {
	idx, dy := n.In[0].Shape, n.In[1].Shape
	if len(dy) != len(idx)+1 || !dy[:len(idx)].Equal(idx) {
		return no("needs one row per index")
	}
	return f32(n.Attr.(Depth).Depth, dy.Last())
}
