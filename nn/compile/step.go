package compile

import (
	"strings"

	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

// emission chooses the kernel of a step. BatchNorm and element-wise ops come as chains.
func (c *compiler) emission(s *plan.Step) emission {
	if s.Chain != nil {
		return c.chain(s)
	}
	emit := kernels[s.Op]
	if emit == nil {
		panic("compile: no kernel for " + s.Op.String())
	}
	return emit(c, s)
}

// kernels is filled by the file of each family of ops.
var kernels [graph.NumOps]func(c *compiler, s *plan.Step) emission

// simple is an emission with the plan's own shares, keyed by op, attribute and shapes; it is
// named by the op and the shape that it reads, or writes when it reads none: depthwise_conv2d_1x112x112x32.
func (c *compiler) simple(s *plan.Step, emit func(k *kernel.Emitter)) emission {
	values := append(append([]int{}, s.In...), s.Out...)
	key := s.Op.String() + "_" + strings.ReplaceAll(strings.Trim(c.shape(values[0]).String(), "[]"), " ", "x") + " "
	for _, v := range values {
		key += c.shape(v).String()
	}
	if s.Attr != nil {
		key += " " + s.Attr.String()
	}
	return emission{key: key, outs: s.Out, ins: s.In, units: s.Units, grain: s.Grain, work: s.Work, emit: emit}
}

// shape is a value's shape.
func (c *compiler) shape(value int) tensor.Shape { return c.plan.Values[value].Shape }

// withEpilogue adds the epilogue's operands to an emission: their addresses are the last
// arguments, in the order scale, bias, residual.
func (c *compiler) withEpilogue(s *plan.Step, e emission) (emission, kernel.Epilogue) {
	ep, from := s.Epilogue, len(e.ins)
	if ep == nil {
		return e, kernel.Epilogue{}
	}
	var k kernel.Epilogue
	e.ins = append([]int{}, e.ins...)
	for _, part := range []struct {
		value int
		at    *int
	}{{ep.Scale, &k.Scale}, {ep.Bias, &k.Bias}, {ep.Residual, &k.Residual}} {
		if part.value >= 0 {
			e.ins = append(e.ins, part.value)
			*part.at = from + 1
			from++
		}
	}
	if ep.Act != graph.Input {
		op := ep.Act
		k.Act = func(k *kernel.Emitter, x kernel.Vec) kernel.Vec { return unary(k, op, x) }
		k.ActName = op.String()
	}
	e.key += " " + k.String()
	return e, k
}
