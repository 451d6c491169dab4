package native

import "wafer/nn/graph"

// epilogue is what a product does to each finished sum, in this order: add the
// bias, add the residual, apply the activation.
type epilogue struct {
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
