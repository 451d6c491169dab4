package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
)

// unary pops a vector and pushes op of it.
func unary(k *kernel.Emitter, op graph.Op, alpha float32) {
	switch op {
	case graph.Neg:
		k.F32x4Neg()
	case graph.Abs:
		k.F32x4Abs()
	case graph.Exp:
		k.Exp()
	case graph.Log:
		k.Log()
	case graph.Sqrt:
		k.F32x4Sqrt()
	case graph.Tanh:
		k.Tanh()
	case graph.Sigmoid:
		k.Sigmoid()
	case graph.Erf:
		k.Erf()
	case graph.Sin:
		k.Sin()
	case graph.Cos:
		k.Cos()
	case graph.Relu:
		k.Relu()
	case graph.Relu6:
		k.Relu6()
	case graph.LeakyRelu:
		k.LeakyRelu(alpha)
	case graph.Elu:
		k.Elu(alpha)
	case graph.Gelu:
		k.Gelu()
	case graph.Silu:
		k.Silu()
	case graph.HardSigmoid:
		k.HardSigmoid()
	case graph.Broadcast, graph.Cast: // the operand's bits
	default:
		panic("compile: " + op.String() + " is not unary")
	}
}

// binary pops a and b and pushes a op b.
func binary(k *kernel.Emitter, op graph.Op) {
	switch op {
	case graph.Add:
		k.F32x4Add()
	case graph.Sub:
		k.F32x4Sub()
	case graph.Mul:
		k.F32x4Mul()
	case graph.Div:
		k.F32x4Div()
	case graph.Max:
		k.F32x4Pmax()
	case graph.Min:
		k.F32x4Pmin()
	case graph.Less, graph.Equal:
		if op == graph.Less {
			k.F32x4Lt()
		} else {
			k.F32x4Eq()
		}
		k.F4(1)
		k.V128And()
	default:
		panic("compile: " + op.String() + " is not binary")
	}
}
