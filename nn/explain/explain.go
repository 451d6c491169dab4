// Package explain says why a network gave its answer: which parts of a picture and which words spoke for it, and which
// training samples it resembles.
//
//	CAM                  maps of a picture by the gradient at the last convolution (Zhou et al. 2016, arXiv 1512.04150;
//	                     Selvaraju et al. 2017, arXiv 1610.02391)
//	Occlusion            maps of a picture by covering pieces of it (Zeiler and Fergus 2014, arXiv 1311.2901)
//	IntegratedGradients  rows of an embedding by gradients on the way from nothing (Sundararajan et al. 2017, arXiv
//	                     1703.01365); for a table of weights per n-gram that is each weight itself
//	LeaveOut             parts of a text by leaving them out (Li et al. 2016, arXiv 1612.08220)
//	Nearest              samples with like features
//
// What is explained is the score of a class: its logit less the mean of all logits, which softmax does not see; for one
// sigmoid the logit, of class 0 its negative; of other outputs the output less the mean of all. Numbers are float32, in
// the order that package eval defines, so that every executor gives the same bits.
package explain

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// Network is a model of one input and one output, its weights, and what runs graphs.
type Network struct {
	Model  *layers.Model
	State  graph.State
	Runner graph.Runner
}

// Names of what the graphs take and give.
const (
	inX     = "x"      // [batch, …]
	inClass = "class"  // f32 [classes], see direction
	inAlpha = "alpha"  // f32 [batch 1 1]
	inShare = "share"  // likewise
	outOf   = "scores" // f32 [batch]
)

// built is a network in a graph on its way to a score.
type built struct {
	*graph.Graph
	x, class, scores *graph.Node
}

// build adds the network for inputs of a shape [batch, …], and the score of each; visit sees the result of each entry.
func (n Network) build(x *tensor.Tensor, visit func(entry string, out *graph.Node)) built {
	g := graph.New()
	b := built{Graph: g, x: g.Input(inX, x.DType(), x.Shape()...)}
	logits := logitsOf(n.Model.Apply(g, b.x, layers.Options{Visit: visit}))
	logits = g.Reshape(logits, x.Shape()[0], logits.Shape.Size()/x.Shape()[0])
	b.class = g.Input(inClass, tensor.Float32, logits.Shape[1])
	b.scores = g.ReduceSum(g.Mul(logits, b.class), 1)
	return b
}

// logitsOf is what the last softmax or sigmoid takes, the output itself where there is none.
func logitsOf(out *graph.Node) *graph.Node {
	at := out
	for at.Op == graph.Reshape {
		at = at.In[0]
	}
	if at.Op == graph.Softmax || at.Op == graph.Sigmoid {
		return at.In[0]
	}
	return out
}

// direction is what logits are multiplied with so that their sum is the score of a class.
func direction(class, classes int) *tensor.Tensor {
	d := tensor.New(tensor.Float32, classes)
	if classes == 1 {
		d.F()[0] = float32(2*class - 1)
		return d
	}
	for i := range d.F() {
		d.F()[i] = -1 / float32(classes)
	}
	d.F()[class]++
	return d
}

// checkClass tells that there is such a class: 0 or 1 of one sigmoid, else one of the logits.
func (b built) checkClass(class int) error {
	classes := b.class.Shape[0]
	if class < 0 || class >= max(classes, 2) {
		return fmt.Errorf("explain: class %d is asked for, expected 0 to %d", class, max(classes, 2)-1)
	}
	return nil
}

// run makes a program of a graph, hands it to use, and gives its memory back.
func (n Network) run(g *graph.Graph, use func(p graph.Program) error) error {
	p, err := n.Runner(g, n.State)
	if err != nil {
		return err
	}
	defer graph.Close(p)
	return use(p)
}

// recovered makes an error of the panic of a network that has no explanation of a kind, as where an op has no gradient.
func recovered(err *error) {
	if e := recover(); e != nil {
		*err = fmt.Errorf("explain: the network cannot be explained so: %v", e)
	}
}

// dependents marks the nodes, by ID, that depend on one of the given nodes, these included.
func dependents(g *graph.Graph, on ...*graph.Node) []bool {
	is := make([]bool, len(g.Nodes))
	for _, n := range on {
		is[n.ID] = true
	}
	for i, n := range g.Nodes {
		for _, in := range n.In {
			is[i] = is[i] || is[in.ID]
		}
	}
	return is
}
