package hdf5

import (
	"bytes"
	"math"

	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Type is what the elements of a dataset or attribute are.
type Type struct {
	Name string // "float32", "int8", "uint16", "string"; "" for what is not read
	Size int    // bytes of an element in the file
	big  bool   // big-endian
	kind kind
	odd  string // what it is instead
}

type kind uint8

const (
	other kind = iota
	whole
	natural
	float
	fixed // text of Size bytes
	text  // text of any length
)

// String is the name, or in its absence what the type is instead: "a compound".
func (t Type) String() string {
	if t.Name == "" {
		return t.odd
	}
	return t.Name
}

// datatype reads a datatype message.
func (f *File) datatype(data []byte) Type {
	c := &cursor{f, data, 0, "datatype"}
	class := c.number(1) & 15
	bits := c.number(3)
	t := Type{Size: c.number(4), big: bits&1 != 0}
	if t.Size < 1 || t.Size > 1<<24 {
		fail(say.Errorf("has elements of %d bytes", t.Size))
	}
	switch class {
	case 0, 1:
		f.plain(&t, c, class, bits)
	case 3:
		t.Name, t.kind = "string", fixed
	case 8: // an enumeration, as h5py writes truth values
		return f.datatype(c.bytes(c.left()))
	case 9:
		if t.Name, t.kind = "string", text; bits&15 != 1 || t.Size != 8+f.offsets {
			t = Type{Size: t.Size, odd: "a list of variable length"}
		}
	case 6:
		t.odd = "a compound"
	default:
		t.odd = "a datatype of class " + string(rune('0'+class%10))
	}
	return t
}

// plain reads a number's datatype: two's complement, or an IEEE float.
func (f *File) plain(t *Type, c *cursor, class, bits int) {
	offset, precision := c.number(2), c.number(2)
	if offset != 0 || precision != 8*t.Size || t.Size > 8 || t.Size&(t.Size-1) != 0 {
		t.odd = "a number of odd width"
		return
	}
	width := map[int]string{1: "8", 2: "16", 4: "32", 8: "64"}[t.Size]
	switch {
	case class == 1:
		// Position and size of the exponent and of the mantissa, for IEEE 754.
		want := map[int]string{2: "\x0a\x05\x00\x0a", 4: "\x17\x08\x00\x17", 8: "\x34\x0b\x00\x34"}[t.Size]
		if got := string(c.bytes(4)); got != want {
			t.odd = "a float that is not IEEE's"
			return
		}
		t.Name, t.kind = "float"+width, float
	case bits&8 != 0:
		t.Name, t.kind = "int"+width, whole
	default:
		t.Name, t.kind = "uint"+width, natural
	}
}

// dataspace reads the lengths of the axes: none for a single element; ok is false where there is none.
func (f *File) dataspace(data []byte) (shape []int, ok bool) {
	c := &cursor{f, data, 0, "dataspace"}
	v, rank := c.version(2), c.number(1)
	c.skip(1)
	if v == 2 {
		if c.number(1) == 2 {
			return nil, false
		}
	} else {
		c.skip(5)
	}
	if rank > 32 {
		fail(say.Errorf("has %d axes, at most 32 are read", rank))
	}
	shape, n := make([]int, rank), 1
	for i := range shape {
		if shape[i] = c.length(); shape[i] > 0 && n > (1<<40)/shape[i] {
			fail(say.Errorf("has shape %v, which is too large", shape[:i+1]))
		}
		n *= shape[i]
	}
	return shape, true
}

// Value is an attribute, or the data of a dataset.
type Value struct {
	Type  Type
	Shape []int
	Null  bool // there is no data
	f     *File
	raw   []byte
}

// elements is the product of the lengths, 1 of a single number. The lengths of a dataspace cannot overflow it: their
// product is at most 2⁴⁰.
func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Strings are the elements of a value of text. In row-major order, each up to its first zero byte; none where there is
// less data than the shape says. Another type is an error. Bytes that are not UTF-8 stay as they are.
func (v *Value) Strings() (out []string, err error) {
	defer caught(&err)
	if v.Type.kind != fixed && v.Type.kind != text {
		return nil, say.Errorf("HDF5 file: found %s, expected text", v.Type)
	}
	n := elements(v.Shape)
	c := &cursor{v.f, v.raw, 0, "value"}
	if v.Null || n > c.left()/v.Type.Size {
		return nil, nil
	}
	for range n {
		out = append(out, v.text(c))
	}
	return out, nil
}

// text is the next element at c: Size bytes, or a length, an address of a global heap and the number of an object
// there.
func (v *Value) text(c *cursor) string {
	if v.Type.kind == fixed {
		b, _, _ := bytes.Cut(c.bytes(v.Type.Size), []byte{0})
		return string(b)
	}
	n, at, index := c.number(4), c.address(), c.number(4)
	if n == 0 || at == nowhere {
		return ""
	}
	b := v.f.global(at, index)
	if n > len(b) {
		fail(say.Errorf("a text has %d bytes of %d", n, len(b)))
	}
	b, _, _ = bytes.Cut(b[:n], []byte{0})
	return string(b)
}

// Floats are the elements of a value of numbers. As Dataset.Floats has them; nil where the value is null.
func (v *Value) Floats() (out []float32, err error) {
	defer caught(&err)
	n := elements(v.Shape)
	if v.Null {
		return nil, nil
	}
	if len(v.raw) < n*v.Type.Size {
		return nil, say.Errorf("HDF5 file: has %d bytes, %d elements of %s need more", len(v.raw), n, v.Type)
	}
	out = make([]float32, n)
	v.Type.floats(out, v.raw)
	return out, nil
}

// floats turns len(out) elements into float32.
func (t Type) floats(out []float32, raw []byte) {
	if t.kind != whole && t.kind != natural && t.kind != float {
		fail(say.Errorf("found %s, expected numbers", t))
	}
	for i := range out {
		u := t.bits(raw[i*t.Size:])
		switch {
		case t.kind == natural:
			out[i] = float32(u)
		case t.kind == whole:
			shift := 64 - 8*t.Size
			out[i] = float32(int64(u<<shift) >> shift)
		case t.Size == 2:
			out[i] = tensor.FromHalf(uint16(u))
		case t.Size == 4:
			out[i] = math.Float32frombits(uint32(u))
		default:
			out[i] = float32(math.Float64frombits(u))
		}
	}
}

// bits are those of the element at the beginning of raw.
func (t Type) bits(raw []byte) (u uint64) {
	for k := range t.Size {
		at := k
		if t.big {
			at = t.Size - 1 - k
		}
		u |= uint64(raw[at]) << (8 * k)
	}
	return u
}
