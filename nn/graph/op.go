package graph

import "slices"

// Op is one of a closed list of operations. The comment of the builder method
// of the same name defines it; package eval is that definition as code.
type Op uint8

const (
	// Leaves.
	Input Op = iota
	Param
	Const

	// Element-wise, one operand.
	Neg
	Abs
	Exp
	Log
	Sqrt
	Tanh
	Sigmoid
	Erf
	Sin
	Cos
	Relu
	Relu6
	Cast

	// Element-wise, several operands, broadcast as in NumPy.
	Add
	Sub
	Mul
	Div
	Max
	Min
	Less
	Equal
	Where

	// Products.
	MatMul
	Conv2D
	Conv2DGradInput
	Conv2DGradFilter
	DepthwiseConv2D
	DepthwiseConv2DGradInput
	DepthwiseConv2DGradFilter
	WinogradFilter
	WinogradConv2D

	// Pooling.
	MaxPool
	MaxPoolGrad
	AvgPool
	AvgPoolGrad

	// Reductions.
	ReduceSum
	ReduceMax
	ReduceDot
	ReduceSquaredDiff
	ArgMax

	// Normalisation.
	BatchNorm
	LayerNorm
	LayerNormGradInput
	LayerNormGradScale
	Softmax
	LogSoftmax

	// Moving elements.
	Reshape
	Transpose
	Slice
	Concat
	Pad
	Reverse
	Broadcast
	OneHot
	Gather
	ScatterAdd

	// Recurrence over a whole sequence.
	LSTM
	LSTMGrad
	GRU
	GRUGrad

	// Randomness.
	DropoutMask

	NumOps // how many there are; not an operation
)

var opNames = [NumOps]string{
	"input", "param", "const",
	"neg", "abs", "exp", "log", "sqrt", "tanh", "sigmoid", "erf", "sin", "cos",
	"relu", "relu6", "cast",
	"add", "sub", "mul", "div", "max", "min", "less", "equal", "where",
	"matmul", "conv2d", "conv2d_grad_input", "conv2d_grad_filter",
	"depthwise_conv2d", "depthwise_conv2d_grad_input", "depthwise_conv2d_grad_filter",
	"winograd_filter", "winograd_conv2d",
	"max_pool", "max_pool_grad", "avg_pool", "avg_pool_grad",
	"reduce_sum", "reduce_max", "reduce_dot", "reduce_squared_diff", "arg_max",
	"batch_norm", "layer_norm", "layer_norm_grad_input", "layer_norm_grad_scale", "softmax", "log_softmax",
	"reshape", "transpose", "slice", "concat", "pad", "reverse", "broadcast", "one_hot", "gather", "scatter_add",
	"lstm", "lstm_grad", "gru", "gru_grad",
	"dropout_mask",
}

// String is the op's name in graph text.
func (op Op) String() string {
	if op < NumOps {
		return opNames[op]
	}
	return "op?"
}

// ParseOp finds an op by its name in graph text.
func ParseOp(name string) (op Op, ok bool) {
	i := slices.Index(opNames[:], name)
	return Op(max(i, 0)), i >= 0
}

// IsLeaf reports whether the op has a value given from outside the graph.
func (op Op) IsLeaf() bool { return op <= Const }

// IsUnary reports whether the op maps each element of its one operand on its own.
func (op Op) IsUnary() bool { return op >= Neg && op <= Cast }

// IsElementwise reports whether every output element depends on one element of
// each (broadcast) operand: what a plan may fuse into one pass.
func (op Op) IsElementwise() bool { return op >= Neg && op <= Where }
