package eval

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() { kernels[graph.DropoutMask] = dropoutMask }

// dropoutMask draws a number for each element by hashing its place: steps of the golden ratio through the finalizer of
// MurmurHash3, then lowbias32 of C. Wellons' hash prospector. The upper 24 bits, a fraction below 1, are compared with
// the rate.
func dropoutMask(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	a, key := n.Attr.(graph.Dropout), in[0].I()
	keep := 1 / (1 - a.Rate)
	for i := range out.F() {
		x := uint32(i)*0x9E3779B9 + uint32(key[0]) + a.Salt*0x85EBCA6B
		x ^= x >> 16
		x *= 0x85EBCA6B
		x ^= x >> 13
		x *= 0xC2B2AE35
		x ^= x >> 16
		x += uint32(key[1])
		x ^= x >> 16
		x *= 0x7FEB352D
		x ^= x >> 15
		x *= 0x846CA68B
		x ^= x >> 16
		if !(float32(x>>8)*0x1p-24 < a.Rate) {
			out.F()[i] = keep
		}
	}
}
