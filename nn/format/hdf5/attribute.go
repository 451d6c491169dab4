package hdf5

import "wafer/nn/say"

// named is an attribute with its name.
type named struct {
	name  string
	value *Value
}

// Attr is the attribute of the name, nil where there is none. An attribute that cannot be read fails the call even
// where it is another than the one asked for: all are read at once, and kept.
func (o *Object) Attr(name string) (found *Value, err error) {
	defer inside(o.Path, &err)
	defer caught(&err)
	for _, a := range o.attributes() {
		if a.name == name {
			return a.value, nil
		}
	}
	return nil, nil
}

// Text is the attribute of the name as one text, "" where there is none. Of a list it is the first. A value that holds
// no text is an error.
func (o *Object) Text(name string) (string, error) {
	list, err := o.Texts(name)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0], nil
}

// Texts is the attribute of the name as a list of texts. A list that is too long for one attribute continues in name0,
// name1, …, as Keras writes it.
func (o *Object) Texts(name string) (list []string, err error) {
	v, err := o.Attr(name)
	if err != nil || v != nil {
		return o.texts(name, v, err)
	}
	for i := 0; ; i++ {
		part := name + decimal(i)
		if v, err = o.Attr(part); err != nil || v == nil {
			return list, err
		}
		more, err := o.texts(part, v, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
}

// decimal is i ≥ 0 in digits.
func decimal(i int) string {
	if i >= 10 {
		return decimal(i/10) + string(rune('0'+i%10))
	}
	return string(rune('0' + i))
}

// texts are the elements of v, the attribute of the name; none where v is null or has no elements. It passes on err,
// and names attribute and object where v holds something else than text.
func (o *Object) texts(name string, v *Value, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	if v.Null || elements(v.Shape) == 0 {
		return nil, nil // an empty list, which h5py writes as numbers
	}
	list, err := v.Strings()
	if err != nil {
		return nil, say.Errorf("attribute %.80q of %.120s: %w", name, o.Path, err)
	}
	return list, nil
}

// AttrNames are the names of the attributes. They stand in the order of the file; an object with none has an empty
// list.
func (o *Object) AttrNames() (names []string, err error) {
	defer inside(o.Path, &err)
	defer caught(&err)
	for _, a := range o.attributes() {
		names = append(names, a.name)
	}
	return names, nil
}

// attributes are those in the header and those beside it. A few attributes are messages of the header (IV.A.2.m); many,
// or long ones, lie in a fractal heap that an attribute info message (IV.A.2.v) points to, in the order of a B-tree by
// the hash of their names.
func (o *Object) attributes() []named {
	if o.attrs != nil {
		return o.attrs
	}
	f, list := o.f, []named{}
	for _, m := range o.messages {
		switch m.kind {
		case msgAttribute:
			list = append(list, f.attribute(f.own(m)))
		case msgAttributes:
			c := &cursor{f, m.data, 0, "attribute info"}
			c.version(0)
			if c.number(1)&1 != 0 {
				c.skip(2)
			}
			heap, names := c.address(), c.address()
			if heap == nowhere {
				continue
			}
			h := f.fractal(heap)
			f.newTree(names, func(r *cursor) { list = append(list, f.attribute(h.object(r.bytes(min(8, r.left()))))) })
		}
	}
	o.attrs = list
	return list
}

// attribute reads an attribute message. In version 1 name, type and shape are each padded to 8 bytes, in 2 and 3 not; 3
// has one byte more for the name's encoding. Versions above 3, and fewer bytes than type and shape ask for, are errors.
func (f *File) attribute(data []byte) named {
	c := &cursor{f, data, 0, "attribute"}
	version := c.version(3)
	flags := c.number(1)
	nameSize, typeSize, spaceSize := c.number(2), c.number(2), c.number(2)
	if version == 3 {
		c.skip(1)
	}
	part := func(n int) []byte {
		b := c.bytes(n)
		if version == 1 {
			c.skip(min((8-n%8)%8, c.left()))
		}
		return b
	}
	name := textAt(append(part(nameSize), 0), 0)
	kind := f.datatype(f.own(message{msgType, version > 1 && flags&1 != 0, part(typeSize)}))
	shape, ok := f.dataspace(f.own(message{msgSpace, version > 1 && flags&2 != 0, part(spaceSize)}))
	v := &Value{Type: kind, Shape: shape, Null: !ok, f: f}
	if ok {
		v.raw = c.bytes(c.left())
		if elements(shape) > len(v.raw)/kind.Size {
			fail(say.Errorf("attribute %.80q has %d bytes, shape %v of %s needs more", name, len(v.raw), shape, kind))
		}
	}
	return named{name, v}
}
