package wasmbin

import (
	"encoding/binary"
	"math"
)

// Section identifiers.
// https://webassembly.github.io/spec/core/binary/modules.html#sections
const (
	sectionCustom    = 0
	sectionType      = 1
	sectionImport    = 2
	sectionFunction  = 3
	sectionMemory    = 5
	sectionGlobal    = 6
	sectionExport    = 7
	sectionStart     = 8
	sectionDataCount = 12 // stands before the code, which refers to data
	sectionCode      = 10
	sectionData      = 11
)

// Bytes encodes the module. Every function must have ended.
func (m *Module) Bytes() []byte {
	size := 1 << 12
	for _, f := range m.funcs {
		size += len(f.code) + 64
	}
	for _, d := range m.data {
		size += len(d.bytes) + 16
	}
	w := append(make([]byte, 0, size), 0, 'a', 's', 'm', 1, 0, 0, 0)
	w = section(w, sectionType, len(m.types), func(w []byte, i int) []byte {
		w = types(append(w, 0x60), m.types[i].params)
		return types(w, m.types[i].results)
	})
	w = m.importSection(w)
	w = section(w, sectionFunction, len(m.funcs),
		func(w []byte, i int) []byte { return uleb(w, uint64(m.funcs[i].typ)) })
	if m.memory != nil && m.from[0] == "" {
		w = section(w, sectionMemory, 1, func(w []byte, _ int) []byte { return m.memory.encode(w) })
	}
	w = section(w, sectionGlobal, len(m.globals), func(w []byte, i int) []byte {
		g := m.globals[i]
		w = append(w, byte(g.typ), flag(g.mutable), 0x41)
		return append(sleb(w, int64(g.init)), 0x0b)
	})
	w = section(w, sectionExport, len(m.exports), func(w []byte, i int) []byte {
		e := m.exports[i]
		return uleb(append(str(w, e.name), byte(e.kind)), uint64(e.index))
	})
	if m.start != nil {
		w = whole(w, sectionStart, uleb(nil, uint64(*m.start)))
	}
	if len(m.data) > 0 {
		w = whole(w, sectionDataCount, uleb(nil, uint64(len(m.data))))
	}
	w = section(w, sectionCode, len(m.funcs), func(w []byte, i int) []byte { return m.funcs[i].encode(w) })
	w = section(w, sectionData, len(m.data), func(w []byte, i int) []byte { return m.data[i].encode(w) })
	w = m.nameSection(w)
	for _, c := range m.custom {
		w = whole(w, sectionCustom, append(str(nil, c.name), c.bytes...))
	}
	return w
}

// encode writes a segment: flag 1 is a passive one, without an offset.
// https://webassembly.github.io/spec/core/binary/modules.html#data-section
func (d *segment) encode(w []byte) []byte {
	if d.passive {
		w = append(w, 1)
	} else {
		w = append(sleb(append(w, 0, 0x41), int64(int32(d.offset))), 0x0b)
	}
	return append(uleb(w, uint64(len(d.bytes))), d.bytes...)
}

func (m *Module) importSection(w []byte) []byte {
	if m.from[0] == "" {
		return w
	}
	return section(w, sectionImport, 1, func(w []byte, _ int) []byte {
		return m.memory.encode(append(str(str(w, m.from[0]), m.from[1]), 2))
	})
}

// nameSection names functions, for profilers and stack traces.
// https://webassembly.github.io/spec/core/appendix/custom.html#name-section
func (m *Module) nameSection(w []byte) []byte {
	names := uleb(nil, uint64(len(m.funcs)))
	for _, f := range m.funcs {
		names = str(uleb(names, uint64(f.index)), f.name)
	}
	b := append(str(nil, "name"), 1)
	return whole(w, sectionCustom, append(uleb(b, uint64(len(names))), names...))
}

// encode writes limits; a shared memory is flag 3.
// https://webassembly.github.io/spec/core/binary/types.html#limits
func (l *Limits) encode(w []byte) []byte {
	if l.Max == 0 {
		return uleb(append(w, 0), uint64(l.Min))
	}
	return uleb(uleb(append(w, 1+2*flag(l.Shared)), uint64(l.Min)), uint64(l.Max))
}

// section writes a vector of n entries, nothing when n is 0.
func section(w []byte, id byte, n int, entry func(w []byte, i int) []byte) []byte {
	if n == 0 {
		return w
	}
	body := uleb(nil, uint64(n))
	for i := range n {
		body = entry(body, i)
	}
	return whole(w, id, body)
}

func whole(w []byte, id byte, body []byte) []byte {
	return append(uleb(append(w, id), uint64(len(body))), body...)
}

func types(w []byte, ts []ValType) []byte {
	w = uleb(w, uint64(len(ts)))
	for _, t := range ts {
		w = append(w, byte(t))
	}
	return w
}

func str(w []byte, s string) []byte { return append(uleb(w, uint64(len(s))), s...) }

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// uleb writes an unsigned integer in LEB128.
// https://webassembly.github.io/spec/core/binary/values.html#integers
func uleb(w []byte, v uint64) []byte { return binary.AppendUvarint(w, v) }

// sleb writes a signed integer in LEB128.
func sleb(w []byte, v int64) []byte {
	for v < -64 || v > 63 {
		w = append(w, byte(v)|0x80)
		v >>= 7
	}
	return append(w, byte(v)&0x7f)
}

func float32le(w []byte, v float32) []byte {
	return binary.LittleEndian.AppendUint32(w, math.Float32bits(v))
}
