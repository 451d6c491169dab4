package onnx

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Recurrent layers, written out step by step; what Keras' LSTM computes becomes the one op for a whole sequence.

// recurrence is a layer of one direction with its operands as rows of the file's.
type recurrence struct {
	l          *loader
	x          *graph.Node // [time samples features]
	w, r       *graph.Node // [gates·hidden features], [gates·hidden hidden]
	wb, rb     *graph.Node // [gates·hidden], nil: none
	h, c       *graph.Node // [samples hidden], nil: zeros
	peep       *graph.Node // [3·hidden], nil: none
	hidden     int
	clip       float32 // 0: none
	activation []function1
	lengths    []int // of each sample, nil: all of them whole
}

type function1 func(*graph.Node) *graph.Node

// directions runs a layer of so many gates once or twice, and puts the results together.
func (l *loader) directions(gates int, defaults []string,
	run func(recurrence) (steps []*graph.Node, h, c *graph.Node)) []value {
	in := l.in(0)
	x := l.plain(in)
	turned := l.int("layout", 0) != 0
	if len(x.Shape) != 3 {
		l.fail("takes a sequence of shape %v, needs three axes", x.Shape)
	}
	if turned {
		x = l.g.Transpose(x, 1, 0, 2)
	}
	if x.Shape[0] > maxUnrolled {
		l.fail("has %d steps, at most %d are supported", x.Shape[0], maxUnrolled)
	}
	direction := l.text("direction", "forward")
	count := 1
	if direction == "bidirectional" {
		count = 2
	}
	w, r := l.in(1), l.in(2)
	if w.rank() != 3 || r.rank() != 3 || w.shape()[0] != count || r.shape()[0] != count || w.shape()[1]%gates != 0 {
		l.fail("has weights of shapes %v and %v for %d directions", w.shape(), r.shape(), count)
	}
	hidden := w.shape()[1] / gates
	var all [][]*graph.Node
	var hs, cs []*graph.Node
	for d := range count {
		row := func(v value, shape ...int) *graph.Node {
			return l.fold(l.g.Reshape(l.g.Narrow(l.plain(v), 0, d, d+1), shape...))
		}
		one := recurrence{l: l, x: x, hidden: hidden, clip: l.float("clip", 0)}
		one.w, one.r = row(w, gates*hidden, x.Shape[2]), row(r, gates*hidden, hidden)
		if b, ok := l.optional(3); ok {
			both := row(b, 2*gates*hidden)
			one.wb, one.rb = l.fold(l.g.Narrow(both, 0, 0, gates*hidden)), l.fold(l.g.Narrow(both, 0, gates*hidden,
				2*gates*hidden))
		}
		if v, ok := l.optional(4); ok {
			one.lengths = l.wholeLengths(l.lengths(v), x.Shape[0])
		}
		state := func(i int) *graph.Node {
			v, ok := l.optional(i)
			if !ok {
				return nil
			}
			if turned {
				v.node = l.g.Transpose(v.node, 1, 0, 2)
			}
			return row(v, x.Shape[1], hidden)
		}
		one.h = state(5)
		if gates == 4 {
			one.c = state(6)
			if p, ok := l.optional(7); ok {
				one.peep = row(p, 3*hidden)
			}
		}
		one.activation = l.activations(defaults, d)
		backward := direction == "reverse" || d == 1
		if backward {
			if one.lengths != nil {
				l.fail("runs backwards over sequences of different lengths, which is not supported")
			}
			one.x = l.g.Reverse(x, 0)
		}
		steps, h, c := run(one)
		if backward {
			for i, j := 0, len(steps)-1; i < j; i, j = i+1, j-1 {
				steps[i], steps[j] = steps[j], steps[i]
			}
		}
		all, hs, cs = append(all, steps), append(hs, h), append(cs, c)
	}
	return l.sequence(all, hs, cs, in.typ, turned)
}

// wholeLengths is nil where all sequences are whole.
func (l *loader) wholeLengths(list []int, steps int) []int {
	for _, n := range list {
		if n != steps {
			return list
		}
	}
	return nil
}

// sequence lays steps out as [time directions samples hidden], and the last states as [directions samples hidden].
func (l *loader) sequence(all [][]*graph.Node, hs, cs []*graph.Node, typ Type, turned bool) []value {
	var rows []*graph.Node
	s := hs[0].Shape
	for t := range all[0] {
		for d := range all {
			rows = append(rows, l.g.Reshape(all[d][t], 1, s[0], s[1]))
		}
	}
	y := l.g.Reshape(l.joined(0, rows), len(all[0]), len(all), s[0], s[1])
	states := func(list []*graph.Node) value {
		if list[0] == nil {
			return value{}
		}
		var parts []*graph.Node
		for _, h := range list {
			parts = append(parts, l.g.Reshape(h, 1, s[0], s[1]))
		}
		v := l.joined(0, parts)
		if turned {
			v = l.g.Transpose(v, 1, 0, 2)
		}
		return value{node: v, typ: typ}
	}
	if turned {
		y = l.g.Transpose(y, 2, 0, 1, 3)
	}
	return []value{{node: y, typ: typ}, states(hs), states(cs)}
}

// activations are those of direction d by their names.
func (l *loader) activations(defaults []string, d int) []function1 {
	names := defaults
	if a := l.node.attr("activations"); a != nil {
		if len(a.Texts) < (d+1)*len(defaults) {
			l.fail("has activations %q", a.Texts)
		}
		names = a.Texts[d*len(defaults):][:len(defaults)]
	}
	var list []function1
	for _, n := range names {
		f := map[string]function1{"Sigmoid": l.g.Sigmoid, "Tanh": l.g.Tanh, "Relu": l.g.Relu,
			"Softsign":    func(x *graph.Node) *graph.Node { return softsign(l, x) },
			"Softplus":    func(x *graph.Node) *graph.Node { return softplus(l, x) },
			"HardSigmoid": func(x *graph.Node) *graph.Node { return l.clamped(l.plus(l.scale(x, 0.2), 0.5), 0, 1) },
			"Affine":      nil}[n]
		if f == nil {
			l.fail("has the activation %q, which is not supported", n)
		}
		list = append(list, f)
	}
	return list
}

// step is x of step t [samples features] times w, with both biases where they can be added before the gates.
func (r recurrence) inputs() []*graph.Node {
	g, s := r.l.g, r.x.Shape
	z := g.MatMul(g.Reshape(r.x, s[0]*s[1], s[2]), r.w, false, true)
	if r.wb != nil {
		z = g.Add(z, r.wb)
	}
	list := make([]*graph.Node, s[0])
	for t := range list {
		list[t] = g.Narrow(z, 0, t*s[1], (t+1)*s[1])
	}
	return list
}

func (r recurrence) zeros() *graph.Node { return r.l.filled(0, tensor.Shape{r.x.Shape[1], r.hidden}) }

// gate is number i of the columns.
func (r recurrence) gate(z *graph.Node, i int) *graph.Node {
	return r.l.g.Narrow(z, 1, i*r.hidden, (i+1)*r.hidden)
}

func (r recurrence) clipped(z *graph.Node) *graph.Node {
	if r.clip > 0 {
		return r.l.clamped(z, -r.clip, r.clip)
	}
	return z
}

// unless keeps the state of samples whose sequence has ended before step t; out is 0 then.
func (r recurrence) unless(t int, now, before *graph.Node) *graph.Node {
	if r.lengths == nil {
		return now
	}
	on := make([]float32, len(r.lengths))
	for i, n := range r.lengths {
		if t < n {
			on[i] = 1
		}
	}
	return r.l.g.Where(r.l.floats(on, len(on), 1), now, before)
}

func rnn(l *loader) []value {
	return l.directions(1, []string{"Tanh"}, func(r recurrence) (steps []*graph.Node, h, c *graph.Node) {
		if h = r.h; h == nil {
			h = r.zeros()
		}
		for t, z := range r.inputs() {
			a := l.g.Add(z, l.g.MatMul(h, r.r, false, true))
			if r.rb != nil {
				a = l.g.Add(a, r.rb)
			}
			now := r.activation[0](r.clipped(a))
			steps = append(steps, r.unless(t, now, r.zeros()))
			h = r.unless(t, now, h)
		}
		return steps, h, nil
	})
}

// gru has the gates z, r, n.
func gru(l *loader) []value {
	after := l.int("linear_before_reset", 0) != 0
	return l.directions(3, []string{"Sigmoid", "Tanh"}, func(r recurrence) (steps []*graph.Node, h, c *graph.Node) {
		if h = r.h; h == nil {
			h = r.zeros()
		}
		bias := func(x *graph.Node, i int) *graph.Node {
			if r.rb == nil {
				return x
			}
			return l.g.Add(x, l.g.Narrow(r.rb, 0, i*r.hidden, (i+1)*r.hidden))
		}
		weights := func(i int) *graph.Node { return l.fold(l.g.Narrow(r.r, 0, i*r.hidden, (i+1)*r.hidden)) }
		for t, z := range r.inputs() {
			part := func(i int) *graph.Node { return bias(l.g.MatMul(h, weights(i), false, true), i) }
			update := r.activation[0](r.clipped(l.g.Add(r.gate(z, 0), part(0))))
			reset := r.activation[0](r.clipped(l.g.Add(r.gate(z, 1), part(1))))
			var inner *graph.Node
			if after {
				inner = l.g.Mul(reset, part(2))
			} else {
				inner = bias(l.g.MatMul(l.g.Mul(reset, h), weights(2), false, true), 2)
			}
			n := r.activation[1](r.clipped(l.g.Add(r.gate(z, 2), inner)))
			now := l.g.Add(l.g.Mul(l.g.Sub(l.scalar(1), update), n), l.g.Mul(update, h))
			steps = append(steps, r.unless(t, now, r.zeros()))
			h = r.unless(t, now, h)
		}
		return steps, h, nil
	})
}

// lstm has the gates i, o, f, c.
func lstm(l *loader) []value {
	coupled := l.int("input_forget", 0) != 0
	defaults := []string{"Sigmoid", "Tanh", "Tanh"}
	return l.directions(4, defaults, func(r recurrence) (steps []*graph.Node, h, c *graph.Node) {
		if r.h == nil && r.c == nil && r.peep == nil && r.lengths == nil && r.clip == 0 && !coupled &&
			l.node.attr("activations") == nil {
			return r.fused()
		}
		if h = r.h; h == nil {
			h = r.zeros()
		}
		if c = r.c; c == nil {
			c = r.zeros()
		}
		peep := func(z, c *graph.Node, i int) *graph.Node {
			if r.peep == nil {
				return z
			}
			return l.g.Add(z, l.g.Mul(c, l.g.Narrow(r.peep, 0, i*r.hidden, (i+1)*r.hidden)))
		}
		for t, z := range r.inputs() {
			z = l.g.Add(z, l.g.MatMul(h, r.r, false, true))
			if r.rb != nil {
				z = l.g.Add(z, r.rb)
			}
			in := r.activation[0](r.clipped(peep(r.gate(z, 0), c, 0)))
			forget := r.activation[0](r.clipped(peep(r.gate(z, 2), c, 2)))
			if coupled {
				forget = l.g.Sub(l.scalar(1), in)
			}
			next := l.g.Add(l.g.Mul(forget, c), l.g.Mul(in, r.activation[1](r.clipped(r.gate(z, 3)))))
			out := r.activation[0](r.clipped(peep(r.gate(z, 1), next, 1)))
			now := l.g.Mul(out, r.activation[2](next))
			steps = append(steps, r.unless(t, now, r.zeros()))
			h, c = r.unless(t, now, h), r.unless(t, next, c)
		}
		return steps, h, c
	})
}

// fused is the layer as one op, whose gates are i, f, c, o.
func (r recurrence) fused() (steps []*graph.Node, h, c *graph.Node) {
	l, g := r.l, r.l.g
	order := func(w *graph.Node) *graph.Node {
		var parts []*graph.Node
		for _, i := range []int{0, 2, 3, 1} {
			parts = append(parts, g.Narrow(w, 0, i*r.hidden, (i+1)*r.hidden))
		}
		return l.fold(g.Concat(0, parts...))
	}
	samples := g.Transpose(r.x, 1, 0, 2)
	s := samples.Shape
	z := g.MatMul(g.Reshape(samples, s[0]*s[1], s[2]), order(r.w), false, true)
	if r.wb != nil {
		z = g.Add(z, order(l.fold(g.Add(r.wb, r.rb))))
	}
	u := l.fold(g.Transpose(order(r.r), 1, 0))
	trace := g.LSTM(g.Reshape(z, s[0], s[1], 4*r.hidden), u)
	state := func(t, from int) *graph.Node {
		return g.Reshape(g.Slice(trace, []int{0, t, from * r.hidden}, []int{s[0], t + 1, (from + 1) * r.hidden}), s[0],
			r.hidden)
	}
	for t := range s[1] {
		steps = append(steps, state(t, 5))
	}
	return steps, steps[len(steps)-1], state(s[1]-1, 4)
}
