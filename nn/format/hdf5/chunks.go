package hdf5

import "wafer/nn/say"

// chunks lists where the chunks lie, most of them at the most. It takes the index of whichever kind (layout.index) and
// passes over chunks without an address. More than most are an error, so that an index cannot grow the list beyond the
// shape.
func (d *Dataset) chunks(most int) (list []stored) {
	f, l := d.o.f, d.lay
	if l.at == nowhere || most == 0 {
		return nil
	}
	add := func(s stored) {
		if s.at == nowhere {
			return
		}
		if len(list) >= most {
			fail(say.Errorf("has more chunks than its shape %v needs, %d", d.Shape, most))
		}
		list = append(list, s)
	}
	switch l.index {
	case 0:
		f.oldTree(l.at, 1, 8+8*(len(d.Shape)+1), func(key *cursor, at int64) {
			s := stored{at: at, size: key.number(4), mask: key.number(4)}
			for range d.Shape {
				s.from = append(s.from, key.number(8))
			}
			add(s)
		})
	case 1:
		l.single.at, l.single.from = l.at, make([]int, len(d.Shape))
		add(l.single)
	case 2:
		if int64(most) > f.size {
			fail(say.Errorf("has %d chunks in a file of %d bytes", most, f.size))
		}
		for i := range most {
			add(stored{at: l.at + int64(i)*int64(d.chunkBytes()), size: d.chunkBytes(), from: d.position(i)})
		}
	case 3:
		d.fixedArray(most, add)
	case 4:
		d.extensibleArray(most, add)
	case 5:
		scaled := func(r *cursor, s stored) {
			for k := range d.Shape {
				x := r.number(8)
				if x > d.Shape[k] {
					fail(say.Errorf("has a chunk at %d, which is no place in its shape %v", x, d.Shape))
				}
				s.from = append(s.from, x*d.lay.chunk[k])
			}
			add(s)
		}
		f.newTree(l.at, func(r *cursor) { scaled(r, d.element(r, r.left()-8*len(d.Shape))) })
	}
	return list
}

// element reads where a chunk lies from an index entry of so many bytes: an address and, where there are filters, the
// packed size and a mask.
func (d *Dataset) element(c *cursor, n int) stored {
	s := stored{at: c.address(), size: d.chunkBytes()}
	if len(d.pipe) > 0 {
		width := n - d.o.f.offsets - 4
		if width < 1 || width > 8 {
			fail(say.Errorf("has an index with entries of %d bytes, which does not fit", n))
		}
		s.size, s.mask = c.number(width), c.number(4)
	}
	return s
}

// position is where the chunk of a number begins.
func (d *Dataset) position(i int) []int {
	from := make([]int, len(d.Shape))
	for k := len(from) - 1; k >= 0; k-- {
		n := (d.Shape[k] + d.lay.chunk[k] - 1) / d.lay.chunk[k]
		from[k] = i % n * d.lay.chunk[k]
		i /= n
	}
	return from
}

// fixedArray reads an index of as many entries as there are chunks, in pages where these are many. Above 2^pages
// entries the block holds a bit per page and a checksum before the pages, and each page ends in 4 bytes of checksum;
// checksums are not verified.
func (d *Dataset) fixedArray(most int, add func(stored)) {
	f := d.o.f
	c := f.cursor(d.lay.at, 8+f.lengths+f.offsets, "fixed array")
	c.sign("FAHD")
	c.version(0)
	c.skip(1)
	size, pages := c.number(1), c.number(1)
	n, at := c.length(), c.address()
	if size < f.offsets || pages > 30 || n > most || at == nowhere {
		fail(say.Errorf("has an index of %d entries of %d bytes for %d chunks", n, size, most))
	}
	head := 6 + f.offsets
	page := 1 << pages
	if n <= page {
		c = f.cursor(at, head+n*size, "fixed array")
		c.sign("FADB")
		c.skip(head - 4)
		d.entries(c, 0, n, size, add)
		return
	}
	count := (n + page - 1) / page
	at += int64(head + (count+7)/8 + 4)
	for i := range count {
		here := min(page, n-i*page)
		d.entries(f.cursor(at, here*size, "fixed array"), i*page, here, size, add)
		at += int64(page*size + 4)
	}
}

// entries reads n entries of size bytes each; the first stands for the chunk of the number first, in row-major order of
// the chunks.
func (d *Dataset) entries(c *cursor, first, n, size int, add func(stored)) {
	for i := range n {
		e := &cursor{d.o.f, c.bytes(size), 0, "index entry"}
		s := d.element(e, size)
		s.from = d.position(first + i)
		add(s)
	}
}
