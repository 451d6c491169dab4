package main

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// numbered is the runtime's table of functions once a start function makes it: for every function, where its code
// begins and where its record is; and the records, which begin with the same number and stand in columns until then.
type numbered struct {
	start   int // address of its header
	at      int // address of the table
	count   int // functions
	first   int // of where code begins, in functions; the others follow
	from    int // of the first record, from at
	columns int // address of them, and of the buckets that take their place
	buckets int // how many of these there are
	values  int // the most lists of values that a record has behind it
	data    int // the most lists of data, behind those
}

// Where a record has the numbers of its lists: 4 bytes of values, a byte of data.
const (
	atValues = 28
	atData   = funcSize - 1
)

// fields are the 4-byte numbers of a record that differ between functions, by their place in it: name, size of the
// arguments, where deferred calls return to, the list of stack sizes, how many lists there are.
var fields = []int{4, 8, 12, 16, atValues, atData - 3}

// number zeroes the numbers that count, which are a byte or two of each function after brotli, 22 KB of a program, and
// moves the records into columns, in which a number resembles its neighbours: 30 KB less.
func (n *numbered) number(image []byte) error {
	from, to, err := n.coarse(image)
	if err != nil {
		return err
	}
	n.columns, n.buckets = from, (to-from)/bucketSize
	if err := n.check(image); err != nil {
		return err
	}
	if n.column(n.width()) > to-from {
		return errTable
	}
	clear(image[from:to])
	at := n.at + n.from
	for i := range n.count {
		clear(image[n.at+8*i : n.at+8*i+8])
		at = n.move(image, at, table{image[from+4*i:]})
	}
	return nil
}

// check finds how many lists there are, and whether the loop will count as the linker did.
func (n *numbered) check(image []byte) error {
	t, record := table{image[n.at:]}, n.from
	for i := range n.count {
		code := n.first + i
		if t.half(8*i) != code || t.half(8*i+4) != record || record+funcSize > len(t.b) || t.half(record) != code {
			return errTable
		}
		values, data := t.half(record+atValues), int(t.b[record+atData])
		n.values, n.data = max(n.values, values), max(n.data, data)
		record = aligned(record + funcSize + 4*(values+data))
	}
	return nil
}

// width is how many columns there are.
func (n numbered) width() int { return len(fields) + n.values + n.data }

// column is where a column begins, in bytes from the first.
func (n numbered) column(i int) int { return 4 * n.count * i }

// move takes the record at this place apart and says where the next one begins.
func (n numbered) move(b []byte, at int, columns table) int {
	values, data := table{b}.half(at+atValues), int(b[at+atData])
	to := at + funcSize + 4*(values+data)
	for i, field := range fields {
		columns.set(n.column(i), uint32(table{b}.half(at+field)))
	}
	for i := range values {
		columns.set(n.column(len(fields)+i), uint32(table{b}.half(at+funcSize+4*i)))
	}
	for i := range data {
		columns.set(n.column(len(fields)+n.values+i), uint32(table{b}.half(at+funcSize+4*(values+i))))
	}
	clear(b[at:to])
	return aligned(to)
}

// aligned is the next place where a record may begin.
func aligned(at int) int { return (at + 7) &^ 7 }

// Instructions of WebAssembly that the start function has, and its locals.
const (
	localGet, localSet, loop, ifThen, brIf = 0x20, 0x21, 0x03, 0x04, 0x0d
	load, load8U, store, empty, i32        = 0x28, 0x2d, 0x36, 0x40, 0x7f
	add, sub, mul, and, ltU, gtU, shl, shr = 0x6a, 0x6b, 0x6c, 0x71, 0x49, 0x4b, 0x74, 0x76

	entry, record, counted, column, lists = 0, 1, 2, 3, 4
)

// assembler appends instructions.
type assembler struct{ b []byte }

func (a *assembler) emit(c ...byte) { a.b = append(a.b, c...) }
func (a *assembler) get(local byte) { a.emit(localGet, local) }
func (a *assembler) number(v int)   { a.b = appendSigned(append(a.b, i32Const), int32(v)) }
func (a *assembler) load(offset int) {
	a.b = binary.AppendUvarint(append(a.b, load, 2), uint64(offset))
}
func (a *assembler) store(offset int) {
	a.b = binary.AppendUvarint(append(a.b, store, 2), uint64(offset))
}

func (a *assembler) set(local byte, v int) {
	a.number(v)
	a.emit(localSet, local)
}

func (a *assembler) addTo(local byte, v int) {
	a.get(local)
	a.number(v)
	a.emit(add, localSet, local)
}

// until ends a loop whose local has come this far.
func (a *assembler) until(local byte, v int) {
	a.get(local)
	a.number(v)
	a.emit(ltU, brIf, 0, end)
}

// counter is the body of a function that writes the table, and then the buckets of the search over the columns.
func (n numbered) counter() []byte {
	a := &assembler{[]byte{1, 5, i32}}
	a.set(entry, n.at)
	a.set(record, n.at+n.from)
	a.set(counted, n.first)
	a.set(column, n.columns)
	a.emit(loop, empty)
	n.entry(a)
	for i, field := range fields {
		a.get(record)
		a.get(column)
		a.load(n.column(i))
		a.store(field)
	}
	n.lists(a)
	a.addTo(entry, 8)
	a.addTo(counted, 1)
	a.addTo(column, 4)
	a.until(entry, n.at+8*n.count)
	n.search(a)
	a.emit(end)
	return a.b
}

// entry writes where the code and the record of a function begin.
func (n numbered) entry(a *assembler) {
	for _, at := range []byte{entry, record} {
		a.get(at)
		a.get(counted)
		a.store(0)
	}
	a.get(entry)
	a.get(record)
	a.number(n.at)
	a.emit(sub)
	a.store(4)
}

// lists writes those behind a record, and goes to the next one.
func (n numbered) lists(a *assembler) {
	values := func() { a.get(record); a.load(atValues) }
	data := func() { a.get(record); a.emit(load8U, 0, atData) }
	behind := func(from byte, count func(), bytes int) { // leaves from + bytes + 4 × count
		a.get(from)
		count()
		a.number(4)
		a.emit(mul, add)
		a.number(bytes)
		a.emit(add)
	}
	a.get(record)
	a.number(funcSize)
	a.emit(add, localSet, lists)
	n.list(a, len(fields), n.values, values)
	behind(lists, values, 0)
	a.emit(localSet, lists)
	n.list(a, len(fields)+n.values, n.data, data)
	behind(lists, data, 7)
	a.number(-8)
	a.emit(and, localSet, record)
}

// list writes as many numbers as the record has of this kind, from columns that begin with the first.
func (n numbered) list(a *assembler, first, most int, count func()) {
	for i := range most {
		count()
		a.number(i)
		a.emit(gtU, ifThen, empty)
		a.get(lists)
		a.get(column)
		a.load(n.column(first + i))
		a.store(4 * i)
		a.emit(end)
	}
}

// search writes the buckets (see coarsen).
func (n numbered) search(a *assembler) {
	a.set(column, n.columns)
	a.set(counted, 0)
	a.emit(loop, empty)
	a.get(column)
	a.get(counted)
	a.number(bits.TrailingZeros(bucketsEach * together))
	a.emit(shr)
	a.number(bits.TrailingZeros(together))
	a.emit(shl)
	a.store(0)
	for at := 4; at < bucketSize; at += 4 {
		a.get(column)
		a.number(0)
		a.store(at)
	}
	a.addTo(column, bucketSize)
	a.addTo(counted, 1)
	a.until(column, n.columns+n.buckets*bucketSize)
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
