package nntest

import (
	"fmt"

	"wafer/nn/graph"
)

func dropout() []Case {
	var cases []Case
	for _, rate := range []float32{0, 0.1, 0.5, 0.9} {
		for _, shape := range [][]int{nil, {1}, {17}, {3, 33}, {1000}} {
			cases = append(cases, single(graph.DropoutMask, fmt.Sprintf("rate%v_%s", rate, dims(shape)),
				func(b *builder) *graph.Node {
					key := b.givenInts([]int32{int32(b.rng.Uint32()), int32(b.rng.Uint32())}, 2)
					return b.DropoutMask(key, graph.Dropout{Rate: rate, Salt: b.rng.Uint32(), Shape: shape})
				}).rough())
		}
	}
	return append(cases, single(graph.DropoutMask, "masked", func(b *builder) *graph.Node {
		mask := b.DropoutMask(b.ints(0, 9, 2), graph.Dropout{Rate: 0.3, Salt: 7, Shape: []int{5, 33}})
		return b.Mul(b.Relu(b.apart(5, 33)), mask)
	}))
}
