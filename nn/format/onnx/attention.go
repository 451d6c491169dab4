package onnx

import (
	"math"

	"wafer/nn/graph"
)

// attention is scaled dot products of queries with keys, with an optional mask, past, cap and causal order. Operands
// are [n heads t d] or [n t heads·d].
func attention(l *loader) []value {
	q, k, v := l.in(0), l.in(1), l.in(2)
	flat := q.rank() == 3
	heads := func(x value, name string) *graph.Node {
		y := l.plain(x)
		if !flat {
			return y
		}
		n := l.int(name, 0)
		if n < 1 || y.Shape[2]%n != 0 {
			l.fail("has %d heads for shape %v", n, y.Shape)
		}
		return l.g.Transpose(l.g.Reshape(y, y.Shape[0], y.Shape[1], n, y.Shape[2]/n), 0, 2, 1, 3)
	}
	x, y, z := heads(q, "q_num_heads"), heads(k, "kv_num_heads"), heads(v, "kv_num_heads")
	if len(x.Shape) != 4 || len(y.Shape) != 4 || len(z.Shape) != 4 {
		l.fail("takes shapes %v, %v and %v", q.shape(), k.shape(), v.shape())
	}
	past := 0
	if p, ok := l.optional(4); ok {
		past = p.shape()[2]
		y = l.g.Concat(2, l.plain(p), y)
	}
	if p, ok := l.optional(5); ok {
		z = l.g.Concat(2, l.plain(p), z)
	}
	presentK, presentV := y, z
	if n := y.Shape[1]; n != x.Shape[1] { // keys and values that several queries share
		if n < 1 || x.Shape[1]%n != 0 {
			l.fail("shares %d heads of keys among %d", n, x.Shape[1])
		}
		index := make([]int, x.Shape[1])
		for i := range index {
			index[i] = i / (x.Shape[1] / n)
		}
		y, z = l.taken(y, 1, index), l.taken(z, 1, index)
	}
	scale := l.float("scale", float32(1/math.Sqrt(float64(x.Shape[3]))))
	root := float32(math.Sqrt(float64(scale)))
	scores := l.g.MatMul(l.scale(x, root), l.scale(y, root), false, true)
	stages := []*graph.Node{scores}
	if m, ok := l.optional(3); ok {
		mask := l.plain(m)
		if m.typ == Bool {
			mask = l.g.Where(mask, l.scalar(0), l.scalar(-math.MaxFloat32/2))
		}
		if n := mask.Shape.Last(); n < scores.Shape.Last() {
			before, after := make([]int, len(mask.Shape)), make([]int, len(mask.Shape))
			after[len(after)-1] = scores.Shape.Last() - n
			mask = l.paddedWith(mask, before, after, -math.MaxFloat32/2)
		}
		scores = l.g.Add(scores, mask)
	}
	if l.int("is_causal", 0) != 0 {
		rows, columns := scores.Shape[2], scores.Shape[3]
		ahead := make([]float32, rows*columns)
		for i := range rows {
			for j := i + past + 1; j < columns; j++ {
				ahead[i*columns+j] = -math.MaxFloat32 / 2
			}
		}
		scores = l.g.Add(scores, l.floats(ahead, rows, columns))
	}
	stages = append(stages, scores)
	if limit := l.float("softcap", 0); limit != 0 {
		scores = l.scale(l.g.Tanh(l.scale(scores, 1/limit)), limit)
	}
	stages = append(stages, scores)
	weights := l.g.Softmax(scores)
	stages = append(stages, weights)
	out := l.g.MatMul(weights, z, false, false)
	if flat {
		s := out.Shape
		out = l.g.Reshape(l.g.Transpose(out, 0, 2, 1, 3), s[0], s[2], s[1]*s[3])
	}
	shown := stages[max(0, min(l.int("qk_matmul_output_mode", 0), 3))]
	return []value{{node: out, typ: q.typ}, {node: presentK, typ: k.typ}, {node: presentV, typ: v.typ},
		{node: shown, typ: q.typ}}
}

// rotaryEmbedding turns pairs of features by angles that grow with the position.
func rotaryEmbedding(l *loader) []value {
	in := l.in(0)
	x := l.plain(in)
	heads, flat := l.int("num_heads", 0), len(x.Shape) == 3
	if flat {
		if heads < 1 || x.Shape[2]%heads != 0 {
			l.fail("has %d heads for shape %v", heads, x.Shape)
		}
		x = l.g.Reshape(x, x.Shape[0], x.Shape[1], heads, x.Shape[2]/heads)
	} else {
		x = l.g.Transpose(x, 0, 2, 1, 3)
	}
	s := x.Shape.Clone() // [n t heads d]
	turned := l.int("rotary_embedding_dim", 0)
	if turned == 0 {
		turned = s[3]
	}
	table := func(i int) *graph.Node {
		c := l.plain(l.in(i))
		if p, ok := l.optional(3); ok {
			c = l.g.Reshape(l.rowsOf(c, l.plain(p)), s[0], s[1], c.Shape.Last())
		}
		return l.g.Reshape(c, s[0], s[1], 1, c.Shape.Last())
	}
	cosine, sine := table(1), table(2)
	part := l.g.Narrow(x, 3, 0, turned)
	half := turned / 2
	var a, b *graph.Node
	paired := l.int("interleaved", 0) != 0
	if paired {
		pairs := l.g.Reshape(part, s[0], s[1], s[2], half, 2)
		a = l.g.Reshape(l.g.Narrow(pairs, 4, 0, 1), s[0], s[1], s[2], half)
		b = l.g.Reshape(l.g.Narrow(pairs, 4, 1, 2), s[0], s[1], s[2], half)
	} else {
		a, b = l.g.Narrow(part, 3, 0, half), l.g.Narrow(part, 3, half, turned)
	}
	real := l.g.Sub(l.g.Mul(cosine, a), l.g.Mul(sine, b))
	imaginary := l.g.Add(l.g.Mul(sine, a), l.g.Mul(cosine, b))
	var y *graph.Node
	if paired {
		r, i := l.g.Reshape(real, s[0], s[1], s[2], half, 1), l.g.Reshape(imaginary, s[0], s[1], s[2], half, 1)
		y = l.g.Reshape(l.g.Concat(4, r, i), s[0], s[1], s[2], turned)
	} else {
		y = l.g.Concat(3, real, imaginary)
	}
	if turned < s[3] {
		y = l.g.Concat(3, y, l.g.Narrow(x, 3, turned, s[3]))
	}
	if flat {
		y = l.g.Reshape(y, s[0], s[1], s[2]*s[3])
	} else {
		y = l.g.Transpose(y, 0, 2, 1, 3)
	}
	return []value{{node: y, typ: in.typ}}
}
