package statedict

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/native"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// torchCase is one case of testdata/torch_statedict.py, which says what the numbers are.
type torchCase struct {
	Name    string
	Side    int
	Tensors []string // "conv1.weight 64x3x7x7"
	Output  []float64
}

const inputNumber = 1 << 20

// mix is lowbias32 (Chris Wellons, "Prospecting for Hash Functions").
func mix(x uint32) uint32 {
	x = (x ^ x>>16) * 0x7feb352d
	x = (x ^ x>>15) * 0x846ca68b
	return x ^ x>>16
}

// unit is element i of tensor number k in [−1, 1).
func unit(k, i int) float64 { return float64(mix(uint32(i)+mix(uint32(k)))>>8)/(1<<23) - 1 }

// madeUp are the tensors of a case.
type madeUp struct {
	names  []string
	shapes map[string]tensor.Shape
	number map[string]int
}

func (c torchCase) weights(t testing.TB) *madeUp {
	m := &madeUp{shapes: map[string]tensor.Shape{}, number: map[string]int{}}
	for k, line := range c.Tensors {
		name, sizes, _ := strings.Cut(line, " ")
		shape := tensor.Shape{}
		for _, s := range strings.Split(sizes, "x") {
			if n, err := strconv.Atoi(s); err == nil {
				shape = append(shape, n)
			} else if sizes != "" {
				t.Fatal(err)
			}
		}
		m.names = append(m.names, name)
		m.shapes[name], m.number[name] = shape, k
	}
	return m
}

func (m *madeUp) Names() []string { return m.names }

func (m *madeUp) Shape(name string) (tensor.Shape, string, bool) {
	s, ok := m.shapes[name]
	if strings.HasSuffix(name, "num_batches_tracked") {
		return s, "I64", ok
	}
	return s.Clone(), "F32", ok
}

func (m *madeUp) Tensor(name string) (*tensor.Tensor, error) {
	shape := m.shapes[name]
	middle, reach := 0.0, 0.1
	switch {
	case strings.HasSuffix(name, "running_var"):
		middle, reach = 1, 0.5
	case len(shape) > 1:
		reach = math.Sqrt(6 / float64(shape[1:].Size()))
	case strings.HasSuffix(name, "weight"):
		middle = 1
	}
	t := tensor.New(tensor.Float32, shape...)
	for i := range t.F() {
		t.F()[i] = float32(middle + reach*unit(m.number[name], i))
	}
	return t, nil
}

func (m *madeUp) Outline() task.Outline { return task.Outline{} }

func torchCases(t testing.TB) (cases []torchCase) {
	t.Helper()
	file, err := os.ReadFile("testdata/torch_statedict.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestStateDictsEqualPyTorch(t *testing.T) {
	cases := torchCases(t)
	if len(cases) != len(Names()) {
		t.Errorf("PyTorch has run %d networks, %d are known", len(cases), len(Names()))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if testing.Short() && c.Side == 224 {
				t.Skip("skipped: takes seconds")
			}
			side := c.Side
			if c.Name == "lenet" {
				side = 0 // its weights tell
			}
			n, err := Load(c.weights(t), "", side)
			if err != nil {
				t.Fatal(err)
			}
			if n.Name != c.Name {
				t.Fatalf("is taken for %s", n.Name)
			}
			compare(t, scores(t, n, c.Side), c.Output)
		})
	}
}

// compare allows 1e-4 of the range of the expected numbers.
func compare(t *testing.T, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d numbers, expected %d", len(got), len(want))
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range want {
		low, high = min(low, v), max(high, v)
	}
	worst := 0.0
	for i, v := range want {
		worst = max(worst, math.Abs(float64(got[i])-v)/(high-low))
	}
	if !(worst <= 1e-4) {
		t.Errorf("differs by %.2g of the range, got %v, PyTorch has %v", worst, got, want)
	}
}

// scores are the network's outputs before its softmax.
func scores(t *testing.T, n *foreign.Network, side int) []float32 {
	t.Helper()
	switch l := n.Layers.Last().Layer.(type) {
	case *layers.DenseLayer:
		l.Activation = ""
	case *layers.ActivationLayer:
		l.Activation = "linear"
	}
	return outputs(t, n, side)
}

// outputs are the network's.
func outputs(t *testing.T, n *foreign.Network, side int) []float32 {
	t.Helper()
	channels := n.Layers.Input().Shape[2]
	x := tensor.New(tensor.Float32, 1, side, side, channels)
	for i := range x.F() { // the formula is that of PyTorch's layout, channels first
		x.F()[i] = float32(unit(inputNumber, i%channels*side*side+i/channels))
	}
	g := graph.New()
	g.Output("y", n.Layers.Apply(g, g.Input("x", tensor.Float32, x.Shape()...), layers.Options{}))
	p, err := native.Runner(0)(g, n.State)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(map[string]*tensor.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	return out["y"].F()
}
