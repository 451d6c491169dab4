package tflite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// table is a table of a FlatBuffers file (flatbuffers.dev/internals): its fields are found through a
// list of offsets, the vtable, that stands elsewhere. Nothing that it says is trusted: every read is
// checked against the file, and the first one that fails is kept in damage.
type table struct {
	*buffer
	at, vtable, fields int
}

// buffer is the file with the first damage that was found in it.
type buffer struct {
	b      []byte
	damage error
	spent  int // bytes that were copied out of the file
}

// spend counts bytes that are about to be copied: lists that overlap could else grow without a bound.
func (f *buffer) spend(n int) bool {
	if f.spent += n; f.spent > len(f.b)+4096 && f.damage == nil {
		f.damage = errors.New("its lists overlap: together they are longer than the file")
	}
	return f.damage == nil
}

var errDamaged = errors.New("an offset points outside the file: it was damaged or cut short")

// has tells whether n bytes stand at an offset.
func (f *buffer) has(at, n int) bool {
	if at < 0 || n < 0 || at > len(f.b) || n > len(f.b)-at {
		if f.damage == nil {
			f.damage = errDamaged
		}
		return false
	}
	return true
}

func (f *buffer) u32(at int) int {
	if !f.has(at, 4) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(f.b[at:]))
}

func (f *buffer) u16(at int) int {
	if !f.has(at, 2) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(f.b[at:]))
}

// follow is where the offset at a place points to.
func (f *buffer) follow(at int) int { return at + f.u32(at) }

// table reads the table that begins at an offset.
func (f *buffer) table(at int) table {
	vtable := at - int(int32(f.u32(at)))
	size := f.u16(vtable)
	if size < 4 || size%2 != 0 || !f.has(vtable, size) {
		if f.damage == nil {
			f.damage = errDamaged
		}
		return table{buffer: f}
	}
	return table{f, at, vtable, size/2 - 2}
}

// field is where field number i stands, 0 where it has its default.
func (t table) field(i int) int {
	if i >= t.fields {
		return 0
	}
	off := t.u16(t.vtable + 4 + 2*i)
	if off == 0 {
		return 0
	}
	return t.at + off
}

func (t table) byte(i int, standard byte) byte {
	at := t.field(i)
	if at == 0 || !t.has(at, 1) {
		return standard
	}
	return t.b[at]
}

// int is a field of 32 bits.
func (t table) int(i, standard int) int {
	at := t.field(i)
	if at == 0 {
		return standard
	}
	return int(int32(t.u32(at)))
}

func (t table) float(i int, standard float32) float32 {
	at := t.field(i)
	if at == 0 {
		return standard
	}
	return math.Float32frombits(uint32(t.u32(at)))
}

// sub is a field that is a table; ok is false where there is none.
func (t table) sub(i int) (_ table, ok bool) {
	at := t.field(i)
	if at == 0 {
		return table{}, false
	}
	return t.table(t.follow(at)), true
}

// vector is the bytes of a field that is a list of elements of a width, and their number.
func (t table) vector(i, width int) (bytes []byte, n int) {
	at := t.field(i)
	if at == 0 {
		return nil, 0
	}
	at = t.follow(at)
	n = t.u32(at)
	if n > len(t.b) || !t.has(at+4, n*width) {
		if t.damage == nil {
			t.damage = errDamaged
		}
		return nil, 0
	}
	return t.b[at+4 : at+4+n*width], n
}

func (t table) string(i int) string {
	b, n := t.vector(i, 1)
	if !t.spend(n) {
		return ""
	}
	return string(b)
}

// ints is a list of 32-bit numbers.
func (t table) ints(i int) []int {
	b, n := t.vector(i, 4)
	if !t.spend(4 * n) {
		return nil
	}
	list := make([]int, n)
	for k := range list {
		list[k] = int(int32(binary.LittleEndian.Uint32(b[4*k:])))
	}
	return list
}

// tables is a list of tables, at most most.
func (t table) tables(i, most int, what string) []table {
	at := t.field(i)
	if at == 0 {
		return nil
	}
	_, n := t.vector(i, 4)
	if n > most {
		if t.damage == nil {
			t.damage = fmt.Errorf("has %d %s, at most %d are read", n, what, most)
		}
		return nil
	}
	at = t.follow(at) + 4
	list := make([]table, n)
	for k := range list {
		list[k] = t.table(t.follow(at + 4*k))
	}
	return list
}
