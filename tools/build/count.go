package main

import (
	"bytes"
	"encoding/binary"
)

// numbered is where the runtime's table of functions has numbers that a loop can count: behind each other, for every
// function, where its code begins and where its record is, which begins with the same number.
type numbered struct {
	at    int // address of the table
	count int // functions
	first int // of where code begins, in functions; the others follow
	from  int // of the first record, from at
}

// atData is where a record has its number of lists of values, 4 bytes; that of lists of data is its last byte.
const atData = 28

// number zeroes these numbers, which are a byte or two of each function after brotli, 22 KB of a program.
func number(t table, start, funcs, count int) (numbered, error) {
	n := numbered{at: start + funcs, count: count, first: t.half(funcs), from: t.half(funcs + 4)}
	record := n.from
	for i := range count {
		entry := funcs + 8*i
		code := n.first + i
		if t.half(entry) != code || t.half(entry+4) != record || t.half(funcs+record) != code {
			return numbered{}, errTable
		}
		t.set(funcs+record, 0)
		clear(t.b[entry : entry+8])
		record = aligned(record + funcSize + 4*(t.half(funcs+record+atData)+int(t.b[funcs+record+funcSize-1])))
	}
	return n, nil
}

// aligned is the next place where a record may begin.
func aligned(at int) int { return (at + 7) &^ 7 }

// counter is the body of a function that writes the numbers: locals 0, 1, 2 are the entry in the table, the record and
// where the code begins.
func (n numbered) counter() []byte {
	const (
		localGet, localSet, loop, brIf       = 0x20, 0x21, 0x03, 0x0d
		load, load8U, store                  = 0x28, 0x2d, 0x36
		add, sub, mul, and, ltU, empty, intT = 0x6a, 0x6b, 0x6c, 0x71, 0x49, 0x40, 0x7f
	)
	b := []byte{1, 3, intT}
	number := func(v int) { b = appendSigned(append(b, i32Const), int32(v)) }
	code := func(c ...byte) { b = append(b, c...) }
	for local, v := range []int{n.at, n.at + n.from, n.first} {
		number(v)
		code(localSet, byte(local))
	}
	code(loop, empty)
	code(localGet, 0, localGet, 2, store, 2, 0)
	code(localGet, 0, localGet, 1)
	number(n.at)
	code(sub, store, 2, 4)
	code(localGet, 1, localGet, 2, store, 2, 0)
	code(localGet, 1, load, 2, atData, localGet, 1, load8U, 0, funcSize-1, add)
	number(4)
	code(mul, localGet, 1, add)
	number(funcSize + 7)
	code(add)
	number(-8)
	code(and, localSet, 1)
	for _, s := range [][2]int{{0, 8}, {2, 1}} {
		local, step := byte(s[0]), s[1]
		code(localGet, local)
		number(step)
		code(add, localSet, local)
	}
	code(localGet, 0)
	number(n.at + 8*n.count)
	code(ltU, brIf, 0, end, end)
	return b
}

// appendSigned appends a signed LEB128 number.
func appendSigned(b []byte, v int32) []byte {
	for {
		low := byte(v & 0x7f)
		if v >>= 7; v == 0 && low&0x40 == 0 || v == -1 && low&0x40 != 0 {
			return append(b, low)
		}
		b = append(b, low|0x80)
	}
}

// withStart adds a function that a browser calls before any other, when memory has its data: its type, itself, that it
// is the one, and its body.
func withStart(sections []section, body []byte) ([]section, error) {
	var types, imported, defined int
	for _, s := range sections {
		r := reader{b: s.body}
		switch n := r.number(); s.id {
		case typeSection:
			types = n
		case functionSection:
			defined = n
		case importSection:
			imported = n
			for range n { // module, name, kind, type
				if r.bytes(); r.bytes() == nil || r.byte() != 0 {
					return nil, errModule
				}
				r.number()
			}
		}
		if r.failed {
			return nil, errModule
		}
	}
	var out []section
	for _, s := range sections {
		switch s.id {
		case typeSection:
			s.body = oneMore(s.body, []byte{0x60, 0, 0})
		case functionSection:
			s.body = oneMore(s.body, binary.AppendUvarint(nil, uint64(types)))
		case elementSection:
			out = append(out, section{startSection, binary.AppendUvarint(nil, uint64(imported+defined))})
		case codeSection:
			s.body = oneMore(s.body, append(binary.AppendUvarint(nil, uint64(len(body))), body...))
		}
		out = append(out, s)
	}
	return out, nil
}

// oneMore is a list of items, which begins with their number, and one more.
func oneMore(list, item []byte) []byte {
	r := reader{b: list}
	n := r.number()
	return bytes.Join([][]byte{binary.AppendUvarint(nil, uint64(n+1)), list[r.at:], item}, nil)
}
