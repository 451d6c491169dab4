package compile

import (
	le "encoding/binary"
	"math"

	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/tensor"
	"wafer/nn/wasmbin"
)

// Export is what a module carries that runs without us. Such a module has one input and one
// output, a memory of its own, and these exports instead of step, prepare and put; all
// numbers are i32, addresses and sizes bytes:
//
//	memory
//	wafer_alloc(bytes) → address   new memory, aligned to 16; 0: there is none
//	wafer_input() → address        where the network reads its input, and its size
//	wafer_input_bytes() → bytes
//	wafer_run(address) → address   copies the input from there unless it is wafer_input; where
//	                               the output is until the next run; traps outside the memory
//	wafer_output_bytes() → bytes
//	wafer_info() → address         Info, and its size
//	wafer_info_bytes() → bytes
//
// The parameters lie in one passive data segment. The start function expands each to
// float32 in its place, runs prepare and drops the segment.
type Export struct {
	Params []Stored // in the order of the plan's parameters
	Info   []byte   // JSON that the host reads through wafer_info
	Tag    []byte   // JSON of the custom section "wafer", for tools that do not run the module
	Beside int      // bytes at the end of the output that wafer_output_bytes does not count
}

// Channels is how many of the innermost elements of each parameter have a scale of their
// own as Int8: the last axis, of a depthwise kernel [h, w, channels, multiplier] the last two.
func Channels(p *plan.Plan) []int {
	list := make([]int, len(p.Params))
	for i, l := range p.Params {
		list[i] = max(l.Shape.Last(), 1)
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Chain != nil || s.Op != graph.DepthwiseConv2D {
			continue
		}
		if k := p.Values[s.In[1]]; k.Space == plan.Param {
			list[k.Leaf] = k.Shape[2] * k.Shape[3]
		}
	}
	return list
}

// The data segments of an export.
const (
	infoSegment = iota
	parcelSegment
)

// parcel is the passive data segment under construction, with the code that unpacks it.
type parcel struct {
	*compiler
	f      *wasmbin.Func
	data   []byte
	scales int // where the scales of the parameter at hand lie
	put    uint32
}

// writeExport adds the parameters and the exports for foreign hosts.
func (c *compiler) writeExport(e *Export) {
	step, put, prepare := c.m.Unexport("step"), c.m.Unexport("put"), c.m.Unexport("prepare")
	most := 0
	for _, s := range e.Params {
		most = max(most, len(s.Scales))
	}
	scales, info := c.lay.take(4*most), c.lay.take(len(e.Info))
	c.out.Memory.Total = c.lay.at
	c.m.Data(uint32(info), e.Info)
	c.m.Custom("wafer", e.Tag)
	c.start(&parcel{compiler: c, put: put, scales: scales}, e.Params, prepare)
	c.constant("wafer_info", info)
	c.constant("wafer_info_bytes", len(e.Info))
	c.constant("wafer_input", c.out.Inputs[0].Offset)
	c.constant("wafer_input_bytes", c.out.Inputs[0].Bytes())
	c.constant("wafer_output_bytes", c.out.Outputs[0].Bytes()-e.Beside)
	c.writeRun(step)
	c.writeAlloc()
}

// constant exports a function without parameters.
func (c *compiler) constant(name string, value int) {
	f := c.m.Func(name, nil, []wasmbin.ValType{wasmbin.I32})
	f.I32Const(int32(value))
	f.End()
	c.m.Export(name, wasmbin.ExportFunc, f.Index())
}

// start writes the start function.
func (c *compiler) start(p *parcel, params []Stored, prepare uint32) {
	p.f = c.m.Func("start", nil, nil)
	for i, s := range params {
		p.parameter(i, s)
	}
	for i, place := range c.out.Consts {
		p.take(place.Offset, elements(c.plan.Consts[i].Value))
	}
	p.f.Call(prepare)
	p.f.DataDrop(parcelSegment)
	p.f.End()
	c.m.PassiveData(p.data)
	c.m.Start(p.f.Index())
}

// parameter expands a parameter in its place or, piece by piece, in the staging zone from
// where put takes it.
func (p *parcel) parameter(i int, s Stored) {
	if s.Storage == Int8 {
		p.take(p.scales, floatBytes(s.Scales))
	}
	place := p.out.Params[i]
	if !place.Packed {
		p.expand(place.Offset, s, s.Data)
		return
	}
	row := place.RowBytes / 4 * s.Storage.Bytes()
	for at := 0; at*row < len(s.Data); at += place.Rows {
		piece := s.Data[at*row : min((at+place.Rows)*row, len(s.Data))]
		p.expand(p.out.Staging.Offset, s, piece)
		for _, v := range []int{i, at, len(piece) / row} {
			p.f.I32Const(int32(v))
		}
		p.f.Call(p.put)
	}
}

// expand turns a piece of a parameter's data into float32 from address to on.
func (p *parcel) expand(to int, s Stored, piece []byte) {
	n := len(piece) / s.Storage.Bytes()
	p.take(to+4*n-len(piece), piece)
	switch s.Storage {
	case Float16:
		p.f.I32Const(int32(to))
		p.f.I32Const(int32(n))
		p.f.Call(p.shared("expand_half", func() uint32 { return kernel.ExpandHalf(p.m, "expand_half") }))
	case Int8:
		for _, v := range []int{to, n / len(s.Scales), len(s.Scales), p.scales} {
			p.f.I32Const(int32(v))
		}
		p.f.Call(p.shared("expand_int8", func() uint32 { return kernel.ExpandInt8(p.m, "expand_int8") }))
	}
}

// take adds bytes to the segment and copies them from there to address to.
func (p *parcel) take(to int, b []byte) {
	for _, v := range []int{to, len(p.data), len(b)} {
		p.f.I32Const(int32(v))
	}
	p.f.MemoryInit(parcelSegment)
	p.data = append(p.data, b...)
}

// elements are those of a tensor as bytes.
func elements(t *tensor.Tensor) []byte {
	if t.DType() == tensor.Float32 {
		return floatBytes(t.Read())
	}
	b := make([]byte, 0, 4*t.Size())
	for _, v := range t.I() {
		b = le.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

func floatBytes(f []float32) []byte {
	b := make([]byte, 0, 4*len(f))
	for _, v := range f {
		b = le.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// writeRun emits wafer_run(address) → address of the output.
func (c *compiler) writeRun(step uint32) {
	f := c.m.Func("wafer_run", []wasmbin.ValType{wasmbin.I32}, []wasmbin.ValType{wasmbin.I32})
	in := c.out.Inputs[0]
	f.LocalGet(f.Param(0))
	f.I32Const(int32(in.Offset))
	f.I32Ne()
	f.If()
	f.I32Const(int32(in.Offset))
	f.LocalGet(f.Param(0))
	f.I32Const(int32(in.Bytes()))
	f.MemoryCopy()
	f.End()
	f.I32Const(0)
	f.I32Const(1)
	f.Call(step)
	f.I32Const(int32(c.out.Outputs[0].Offset))
	f.End()
	c.m.Export("wafer_run", wasmbin.ExportFunc, f.Index())
}

// writeAlloc emits wafer_alloc(bytes) → address. What it gives is never taken back: a host
// asks once for what it needs.
func (c *compiler) writeAlloc() {
	const align = 16
	end := c.m.Global(true, int32((c.lay.at+align-1)/align*align))
	f := c.m.Func("wafer_alloc", []wasmbin.ValType{wasmbin.I32}, []wasmbin.ValType{wasmbin.I32})
	at, next := f.Local(wasmbin.I32), f.Local(wasmbin.I32)
	f.LocalGet(f.Param(0))
	f.I32Const(-PageSize) // 4 GiB less a page
	f.GlobalGet(end)
	f.LocalTee(at)
	f.I32Sub()
	f.I32GtU()
	f.If()
	f.I32Const(0)
	f.Return()
	f.End()
	f.LocalGet(at)
	f.LocalGet(f.Param(0))
	f.I32Add()
	f.I32Const(align - 1)
	f.I32Add()
	f.I32Const(-align)
	f.I32And()
	f.LocalSet(next)
	pages := func() { // more than there are
		f.LocalGet(next)
		f.I32Const(1)
		f.I32Sub()
		f.I32Const(16)
		f.I32ShrU()
		f.I32Const(1)
		f.I32Add()
		f.MemorySize()
		f.I32Sub()
	}
	pages()
	f.I32Const(0)
	f.I32GtS()
	f.If()
	pages()
	f.MemoryGrow()
	f.I32Const(-1)
	f.I32Eq()
	f.If()
	f.I32Const(0)
	f.Return()
	f.End()
	f.End()
	f.LocalGet(next)
	f.GlobalSet(end)
	f.LocalGet(at)
	f.End()
	c.m.Export("wafer_alloc", wasmbin.ExportFunc, f.Index())
}
