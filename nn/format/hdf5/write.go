package hdf5

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Group is a group of a file that is written, with the groups and datasets below it. The zero value is empty.
type Group struct {
	members map[string]*member
	attrs   []attribute
}

// member is a group or a dataset.
type member struct {
	group *Group
	shape []int
	data  []float32
	half  bool
}

// attribute is a text, or a list of texts.
type attribute struct {
	name string
	text string
	list []string // nil: text
}

// Group is the group at a path below this one, "dense_1/dense_1"; groups that are not there are made.
func (g *Group) Group(path string) *Group {
	for name := range strings.SplitSeq(path, "/") {
		if g.members[name] == nil || g.members[name].group == nil {
			g.put(name, &member{group: &Group{}})
		}
		g = g.members[name].group
	}
	return g
}

// Floats puts a dataset of float32, or of float16 where half, at a path below the group, in place of what is there. The
// numbers stand in row-major order, and their count must be the product of shape, which Encode checks. data is not
// copied: it must not change before Encode. float16 is rounded to the nearest even.
func (g *Group) Floats(path string, shape []int, data []float32, half bool) {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		g, path = g.Group(path[:i]), path[i+1:]
	}
	g.put(path, &member{shape: slices.Clone(shape), data: data, half: half})
}

// put makes m the member of the name. Whatever had that name is gone, a group with all below it.
func (g *Group) put(name string, m *member) {
	if g.members == nil {
		g.members = map[string]*member{}
	}
	g.members[name] = m
}

// Text adds an attribute of one text, of any length.
func (g *Group) Text(name, text string) { g.attrs = append(g.attrs, attribute{name: name, text: text}) }

// Texts adds an attribute of a list of texts, which all take the room of the longest.
func (g *Group) Texts(name string, list []string) {
	g.attrs = append(g.attrs, attribute{name: name, list: append([]string{}, list...)})
}

// Encode is a file whose root is the group, in the form that every version of the library reads: superblock 0, groups
// as symbol tables, contiguous data. The same groups give the same bytes. An attribute of more than maxMessage bytes, a
// shape of other size than its data, and more than 32 axes are errors.
func (g *Group) Encode() ([]byte, error) {
	w := &writer{file: make([]byte, superblockBytes)}
	root := w.group(g)
	w.superblock(root)
	if w.err != nil {
		return nil, say.Errorf("HDF5 file: %w", w.err)
	}
	return w.file, nil
}

// Sizes of the format's structures in bytes, with addresses and lengths of 8.
const (
	superblockBytes = 96
	entryBytes      = 40                         // of a symbol table
	leafEntries     = 8                          // twice the leaf's K
	leafBytes       = 8 + leafEntries*entryBytes //
	treeChildren    = 32                         // twice the internal K
	treeBytes       = 24 + (2*treeChildren+1)*8  //
	maxMessage      = 1<<16 - 8                  // of an object header
	unset           = uint64(math.MaxUint64)     // an address of nothing
)

// writer appends structures to a file; what is below stands before what points to it.
type writer struct {
	file []byte
	err  error
}

// fail keeps the first error; writing goes on, and Encode throws the bytes away.
func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// place aligns the end of the file to 8 bytes and is its address.
func (w *writer) place() uint64 {
	w.file = padded(w.file)
	return uint64(len(w.file))
}

// append puts a structure at the end and is its address.
func (w *writer) append(b []byte) (at uint64) {
	at = w.place()
	w.file = append(w.file, b...)
	return at
}

// padded is b with zeros up to a multiple of 8 bytes, on which messages and heap objects begin.
func padded(b []byte) []byte {
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return b
}

var le = binary.LittleEndian

// superblock has version 0 (III.A of the specification).
func (w *writer) superblock(root uint64) {
	b := append([]byte(signature), 0, 0, 0, 0, 0, 8, 8, 0)
	b = le.AppendUint16(b, leafEntries/2)
	b = le.AppendUint16(b, treeChildren/2)
	b = le.AppendUint32(b, 0)
	for _, at := range []uint64{0, unset, uint64(len(w.file)), unset, 0, root} {
		b = le.AppendUint64(b, at)
	}
	copy(w.file, b)
}

// group writes what is in a group, then the group, and is the address of its object header. Members are sorted by name
// in bytes, which the tree's search asks for. The format has no place for the order in which they were put.
func (w *writer) group(g *Group) uint64 {
	names := make([]string, 0, len(g.members))
	for name := range g.members {
		names = append(names, name)
	}
	slices.Sort(names)
	heap := make([]byte, 8) // the empty name, at 0
	entries := make([]symbol, len(names))
	for i, name := range names {
		at := w.member(g.members[name])
		entries[i] = symbol{len(heap), at}
		heap = padded(append(append(heap, name...), 0))
	}
	tree := w.tree(entries)
	messages := [][]byte{messageOf(msgSymbols, le.AppendUint64(le.AppendUint64(nil, tree), w.heap(heap)))}
	for _, a := range g.attrs {
		messages = append(messages, w.attribute(a))
	}
	return w.header(messages)
}

// member writes a group or a dataset and is the address of its object header.
func (w *writer) member(m *member) uint64 {
	if m.group != nil {
		return w.group(m.group)
	}
	return w.dataset(m)
}

// heap is a local heap (III.D) with the names of a group; it has no free space.
func (w *writer) heap(data []byte) uint64 {
	at := w.append(data)
	b := append([]byte("HEAP"), 0, 0, 0, 0)
	for _, n := range []uint64{uint64(len(data)), 1, at} {
		b = le.AppendUint64(b, n)
	}
	return w.append(b)
}

// symbol is a member of a group: where its name stands in the heap, and its object header.
type symbol struct {
	name int
	at   uint64
}

// node is one of a B-tree, or a leaf: last is the name of its last member.
type node struct {
	at   uint64
	last int
}

// tree is a B-tree (III.A.1) over the leaves of a group, whose members are in the order of their names.
func (w *writer) tree(entries []symbol) uint64 {
	var level []node
	for list := range slices.Chunk(entries, leafEntries) {
		b := le.AppendUint16([]byte("SNOD\x01\x00"), uint16(len(list)))
		for _, e := range list {
			b = le.AppendUint64(le.AppendUint64(b, uint64(e.name)), e.at)
			b = append(b, make([]byte, 24)...)
		}
		b = append(b, make([]byte, leafBytes-len(b))...)
		level = append(level, node{w.append(b), list[len(list)-1].name})
	}
	for height := 0; ; height++ {
		level = w.level(level, height)
		if len(level) == 1 {
			return level[0].at
		}
	}
}

// level puts nodes above others. Neighbours know each other, so their addresses are known before.
func (w *writer) level(below []node, height int) (above []node) {
	first, n := w.place(), max((len(below)+treeChildren-1)/treeChildren, 1)
	key := 0
	for i := range n {
		list := below[i*treeChildren : min((i+1)*treeChildren, len(below))]
		b := le.AppendUint16([]byte{'T', 'R', 'E', 'E', 0, byte(height)}, uint16(len(list)))
		left, right := unset, unset
		if i > 0 {
			left = first + uint64(i-1)*treeBytes
		}
		if i < n-1 {
			right = first + uint64(i+1)*treeBytes
		}
		b = le.AppendUint64(le.AppendUint64(b, left), right)
		b = le.AppendUint64(b, uint64(key))
		for _, c := range list {
			b = le.AppendUint64(le.AppendUint64(b, c.at), uint64(c.last))
			key = c.last
		}
		b = append(b, make([]byte, treeBytes-len(b))...)
		above = append(above, node{w.append(b), key})
	}
	return above
}

// header is an object header of version 1 (IV.A.1.a) in one block.
func (w *writer) header(messages [][]byte) uint64 {
	b := le.AppendUint16([]byte{1, 0}, uint16(len(messages)))
	all := slices.Concat(messages...)
	b = le.AppendUint32(le.AppendUint32(b, 1), uint32(len(all)))
	return w.append(append(padded(b), all...))
}

// messageOf is a message of an object header of version 1: kind, length, flags and the data, padded.
func messageOf(kind int, data []byte) []byte {
	data = padded(data)
	b := le.AppendUint16(le.AppendUint16(nil, uint16(kind)), uint16(len(data)))
	return append(append(b, 0, 0, 0, 0), data...)
}

// Datatypes (IV.A.2.d).
var (
	float32Type = []byte{0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0}
	float16Type = []byte{0x11, 0x20, 15, 0, 2, 0, 0, 0, 0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0}
	textType    = []byte{0x19, 1, 1, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0} // UTF-8 of any length
)

// fixedType is that of texts in so many bytes, padded with zeros, UTF-8.
func fixedType(n int) []byte { return le.AppendUint32([]byte{0x13, 0x11, 0, 0}, uint32(n)) }

// space is a dataspace of version 1.
func space(shape ...int) []byte {
	b := []byte{1, byte(len(shape)), 0, 0, 0, 0, 0, 0}
	for _, n := range shape {
		b = le.AppendUint64(b, uint64(n))
	}
	return b
}

// dataset writes the data, contiguous, and is the address of its object header.
func (w *writer) dataset(m *member) uint64 {
	typ, at, start := float32Type, w.place(), len(w.file)
	if m.half {
		typ = float16Type
		for _, v := range m.data {
			w.file = le.AppendUint16(w.file, tensor.Half(v))
		}
	} else {
		for _, v := range m.data {
			w.file = le.AppendUint32(w.file, math.Float32bits(v))
		}
	}
	if len(m.data) != elements(m.shape) || len(m.shape) > 32 {
		w.fail(say.Errorf("%d numbers are no array of shape %v", len(m.data), m.shape))
	}
	layout := le.AppendUint64(le.AppendUint64([]byte{3, 1}, at), uint64(len(w.file)-start))
	return w.header([][]byte{messageOf(msgSpace, space(m.shape...)), messageOf(msgType, typ),
		messageOf(msgFill, []byte{2, 2, 2, 1, 0, 0, 0, 0}), messageOf(msgLayout, layout)})
}

// attribute is a message of version 1 (IV.A.2.m).
func (w *writer) attribute(a attribute) []byte {
	typ, sp, data := textType, space(), []byte(nil)
	if a.list == nil {
		data = w.global(a.text)
	} else {
		longest := 1
		for _, s := range a.list {
			longest = max(longest, len(s))
		}
		typ, sp = fixedType(longest), space(len(a.list))
		for _, s := range a.list {
			data = append(append(data, s...), make([]byte, longest-len(s))...)
		}
	}
	name := append([]byte(a.name), 0)
	b := []byte{1, 0}
	for _, part := range [][]byte{name, typ, sp} {
		b = le.AppendUint16(b, uint16(len(part)))
	}
	for _, part := range [][]byte{name, typ, sp} {
		b = append(b, padded(slices.Clone(part))...)
	}
	b = append(b, data...)
	if len(b) > maxMessage {
		w.fail(say.Errorf("the attribute %.40s takes %d bytes, at most %d are written", a.name, len(b), maxMessage))
		return nil
	}
	return messageOf(msgAttribute, b)
}

// global stores a text in a global heap of its own (III.E) and is what an attribute holds in its place.
func (w *writer) global(text string) []byte {
	const least = 4096
	b := append([]byte("GCOL"), 1, 0, 0, 0)
	size := max(16+16+(len(text)+7)&^7+16, least)
	b = le.AppendUint64(b, uint64(size))
	b = append(le.AppendUint16(b, 1), 1, 0, 0, 0, 0, 0)
	b = padded(append(le.AppendUint64(b, uint64(len(text))), text...))
	b = le.AppendUint64(append(b, make([]byte, 8)...), uint64(size-len(b))) // the rest is free: object 0
	at := w.append(append(b, make([]byte, size-len(b))...))
	out := le.AppendUint64(le.AppendUint32(nil, uint32(len(text))), at)
	return le.AppendUint32(out, 1)
}
