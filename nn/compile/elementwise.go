package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
)

// unary is op of vectors side by side.
func unary(k *kernel.Emitter, op graph.Op, x kernel.Vec) kernel.Vec {
	switch op {
	case graph.Neg:
		return k.NegV(x)
	case graph.Abs:
		return k.AbsV(x)
	case graph.Exp:
		return k.ExpV(x)
	case graph.Log:
		return k.LogV(x)
	case graph.Sqrt:
		return k.SqrtV(x)
	case graph.Tanh:
		return k.TanhV(x)
	case graph.Sigmoid:
		return k.SigmoidV(x)
	case graph.Erf:
		return k.ErfV(x)
	case graph.Sin:
		return k.SinV(x)
	case graph.Cos:
		return k.CosV(x)
	case graph.Relu:
		return k.ReluV(x)
	case graph.Relu6:
		return k.Relu6V(x)
	case graph.Broadcast, graph.Cast: // the operand's bits
		return k.CopyV(x)
	}
	panic("compile: " + op.String() + " is not unary")
}

// binary is a op b of vectors side by side.
func binary(k *kernel.Emitter, op graph.Op, a, b kernel.Vec) kernel.Vec {
	switch op {
	case graph.Add:
		return k.Binary(k.F32x4Add, a, b)
	case graph.Sub:
		return k.Binary(k.F32x4Sub, a, b)
	case graph.Mul:
		return k.Binary(k.F32x4Mul, a, b)
	case graph.Div:
		return k.Binary(k.F32x4Div, a, b)
	case graph.Max:
		return k.Binary(k.F32x4Pmax, a, b)
	case graph.Min:
		return k.Binary(k.F32x4Pmin, a, b)
	case graph.Less:
		return k.MaskV(k.F32x4Lt, a, b)
	case graph.Equal:
		return k.MaskV(k.F32x4Eq, a, b)
	}
	panic("compile: " + op.String() + " is not binary")
}
