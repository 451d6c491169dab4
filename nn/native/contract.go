package native

import "wafer/nn/graph"

// epilogue is what a product does to each finished sum, in this order: multiply
// by the scale, add the bias, add the residual, apply the activation.
type epilogue struct {
	scale    []float32 // one per column (output channel), nil: none
	bias     []float32 // one per column (output channel), nil: none
	residual []float32 // in the layout of the result, nil: none
	act      graph.Op  // a unary op, graph.Input: none
	alpha    float32   // of LeakyRelu and Elu
}

// geometry is the sizes of a convolution or pooling: image [n,h,w,ci], result
// [n,oh,ow,co], kernel [kh,kw,ci,co] or, depthwise, [kh,kw,ci,mult] with co = ci·mult.
type geometry struct {
	n, h, w, ci  int
	oh, ow, co   int
	mult         int // depthwise only
	graph.Window     // Kernel, Stride, Dilation, Pad
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
			unary(ep.act, ep.alpha, row, row)
		}
	}
}
