package onnx

import "sync"

// operators makes the values of a node, in the order of its outputs; those behind the end are not supported.
var operators map[string]func(*loader) []value

var operatorsMade sync.Once

// operatorOf is the operator of a name, nil where there is none.
func operatorOf(name string) func(*loader) []value {
	operatorsMade.Do(makeOperators)
	return operators[name]
}

// makeOperators fills the table when a node is first looked up: If runs the nodes of its graphs by it, and a program
// that only writes files leaves it out.
func makeOperators() {
	operators = map[string]func(*loader) []value{
		// Element-wise, elementwise.go.
		"Abs": unary(absolute), "Neg": unary(negative), "Exp": unary(exp), "Log": unary(logarithm), "Sqrt": unary(sqrt),
		"Tanh": unary(tanh), "Sigmoid": unary(sigmoid), "Erf": unary(erf), "Sin": unary(sin), "Cos": unary(cos),
		"Tan": unary(tan), "Sinh": unary(sinh), "Cosh": unary(cosh), "Asin": unary(asin), "Acos": unary(acos),
		"Atan": unary(atan), "Asinh": unary(asinh), "Acosh": unary(acosh), "Atanh": unary(atanh),
		"Relu": unary(relu), "Floor": unary(floor), "Ceil": unary(ceil), "Round": unary(round), "Sign": unary(sign),
		"Reciprocal": unary(reciprocal), "Softplus": unary(softplus), "Softsign": unary(softsign), "Mish": unary(mish),
		"HardSwish": unary(hardSwish), "Identity": identity, "Dropout": dropout, "Cast": cast, "CastLike": castLike,
		"LeakyRelu": unary(leakyRelu), "Elu": unary(elu), "Selu": unary(selu), "Celu": unary(celu), "Gelu": unary(gelu),
		"HardSigmoid": unary(hardSigmoid), "ThresholdedRelu": unary(thresholdedRelu), "Shrink": unary(shrink),
		"FastGelu": unary(fastGelu), "QuickGelu": unary(quickGelu), "Swish": unary(swish),
		"PRelu": prelu, "Clip": clip, "IsNaN": truth(isNaN), "IsInf": truth(isInf), "Not": truth(not),
		"Add": pairwise(add), "Sub": pairwise(sub), "Mul": pairwise(mul), "Div": pairwise(div), "Pow": power,
		"Mod": mod,
		"Max": variadic(larger), "Min": variadic(smaller), "Sum": variadic(add), "Mean": mean,
		"Less": compare(less), "Greater": compare(greater), "Equal": compare(equal),
		"LessOrEqual":    compare(lessOrEqual),
		"GreaterOrEqual": compare(greaterOrEqual), "And": compare(mul), "Or": compare(larger), "Xor": compare(notEqual),
		"Where": where, "BitShift": bitShift,

		// Products and windows, conv.go and matmul.go.
		"Conv": conv, "ConvTranspose": convTranspose, "MaxPool": maxPool, "AveragePool": averagePool, "LpPool": lpPool,
		"GlobalAveragePool": globalAverage, "GlobalMaxPool": globalMax, "GlobalLpPool": globalLp,
		"MatMul": matMul, "Gemm": gemm, "FusedMatMul": matMul, "Einsum": einsum, "Det": determinant,
		"LSTM": lstm, "GRU": gru, "RNN": rnn,

		// Reductions and normalisations, reduce.go and norm.go.
		"ReduceSum": reduce(sumOver), "ReduceMean": reduce(meanOver), "ReduceMax": reduce(maxOver),
		"ReduceMin":  reduce(minOver),
		"ReduceProd": reduce(productOver), "ReduceL1": reduce(l1Over), "ReduceL2": reduce(l2Over),
		"ReduceLogSum": reduce(logSumOver), "ReduceLogSumExp": reduce(logSumExpOver),
		"ReduceSumSquare": reduce(squaresOver),
		"ArgMax":          argMax, "ArgMin": argMin, "TopK": topK, "CumSum": cumSum,
		"BatchNormalization": batchNorm, "InstanceNormalization": instanceNorm, "LayerNormalization": layerNorm,
		"GroupNormalization": groupNorm, "RMSNormalization": rmsNorm, "SimplifiedLayerNormalization": rmsNorm,
		"LRN": localNorm, "LpNormalization": lpNorm, "MeanVarianceNormalization": meanVarianceNorm,
		"Softmax": softmaxOf(softmax), "LogSoftmax": softmaxOf(logSoftmax), "Hardmax": softmaxOf(hardmax),
		"NegativeLogLikelihoodLoss": negativeLogLikelihood, "SoftmaxCrossEntropyLoss": crossEntropy,

		// Moving elements, move.go and gather.go.
		"Reshape": reshape, "Flatten": flatten, "Squeeze": squeeze, "Unsqueeze": unsqueeze, "Transpose": transpose,
		"Concat": concat, "Split": split, "Slice": slice, "Pad": pad, "Expand": expand, "Tile": tile,
		"Shape": shapeOf, "Size": sizeOf, "DepthToSpace": depthToSpace, "SpaceToDepth": spaceToDepth,
		"Gather": gather, "GatherElements": gatherElements, "GatherND": gatherND, "ScatterElements": scatterElements,
		"Scatter": scatterElements, "ScatterND": scatterND, "OneHot": oneHot, "Compress": compress, "NonZero": nonZero,
		"ReverseSequence": reverseSequence, "Trilu": trilu, "CenterCropPad": centerCropPad, "Col2Im": col2Im,

		// Constants and flow, constant.go.
		"Constant": constantNode, "ConstantOfShape": constantOfShape, "Range": rangeOf, "EyeLike": eyeLike,
		"If":         ifNode,
		"HannWindow": window(0.5, 0.5, 0), "HammingWindow": window(25.0/46, 21.0/46, 0),
		"BlackmanWindow": window(0.42, 0.5, 0.08),

		// Pictures, resize.go.
		"Resize": resize, "Upsample": upsample,

		// Whole numbers in 8 bits, quantised.go.
		"QuantizeLinear": quantizeLinear, "DequantizeLinear": dequantizeLinear,
		"DynamicQuantizeLinear": dynamicQuantize,
		"QLinearConv":           qlinearConv, "QLinearMatMul": qlinearMatMul, "MatMulInteger": matMulInteger,
		"ConvInteger": convInteger,

		// Attention, attention.go.
		"Attention": attention, "RotaryEmbedding": rotaryEmbedding,
	}
}
