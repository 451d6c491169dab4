package explain_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/explain"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// pooled has a head on the means of its maps.
func pooled() *layers.Model {
	return layers.Sequential("pooled", layers.Spec{Shape: tensor.Shape{10, 12, 2}},
		layers.Conv2D(4, 3, "valid", "relu"), layers.Conv2D(5, 3, "valid", "relu"),
		layers.GlobalAveragePooling2D(), layers.Dense(3, "softmax"))
}

// flattened has a hidden layer behind its maps.
func flattened() *layers.Model {
	return layers.Sequential("flattened", layers.Spec{Shape: tensor.Shape{10, 12, 2}},
		layers.Conv2D(4, 3, "valid", "relu"), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(7, "tanh"),
		layers.Dense(3, "softmax"))
}

// levelled has features of two levels.
func levelled() *layers.Model {
	body := layers.Sequential("body", layers.Spec{Shape: tensor.Shape{24, 24, 2}},
		strided(4), strided(6), strided(8), layers.GlobalAveragePooling2D())
	return body.WithLevels(2).Then(layers.Dense(3, "softmax"))
}

func strided(filters int) *layers.Conv2DLayer {
	l := layers.Conv2D(filters, 3, "same", "relu")
	l.Strides = [2]int{2, 2}
	return l
}

// read attends to words and takes their mean.
func read() *layers.Model {
	embedding := layers.Embedding(50, 6)
	embedding.MaskZero = true
	return layers.Sequential("read", layers.Spec{Shape: tensor.Shape{8}, DType: tensor.Int32},
		embedding, layers.Dense(6, "tanh"), layers.GlobalAveragePooling1D(), layers.Dense(3, "softmax"))
}

func network(m *layers.Model, seed uint64) explain.Network {
	state := m.InitState(seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for _, w := range m.Weights() { // embeddings that are not next to 0, biases that are not 0
		for i := range state[w.Name].F() {
			if f := state[w.Name].F(); len(w.Shape) == 1 || w.Layer == "embedding" {
				f[i] = 2*r.Float32() - 1
			}
		}
	}
	return explain.Network{Model: m, State: state, Runner: eval.Runner}
}

func picture(m *layers.Model, seed uint64) *tensor.Tensor {
	r := rand.New(rand.NewPCG(seed, 2))
	x := tensor.New(tensor.Float32, m.Batch(1)...)
	for i := range x.F() {
		x.F()[i] = 2*r.Float32() - 1
	}
	return x
}

func words() *tensor.Tensor { return tensor.Ints([]int32{7, 3, 12, 49, 1, 20, 0, 0}, 1, 8) }

// score is that of a class by its definition, of a part of the network.
func score(t *testing.T, m *layers.Model, state graph.State, x *tensor.Tensor, class int) float64 {
	t.Helper()
	g := graph.New()
	out := m.Apply(g, g.Input("x", x.DType(), x.Shape()...), layers.Options{})
	g.Output("logits", out.In[0])
	p, err := eval.Runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	found, err := p.Run(map[string]*tensor.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	logits, mean := found["logits"].F(), 0.0
	for _, v := range logits {
		mean += float64(v) / float64(len(logits))
	}
	return float64(logits[class]) - mean
}

// output is the result of an entry.
func output(t *testing.T, n explain.Network, entry string, x *tensor.Tensor) *tensor.Tensor {
	t.Helper()
	g := graph.New()
	g.Output("y", n.Model.Apply(g, g.Input("x", x.DType(), x.Shape()...), layers.Options{To: entry}))
	p, err := eval.Runner(g, n.State)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(map[string]*tensor.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	return out["y"]
}

func near(t *testing.T, what string, found, expected, bound float64) {
	t.Helper()
	if !(math.Abs(found-expected) <= bound) {
		t.Errorf("%s: expected %.6g ± %.1g, found %.6g", what, expected, bound, found)
	}
}

// alpha is the mean derivative of the score by a channel of maps, by the difference of two scores.
func alpha(t *testing.T, n explain.Network, entry string, maps *tensor.Tensor, channel, class int) float64 {
	t.Helper()
	const step = 1.0 / 128
	_, rest, ok := n.Model.Cut(entry)
	if !ok {
		t.Fatalf("the network cannot be cut at %s", entry)
	}
	var at [2]float64
	for side := range at {
		moved := maps.Clone()
		for i := channel; i < moved.Size(); i += moved.Shape().Last() {
			moved.F()[i] += float32(step * float64(2*side-1))
		}
		at[side] = score(t, rest, n.State, moved, class)
	}
	return (at[1] - at[0]) / (2 * step) / float64(maps.Size()/maps.Shape().Last())
}

func TestCAMIsTheDerivativeTimesTheMaps(t *testing.T) {
	for _, c := range []struct {
		entry string
		model *layers.Model
		exact bool
	}{{"conv2d_1", pooled(), true}, {"conv2d", flattened(), false}} {
		n, x := network(c.model, 5), picture(c.model, 5)
		for class := range 3 {
			m, err := n.CAM(x, class)
			if err != nil {
				t.Fatal(err)
			}
			maps := output(t, n, c.entry, x)
			s := maps.Shape()
			if m.Height != s[1] || m.Width != s[2] || m.Exact != c.exact {
				t.Fatalf("%s: expected a map of %d × %d, exact %v, found %d × %d, %v", c.model.Name, s[1], s[2],
					c.exact, m.Height, m.Width, m.Exact)
			}
			near(t, "score", float64(m.Score), score(t, c.model, n.State, x, class), 1e-5)
			expected := make([]float64, len(m.Values))
			for k := range s[3] {
				a := alpha(t, n, c.entry, maps, k, class)
				for i := range expected {
					expected[i] += a * float64(maps.F()[i*s[3]+k])
				}
			}
			compareMaps(t, m, expected)
		}
	}
}

// compareMaps knows what an exact map adds everywhere, and what Grad-CAM leaves out.
func compareMaps(t *testing.T, m *explain.Map, expected []float64) {
	t.Helper()
	left := 0.0
	if m.Exact {
		left = float64(m.Score)
		for _, v := range expected {
			left -= v
		}
	}
	for i, v := range expected {
		v += left / float64(len(expected))
		if !m.Exact {
			v = max(v, 0)
		}
		near(t, "place", float64(m.Values[i]), v, 2e-4)
	}
}

func TestExactMapsAddUpToTheScore(t *testing.T) {
	for _, model := range []*layers.Model{pooled(), levelled()} {
		n, x := network(model, 7), picture(model, 7)
		m, err := n.CAM(x, 1)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, v := range m.Values {
			sum += float64(v)
		}
		near(t, model.Name, sum, float64(m.Score), 1e-5)
		if !m.Exact {
			t.Errorf("%s: expected an exact map, found Grad-CAM", model.Name)
		}
	}
}

// A level's place has the weights of its own features alone, although later levels are computed from it.
func TestMapsOfSeveralLevels(t *testing.T) {
	n, x := network(levelled(), 7), picture(levelled(), 7)
	m, err := n.CAM(x, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m.Height != 6 || m.Width != 6 {
		t.Fatalf("expected a map of 6 × 6, that of the finest level, found %d × %d", m.Height, m.Width)
	}
	expected, kernel, row := make([]float64, 36), n.State["Dense/kernel"].F(), 0
	for _, e := range n.Model.Entries {
		if e.Layer.Class() != "GlobalAveragePooling2D" {
			continue
		}
		maps := output(t, n, e.Inputs[0], x)
		s := maps.Shape()
		level := make([]float32, s[1]*s[2])
		for i := range level {
			for k := range s[3] {
				w := kernel[3*(row+k):]
				level[i] += maps.F()[i*s[3]+k] * (w[0] - (w[0]+w[1]+w[2])/3) / 36 // of the finest places
			}
		}
		row += s[3]
		for i, v := range explain.Stretched(level, s[1], s[2], 6, 6) {
			expected[i] += float64(v)
		}
	}
	compareMaps(t, m, expected)
}

func TestNetworksWithoutMapsAreRefused(t *testing.T) {
	dense := layers.Sequential("dense", layers.Spec{Shape: tensor.Shape{4, 4, 1}}, layers.Flatten(),
		layers.Dense(3, "softmax"))
	n := network(dense, 1)
	if m, err := n.CAM(picture(dense, 1), 0); err == nil {
		t.Errorf("expected an error for a network without convolutions, found a map %v", m)
	}
	if _, err := network(pooled(), 1).CAM(picture(pooled(), 1), 3); err == nil {
		t.Error("expected an error for class 3 of 3, found none")
	}
}

// The derivative of the score by the embedding, half way, by differences of scores.
func TestGradientsOfTheEmbedding(t *testing.T) {
	n := network(read(), 3)
	found, err := n.IntegratedGradients(words(), "embedding", 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	const step, d = 1.0 / 64, 6
	table := n.State["embedding/embeddings"]
	half := graph.State{}
	for name, v := range n.State {
		half[name] = v
	}
	for i, token := range words().I()[:6] {
		expected := 0.0
		for j := range d {
			var at [2]float64
			for side := range at {
				moved := table.Clone()
				for k := range moved.F() {
					moved.F()[k] /= 2
				}
				moved.F()[int(token)*d+j] += float32(step * float64(2*side-1))
				half["embedding/embeddings"] = moved
				at[side] = score(t, n.Model, half, words(), 2)
			}
			expected += (at[1] - at[0]) / (2 * step) * float64(table.F()[int(token)*d+j])
		}
		near(t, "row", float64(found.Values[i]), expected, 1e-3)
	}
	for i, v := range found.Values[6:] {
		if v != 0 {
			t.Errorf("expected 0 for padding, found %g in row %d", v, 6+i)
		}
	}
}

func TestIntegratedGradientsAreComplete(t *testing.T) {
	n := network(read(), 3)
	for class := range 3 {
		s, err := n.IntegratedGradients(words(), "embedding", class, 32)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "score", float64(s.Score), score(t, n.Model, n.State, words(), class), 1e-5)
		near(t, "sum", float64(s.Sum()), float64(s.Score-s.Baseline), 1e-3)
	}
}

func TestOtherWeightsHaveOtherReasons(t *testing.T) {
	pictures, texts := picture(pooled(), 9), words()
	var maps, rows [2][]float32
	for i := range 2 {
		m, err := network(pooled(), uint64(20+i)).CAM(pictures, 0)
		if err != nil {
			t.Fatal(err)
		}
		s, err := network(read(), uint64(20+i)).IntegratedGradients(texts, "embedding", 0, 8)
		if err != nil {
			t.Fatal(err)
		}
		maps[i], rows[i] = m.Values, s.Values
	}
	for what, pair := range map[string][2][]float32{"map": maps, "salience": rows} {
		if c := correlation(pair[0], pair[1]); c > 0.5 {
			t.Errorf("%s: expected a correlation below 0.5 of two sets of random weights, found %.2f", what, c)
		}
	}
}

func correlation(a, b []float32) float64 {
	var ma, mb, ab, aa, bb float64
	for i := range a {
		ma, mb = ma+float64(a[i])/float64(len(a)), mb+float64(b[i])/float64(len(a))
	}
	for i := range a {
		x, y := float64(a[i])-ma, float64(b[i])-mb
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb)
}

// bits is a hash of everything that the methods give, by one runner.
func bits(t *testing.T, run graph.Runner) string {
	t.Helper()
	var all []float32
	for _, model := range []*layers.Model{pooled(), flattened(), levelled()} {
		n := network(model, 11)
		n.Runner = run
		m, err := n.CAM(picture(model, 11), 1)
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, m.Score), m.Values...)
		all = append(all, explain.Stretched(m.Values, m.Height, m.Width, 31, 17)...)
	}
	n := network(read(), 11)
	n.Runner = run
	s, err := n.IntegratedGradients(words(), "embedding", 1, 20)
	if err != nil {
		t.Fatal(err)
	}
	all = append(append(all, s.Score, s.Baseline), s.Values...)
	for _, near := range explain.Nearest(all[:4], [][]float32{all[4:8], all[8:12], all[12:16]}, 2) {
		all = append(all, float32(near.Sample), near.Cosine)
	}
	b := make([]byte, 0, 4*len(all))
	for _, v := range all {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Under js/wasm the same test pins package eval there.
func TestPinnedBits(t *testing.T) {
	const expected = "dd8cbdb3a744b02e"
	for name, run := range runners {
		if found := bits(t, run); found != expected {
			t.Errorf("%s: expected the bits %s, found %s", name, expected, found)
		}
	}
}
