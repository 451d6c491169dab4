package plan

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// builder holds what the passes know about each node, indexed by node ID.
type builder struct {
	nodes   []*graph.Node // of the lowered graph in order; copies of leaves stand at the end
	origin  []int         // the graph's node that each comes from
	live    []bool
	copied  []bool          // synthetic copy of a leaf
	uses    [][]*graph.Node // live nodes that read this one, once per operand
	kept    []bool          // an output or the value of an update
	outputs []graph.Output
	updates []graph.Update

	fixed  []bool        // computed by Prepare: the same in every run
	root   []*graph.Node // whose memory holds the value
	offset []int         // elements from the root's start

	unit    []int                       // the unit that computes the node, -1: leaf, alias or dead
	units   []*unit                     // those that were merged into others stand there, too
	dag     *dag                        // of the units
	inPlace map[*graph.Node]*graph.Node // chain result → parameter that it overwrites
}

// unit is a set of nodes that becomes one step.
type unit struct {
	members []*graph.Node // ascending
	product *graph.Node   // with an epilogue, else nil
	ep      epilogueNodes
}

func newBuilder(g *graph.Graph) *builder {
	l := lower(g)
	b := &builder{nodes: l.nodes, origin: l.origin, inPlace: map[*graph.Node]*graph.Node{}}
	for _, o := range g.Outputs {
		b.outputs = append(b.outputs, graph.Output{Name: o.Name, Node: b.ownMemory(l.moved[o.Node], true)})
	}
	for _, u := range g.Updates {
		b.updates = append(b.updates, graph.Update{Param: l.moved[u.Param],
			Value: b.ownMemory(l.moved[u.Value], false)})
	}
	n := len(b.nodes)
	b.live, b.kept, b.uses = make([]bool, n), make([]bool, n), make([][]*graph.Node, n)
	b.copied = make([]bool, n)
	for i := len(l.nodes); i < n; i++ {
		b.copied[i] = true
	}
	for _, o := range b.outputs {
		b.kept[o.Node.ID], b.live[o.Node.ID] = true, true
	}
	for _, u := range b.updates {
		b.kept[u.Value.ID], b.live[u.Value.ID] = true, true
	}
	for i := n - 1; i >= 0; i-- {
		for _, x := range b.nodes[i].In {
			b.live[x.ID] = b.live[x.ID] || b.live[i]
		}
	}
	for i, x := range b.nodes {
		for _, in := range x.In {
			if b.live[i] {
				b.uses[in.ID] = append(b.uses[in.ID], x)
			}
		}
	}
	return b
}

// ownMemory gives a result that is only a view of a leaf a copy of its own: the
// caller may reuse an input, and updates would change a parameter under it. An
// update may come straight from an input or constant, which nothing overwrites.
func (b *builder) ownMemory(n *graph.Node, output bool) *graph.Node {
	r := n
	for {
		x, _, ok := aliasOf(r)
		if !ok {
			break
		}
		r = x
	}
	if !r.Op.IsLeaf() || !output && r.Op != graph.Param {
		return n
	}
	c := &graph.Node{ID: len(b.nodes), Op: graph.Broadcast, In: []*graph.Node{n},
		Attr: graph.To{Shape: n.Shape}, Shape: n.Shape, DType: n.DType}
	b.nodes, b.origin = append(b.nodes, c), append(b.origin, b.origin[n.ID])
	return c
}

// findAliases lets nodes that only rename a stretch of memory share it.
func (b *builder) findAliases() {
	b.root, b.offset = make([]*graph.Node, len(b.nodes)), make([]int, len(b.nodes))
	for i, n := range b.nodes {
		b.root[i] = n
		if x, offset, ok := aliasOf(n); ok && !b.copied[i] {
			b.root[i], b.offset[i] = b.root[x.ID], b.offset[x.ID]+offset
		}
	}
}

// aliasOf reports that n is elements offset… of x, unmoved.
func aliasOf(n *graph.Node) (x *graph.Node, offset int, ok bool) {
	if n.Op.IsLeaf() {
		return nil, 0, false
	}
	x = n.In[0]
	same := n.Shape.Size() == x.Shape.Size()
	switch n.Op {
	case graph.Reshape:
		return x, 0, true
	case graph.Pad, graph.Broadcast:
		return x, 0, same
	case graph.Concat:
		return x, 0, len(n.In) == 1
	case graph.Cast:
		return x, 0, x.DType == tensor.Float32
	case graph.Reverse:
		return x, 0, n.Shape[n.Attr.(graph.Axis).Axis] <= 1
	case graph.Transpose:
		return x, 0, keepsOrder(x.Shape, n.Attr.(graph.Perm).Perm)
	case graph.Slice:
		return contiguous(x, n)
	}
	return nil, 0, false
}

// keepsOrder reports whether a permutation moves axes of length 1 only.
func keepsOrder(shape tensor.Shape, perm []int) bool {
	last := -1
	for _, p := range perm {
		if shape[p] == 1 {
			continue
		}
		if p < last {
			return false
		}
		last = p
	}
	return true
}

// contiguous reports whether a slice is one stretch of x: leading axes cut to
// one position, one axis cut to a range, the rest whole.
func contiguous(x, n *graph.Node) (*graph.Node, int, bool) {
	begin, whole, offset, stride := n.Attr.(graph.Range).Begin, true, 0, 1
	for i := len(x.Shape) - 1; i >= 0; i-- {
		if !whole && n.Shape[i] != 1 {
			return nil, 0, false
		}
		whole = whole && n.Shape[i] == x.Shape[i]
		offset += begin[i] * stride
		stride *= x.Shape[i]
	}
	return x, offset, n.Shape.Size() > 0
}

// isRoot reports whether a live node computes something of its own.
func (b *builder) isRoot(n *graph.Node) bool {
	return b.live[n.ID] && !n.Op.IsLeaf() && b.root[n.ID] == n
}

// sameElements reports whether n is all of its root, element for element.
func (b *builder) sameElements(n *graph.Node) bool {
	return b.offset[n.ID] == 0 && n.Shape.Size() == b.root[n.ID].Shape.Size()
}

// readers are the nodes that read n's memory, seen through aliases.
func (b *builder) readers(n *graph.Node) []*graph.Node {
	var out []*graph.Node
	for _, u := range b.uses[n.ID] {
		if b.root[u.ID] != u {
			out = append(out, b.readers(u)...)
		} else {
			out = append(out, u)
		}
	}
	return out
}
