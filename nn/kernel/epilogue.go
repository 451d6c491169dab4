package kernel

import "fmt"

// Epilogue is applied to each finished sum of a product, in this order: times scale,
// plus bias (one element of each per column), plus residual, activation. The numbers are
// 1 + the position among the step's operands of the address of each, 0: none.
type Epilogue struct {
	Scale, Bias, Residual int
	Act                   func(k *Emitter, x Vec) Vec // nil: none
	ActName               string
}

// Empty reports whether there is nothing to do.
func (e Epilogue) Empty() bool { return e.Scale == 0 && e.Bias == 0 && e.Residual == 0 && e.Act == nil }

// String tells epilogues apart.
func (e Epilogue) String() string {
	return fmt.Sprintf("scale%d bias%d residual%d %s", e.Scale, e.Bias, e.Residual, e.ActName)
}

// Apply pops a vector of sums and pushes what the epilogue makes of it. column is the
// byte offset in a row of the vector's first column, at that in the whole result.
func (e Epilogue) Apply(k *Emitter, w Width, column, at Local) {
	load := func(operand int, offset Local) {
		k.Sum(L(k.In[operand-1]), L(offset))
		k.Load(w, 0)
	}
	if e.Scale != 0 {
		load(e.Scale, column)
		k.F32x4Mul()
	}
	if e.Bias != 0 {
		load(e.Bias, column)
		k.F32x4Add()
	}
	if e.Residual != 0 {
		load(e.Residual, at)
		k.F32x4Add()
	}
	if e.Act != nil {
		k.onStack(func(x Vec) Vec { return e.Act(k, x) })
	}
}
