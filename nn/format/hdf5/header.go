package hdf5

import "wafer/nn/say"

// Kinds of messages of an object header.
const (
	msgSpace        = 0x01
	msgLinkInfo     = 0x02
	msgType         = 0x03
	msgFill         = 0x05
	msgLink         = 0x06
	msgExternal     = 0x07
	msgLayout       = 0x08
	msgFilters      = 0x0b
	msgAttribute    = 0x0c
	msgContinuation = 0x10
	msgSymbols      = 0x11
	msgAttributes   = 0x15
)

const (
	maxMessages = 1 << 16
	maxBlocks   = 1 << 12 // of one object header
)

// message is a part of an object header.
type message struct {
	kind   int
	shared bool
	data   []byte
}

// block is where messages lie.
type block struct {
	at int64
	n  int
}

// header reads the messages of the object at an address. An object header has version 1 (IV.A.1.a), without a
// signature, or 2 (IV.A.1.b), which begins with OHDR.
func (f *File) header(at int64) []message {
	start := f.upTo(at, 4, "object header")
	if start.left() == 4 && string(start.b) == "OHDR" {
		return f.headerTwo(at)
	}
	c := f.cursor(at, 16, "object header")
	if v := c.number(1); v != 1 {
		fail(say.Errorf("the object header at %d has version %d, versions 1 and 2 are read", at, v))
	}
	c.skip(7)
	n := c.number(4)
	return f.blocks(block{at + 16, n}, func(c *cursor, b *blocks) {
		for c.left() >= 8 {
			kind, size, flags := c.number(2), c.number(2), c.number(1)
			c.skip(3)
			b.add(kind, flags, c.bytes(size))
		}
	})
}

// headerTwo is header of version 2. Times and limits of attributes are passed over, and checksums are not verified. A
// message has two bytes more where the order of creation is kept.
func (f *File) headerTwo(at int64) []message {
	c := f.upTo(at, 64, "object header")
	c.sign("OHDR")
	if v := c.number(1); v != 2 {
		fail(say.Errorf("the object header at %d has version %d, versions 1 and 2 are read", at, v))
	}
	flags := c.number(1)
	if flags&0x20 != 0 {
		c.skip(16)
	}
	if flags&0x10 != 0 {
		c.skip(4)
	}
	n := c.number(1 << (flags & 3))
	order := 0
	if flags&4 != 0 {
		order = 2
	}
	first := block{at + int64(c.at), n}
	return f.blocks(first, func(c *cursor, b *blocks) {
		if b.done > 1 {
			c.sign("OCHK")
			c.b = c.b[:max(len(c.b)-4, c.at)] // the checksum
		}
		for c.left() >= 4+order {
			kind, size, flags := c.number(1), c.number(2), c.number(1)
			c.skip(order)
			b.add(kind, flags, c.bytes(size))
		}
	})
}

// blocks collects messages over the blocks of a header.
type blocks struct {
	f     *File
	done  int
	todo  []block
	found []message
}

// blocks reads the first block of a header and those in which it continues, with parse on each. A block that was read
// before, or more than maxBlocks, is an error.
func (f *File) blocks(first block, parse func(*cursor, *blocks)) []message {
	b, seen := &blocks{f: f, todo: []block{first}}, map[int64]bool{}
	for len(b.todo) > 0 {
		next := b.todo[0]
		b.todo = b.todo[1:]
		if seen[next.at] || b.done > maxBlocks {
			fail(say.Errorf("the object header continues at %d, where it was before", next.at))
		}
		seen[next.at] = true
		b.done++
		parse(f.cursor(next.at, next.n, "object header"), b)
	}
	return b.found
}

// add keeps a message, or where it is a continuation the block that it points to. Bit 1 of flags says that the data is
// only a reference (own).
func (b *blocks) add(kind, flags int, data []byte) {
	if kind == msgContinuation {
		c := &cursor{b.f, data, 0, "continuation"}
		b.todo = append(b.todo, block{c.address(), c.length()})
		return
	}
	if len(b.found) >= maxMessages {
		fail(say.Errorf("an object header has more than %d messages", maxMessages))
	}
	b.found = append(b.found, message{kind, flags&2 != 0, data})
}

// own is the message's data; a shared one lies in the header of another object.
func (f *File) own(m message) []byte {
	if !m.shared {
		return m.data
	}
	c := &cursor{f, m.data, 0, "shared message"}
	switch v := c.version(3); {
	case v == 1:
		c.skip(7)
	case c.number(1) != 2 && v == 3:
		fail(say.New("a message lies in the table of shared messages, which is not supported"))
	}
	for _, other := range f.header(c.address()) {
		if other.kind == m.kind && !other.shared {
			return other.data
		}
	}
	fail(say.New("a shared message is not where it should be"))
	return nil
}
