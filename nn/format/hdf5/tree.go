package hdf5

import (
	"math/bits"

	"wafer/nn/say"
)

const maxDepth = 16 // of trees

// oldTree walks a B-tree of version 1: leaf is told the key before each child of the lowest level. kind is 0 for groups
// and 1 for chunks, key is the bytes of a key. Nodes are visited from left to right; a node that comes twice, and a
// level that does not fit to the one above, are errors.
func (f *File) oldTree(at int64, kind, key int, leaf func(key *cursor, child int64)) {
	f.oldNode(at, kind, key, -1, map[int64]bool{}, leaf)
}

// oldNode walks below the node at an address; level is that of the node above, −1 at the root.
func (f *File) oldNode(at int64, kind, key, level int, seen map[int64]bool, leaf func(*cursor, int64)) {
	if at == nowhere {
		return
	}
	if seen[at] {
		fail(say.Errorf("the tree comes back to its node at %d", at))
	}
	seen[at] = true
	c := f.cursor(at, 8+2*f.offsets, "tree")
	c.sign("TREE")
	if got := c.number(1); got != kind {
		fail(say.Errorf("a tree at %d is of kind %d, expected %d", at, got, kind))
	}
	own, n := c.number(1), c.number(2)
	if own > maxDepth || level >= 0 && own != level-1 {
		fail(say.Errorf("a tree's node at %d has level %d, which does not fit", at, own))
	}
	c = f.cursor(at+int64(8+2*f.offsets), n*(key+f.offsets), "tree")
	for range n {
		k := &cursor{f, c.bytes(key), 0, "key"}
		child := c.address()
		if own > 0 {
			f.oldNode(child, kind, key, own, seen, leaf)
		} else {
			leaf(k, child)
		}
	}
}

// tree is a B-tree of version 2.
type tree struct {
	f      *File
	node   int   // bytes of a node
	record int   // bytes of a record
	count  []int // bytes of the number of records below a node, by depth
	sum    []int // most records below a node, by depth
	most   int   // bytes of the number of records in a node
	leaf   func(*cursor)
	seen   map[int64]bool
}

// newTree walks a B-tree of version 2 and shows its records in their order.
func (f *File) newTree(at int64, leaf func(record *cursor)) {
	if at == nowhere {
		return
	}
	c := f.cursor(at, 4+1+1+4+2+2+2+f.offsets+2+f.lengths, "tree")
	c.sign("BTHD")
	c.version(0)
	t := &tree{f: f, leaf: leaf, seen: map[int64]bool{}}
	c.skip(1)
	t.node, t.record = c.number(4), c.number(2)
	depth := c.number(2)
	c.skip(2)
	root, n := c.address(), c.number(2)
	if depth > maxDepth || t.record < 1 || t.node < 10+t.record || int64(t.node) > f.size {
		fail(say.Errorf("a tree has depth %d, nodes of %d bytes and records of %d, which does not fit", depth, t.node,
			t.record))
	}
	t.sizes(depth)
	if root != nowhere {
		t.walk(root, n, depth)
	}
}

// sizes are the widths of the numbers in nodes, which follow from how many records fit.
func (t *tree) sizes(depth int) {
	most := (t.node - 10) / t.record
	t.most = width(most)
	t.count, t.sum = []int{0}, []int{most}
	for d := 1; d <= depth; d++ {
		pointer := t.f.offsets + t.most + t.count[d-1]
		here := max((t.node-10-pointer)/(t.record+pointer), 1)
		t.sum = append(t.sum, min((here+1)*t.sum[d-1]+here, 1<<40))
		t.count = append(t.count, width(t.sum[d]))
	}
}

// width is the bytes that numbers up to most take.
func width(most int) int { return (max(bits.Len(uint(most)), 1)-1)/8 + 1 }

// walk shows the n records of a node at depth levels above the leaves, those of its n + 1 children between them.
func (t *tree) walk(at int64, n, depth int) {
	if t.seen[at] {
		fail(say.Errorf("the tree comes back to its node at %d", at))
	}
	t.seen[at] = true
	c := t.f.cursor(at, t.node, "tree")
	if depth > 0 {
		c.sign("BTIN")
	} else {
		c.sign("BTLF")
	}
	c.version(0)
	c.skip(1)
	records := make([][]byte, n)
	for i := range records {
		records[i] = c.bytes(t.record)
	}
	for i := range n + 1 {
		if depth > 0 {
			child, has := c.address(), c.number(t.most)
			if depth > 1 {
				c.skip(t.count[depth-1])
			}
			t.walk(child, has, depth-1)
		}
		if i < n {
			t.leaf(&cursor{t.f, records[i], 0, "record"})
		}
	}
}
