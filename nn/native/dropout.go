package native

import (
	"wafer/nn/graph"
	"wafer/nn/plan"
)

// dropout binds DropoutMask: elements lo ≤ i < hi of the mask.
func (p *program) dropout(s *plan.Step) kernel {
	out, in := p.operands(s)
	a, key := s.Attr.(graph.Dropout), asInts(in[0])
	keep := 1 / (1 - a.Rate)
	return func(_, lo, hi int) {
		first, second := uint32(key[0])+a.Salt*0x85EBCA6B, uint32(key[1])
		for i := lo + tail(dropoutVectors(out[lo:hi], lo, first, second, a.Rate, keep), hi-lo); i < hi; i++ {
			out[i] = choose(dropoutUniform(uint32(i), first, second) < a.Rate, 0, keep)
		}
	}
}

// dropoutUniform is graph.DropoutMask's number in [0,1) for element i.
func dropoutUniform(i, first, second uint32) float32 {
	x := i*0x9E3779B9 + first
	x ^= x >> 16
	x *= 0x85EBCA6B
	x ^= x >> 13
	x *= 0xC2B2AE35
	x ^= x >> 16
	x += second
	x ^= x >> 16
	x *= 0x7FEB352D
	x ^= x >> 15
	x *= 0x846CA68B
	x ^= x >> 16
	return float32(x>>8) * 0x1p-24
}
