package graph

import (
	"fmt"

	"wafer/nn/tensor"
)

// Dropout is the attribute of DropoutMask.
type Dropout struct {
	Rate  float32      `json:"rate"` // share of zeros, 0 ≤ rate < 1
	Salt  uint32       `json:"salt"` // tells the masks of one step apart: the layer's number
	Shape tensor.Shape `json:"shape"`
}

func (a Dropout) String() string {
	return fmt.Sprintf("rate=%v salt=%d shape=%v", a.Rate, a.Salt, a.Shape)
}

func init() {
	specs[DropoutMask] = spec{arity: 1, ints: []bool{true}, attr: Dropout{}, infer: dropoutShape}
}

// DropoutMask is 0 with probability rate and 1/(1−rate) otherwise, both steps in
// float32. key is int32 [2], drawn anew for each step from the run's PCG stream
// (seed, "dropout", epoch, step). Element i (row-major) hashes, in uint32:
//
//	x = i·0x9E3779B9 + uint32(key[0]) + salt·0x85EBCA6B
//	x ^= x>>16; x *= 0x85EBCA6B; x ^= x>>13; x *= 0xC2B2AE35; x ^= x>>16
//	x += uint32(key[1])
//	x ^= x>>16; x *= 0x7FEB352D; x ^= x>>15; x *= 0x846CA68B; x ^= x>>16
//
// (the finalisers of MurmurHash3 and of lowbias32) and is dropped where
// float32(x>>8)·2⁻²⁴ < rate.
func (g *Graph) DropoutMask(key *Node, a Dropout) *Node { return g.add(DropoutMask, a, key) }

// dropoutShape: key int32 [2] → the shape of the attribute.
func dropoutShape(n *Node) (tensor.Shape, tensor.DType, string) {
	a := n.Attr.(Dropout)
	if !n.In[0].Shape.Equal(tensor.Shape{2}) || !(a.Rate >= 0 && a.Rate < 1) {
		return no("needs a key [2] and 0 ≤ rate < 1")
	}
	return f32(a.Shape...)
}
