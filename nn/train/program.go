package train

import (
	"maps"

	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
)

// Inputs and outputs of the graphs, beside the optimizer's scalars.
const (
	inX       = "x"      // [batch, …]
	inY       = "y"      // int32 [batch], labels
	inWeight  = "weight" // [batch], only with class weights
	inKey     = "key"    // int32 [2], of dropout
	outLoss   = "loss"
	outHits   = "correct"
	outValues = "output"
	outAlso   = "also"
)

// StepGraph is one training step on batch samples of src: forward, loss, backward,
// update. weighted adds the input of sample weights.
func StepGraph(m *layers.Model, l recipe.Loss, o recipe.Optimizer, batch int, weighted bool, part Part) *graph.Graph {
	g := graph.New()
	x := g.Input(inX, m.Input().DType, append([]int{batch}, m.Input().Shape...)...)
	y := g.Input(inY, tensor.Int32, batch)
	key := g.Input(inKey, tensor.Int32, 2)
	var weight *graph.Node
	if weighted {
		weight = g.Input(inWeight, tensor.Float32, batch)
	}
	out := m.Apply(g, x, layers.Options{Training: true, Key: key, Frozen: part.Frozen})
	loss := Loss(g, l, out, Targets(g, y, out.Shape.Last()), weight)
	g.Output(outLoss, loss)
	g.Output(outHits, Correct(g, l, out, y))
	var weights []*graph.Node
	for _, w := range Trainable(m, part.Frozen) {
		weights = append(weights, g.Lookup(w))
	}
	Optimizer{o}.Apply(g, weights, grad.Gradients(g, loss, weights), part.factors(m))
	return g
}

// Part says what of a network is trained, and how fast.
type Part struct {
	Frozen func(layer string) bool    // is left as it is; nil: none
	Factor func(layer string) float64 // of the learning rate; nil: 1
}

// factors are those of the trainable weights, nil where all are 1.
func (p Part) factors(m *layers.Model) (list []float64) {
	if p.Factor == nil {
		return nil
	}
	for _, w := range m.Weights() {
		if w.Trainable && (p.Frozen == nil || !p.Frozen(w.Layer)) {
			list = append(list, p.Factor(w.Layer))
		}
	}
	return list
}

// Trainable names the weights that training changes by gradient.
func Trainable(m *layers.Model, frozen func(string) bool) []string {
	var names []string
	for _, w := range m.Weights() {
		if w.Trainable && (frozen == nil || !frozen(w.Layer)) {
			names = append(names, w.Name)
		}
	}
	return names
}

// TestGraph computes the outputs for an input of a shape, [batch, …], and, with a loss, how good they are.
func TestGraph(m *layers.Model, l *recipe.Loss, shape tensor.Shape) *graph.Graph {
	return TestGraphAlso(m, l, shape, "")
}

// TestGraphAlso is TestGraph with the results of one more entry as an output; "" is none.
func TestGraphAlso(m *layers.Model, l *recipe.Loss, shape tensor.Shape, also string) *graph.Graph {
	g := graph.New()
	x := g.Input(inX, m.Input().DType, shape...)
	out := m.Apply(g, x, layers.Options{Visit: func(entry string, node *graph.Node) {
		if also != "" && entry == also {
			g.Output(outAlso, node)
		}
	}})
	g.Output(outValues, out)
	if l != nil {
		y := g.Input(inY, tensor.Int32, shape[0])
		g.Output(outLoss, Loss(g, *l, out, Targets(g, y, out.Shape.Last()), nil))
		g.Output(outHits, Correct(g, *l, out, y))
	}
	return g
}

// complete adds zeros for the parameters of g that state lacks: a fresh optimizer.
func complete(g *graph.Graph, state graph.State) {
	for _, p := range g.Leaves(graph.Param) {
		if state[p.Name] == nil {
			state[p.Name] = tensor.New(tensor.Float32, p.Shape...)
		}
	}
}

// clone copies the named tensors of a state, all when names is nil.
func clone(state graph.State, names []string) graph.State {
	out := graph.State{}
	if names == nil {
		for n := range maps.Keys(state) {
			names = append(names, n)
		}
	}
	for _, n := range names {
		out[n] = state[n].Clone()
	}
	return out
}

// keep is clone into the memory of an earlier one, if there is one.
func keep(earlier, state graph.State, names []string) graph.State {
	if len(earlier) != len(names) {
		return clone(state, names)
	}
	for _, n := range names {
		earlier[n].CopyFrom(state[n])
	}
	return earlier
}

// assign overwrites the tensors of state that from has.
func assign(state, from graph.State) {
	for n, t := range from {
		state[n].CopyFrom(t)
	}
}
