package native

import (
	"math"

	"wafer/nn/graph"
)

// epilogue is what a product does to each finished sum, in this order: multiply
// by the scale, add the bias, add the residual, apply the activation.
type epilogue struct {
	scale    []float32 // one per column (output channel), nil: none
	bias     []float32 // one per column (output channel), nil: none
	residual []float32 // in the layout of the result, nil: none
	act      graph.Op  // a unary op, graph.Input: none
}

// from is the epilogue of columns j and up.
func (ep epilogue) from(j int) epilogue {
	for _, s := range []*[]float32{&ep.scale, &ep.bias, &ep.residual} {
		if *s != nil {
			*s = (*s)[j:]
		}
	}
	return ep
}

// finish is an epilogue that a tile in assembly does to its sums: it adds the bias and, with
// clamp, keeps them between low and high.
type finish struct {
	bias      *float32 // of the tile's first column, nil: none
	clamp     bool
	low, high float32
	some      [maxTileN]float32 // the bias of fewer columns than a tile has
}

// finish is ep for tiles, kept in f; nil where it is nothing, or more than they can.
func (ep epilogue) finish(f *finish) *finish {
	f.bias, f.clamp, f.low, f.high = nil, true, 0, float32(math.Inf(1))
	switch ep.act {
	case graph.Input:
		f.clamp = false
	case graph.Relu6:
		f.high = 6
	case graph.Relu:
	default:
		return nil
	}
	if ep.scale != nil || ep.residual != nil || ep.bias == nil && !f.clamp {
		return nil
	}
	return f
}

// columns points f at columns j ≤ c < j+n of the bias.
func (f *finish) columns(bias []float32, j, n int) {
	if f == nil || bias == nil {
		return
	}
	f.bias = &bias[j]
	if j+len(f.some) > len(bias) {
		copy(f.some[:], bias[j:j+n])
		f.bias = &f.some[0]
	}
}

// apply finishes elements [i0,i1)×[j0,j1) of dst.
func (ep epilogue) apply(dst []float32, ldd, i0, i1, j0, j1 int) {
	if ep.scale == nil && ep.bias == nil && ep.residual == nil && ep.act == graph.Input {
		return
	}
	for i := i0; i < i1; i++ {
		row := dst[i*ldd+j0 : i*ldd+j1]
		switch {
		case ep.scale != nil && ep.bias != nil:
			scaleShift(row, row, ep.scale[j0:j1], ep.bias[j0:j1])
		case ep.scale != nil:
			binary(graph.Mul, row, row, ep.scale[j0:j1])
		case ep.bias != nil:
			binary(graph.Add, row, row, ep.bias[j0:j1])
		}
		if ep.residual != nil {
			binary(graph.Add, row, row, ep.residual[i*ldd+j0:i*ldd+j1])
		}
		if ep.act != graph.Input {
			unary(ep.act, row, row)
		}
	}
}
