package train

import (
	"math"

	"wafer/nn/graph"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
)

// Optimizer appends update rules to a training graph. Its state are parameters
// named "adam/m/dense/kernel" and alike; what depends on the step is computed by the
// caller in float64 with Scalars and enters as scalar inputs.
type Optimizer struct{ recipe.Optimizer }

// Names of the scalar inputs of a training step.
const (
	inRate  = "step/rate"  // learning rate, with Adam's bias correction
	inDecay = "step/decay" // learning rate · weight decay
	inEMA   = "step/ema"   // momentum of the moving average, 0 at the first step
)

// EMAPrefix stands before the names of the averaged weights.
const EMAPrefix = "ema/"

// Scalars are the inputs of step number t, counted from 1, at a learning rate.
func (o Optimizer) Scalars(t int, rate float64) map[string]float64 {
	in := map[string]float64{inRate: rate}
	if o.Name == "adam" || o.Name == "adamw" {
		in[inRate] = rate * math.Sqrt(1-power(o.Beta2, t)) / (1 - power(o.Beta1, t))
	}
	if o.WeightDecay > 0 {
		in[inDecay] = rate * o.WeightDecay
	}
	if o.UseEMA {
		in[inEMA] = o.EMAMomentum
		if t == 1 {
			in[inEMA] = 0
		}
	}
	return in
}

// power is bᵗ by repeated squaring; math.Pow is not the same on every machine.
func power(b float64, t int) float64 {
	p := 1.0
	for ; t > 0; t >>= 1 {
		if t&1 == 1 {
			p *= b
		}
		b *= b
	}
	return p
}

// Apply appends the update of every weight. It reads the scalar inputs of Scalars. factors are what the learning rate
// is multiplied with for each weight, nil for 1 everywhere: discriminative rates (Howard and Ruder 2018, arXiv
// 1801.06146).
func (o Optimizer) Apply(g *graph.Graph, weights, grads []*graph.Node, factors []float64) {
	s := &step{Graph: g, o: o, rate: g.Input(inRate, tensor.Float32)}
	if o.WeightDecay > 0 {
		s.decay = g.Input(inDecay, tensor.Float32)
	}
	if o.UseEMA {
		s.ema = g.Input(inEMA, tensor.Float32)
	}
	grads = s.clip(grads)
	for i, w := range weights {
		if factors == nil {
			s.update(w, grads[i])
		} else {
			s.at(factors[i]).update(w, grads[i])
		}
	}
}

// at is the step with a rate, and a decay of weights, that is so many times as large.
func (s *step) at(factor float64) *step {
	if factor == 1 {
		return s
	}
	own := *s
	own.rate = s.Mul(s.rate, s.c(factor))
	if s.decay != nil {
		own.decay = s.Mul(s.decay, s.c(factor))
	}
	return &own
}

// step is a graph to which the update of parameters is added. rate is an input, so that one program serves every step;
// decay and ema are nil where there is none.
type step struct {
	*graph.Graph
	o                Optimizer
	rate, decay, ema *graph.Node
}

// c is a constant.
func (s *step) c(v float64) *graph.Node { return s.Scalar(float32(v)) }

// slot is a piece of the optimizer's state with the shape of w.
func (s *step) slot(kind string, w *graph.Node) *graph.Node {
	return s.Param(s.o.Name+"/"+kind+"/"+w.Name, w.Shape...)
}

// toward is a + (b−a)·share, how Keras moves an average.
func (s *step) toward(a, b *graph.Node, share float64) *graph.Node {
	return s.Add(a, s.Mul(s.Sub(b, a), s.c(share)))
}

// update adds the new value of w: decay apart from the gradient (Loshchilov, Hutter 2019), then the optimizer's move,
// then the moving average of weights.
func (s *step) update(w, grad *graph.Node) {
	base := w
	if s.decay != nil {
		base = s.Sub(w, s.Mul(w, s.decay))
	}
	var next *graph.Node
	switch s.o.Name {
	case "sgd":
		next = s.sgd(base, w, grad)
	case "rmsprop":
		next = s.rmsprop(base, w, grad)
	default:
		next = s.adam(base, w, grad)
	}
	s.Update(w, next)
	if s.ema != nil {
		average := s.Param(EMAPrefix+w.Name, w.Shape...)
		s.Update(average, s.Add(s.Mul(average, s.ema), s.Mul(next, s.Sub(s.c(1), s.ema))))
	}
}

// sgd is w − rate·g, or with momentum m' = momentum·m − rate·g and w + m', and
// with Nesterov w + momentum·m' − rate·g (Keras' SGD).
func (s *step) sgd(base, w, grad *graph.Node) *graph.Node {
	move := s.Mul(grad, s.rate)
	if s.o.Momentum == 0 {
		return s.Sub(base, move)
	}
	m := s.slot("momentum", w)
	next := s.Sub(s.Mul(m, s.c(s.o.Momentum)), move)
	s.Update(m, next)
	if s.o.Nesterov {
		return s.Add(base, s.Sub(s.Mul(next, s.c(s.o.Momentum)), move))
	}
	return s.Add(base, next)
}

// rmsprop is v' = ρ·v + (1−ρ)·g², w − rate·g/√(v'+ε), where the centered form
// takes the squared mean of g off v' and momentum accumulates the move (Keras' RMSprop).
func (s *step) rmsprop(base, w, grad *graph.Node) *graph.Node {
	keep, take := s.c(s.o.Rho), s.c(1-s.o.Rho)
	average := func(kind string, x *graph.Node) *graph.Node {
		v := s.slot(kind, w)
		next := s.Add(s.Mul(v, keep), s.Mul(x, take))
		s.Update(v, next)
		return next
	}
	denominator := average("velocity", s.Mul(grad, grad))
	if s.o.Centered {
		mean := average("average_gradient", grad)
		denominator = s.Sub(denominator, s.Mul(mean, mean))
	}
	move := s.Div(s.Mul(grad, s.rate), s.Sqrt(s.Add(denominator, s.c(s.o.Epsilon))))
	if s.o.Momentum == 0 {
		return s.Sub(base, move)
	}
	m := s.slot("momentum", w)
	next := s.Add(s.Mul(m, s.c(s.o.Momentum)), move)
	s.Update(m, next)
	return s.Sub(base, next)
}

// adam is m += (g−m)·(1−β₁), v += (g²−v)·(1−β₂), w − m·rate/(√v+ε), the rate with
// both bias corrections (Kingma, Ba 2015, at the end of section 2; Keras' Adam).
func (s *step) adam(base, w, grad *graph.Node) *graph.Node {
	m, v := s.slot("m", w), s.slot("v", w)
	m2 := s.toward(m, grad, 1-s.o.Beta1)
	v2 := s.toward(v, s.Mul(grad, grad), 1-s.o.Beta2)
	s.Update(m, m2)
	s.Update(v, v2)
	return s.Sub(base, s.Div(s.Mul(m2, s.rate), s.Add(s.Sqrt(v2), s.c(s.o.Epsilon))))
}

// clip bounds gradients by the norm of each, by that of all, or element by element, as Keras' arguments of these names.
func (s *step) clip(grads []*graph.Node) []*graph.Node {
	out := make([]*graph.Node, len(grads))
	scale := s.globalScale(grads)
	for i, d := range grads {
		switch {
		case s.o.ClipNorm > 0:
			limit := s.c(s.o.ClipNorm)
			out[i] = s.Div(s.Mul(d, limit), s.Max(s.Sqrt(s.square(d)), limit))
		case s.o.GlobalClipNorm > 0:
			out[i] = s.Mul(d, scale)
		case s.o.ClipValue > 0:
			out[i] = s.Min(s.Max(d, s.c(-s.o.ClipValue)), s.c(s.o.ClipValue))
		default:
			out[i] = d
		}
	}
	return out
}

// globalScale is limit / max(norm of all gradients together, limit).
func (s *step) globalScale(grads []*graph.Node) *graph.Node {
	if s.o.GlobalClipNorm == 0 {
		return nil
	}
	sum := s.Scalar(0)
	for _, d := range grads {
		sum = s.Add(sum, s.square(d))
	}
	limit := s.c(s.o.GlobalClipNorm)
	return s.Div(limit, s.Max(s.Sqrt(sum), limit))
}

// square is the sum of the squares of all elements.
func (s *step) square(d *graph.Node) *graph.Node {
	axes := make([]int, len(d.Shape))
	for i := range axes {
		axes[i] = i
	}
	return s.ReduceDot(d, d, axes...)
}
