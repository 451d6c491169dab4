// Package train fits a model to samples: loss, optimizer, schedule, loop. One
// training step is one graph (forward, backward, update) handed to a Runner. It does no
// input or output: checkpoints are values that the caller keeps.
package train

import (
	"wafer/nn/graph"
	"wafer/nn/recipe"
)

// probabilityFloor is Keras' epsilon: probabilities are clipped to [ε, 1−ε].
const probabilityFloor = 1e-7

// Loss appends the mean loss over the batch and returns it, a scalar. out is the
// model's output [batch, n], target has its shape: one-hot rows, probabilities, or numbers.
// weight [batch] scales each sample's loss when it is not nil; the mean still divides by
// the number of samples, as Keras does.
//
// When out is a Softmax or Sigmoid, cross-entropy is computed from its operand, as
// Keras does on TensorFlow; otherwise from clipped probabilities, or from logits where l says so.
func Loss(g *graph.Graph, l recipe.Loss, out, target, weight *graph.Node) *graph.Node {
	var each *graph.Node // [batch]
	switch l.Name {
	case "mean_squared_error":
		d := g.Sub(out, target)
		each = g.ReduceMean(g.Mul(d, d), 1)
	case "binary_crossentropy":
		each = g.ReduceMean(binaryCrossentropy(g, l, out, smooth(g, target, l.LabelSmoothing, 2)), 1)
	case "categorical_crossentropy", "sparse_categorical_crossentropy":
		each = categoricalCrossentropy(g, l, out, smooth(g, target, l.LabelSmoothing, out.Shape.Last()))
	default:
		panic(&graph.Error{Name: l.Name, Reason: "is not a loss"})
	}
	if weight != nil {
		each = g.Mul(each, weight)
	}
	return g.ReduceMean(each, 0)
}

// smooth is target·(1−s) + s/classes.
func smooth(g *graph.Graph, target *graph.Node, s float64, classes int) *graph.Node {
	if s == 0 {
		return target
	}
	return g.Add(g.Mul(target, g.Scalar(float32(1-s))), g.Scalar(float32(s/float64(classes))))
}

// logits is what the output was computed from, nil when it holds probabilities of
// another origin.
func logits(l recipe.Loss, out *graph.Node, activation graph.Op) *graph.Node {
	switch {
	case out.Op == activation:
		return out.In[0]
	case l.FromLogits:
		return out
	}
	return nil
}

// binaryCrossentropy is, from logits x, max(x,0) − x·z + log(1 + exp(−|x|)) with
// the branches that TensorFlow takes at 0, and −z·log(p) − (1−z)·log(1−p) from clipped probabilities.
func binaryCrossentropy(g *graph.Graph, l recipe.Loss, out, z *graph.Node) *graph.Node {
	one := g.Scalar(1)
	if x := logits(l, out, graph.Sigmoid); x != nil {
		negative := g.Less(x, g.Scalar(0))
		positivePart := g.Where(negative, g.Scalar(0), x)
		minusAbs := g.Where(negative, x, g.Neg(x))
		return g.Add(g.Sub(positivePart, g.Mul(x, z)), g.Log(g.Add(one, g.Exp(minusAbs))))
	}
	p := clip(g, out)
	yes := g.Mul(z, g.Log(p))
	no := g.Mul(g.Sub(one, z), g.Log(g.Sub(one, p)))
	return g.Neg(g.Add(yes, no))
}

// categoricalCrossentropy is −Σ z·log(softmax(x)) from logits x, and from
// probabilities −Σ z·log(p/Σp), clipped.
func categoricalCrossentropy(g *graph.Graph, l recipe.Loss, out, z *graph.Node) *graph.Node {
	var logp *graph.Node
	if x := logits(l, out, graph.Softmax); x != nil {
		logp = g.LogSoftmax(x)
	} else {
		sum := g.Reshape(g.ReduceSum(out, 1), out.Shape[0], 1)
		logp = g.Log(clip(g, g.Div(out, sum)))
	}
	return g.Neg(g.ReduceDot(z, logp, 1))
}

func clip(g *graph.Graph, p *graph.Node) *graph.Node {
	return g.Min(g.Max(p, g.Scalar(probabilityFloor)), g.Scalar(1-probabilityFloor))
}

// Targets turns int32 labels [batch] into rows like the model's output [batch, n]:
// one-hot, or for n = 1 the label itself.
func Targets(g *graph.Graph, labels *graph.Node, n int) *graph.Node {
	if n == 1 {
		return g.Reshape(g.Cast(labels), labels.Shape[0], 1)
	}
	return g.OneHot(labels, n)
}

// Correct appends how many rows of the output [batch, n] have their largest
// element at the label, a scalar; for n = 1, how many lie on the label's side of the
// threshold (½, or 0 for logits).
func Correct(g *graph.Graph, l recipe.Loss, out, labels *graph.Node) *graph.Node {
	var predicted *graph.Node
	if out.Shape.Last() == 1 {
		threshold := float32(0.5)
		if l.FromLogits {
			threshold = 0
		}
		predicted = g.Reshape(g.Less(g.Scalar(threshold), out), out.Shape[0])
	} else {
		predicted = g.Cast(g.ArgMax(out))
	}
	return g.ReduceSum(g.Equal(predicted, g.Cast(labels)), 0)
}
