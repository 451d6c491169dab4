package compile

import (
	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/wasmbin"
)

// packing says how a parameter that only products read is stored: as panels of eight
// columns side by side (see kernel.Panels), so that no run has to pack it.
type packing struct {
	k, n       int
	transposed bool // the parameter is [n,k], its rows are columns of the product's B
}

// staging is the most that is copied at once, in bytes.
const staging = 1 << 20

// findPacked chooses the parameters to pack: those that no step changes and that every
// step reads whole and as the right operand of a product of the same form.
func (c *compiler) findPacked() {
	c.lay.packed = map[int]packing{}
	refused := map[int]bool{}
	for _, i := range c.plan.Updated() {
		refused[i] = true
	}
	for _, steps := range [][]plan.Step{c.plan.Prepare, c.plan.Steps} {
		for i := range steps {
			s := &steps[i]
			for at, value := range reads(s) {
				c.consider(s, at, value, refused)
			}
		}
	}
	for _, o := range c.plan.Outputs {
		c.refuse(o.Value, refused)
	}
	for _, copied := range c.plan.Copies {
		c.refuse(copied.From, refused)
	}
	for i := range refused {
		delete(c.lay.packed, i)
	}
}

// reads lists the values that a step reads: operands first, then those of the epilogue.
func reads(s *plan.Step) []int {
	list := append([]int{}, s.In...)
	if e := s.Epilogue; e != nil {
		for _, v := range []int{e.Scale, e.Bias, e.Residual} {
			if v >= 0 {
				list = append(list, v)
			}
		}
	}
	return list
}

func (c *compiler) refuse(value int, refused map[int]bool) {
	if v := c.plan.Values[value]; v.Space == plan.Param {
		refused[v.Leaf] = true
	}
}

func (c *compiler) consider(s *plan.Step, at, value int, refused map[int]bool) {
	v := c.plan.Values[value]
	if v.Space != plan.Param {
		return
	}
	p, ok := c.packable(s)
	if at != 1 || !ok || v.Offset != 0 || v.Shape.Size() != c.plan.Params[v.Leaf].Shape.Size() {
		refused[v.Leaf] = true
		return
	}
	if old, seen := c.lay.packed[v.Leaf]; seen && old != p {
		refused[v.Leaf] = true
		return
	}
	c.lay.packed[v.Leaf] = p
}

// packable reports whether a step's right operand may be stored as panels, and how.
func (c *compiler) packable(s *plan.Step) (packing, bool) {
	if s.Chain != nil {
		return packing{}, false
	}
	switch s.Op {
	case graph.MatMul:
		shape := c.plan.Values[s.In[1]].Shape
		if len(shape) != 2 {
			return packing{}, false
		}
		if s.Attr.(graph.MatMulAttr).TransB {
			return packing{k: shape[1], n: shape[0], transposed: true}, true
		}
		return packing{k: shape[0], n: shape[1]}, true
	case graph.Conv2D:
		shape := c.plan.Values[s.In[1]].Shape
		return packing{k: shape[:3].Size(), n: shape[3]}, true
	}
	return packing{}, false
}

// isPacked reports whether a value is a packed parameter.
func (c *compiler) isPacked(value int) bool {
	v := c.plan.Values[value]
	_, ok := c.lay.packed[v.Leaf]
	return v.Space == plan.Param && ok
}

// isPanels reports whether a value in the prepared memory is stored as panels, one
// matrix after the other: the transformed kernel that only Winograd convolutions read.
func (c *compiler) isPanels(value int) bool { return c.lay.panels[value] }

// findPanels chooses these values.
func (c *compiler) findPanels() {
	c.lay.panels = map[int]bool{}
	for i := range c.plan.Prepare {
		if s := &c.plan.Prepare[i]; s.Op == graph.WinogradFilter && s.Chain == nil {
			c.lay.panels[s.Out[0]] = true
		}
	}
	refuse := func(value int) {
		v := c.plan.Values[value]
		for p := range c.lay.panels {
			w := c.plan.Values[p]
			if v.Space == plan.Prepared && v.Offset < w.Offset+w.Shape.Size() && w.Offset < v.Offset+v.Shape.Size() {
				delete(c.lay.panels, p)
			}
		}
	}
	for _, steps := range [][]plan.Step{c.plan.Prepare, c.plan.Steps} {
		for i := range steps {
			s := &steps[i]
			for at, value := range reads(s) {
				if at != 1 || s.Op != graph.WinogradConv2D || !c.lay.panels[value] {
					refuse(value)
				}
			}
		}
	}
	for _, o := range c.plan.Outputs {
		refuse(o.Value)
	}
	for _, copied := range c.plan.Copies {
		refuse(copied.From)
	}
}

// findFilters chooses the kernels that nothing reads but one step of Prepare that
// transforms them for Winograd convolutions: they are transformed on their way in and
// take no memory themselves.
func (c *compiler) findFilters() {
	c.lay.filters = map[int]*plan.Step{}
	readers := map[int]int{}
	for _, steps := range [][]plan.Step{c.plan.Prepare, c.plan.Steps} {
		for i := range steps {
			for _, value := range reads(&steps[i]) {
				readers[c.leafOf(value)]++
			}
		}
	}
	for _, o := range c.plan.Outputs {
		readers[c.leafOf(o.Value)]++
	}
	for _, copied := range c.plan.Copies {
		readers[c.leafOf(copied.From)]++
	}
	for i := range c.plan.Prepare {
		s := &c.plan.Prepare[i]
		if s.Chain != nil || s.Op != graph.WinogradFilter {
			continue
		}
		leaf := c.leafOf(s.In[0])
		if leaf >= 0 && readers[leaf] == 1 && c.shape(s.In[0]).Size() == c.plan.Params[leaf].Shape.Size() {
			c.lay.filters[leaf] = s
		}
	}
}

// leafOf is the parameter that a value is, or is part of; -1: none.
func (c *compiler) leafOf(value int) int {
	if v := c.plan.Values[value]; v.Space == plan.Param {
		return v.Leaf
	}
	return -1
}

// stage tells the host how to hand over packed parameters. The staging zone is the
// beginning of the arena: nothing there outlives a run but results, which the host has read.
func (c *compiler) stage() {
	need := 0
	for i, p := range c.lay.packed {
		place := &c.out.Params[i]
		rows, width := p.k, p.n
		if p.transposed {
			rows, width = p.n, p.k
		}
		place.Packed, place.RowBytes = true, 4*width
		place.Rows = min(rows, max(staging/max(4*width, 1), 1))
		need = max(need, place.Rows*place.RowBytes)
	}
	for i := range c.lay.filters { // whole
		place := &c.out.Params[i]
		place.Packed, place.Rows, place.RowBytes = true, 1, place.Bytes()
		need = max(need, place.RowBytes)
	}
	c.out.Staging = Zone{c.lay.arena, need}
}

// filterCalls binds the transforms of parameters that put runs.
func (c *compiler) filterCalls() map[int]call {
	calls := map[int]call{}
	for i := range c.plan.Params {
		if s := c.lay.filters[i]; s != nil {
			calls[i] = c.call(c.emission(s))
		}
	}
	return calls
}

func (c *compiler) transformsParameter(s *plan.Step) bool {
	if s.Chain != nil || s.Op != graph.WinogradFilter {
		return false
	}
	leaf := c.leafOf(s.In[0])
	return leaf >= 0 && c.lay.filters[leaf] == s
}

// writePut emits put(param, row, rows).
func (c *compiler) writePut(filters map[int]call) {
	f := c.m.Func("put", []wasmbin.ValType{wasmbin.I32, wasmbin.I32, wasmbin.I32}, nil)
	when := func(i int, then func()) {
		f.LocalGet(f.Param(0))
		f.I32Const(int32(i))
		f.I32Eq()
		f.If()
		then()
		f.End()
	}
	for i := range c.plan.Params {
		if p, ok := c.lay.packed[i]; ok {
			when(i, func() { c.pack(f, p, c.lay.params[i]) })
		}
		if one, ok := filters[i]; ok {
			when(i, func() { c.whole(f, one) })
		}
	}
	f.End()
	c.m.Export("put", wasmbin.ExportFunc, f.Index())
}

// pack calls the function that copies rows in staging to panels.
func (c *compiler) pack(f *wasmbin.Func, p packing, to int) {
	f.LocalGet(f.Param(1))
	f.LocalGet(f.Param(2))
	for _, v := range []int{c.out.Staging.Offset, to, p.k, p.n} {
		f.I32Const(int32(v))
	}
	f.Call(c.packer(p.transposed))
}
