package hdf5

import (
	"math/bits"

	"wafer/nn/say"
)

// extensible is an index of chunks of a dataset with one open axis: an extensible array. Its first entries lie in the
// index block, the next in data blocks that it points to, the others in data blocks that super blocks point to.
type extensible struct {
	d       *Dataset
	size    int // bytes of an entry
	offset  int // bytes of the number of a block's first entry
	least   int // entries of the smallest data block
	page    int // entries of a page; larger data blocks consist of pages
	next, n int // the next entry to be read, and how many there are
	add     func(stored)
}

// extensibleArray reads an index of at most that many entries, the ones in use: add is told of each in the order of the
// chunks. An index with more is an error.
func (d *Dataset) extensibleArray(most int, add func(stored)) {
	f := d.o.f
	c := f.cursor(d.lay.at, 12+6*f.lengths+f.offsets, "extensible array")
	c.sign("EAHD")
	c.version(0)
	c.skip(1)
	e := &extensible{d: d, size: c.number(1), add: add}
	width, inIndex := c.number(1), c.number(1)
	e.least = c.number(1)
	pointers := c.number(1)
	e.page = 1 << min(c.number(1), 40)
	c.skip(4 * f.lengths)
	e.n = c.length()
	c.skip(f.lengths)
	e.offset = (width + 7) / 8
	if e.size < f.offsets || width > 64 || e.least < 1 || pointers < 1 || e.n > most {
		fail(say.Errorf("has an index of %d entries of %d bytes for %d chunks", e.n, e.size, most))
	}
	blocks := max(1+width-(bits.Len(uint(e.least))-1), 0) // super blocks, those of the index block included
	direct := 2 * (bits.Len(uint(pointers)) - 1)
	inner, outer := 2*(pointers-1), max(blocks-direct, 0)
	head := 6 + f.offsets
	c = f.cursor(c.address(), head+inIndex*e.size+(inner+outer)*f.offsets, "extensible array")
	c.sign("EAIB")
	c.skip(head - 4)
	after := c.at + inIndex*e.size
	e.entries(c, inIndex)
	c.at = after // entries that are not used yet lie before the pointers
	for super := 0; super < blocks && e.next < e.n; super++ {
		if super < direct {
			e.blocks(c, super)
		} else {
			e.super(c.address(), super)
		}
	}
}

// blocks reads the data blocks of a super block, to which pointers lie at the cursor.
func (e *extensible) blocks(c *cursor, super int) {
	for range 1 << (super / 2) {
		if at := c.address(); e.next < e.n {
			e.block(at, e.least<<((super+1)/2))
		}
	}
}

// super reads the super block of the number at an address. Where its data blocks have pages, a bit for each page stands
// before the addresses; it is passed over, since pages that hold entries in use are there.
func (e *extensible) super(at int64, super int) {
	if at == nowhere {
		fail(say.New("has an index of chunks with a hole"))
	}
	f, pages := e.d.o.f, 0
	if n := e.least << ((super + 1) / 2); n > e.page {
		pages = (n/e.page + 7) / 8
	}
	blocks, head := 1<<(super/2), 6+f.offsets+e.offset
	c := f.cursor(at, head+blocks*(pages+f.offsets), "extensible array")
	c.sign("EASB")
	c.skip(head - 4 + blocks*pages)
	e.blocks(c, super)
}

// block reads a data block of so many entries.
func (e *extensible) block(at int64, n int) {
	if at == nowhere {
		fail(say.New("has an index of chunks with a hole"))
	}
	f, head := e.d.o.f, 6+e.d.o.f.offsets+e.offset
	if n <= e.page {
		c := f.cursor(at, head+min(n, e.n-e.next)*e.size, "extensible array")
		c.sign("EADB")
		c.skip(head - 4)
		e.entries(c, n)
		return
	}
	at += int64(head + 4)
	for i := 0; i < n/e.page && e.next < e.n; i++ {
		e.entries(f.cursor(at, min(e.page, e.n-e.next)*e.size, "extensible array"), e.page)
		at += int64(e.page*e.size + 4)
	}
}

// entries reads the next of them, n at the most.
func (e *extensible) entries(c *cursor, n int) {
	for range min(n, e.n-e.next) {
		entry := &cursor{e.d.o.f, c.bytes(e.size), 0, "index entry"}
		s := e.d.element(entry, e.size)
		s.from = e.d.position(e.next)
		e.add(s)
		e.next++
	}
}
