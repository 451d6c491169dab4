package hdf5

import (
	"bytes"
	"math/bits"

	"wafer/nn/say"
)

// localNames is the text of a local heap: names of a group's members, each ended by a zero.
func (f *File) localNames(at int64) []byte {
	c := f.cursor(at, 8+2*f.lengths+f.offsets, "local heap")
	c.sign("HEAP")
	c.skip(4)
	n := c.length()
	c.skip(f.lengths)
	return f.read(c.address(), n)
}

// textAt is the text that begins at a place of b and ends before the next zero byte, or at the end of b.
func textAt(b []byte, at int) string {
	if at < 0 || at >= len(b) {
		fail(say.Errorf("a name lies at %d of a heap of %d bytes", at, len(b)))
	}
	text, _, _ := bytes.Cut(b[at:], []byte{0})
	return string(text)
}

// global is an object of a global heap: text of variable length.
func (f *File) global(at int64, index int) []byte {
	heap := f.heaps[at]
	if heap == nil {
		heap = f.globalHeap(at)
		f.heaps[at] = heap
	}
	b, ok := heap[index]
	if !ok {
		fail(say.Errorf("object %d of the heap at %d is missing", index, at))
	}
	if f.budget -= int64(len(b)); f.budget < 0 {
		fail(say.New("it reads the same places over and over"))
	}
	return b
}

// globalHeap reads a global heap collection (III.E): its objects by their numbers. Object 0 is the free rest.
func (f *File) globalHeap(at int64) map[int][]byte {
	c := f.cursor(at, 8+f.lengths, "global heap")
	c.sign("GCOL")
	c.version(1)
	c.skip(3)
	n := c.length()
	c = f.cursor(at, n, "global heap")
	c.skip(8 + f.lengths)
	heap := map[int][]byte{}
	for c.left() >= 8+f.lengths {
		index := c.number(2)
		c.skip(6)
		size := c.length()
		if index == 0 {
			break
		}
		heap[index] = c.bytes(size)
		c.skip(min((8-size%8)%8, c.left()))
	}
	return heap
}

// fractal is a fractal heap, in which links and attributes lie when there are many.
type fractal struct {
	f           *File
	flags       int
	offset, len int // bytes of an object's place and length in its identifier
	width       int // blocks of a row
	start, most int // bytes of the first direct block and of the largest
	root        int64
	rows        int              // of the root, 0: it is a direct block
	read        map[int64][]byte // indirect blocks
}

// fractal reads the header of a fractal heap (III.G); blocks are read when an object is asked for. A heap with filters
// is an error.
func (f *File) fractal(at int64) *fractal {
	c := f.cursor(at, 22+12*f.lengths+3*f.offsets, "fractal heap")
	c.sign("FRHP")
	c.version(0)
	h := &fractal{f: f, read: map[int64][]byte{}}
	c.skip(2)
	if filters := c.number(2); filters != 0 {
		fail(say.New("a fractal heap is compressed, which is not supported"))
	}
	h.flags = c.number(1)
	managed := c.number(4)
	c.skip(f.lengths + f.offsets + f.lengths + f.offsets + 8*f.lengths)
	h.width, h.start, h.most = c.number(2), c.length(), c.length()
	heap := c.number(2)
	c.skip(2)
	h.root, h.rows = c.address(), c.number(2)
	if h.width < 1 || h.width > 1<<12 || h.start < 1 || h.most < h.start || heap > 64 || h.rows > 64 {
		fail(say.Errorf("a fractal heap has rows of %d blocks of %d to %d bytes, which does not fit", h.width, h.start,
			h.most))
	}
	h.offset = (heap + 7) / 8
	h.len = min((bits.Len(uint(h.most))-1+7)/8, width(managed))
	return h
}

// object is what an identifier stands for. A managed object lies in the blocks; a tiny one in the identifier itself,
// whose first byte holds its length less one. A huge one, beside the heap, is an error.
func (h *fractal) object(id []byte) []byte {
	c := &cursor{h.f, id, 0, "heap identifier"}
	switch kind := c.number(1) >> 4 & 3; kind {
	case 0:
		at, n := c.number(h.offset), c.number(h.len)
		return h.managed(h.root, h.rows, 0, at, n, 0)
	case 2:
		return c.bytes(min(int(id[0]&15)+1, c.left()))
	}
	fail(say.New("a fractal heap has objects outside its blocks, which is not supported"))
	return nil
}

// managed is n bytes at a place of the heap's address space, looked for in the block there; rows 0: a direct one. from
// is where the block begins in that space. An indirect block has rows of width children: the first two rows of blocks
// of start bytes, each later row of twice as many; rows beyond those for direct blocks point to indirect ones.
func (h *fractal) managed(block int64, rows, from, at, n, depth int) []byte {
	if block == nowhere || depth > maxDepth {
		fail(say.New("an object of a fractal heap is missing"))
	}
	if rows == 0 {
		return h.direct(block, at-from, n)
	}
	directRows := bits.Len(uint(h.most/h.start)) + 1
	header := 5 + h.f.offsets + h.offset
	if h.read[block] == nil {
		h.read[block] = h.f.read(block, header+rows*h.width*h.f.offsets)
	}
	c := &cursor{h.f, h.read[block], 0, "fractal heap"}
	c.sign("FHIB")
	c.skip(header - 4)
	for row := range rows {
		size := h.start << max(row-1, 0)
		if size <= 0 || size > 1<<50 {
			break
		}
		for range h.width {
			child := c.address()
			if at >= from && at < from+size {
				if row < directRows {
					return h.managed(child, 0, from, at, n, depth+1)
				}
				return h.managed(child, bits.Len(uint(size/h.start/h.width)), from, at, n, depth+1)
			}
			from += size
		}
	}
	fail(say.New("an object of a fractal heap is missing"))
	return nil
}

// direct is n bytes of a direct block. Places count from the block's beginning, its header included.
func (h *fractal) direct(block int64, at, n int) []byte {
	if at < 0 || at > h.most || n > h.most-at {
		fail(say.Errorf("an object of %d bytes at %d does not fit into a block of a fractal heap", n, at))
	}
	return h.f.read(block+int64(at), n)
}
