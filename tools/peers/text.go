package peers

import (
	"math"
	"strconv"

	"wafer/nn/graph"
	"wafer/nn/layers"
)

// textLSTM is Embedding, LSTM and Dense(1, sigmoid) on ids [n,t].
func (b *builder) textLSTM(ids *graph.Node) *graph.Node {
	n, t := ids.Shape[0], ids.Shape[1]
	x := b.Gather(b.param("emb"), ids)
	u := b.param("u")
	zx := b.Add(b.MatMul(b.Reshape(x, n*t, x.Shape[2]), b.param("w"), false, false), b.param("b"))
	trace := b.LSTM(b.Reshape(zx, n, t, u.Shape[1]), u)
	h := b.Slice(trace, []int{0, t - 1, 5 * u.Shape[0]}, []int{n, t, 6 * u.Shape[0]})
	y := b.MatMul(b.Reshape(h, n, u.Shape[0]), b.param("ow"), false, false)
	return b.Sigmoid(b.Add(y, b.param("ob")))
}

// Bert are the sizes of an encoder.
type Bert struct{ Layers, D, Heads, T int }

const (
	bertEpsilon = 1e-12
	maskedOut   = -10000 // added to the score of a token that is not there
)

// bert is Devlin et al. 2018 on three int32 inputs [n,t]; the result is [n,t,d].
func (b *builder) bert(c Bert, ids, mask, types *graph.Node) *graph.Node {
	n, t := ids.Shape[0], ids.Shape[1]
	words := b.Add(b.Gather(b.param("tok"), ids), b.Gather(b.param("typ"), types))
	x := b.Add(words, b.Narrow(b.param("pos"), 0, 0, t))
	x = b.norm(b.Reshape(x, n*t, c.D), "ln")
	absent := b.Sub(b.Scalar(1), b.Cast(mask))
	bias := b.Reshape(b.Mul(absent, b.Scalar(maskedOut)), n, 1, 1, t)
	for i := range c.Layers {
		x = b.encoder(c, x, bias, strconv.Itoa(i)+".")
	}
	return b.Reshape(x, n, t, c.D)
}

// encoder is one layer on x [n·t, d].
func (b *builder) encoder(c Bert, x, bias *graph.Node, p string) *graph.Node {
	n, t, width := bias.Shape[0], bias.Shape[3], c.D/c.Heads
	split := func(part string) *graph.Node { // [n, heads, t, width]
		return b.Transpose(b.Reshape(b.linear(x, p+part), n, t, c.Heads, width), 0, 2, 1, 3)
	}
	q, k, v := split("q"), split("k"), split("v")
	scores := b.Mul(b.MatMul(q, k, false, true), b.Scalar(float32(1/math.Sqrt(float64(width)))))
	seen := b.MatMul(b.Softmax(b.Add(scores, bias)), v, false, false)
	seen = b.Reshape(b.Transpose(seen, 0, 2, 1, 3), n*t, c.D)
	x = b.norm(b.Add(x, b.linear(seen, p+"o")), p+"ln1")
	return b.norm(b.Add(x, b.linear(layers.Gelu(b.Graph, b.linear(x, p+"f1")), p+"f2")), p+"ln2")
}

func (b *builder) norm(x *graph.Node, name string) *graph.Node {
	return b.LayerNorm(x, b.param(name+".g"), b.param(name+".b"), bertEpsilon)
}
