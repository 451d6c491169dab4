package layers

import "wafer/nn/graph"

// MergeLayer combines inputs element by element; axes of length 1 stretch.
type MergeLayer struct{ class string }

func Multiply() *MergeLayer { return &MergeLayer{"Multiply"} } // Keras' Multiply
func Subtract() *MergeLayer { return &MergeLayer{"Subtract"} } // Keras' Subtract: the first less the second
func Average() *MergeLayer  { return &MergeLayer{"Average"} }  // Keras' Average
func Maximum() *MergeLayer  { return &MergeLayer{"Maximum"} }  // Keras' Maximum
func Minimum() *MergeLayer  { return &MergeLayer{"Minimum"} }  // Keras' Minimum

func (l *MergeLayer) Class() string { return l.class }

// Call combines its inputs from left to right, two or more, of Subtract two. The average is their sum times the rounded
// reciprocal of their number. A step counts where it counts in one of them.
func (l *MergeLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) < 2 || l.class == "Subtract" && len(in) != 2 {
		c.fail("needs two inputs or more (Subtract: two), got %d", len(in))
	}
	y, mask := in[0], c.masks[in[0]]
	for _, x := range in[1:] {
		y, mask = l.merge(c.G, y, x), either(c.G, mask, c.masks[x])
	}
	if l.class == "Average" {
		y = c.G.Mul(y, c.G.Scalar(1/float32(len(in))))
	}
	if mask != nil {
		c.masks[y] = mask
	}
	return y
}

func (l *MergeLayer) merge(g *graph.Graph, a, b *graph.Node) *graph.Node {
	switch l.class {
	case "Multiply":
		return g.Mul(a, b)
	case "Subtract":
		return g.Sub(a, b)
	case "Maximum":
		return g.Max(a, b)
	case "Minimum":
		return g.Min(a, b)
	}
	return g.Add(a, b)
}
