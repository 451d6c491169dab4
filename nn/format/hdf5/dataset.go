package hdf5

import (
	"bytes"
	"io"
	"slices"

	"wafer/nn/inflate"
	"wafer/nn/say"
)

// Dataset is what is known of a dataset before its data is read.
type Dataset struct {
	Type  Type
	Shape []int // none for a single number
	o     *Object
	lay   layout
	pipe  []filter
}

// layout says where the data lies.
type layout struct {
	class  int // 0 compact, 1 contiguous, 2 in chunks
	data   []byte
	at     int64
	size   int
	chunk  []int  // lengths of a chunk, without the element's bytes
	index  int    // of version 4: 1 single, 2 implicit, 3 fixed array, 4 extensible array, 5 tree; 0: tree of version 1
	single stored // of index 1
}

// stored is a chunk in the file.
type stored struct {
	at   int64
	size int
	mask int // filters that were left out, a bit each
	from []int
}

// filter is a step of the pipeline that packed the chunks: id is one of the constants below. flags and values, its
// parameters, are read to get past them; unpacking needs neither.
type filter struct {
	id, flags int
	values    []int
}

// Filters of the pipeline.
const (
	deflate  = 1
	shuffle  = 2
	checksum = 3
)

// maxRatio is how many bytes of data a byte of the file may stand for, beyond a megabyte: weights do not compress
// better, and a lie about a shape is not worth the memory.
const maxRatio = 16

// Dataset is the object's head. It is an error for a group, for data in another file, for filters other than gzip,
// shuffle and fletcher32, for chunks that do not match the shape, and where the shape claims more than maxRatio times
// the file and a megabyte. No data is read yet.
func (o *Object) Dataset() (d *Dataset, err error) {
	defer inside(o.Path, &err)
	defer caught(&err)
	d = &Dataset{o: o}
	space, ok1 := o.find(msgSpace)
	kind, ok2 := o.find(msgType)
	place, ok3 := o.find(msgLayout)
	if !ok1 || !ok2 || !ok3 {
		fail(say.New("is no dataset: shape, type or place are missing"))
	}
	if _, elsewhere := o.find(msgExternal); elsewhere {
		fail(say.New("has its data in another file, which is not read"))
	}
	d.Type = o.f.datatype(o.f.own(kind))
	shape, some := o.f.dataspace(o.f.own(space))
	if d.Shape = shape; !some {
		d.Shape = []int{0}
	}
	d.layout(place.data)
	if m, ok := o.find(msgFilters); ok {
		d.filters(o.f.own(m))
	}
	if n := d.bytes(); int64(n) > maxRatio*o.f.size+1<<20 {
		fail(say.Errorf("claims %d bytes of data, more than a file of %d holds", n, o.f.size))
	}
	return d, nil
}

// bytes is the size of the unpacked data.
func (d *Dataset) bytes() int { return elements(d.Shape) * d.Type.Size }

// layout reads where the data lies from a layout message (IV.A.2.i) of versions 1 to 4. A virtual dataset (class 3) is
// an error.
func (d *Dataset) layout(data []byte) {
	f, l := d.o.f, &d.lay
	c := &cursor{f, data, 0, "layout"}
	version := c.version(4)
	if version < 3 {
		d.oldLayout(c)
		return
	}
	l.class = c.number(1)
	switch {
	case l.class == 0:
		l.data = c.bytes(c.number(2))
	case l.class == 1:
		l.at, l.size = c.address(), c.length()
	case l.class == 2 && version == 3:
		rank := c.number(1)
		l.at = c.address()
		d.chunked(c, rank, 4)
	case l.class == 2:
		d.newChunks(c)
	default:
		fail(say.Errorf("has a layout of class %d, classes 0 to 2 are read", l.class))
	}
}

// oldLayout reads the rest of a layout of version 1 or 2. Those write the axes of contiguous data too, which are passed
// over: the dataspace has them.
func (d *Dataset) oldLayout(c *cursor) {
	l, rank := &d.lay, c.number(1)
	l.class = c.number(1)
	c.skip(5)
	if l.class != 0 {
		l.at = c.address()
	}
	switch l.class {
	case 0:
		c.skip(4 * rank)
		l.data = c.bytes(c.number(4))
	case 1:
		l.size = d.bytes()
	case 2:
		d.chunked(c, rank, 4)
	default:
		fail(say.Errorf("has a layout of class %d, classes 0 to 2 are read", l.class))
	}
}

// chunked reads the lengths of a chunk, behind which those of an element stand. rank counts that last length, and width
// is the bytes of each. A chunk of more than 2 GiB, or of more than the file may stand for (maxRatio), is an error.
func (d *Dataset) chunked(c *cursor, rank, width int) {
	if rank != len(d.Shape)+1 {
		fail(say.Errorf("has chunks of %d axes, its shape is %v", rank-1, d.Shape))
	}
	n := d.Type.Size
	for range d.Shape {
		length := c.number(width)
		if length < 1 || n > (1<<31)/length {
			fail(say.Errorf("has chunks of lengths %v and %d, which does not fit", d.lay.chunk, length))
		}
		n *= length
		d.lay.chunk = append(d.lay.chunk, length)
	}
	if c.number(width) != d.Type.Size {
		fail(say.New("has chunks of elements of another size"))
	}
	if int64(n) > maxRatio*d.o.f.size+1<<20 {
		fail(say.Errorf("claims chunks of %d bytes, more than a file of %d holds", n, d.o.f.size))
	}
}

// newChunks reads the rest of a layout of version 4, class 2, which h5py writes with libver="latest": it says by which
// of five indexes the chunks are found. Parameters of the indexes that their headers repeat are passed over.
func (d *Dataset) newChunks(c *cursor) {
	l := &d.lay
	flags, rank, width := c.number(1), c.number(1), c.number(1)
	if width < 1 || width > 8 {
		fail(say.Errorf("has lengths of %d bytes, expected 1 to 8", width))
	}
	d.chunked(c, rank, width)
	switch l.index = c.number(1); l.index {
	case 1:
		if l.single.size = d.chunkBytes(); flags&2 != 0 {
			l.single.size, l.single.mask = c.length(), c.number(4)
		}
	case 2:
	case 3:
		c.skip(1)
	case 4:
		c.skip(5)
	case 5:
		c.skip(6)
	default:
		fail(say.Errorf("has an index of chunks of kind %d, which is not supported", l.index))
	}
	l.at = c.address()
}

// chunkBytes is the size of an unpacked chunk. Chunks at the edge are stored whole too.
func (d *Dataset) chunkBytes() int { return elements(d.lay.chunk) * d.Type.Size }

// filters reads a filter pipeline message (IV.A.2.l), in the order in which the filters were applied. A filter that is
// not known is an error, whether or not it was marked optional.
func (d *Dataset) filters(data []byte) {
	c := &cursor{d.o.f, data, 0, "filter pipeline"}
	version, n := c.version(2), c.number(1)
	if version < 2 {
		c.skip(6)
	}
	for range n {
		fl, name := filter{id: c.number(2)}, 0
		if version < 2 || fl.id >= 256 {
			name = c.number(2)
		}
		fl.flags = c.number(2)
		values := c.number(2)
		if version < 2 {
			name = (name + 7) &^ 7
		}
		c.skip(name)
		for range values {
			fl.values = append(fl.values, c.number(4))
		}
		if version < 2 && values%2 == 1 {
			c.skip(4)
		}
		if fl.id < deflate || fl.id > checksum {
			fail(say.Errorf("is packed with filter %d; gzip, shuffle and fletcher32 are read", fl.id))
		}
		d.pipe = append(d.pipe, fl)
	}
}

// Floats reads a dataset of numbers. In row-major order; integers of 64 bits and float64 are rounded to float32. Text
// and compound types are errors, and so is data that ends before the shape does or beyond the file's end.
func (d *Dataset) Floats() (out []float32, err error) {
	defer inside(d.o.Path, &err)
	defer caught(&err)
	if d.lay.class == 2 {
		return d.chunkFloats(), nil
	}
	n := elements(d.Shape)
	if d.lay.class == 0 && len(d.lay.data) < d.bytes() || d.lay.class == 1 && n > 0 && (d.lay.size < d.bytes() ||
		d.lay.at == nowhere) {
		fail(say.Errorf("has less data than its shape %v needs", d.Shape))
	}
	if d.lay.class == 1 && n > 0 && (d.lay.at > d.o.f.size || int64(d.bytes()) > d.o.f.size-d.lay.at) {
		fail(say.Errorf("its %d bytes at %d lie beyond the end, the file has %d", d.bytes(), d.lay.at, d.o.f.size))
	}
	out = make([]float32, n)
	if d.lay.class == 0 {
		d.Type.floats(out, d.lay.data)
		return out, nil
	}
	const step = 1 << 14 // elements at a time
	for at := 0; at < n; at += step {
		part := out[at:min(at+step, n)]
		d.Type.floats(part, d.o.f.data(d.lay.at+int64(at*d.Type.Size), len(part)*d.Type.Size))
	}
	return out, nil
}

// Value reads a dataset of any type whole. Compact data that is shorter than the shape is found only when the elements
// are asked for.
func (d *Dataset) Value() (v *Value, err error) {
	defer inside(d.o.Path, &err)
	defer caught(&err)
	v = &Value{Type: d.Type, Shape: d.Shape, f: d.o.f}
	switch {
	case d.lay.class == 0:
		v.raw = d.lay.data
	case d.lay.class == 1 && d.bytes() > 0:
		v.raw = d.o.f.data(d.lay.at, d.bytes())
	case d.lay.class == 2:
		v.raw = make([]byte, d.bytes())
		d.eachChunk(func(from []int, raw []byte) {
			d.eachRow(from, func(to, at, n int) {
				copy(v.raw[to*d.Type.Size:(to+n)*d.Type.Size], raw[at*d.Type.Size:])
			})
		})
	}
	return v, nil
}

// chunkFloats is Floats of data in chunks. The result is made only when a first chunk was unpacked, so that a shape
// without data costs no memory.
func (d *Dataset) chunkFloats() []float32 {
	var out []float32
	d.eachChunk(func(from []int, raw []byte) {
		if out == nil {
			out = make([]float32, elements(d.Shape))
		}
		d.eachRow(from, func(to, at, n int) { d.Type.floats(out[to:to+n], raw[at*d.Type.Size:]) })
	})
	return out
}

// eachRow shows the rows of a chunk that lie within the shape: where their elements go, where they are and how many.
func (d *Dataset) eachRow(from []int, see func(to, at, n int)) {
	rank := len(d.Shape)
	at := make([]int, rank)
	row := d.lay.chunk[rank-1]
	for i := 0; i < elements(d.lay.chunk); i += row {
		to, inside := 0, true
		for k := range rank {
			x := from[k] + at[k]
			inside = inside && x < d.Shape[k]
			to = to*d.Shape[k] + x
		}
		if inside {
			see(to, i, min(row, d.Shape[rank-1]-from[rank-1]))
		}
		for k := rank - 2; k >= 0; k-- {
			if at[k]++; at[k] < d.lay.chunk[k] {
				break
			}
			at[k] = 0
		}
	}
}

// eachChunk unpacks the chunks one after the other. All must be there: Keras leaves none out.
func (d *Dataset) eachChunk(see func(from []int, raw []byte)) {
	if len(d.Shape) == 0 {
		fail(say.New("is a single number in chunks, which cannot be"))
	}
	want := 1
	for i, n := range d.Shape {
		want *= (n + d.lay.chunk[i] - 1) / d.lay.chunk[i]
	}
	list := d.chunks(want)
	packed, seen := int64(0), map[int]bool{}
	for _, s := range list {
		packed += int64(s.size)
		seen[d.place(s.from)] = true
	}
	if len(list) != want || len(seen) != want {
		fail(say.Errorf("has %d different chunks of data, its shape %v needs %d", len(seen), d.Shape, want))
	}
	if packed > 2*d.o.f.size {
		fail(say.Errorf("has chunks of %d bytes in all, the file has %d", packed, d.o.f.size))
	}
	for _, s := range list {
		see(s.from, d.unpack(s))
	}
}

// place is the number of the chunk that begins at the position.
func (d *Dataset) place(from []int) int {
	at := 0
	for k, x := range from {
		if x%d.lay.chunk[k] != 0 || x >= d.Shape[k] {
			fail(say.Errorf("has a chunk at %v, which is no place in its shape %v", from, d.Shape))
		}
		at = at*((d.Shape[k]+d.lay.chunk[k]-1)/d.lay.chunk[k]) + x/d.lay.chunk[k]
	}
	return at
}

// unpack is a chunk's elements, with the filters undone from the last to the first.
func (d *Dataset) unpack(s stored) []byte {
	n := d.chunkBytes()
	raw := d.o.f.data(s.at, s.size)
	for i := len(d.pipe) - 1; i >= 0; i-- {
		if s.mask>>i&1 != 0 {
			continue
		}
		switch d.pipe[i].id {
		case checksum:
			raw = raw[:max(len(raw)-4, 0)]
		case deflate:
			raw = unpacked(raw, n+4) // a checksum may follow
		case shuffle:
			raw = unshuffled(raw, d.Type.Size)
		}
	}
	if len(raw) != n {
		fail(say.Errorf("has a chunk of %d bytes, expected %d", len(raw), n))
	}
	return raw
}

// unpacked has at most n bytes; more are an error.
func unpacked(packed []byte, n int) []byte {
	z, err := inflate.Zlib(packed)
	if err != nil {
		fail(say.Errorf("a chunk cannot be unpacked: %w", err))
	}
	var out bytes.Buffer
	out.Grow(min(n, 4*len(packed)+64))
	if _, err := io.Copy(&out, io.LimitReader(z, int64(n)+1)); err != nil {
		fail(say.Errorf("a chunk cannot be unpacked: %w", err))
	}
	return out.Bytes()
}

// unshuffled has the bytes of each element together again.
func unshuffled(raw []byte, size int) []byte {
	n := len(raw) / size
	out := slices.Clone(raw)
	for k := range size {
		for i, b := range raw[k*n : (k+1)*n] {
			out[i*size+k] = b
		}
	}
	return out
}
