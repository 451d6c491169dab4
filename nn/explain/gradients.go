package explain

import (
	"fmt"

	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// gradientRows is how many points of the way run at once: more would take memory, and be hardly quicker.
const gradientRows = 8

// Salience says how much each row of an embedding speaks for a class.
type Salience struct {
	Values   []float32 // [rows]; below 0 what speaks against it
	Score    float32   // of the class, for the whole input
	Baseline float32   // with every row of the embedding 0
}

// Sum is that of the values, which Score less Baseline comes to with enough steps.
func (s *Salience) Sum() (sum float32) {
	for _, v := range s.Values {
		sum += v
	}
	return sum
}

// IntegratedGradients follows the embedding that the named entry looks up for the rows x [1 n] of int32 on a straight
// way from 0 to what it is: row i has Σⱼ eᵢⱼ·mean(∂s/∂eᵢⱼ), the mean over the middles of so many steps. What else the
// network does with the input, as its mask, stays as it is. Where the score is affine in the embedding one step is
// exact; so the salience of n-grams with a weight each is weight times feature.
func (n Network) IntegratedGradients(x *tensor.Tensor, entry string, class, steps int) (s *Salience, err error) {
	defer recovered(&err)
	if x.DType() != tensor.Int32 || len(x.Shape()) != 2 || x.Shape()[0] != 1 || steps < 1 {
		return nil, fmt.Errorf("explain: expected rows i32[1 n] and at least one step, found %v and %d", x, steps)
	}
	alphas, shares := way(steps)
	length, size := x.Shape()[1], min(gradientRows, len(alphas))
	rows := tensor.New(tensor.Int32, size, length)
	for i := range size {
		copy(rows.Rows(i, i+1).I(), x.I())
	}
	b, err := n.along(rows, entry)
	if err != nil {
		return nil, err
	}
	if err := b.checkClass(class); err != nil {
		return nil, err
	}
	s = &Salience{Values: make([]float32, b.Outputs[0].Node.Shape[0])}
	err = n.run(b.Graph, func(p graph.Program) error {
		for at := 0; at < len(alphas); at += size {
			out, err := p.Run(map[string]*tensor.Tensor{inX: rows, inClass: direction(class, b.class.Shape[0]),
				inAlpha: column(alphas[at:], size), inShare: column(shares[at:], size)})
			if err != nil {
				return err
			}
			if at == 0 {
				s.Score, s.Baseline = out[outOf].F()[0], out[outOf].F()[1]
			}
			for i, v := range out[outSalience].F() {
				s.Values[i] += v
			}
		}
		return nil
	})
	return s, err
}

// outSalience is what a run adds to each row, f32 [rows].
const outSalience = "salience"

// way are the points: the whole input, nothing, and the middles of the steps with the share of each in the mean.
func way(steps int) (alphas, shares []float32) {
	alphas, shares = []float32{1, 0}, []float32{0, 0}
	for i := range steps {
		alphas = append(alphas, (float32(i)+0.5)/float32(steps))
		shares = append(shares, 1/float32(steps))
	}
	return alphas, shares
}

// column is the head of a list as [n 1 1], zeros where it ends.
func column(list []float32, n int) *tensor.Tensor {
	t := tensor.New(tensor.Float32, n, 1, 1)
	copy(t.F(), list)
	return t
}

// along is the network with the result [batch, rows, d] of an entry times inAlpha, and what a run adds to the salience.
func (n Network) along(x *tensor.Tensor, entry string) (built, error) {
	var at *graph.Node
	whole := n.build(x, func(name string, out *graph.Node) {
		if name == entry {
			at = out
		}
	})
	if at == nil || at.DType != tensor.Float32 || len(at.Shape) != 3 || at.Shape[0] != x.Shape()[0] {
		return built{}, fmt.Errorf("explain: expected an entry %q that gives an embedding [batch rows d]", entry)
	}
	b, plain, scaled := whole.scaled(at)
	d := grad.Gradients(b.Graph, b.ReduceSum(b.scores, 0), []*graph.Node{scaled})[0]
	share := b.Input(inShare, tensor.Float32, x.Shape()[0], 1, 1)
	b.Output(outSalience, b.ReduceSum(b.ReduceSum(b.Mul(b.Mul(d, share), plain), 2), 0))
	b.Output(outOf, b.scores)
	return b, nil
}

// scaled is a copy in which everything behind a node takes that node times inAlpha: the node, and the product.
func (b built) scaled(at *graph.Node) (c built, plain, product *graph.Node) {
	c = built{Graph: graph.New()}
	to := make([]*graph.Node, len(b.Nodes))
	for i, n := range b.Nodes {
		in := make([]*graph.Node, len(n.In))
		for k, x := range n.In {
			in[k] = to[x.ID]
		}
		switch n.Op {
		case graph.Input:
			to[i] = c.Input(n.Name, n.DType, n.Shape...)
		case graph.Param:
			to[i] = c.Param(n.Name, n.Shape...)
		case graph.Const:
			to[i] = c.Const(n.Value)
		default:
			to[i] = c.AddOp(n.Op, n.Attr, in...)
		}
		if n == at {
			plain = to[i]
			product = c.Mul(plain, c.Input(inAlpha, tensor.Float32, n.Shape[0], 1, 1))
			to[i] = product
		}
	}
	c.x, c.class, c.scores = to[b.x.ID], to[b.class.ID], to[b.scores.ID]
	return c, plain, product
}
