package zoo

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/native"
	"wafer/nn/tensor"
)

// torchCase is one case of testdata/torch_zoo.py, which says what the numbers are.
type torchCase struct {
	Zoo     string
	Options Options
	Weights int
	Seen    []struct {
		Entry        string
		Shape        []int
		Values       []float64
		Sum, Squares float64
	}
}

const inputNumber = 1 << 20

// mix is lowbias32 (Chris Wellons, "Prospecting for Hash Functions").
func mix(x uint32) uint32 {
	x = (x ^ x>>16) * 0x7feb352d
	x = (x ^ x>>15) * 0x846ca68b
	return x ^ x>>16
}

func bitsOf(k, i int) uint32 { return mix(uint32(i) + mix(uint32(k))) }

// unit is element i of weight number k in [−1, 1).
func unit(k, i int) float64 { return float64(bitsOf(k, i)>>8)/(1<<23) - 1 }

// TestArchitecturesEqualPyTorch gives every architecture made-up weights in
// PyTorch's layout and compares with PyTorch's results in float64.
func TestArchitecturesEqualPyTorch(t *testing.T) {
	file, err := os.ReadFile("testdata/torch_zoo.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []torchCase
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Zoo, func(t *testing.T) {
			m, err := New(c.Zoo, c.Options)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(m.Weights()); n != c.Weights {
				t.Fatalf("has %d weights, the script %d", n, c.Weights)
			}
			out := everyEntry(t, m, madeUp(m), input(m, c.Options))
			for _, s := range c.Seen {
				compare(t, s.Entry, out[s.Entry], s.Shape, s.Values, s.Sum, s.Squares)
			}
		})
	}
}

// everyEntry runs a model and returns the results of all its entries.
func everyEntry(t *testing.T, m *layers.Model, state graph.State, x *tensor.Tensor) map[string]*tensor.Tensor {
	g := graph.New()
	m.Apply(g, g.Input("x", x.DType(), x.Shape()...), layers.Options{Visit: g.Output})
	p, err := native.Runner(0)(g, state)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(map[string]*tensor.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// compare allows a relative error of 2e-5 of the root mean square: what float32
// leaves after some fifty layers.
func compare(t *testing.T, entry string, got *tensor.Tensor, shape []int, values []float64, sum, squares float64) {
	t.Helper()
	if !slices.Equal(got.Shape()[1:], shape) {
		t.Errorf("%s has shape %v, want [1 %v]", entry, got.Shape(), shape)
		return
	}
	v, n := got.F(), float64(got.Size())
	allowed := 2e-5 * math.Sqrt(squares/n)
	gotSum, gotSquares, worst := 0.0, 0.0, 0.0
	for _, x := range v {
		gotSum += float64(x)
		gotSquares += float64(x) * float64(x)
	}
	for i, want := range values {
		worst = max(worst, math.Abs(float64(v[i*max(1, len(v)/8)])-want))
	}
	t.Logf("%s: largest difference %.2g of %.2g allowed; sum %v, want %v", entry, worst, allowed, gotSum, sum)
	if !(worst <= allowed) || !(math.Abs(gotSum-sum) <= n*allowed) || !(math.Abs(gotSquares-squares) <= 4e-5*squares) {
		t.Errorf("%s differs from PyTorch: largest difference %v, sum %v (want %v), squares %v (want %v)", entry,
			worst, gotSum, sum, gotSquares, squares)
	}
}

// input is the picture or the text of the script.
func input(m *layers.Model, o Options) *tensor.Tensor {
	x := tensor.New(m.Input().DType, append([]int{1}, m.Input().Shape...)...)
	if m.Input().DType == tensor.Int32 {
		for i := range len(x.I()) - 4 {
			x.I()[i] = int32(bitsOf(inputNumber, i)%uint32(o.Words-1)) + 1
		}
		return x
	}
	h, w, c := m.Input().Shape[0], m.Input().Shape[1], m.Input().Shape[2]
	for i := range x.F() {
		x.F()[i] = float32(unit(inputNumber, (i%c*h+i/c/w)*w+i/c%w))
	}
	return x
}

// madeUp are the script's weights in Keras' layout.
func madeUp(m *layers.Model) graph.State {
	state := graph.State{}
	for k, w := range m.Weights() {
		entry, name, _ := strings.Cut(w.Name, "/")
		t := tensor.New(tensor.Float32, w.Shape...)
		middle, half, number := 0.0, 0.1, func(i int) int { return i }
		switch name[strings.LastIndex(name, "/")+1:] {
		case "gamma":
			middle = 1
		case "moving_variance":
			middle, half = 1, 0.5
		case "embeddings":
			half = 0.5
		case "kernel":
			var fan int
			number, fan = torchOrder(m, entry, name, w.Shape)
			half = math.Sqrt(6 / float64(fan))
		}
		for i := range t.F() {
			t.F()[i] = float32(middle + float64(half*unit(k, number(i))))
		}
		state[w.Name] = t
	}
	return state
}

// torchOrder says where the elements of a Keras kernel stand in PyTorch's, and how
// many inputs an output of PyTorch's has.
func torchOrder(m *layers.Model, entry, name string, s tensor.Shape) (number func(i int) int, fan int) {
	if _, ok := layerOf(m, entry).(*layers.DepthwiseConv2DLayer); ok { // HWC1 → C1HW
		c := s[2]
		fan = s[0] * s[1]
		return func(i int) int { return i%c*fan + i/c }, fan
	}
	out := s.Last()
	if len(s) == 3 && !strings.HasPrefix(name, "attention_output") { // attention: [d, heads, n] → [heads·n, d]
		out *= s[1]
	}
	fan = s.Size() / out
	pixels, channels := 1, fan // HWIO → OIHW, [h·w·c, out] → [out, c·h·w], [in, out] → [out, in]
	switch {
	case len(s) == 4:
		pixels, channels = s[0]*s[1], s[2]
	case entry == "fc1":
		last := m.ShapeOf("block5_pool")
		pixels, channels = last[0]*last[1], last[2]
	}
	return func(i int) int {
		in := i / out
		return i%out*fan + in%channels*pixels + in/channels
	}, fan
}

func layerOf(m *layers.Model, entry string) layers.Layer {
	return m.Entries[slices.IndexFunc(m.Entries, func(e layers.Entry) bool { return e.Name == entry })].Layer
}
