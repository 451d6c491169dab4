package hdf5

import "wafer/nn/say"

// named is an attribute with its name.
type named struct {
	name  string
	value *Value
}

// Attr is the attribute of the name, nil where there is none.
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

// Text is the attribute of the name as one text, "" where there is none.
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

func decimal(i int) string {
	if i >= 10 {
		return decimal(i/10) + string(rune('0'+i%10))
	}
	return string(rune('0' + i))
}

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

// AttrNames are the names of the attributes.
func (o *Object) AttrNames() (names []string, err error) {
	defer inside(o.Path, &err)
	defer caught(&err)
	for _, a := range o.attributes() {
		names = append(names, a.name)
	}
	return names, nil
}

// attributes are those in the header and those beside it.
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

// attribute reads an attribute message.
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
