package hdf5

import (
	"slices"
	"strings"

	"wafer/nn/say"
)

const maxLinks = 1 << 18 // of a group

// Object is a group or a dataset.
type Object struct {
	Path     string // "/model_weights/dense_1"; "/" of the root
	f        *File
	messages []message
	links    map[string]link
	order    []string
	attrs    []named // nil: not read yet
}

// link is where a member of a group lies; a reason in its place for links that are not followed.
type link struct {
	at     int64
	not    string
	opened *Object
}

// Root is the group of all.
func (f *File) Root() (*Object, error) { return f.object("/", f.root) }

// object reads the header at an address; the path is for errors and for Object.Path.
func (f *File) object(path string, at int64) (o *Object, err error) {
	defer inside(path, &err)
	defer caught(&err)
	return &Object{Path: path, f: f, messages: f.header(at)}, nil
}

// inside says in which object something failed.
func inside(path string, err *error) {
	if *err != nil {
		*err = say.Errorf("HDF5 file: %.120s: %w", path, *err)
	}
}

// find is the first message of the kind.
func (o *Object) find(kind int) (message, bool) {
	i := slices.IndexFunc(o.messages, func(m message) bool { return m.kind == kind })
	if i < 0 {
		return message{}, false
	}
	return o.messages[i], true
}

// IsDataset tells an object with data from a group.
func (o *Object) IsDataset() bool { _, ok := o.find(msgLayout); return ok }

// Members are the names of a group's members, in the file's order. A dataset has none. A name that stands twice, and
// more than maxLinks, are errors.
func (o *Object) Members() (names []string, err error) {
	defer inside(o.Path, &err)
	defer caught(&err)
	o.readLinks()
	return slices.Clone(o.order), nil
}

// Open is the object at a path below this one, nil where there is none: "dense_1/kernel:0". Links to other files and
// symbolic links are errors.
func (o *Object) Open(path string) (*Object, error) {
	at := o
	for _, name := range strings.Split(strings.Trim(path, "/"), "/") {
		if name == "" {
			continue
		}
		next, err := at.member(name)
		if next == nil || err != nil {
			return nil, err
		}
		at = next
	}
	return at, nil
}

// member is the object of the name in this group, nil where there is none. It is opened once and kept, so paths that
// share a beginning read it once.
func (o *Object) member(name string) (member *Object, err error) {
	if _, err := o.Members(); err != nil {
		return nil, err
	}
	l, ok := o.links[name]
	if !ok {
		return nil, nil
	}
	path := strings.TrimSuffix(o.Path, "/") + "/" + name
	if l.not != "" {
		return nil, say.Errorf("HDF5 file: %.120s: is a %s, which is not followed", path, l.not)
	}
	if l.opened == nil {
		if l.opened, err = o.f.object(path, l.at); err == nil {
			o.links[name] = l
		}
	}
	return l.opened, err
}

// readLinks reads the members of a group, of either form.
func (o *Object) readLinks() {
	if o.links != nil {
		return
	}
	o.links = map[string]link{}
	for _, m := range o.messages {
		switch m.kind {
		case msgSymbols:
			o.symbols(m.data)
		case msgLink:
			o.link(o.f.own(m))
		case msgLinkInfo:
			o.linkInfo(m.data)
		}
	}
}

// put keeps a link, in the order of the calls.
func (o *Object) put(name string, l link) {
	if _, twice := o.links[name]; twice || len(o.order) >= maxLinks {
		fail(say.Errorf("has the member %.80q twice, or more than %d", name, maxLinks))
	}
	o.links[name] = l
	o.order = append(o.order, name)
}

// symbols reads a symbol table: a B-tree of nodes with entries, and a heap with their names.
func (o *Object) symbols(data []byte) {
	f := o.f
	c := &cursor{f, data, 0, "symbol table"}
	tree, heap := c.address(), c.address()
	names := f.localNames(heap)
	f.oldTree(tree, 0, f.lengths, func(_ *cursor, at int64) {
		c := f.cursor(at, 8, "symbol table")
		c.sign("SNOD")
		c.version(1)
		c.skip(1)
		n, entry := c.number(2), 2*f.offsets+24
		c = f.cursor(at+8, n*entry, "symbol table")
		for range n {
			name := textAt(names, c.number(f.offsets))
			l := link{at: c.address()}
			if c.number(4) == 2 {
				l.not = symbolic
			}
			c.skip(20)
			o.put(name, l)
		}
	})
}

const symbolic = "symbolic link"

// link reads a link message.
func (o *Object) link(data []byte) {
	c := &cursor{o.f, data, 0, "link"}
	c.version(1)
	flags, kind := c.number(1), 0
	if flags&8 != 0 {
		kind = c.number(1)
	}
	if flags&4 != 0 {
		c.skip(8)
	}
	if flags&16 != 0 {
		c.skip(1)
	}
	name := string(c.bytes(c.number(1 << (flags & 3))))
	switch kind {
	case 0:
		o.put(name, link{at: c.address()})
	case 1:
		o.put(name, link{not: symbolic})
	default:
		o.put(name, link{not: "link to another file"})
	}
}

// linkInfo reads the links of a group that has many. A link info message (IV.A.2.c) points to a fractal heap with the
// links, and to a B-tree by the hash of their names, which is the order in which they come out.
func (o *Object) linkInfo(data []byte) {
	f := o.f
	c := &cursor{f, data, 0, "link info"}
	c.version(0)
	if c.number(1)&1 != 0 {
		c.skip(8)
	}
	heap, names := c.address(), c.address()
	if heap == nowhere {
		return
	}
	h := f.fractal(heap)
	f.newTree(names, func(r *cursor) {
		r.skip(4)
		o.link(h.object(r.bytes(r.left())))
	})
}
