// Package wasmbin writes the binary format of WebAssembly: modules of types,
// imports, functions, one memory, globals, exports and data, with a name section.
// It knows instructions, not models. Instructions are methods of Func named as in
// the specification: i32.add is I32Add, v128.load32_splat is V128Load32Splat.
//
// Specification: https://webassembly.github.io/spec/core/binary/index.html; threads:
// https://webassembly.github.io/threads/core/binary/index.html.
package wasmbin

import "slices"

// ValType is the type of a local, parameter or result.
// https://webassembly.github.io/spec/core/binary/types.html#value-types
type ValType byte

const (
	I32  ValType = 0x7f // also addresses and truth
	I64  ValType = 0x7e
	F32  ValType = 0x7d
	F64  ValType = 0x7c
	V128 ValType = 0x7b // 16 bytes; four float32 here
)

// ExportKind says what an export is.
// https://webassembly.github.io/spec/core/binary/modules.html#export-section
type ExportKind byte

const (
	ExportFunc   ExportKind = 0
	ExportMemory ExportKind = 2
)

// Limits are the sizes of a memory in pages of 64 KiB. A shared memory needs Max.
type Limits struct {
	Min, Max uint32 // Max 0: none
	Shared   bool
}

// Module is a module under construction. Functions are numbered in the order in
// which they are declared; none is imported.
type Module struct {
	types   []funcType
	funcs   []*Func
	memory  *Limits
	from    [2]string // the memory's import, "" for one of its own
	globals []global
	exports []export
	data    []segment
	custom  []segmentNamed
	start   *uint32 // a function that runs when the module is instantiated
}

type funcType struct{ params, results []ValType }

type global struct {
	typ     ValType
	mutable bool
	init    int32
}

type export struct {
	name  string
	kind  ExportKind
	index uint32
}

type segment struct {
	offset  uint32
	bytes   []byte
	passive bool // not copied to offset; memory.init takes from it
}

type segmentNamed struct {
	name  string
	bytes []byte
}

// NewModule returns an empty module.
func NewModule() *Module { return &Module{} }

// typeOf is the index of a function type, added when new.
func (m *Module) typeOf(params, results []ValType) uint32 {
	for i, t := range m.types {
		if slices.Equal(t.params, params) && slices.Equal(t.results, results) {
			return uint32(i)
		}
	}
	m.types = append(m.types, funcType{slices.Clone(params), slices.Clone(results)})
	return uint32(len(m.types) - 1)
}

// ImportMemory takes the memory from outside.
func (m *Module) ImportMemory(module, name string, l Limits) {
	m.memory, m.from = &l, [2]string{module, name}
}

// Memory gives the module a memory of its own.
func (m *Module) Memory(l Limits) { m.memory = &l }

// Global adds an i32 global with a start value and returns its index.
func (m *Module) Global(mutable bool, init int32) uint32 {
	m.globals = append(m.globals, global{I32, mutable, init})
	return uint32(len(m.globals) - 1)
}

// Func declares a function. Its body is written through the methods of Func and
// ends with End; the name goes into the name section.
func (m *Module) Func(name string, params, results []ValType) *Func {
	f := &Func{name: name, index: uint32(len(m.funcs)), typ: m.typeOf(params, results), params: len(params)}
	m.funcs = append(m.funcs, f)
	return f
}

// Export gives a function, the memory (index 0) or a global a name outside.
func (m *Module) Export(name string, kind ExportKind, index uint32) {
	m.exports = append(m.exports, export{name, kind, index})
}

// Unexport takes the name of an export back and returns what it was the name of.
func (m *Module) Unexport(name string) (index uint32) {
	i := slices.IndexFunc(m.exports, func(e export) bool { return e.name == name })
	index = m.exports[i].index
	m.exports = slices.Delete(m.exports, i, i+1)
	return index
}

// Start names the function, without parameters or results, that runs when the module
// is instantiated.
func (m *Module) Start(index uint32) { m.start = &index }

// Data fills memory from offset when the module is instantiated.
func (m *Module) Data(offset uint32, bytes []byte) {
	m.data = append(m.data, segment{offset: offset, bytes: bytes})
}

// PassiveData adds bytes that MemoryInit copies into memory, and returns their number.
func (m *Module) PassiveData(bytes []byte) uint32 {
	m.data = append(m.data, segment{bytes: bytes, passive: true})
	return uint32(len(m.data) - 1)
}

// Custom adds a custom section, which hosts ignore or read by name.
func (m *Module) Custom(name string, bytes []byte) {
	m.custom = append(m.custom, segmentNamed{name, bytes})
}
