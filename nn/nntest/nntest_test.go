package nntest

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

var update = flag.Bool("update", false, "write testdata/bits.txt anew")

func TestEveryOpHasACase(t *testing.T) {
	count, names := map[graph.Op]int{}, map[string]bool{}
	for _, c := range Cases() {
		count[c.Op]++
		if names[c.Name] {
			t.Errorf("two cases are named %s", c.Name)
		}
		names[c.Name] = true
		g, _, _ := c.Build()
		if err := g.Verify(); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		found := c.Op == graph.NumOps
		for _, n := range g.Nodes {
			found = found || n.Op == c.Op
		}
		if !found {
			t.Errorf("%s has no %v", c.Name, c.Op)
		}
	}
	for op := graph.Op(0); op < graph.NumOps; op++ {
		if !op.IsLeaf() && count[op] == 0 {
			t.Errorf("%v has no case", op)
		}
	}
	t.Logf("%d cases of %d ops, and %d graphs of many ops", len(names), len(count)-1, count[graph.NumOps])
}

func TestPinned(t *testing.T) {
	if !*update {
		Pinned(t)
		return
	}
	var b strings.Builder
	for _, c := range Cases() {
		if c.Large {
			continue
		}
		r, err := expected(c)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		fmt.Fprintf(&b, "%s %s\n", c.Name, r.digest())
	}
	if err := os.WriteFile("testdata/bits.txt", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestGradients(t *testing.T) { Gradients(t) }

// The checks must be able to fail.
func TestCheckGradientFindsAWrongGradient(t *testing.T) {
	wrong := func(g *graph.Graph, loss *graph.Node, wrt []*graph.Node) []*graph.Node {
		out := grad.Gradients(g, loss, wrt)
		out[0] = g.Mul(out[0], g.Scalar(1.02))
		return out
	}
	tried, found := 0, 0
	for _, c := range Cases() {
		if c.NoGradient || len(c.Name)%7 != 0 {
			continue
		}
		g, _, _ := c.Build()
		if x := floatInputs(g); c.Op == graph.Less || c.Op == graph.Equal || len(x) == 0 || x[0].Shape.Size() < 3 {
			continue // the gradient is zero, or so may be all that is looked at
		}
		tried++
		if _, problem := checkGradient(c, wrong); problem != "" {
			found++
		}
	}
	t.Logf("a gradient 2%% too large is found in %d of %d cases", found, tried)
	if tried == 0 || found < tried*9/10 {
		t.Errorf("a gradient 2%% too large is found in %d of %d cases only", found, tried)
	}
}

// lastBit is eval with the last bit of one output element flipped.
type lastBit struct{ graph.Program }

func (p lastBit) Run(in map[string]*tensor.Tensor) (map[string]*tensor.Tensor, error) {
	out, err := p.Program.Run(in)
	if y := out["y"]; y != nil && y.DType() == tensor.Float32 && y.Size() > 0 {
		i := y.Size() - 1
		y.F()[i] = float(bits(y, i) ^ 1)
	}
	return out, err
}

func TestCompareFindsOneBit(t *testing.T) {
	runner := func(g *graph.Graph, s graph.State) (graph.Program, error) {
		p, err := eval.Runner(g, s)
		return lastBit{p}, err
	}
	c := product(nil, 3, 5, 7, false, true)
	d := compare(c, runner)
	if !strings.Contains(d, "element 20 [2 6] of f32[3 7]") || !strings.Contains(d, "1 of 21 differ") {
		t.Errorf("difference is %q, want element 20 [2 6] and 1 of 21", d)
	}
	if d := compare(c, eval.Runner); d != "" {
		t.Errorf("eval differs from itself: %s", d)
	}
}

func TestCompareReportsPanics(t *testing.T) {
	d := compare(product(nil, 1, 1, 1, false, false),
		func(*graph.Graph, graph.State) (graph.Program, error) { panic("no kernel") })
	if !strings.Contains(d, "panic: no kernel") {
		t.Errorf("got %q", d)
	}
}

// Every forward convolution does as many multiplications as either gradient.
func TestMultiplicationsOfGradients(t *testing.T) {
	c := convCase{name: "x", n: 2, h: 7, w: 6, ci: 3, co: 4, kh: 3, kw: 2, stride: 2, dilation: 1, same: true}
	for _, cases := range [][]Case{c.full(), c.depthwise()} {
		var counts []float64
		for _, c := range cases {
			g, _, _ := c.Build()
			counts = append(counts, products(g))
		}
		if counts[0] == 0 || counts[0] != counts[1] || counts[0] != counts[2] {
			t.Errorf("forward, input, filter: %v multiplications, want three times the same", counts)
		}
	}
}

func BenchmarkEval(b *testing.B) { Benchmark(b, eval.Runner) }
