package explain

import (
	"errors"
	"strconv"

	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Map says how much each part of a picture speaks for a class.
type Map struct {
	Height, Width int       // places
	Values        []float32 // [Height, Width]; below 0 what speaks against it
	Score         float32   // of the class, for the whole picture
	Exact         bool      // the values add up to Score
}

// errNoMaps is the answer of a network without convolutions before its end.
var errNoMaps = errors.New("explain: the network has no maps of places before its score")

// CAM maps a picture x [1 h w c] by the last maps Aₖ of the network's convolutions before they are pooled or flattened
// (of a network that joins several levels, by those of each level).
//
// Where the score s is affine in them, as where a dense layer stands on their means, a place has Σₖ ∂s/∂Aₖ·Aₖ there:
// class activation mapping, exactly. What is left of the score, as a bias or a normalisation's mean, is spread evenly
// over all places, so that the values add up to the score. Coarser levels are stretched to the finest one.
//
// Elsewhere it is Grad-CAM: max(0, Σₖ αₖ·Aₖ), αₖ the mean of ∂s/∂Aₖ over the places.
func (n Network) CAM(x *tensor.Tensor, class int) (m *Map, err error) {
	defer recovered(&err)
	b := n.build(x, nil)
	if err := b.checkClass(class); err != nil {
		return nil, err
	}
	taps, ok := tapsOf(b)
	if !ok {
		return nil, errNoMaps
	}
	maps, scores := b.behind(taps)
	exact := affine(b.Graph, maps, scores)
	score := b.ReduceSum(scores, 0)
	for i, d := range grad.Gradients(b.Graph, score, maps) {
		b.Output(levelName(i), b.Reshape(weighted(b.Graph, maps[i], d, exact), maps[i].Shape[1:3]...))
	}
	b.Output(outOf, score)
	err = n.run(b.Graph, func(p graph.Program) error {
		out, err := p.Run(map[string]*tensor.Tensor{inX: x, inClass: direction(class, b.class.Shape[0])})
		if err == nil {
			m = joined(out, len(taps), exact)
		}
		return err
	})
	return m, err
}

func levelName(i int) string { return "level" + strconv.Itoa(i) }

// weighted is a map [1 h w] of maps [1 h w c] with the gradient d: the product place by place where that is exact, else
// with the mean gradient of each channel.
func weighted(g *graph.Graph, maps, d *graph.Node, exact bool) *graph.Node {
	if !exact {
		d = g.Reshape(g.ReduceMean(d, 1, 2), 1, 1, 1, maps.Shape[3])
	}
	return g.ReduceSum(g.Mul(maps, d), 3)
}

// joined is the sum of all levels at the size of the finest.
func joined(out map[string]*tensor.Tensor, levels int, exact bool) *Map {
	m := &Map{Score: out[outOf].F()[0], Exact: exact}
	for i := range levels {
		if s := out[levelName(i)].Shape(); s.Size() > m.Height*m.Width {
			m.Height, m.Width = s[0], s[1]
		}
	}
	m.Values = make([]float32, m.Height*m.Width)
	for i := range levels {
		t := out[levelName(i)]
		share := float32(t.Size()) / float32(len(m.Values)) // a place of a coarser level is several
		for k, v := range Stretched(t.F(), t.Shape()[0], t.Shape()[1], m.Height, m.Width) {
			m.Values[k] += float32(v * share)
		}
	}
	if !exact {
		for k, v := range m.Values {
			m.Values[k] = max(v, 0)
		}
		return m
	}
	m.spread()
	return m
}

// spread adds what the values lack of the score evenly.
func (m *Map) spread() {
	left := m.Score
	for _, v := range m.Values {
		left -= v
	}
	left /= float32(len(m.Values))
	for k := range m.Values {
		m.Values[k] += left
	}
}
