package layers_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/grad"
	"wafer/nn/graph"
	. "wafer/nn/layers"
	"wafer/nn/tensor"
)

// matched is a model of two inputs and two outputs with single ops among its layers: a picture's
// and a text's features in one space, and how well they match. The reshape folds samples into
// another axis, as attention does in graphs from elsewhere.
func matched() *Model {
	b := NewFunctional("matched", Spec{Name: "picture", Shape: tensor.Shape{8, 8, 3}},
		Spec{Name: "words", Shape: tensor.Shape{6}, DType: tensor.Int32})
	window := graph.Window{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, Dilation: [2]int{1, 1}}.SamePadding(8, 8)
	kernel := b.Named("conv/kernel", Parameter(3, 3, 3, 8))
	x := b.Named("conv", Op(graph.Conv2D, window), "picture", kernel)
	x = b.Add(Op(graph.Relu, nil), x)
	x = b.Add(Op(graph.Reshape, graph.To{Shape: []int{-4, 4, 8}}), x)
	x = b.Add(Op(graph.Transpose, graph.Perm{Perm: []int{0, 2, 1}}), x)
	x = b.Named("pixels", Op(graph.Reshape, graph.To{Shape: []int{-1, 128}}), x)
	x = b.Named("seen", Dense(5, ""), x)
	table := b.Add(Parameter(20, 5))
	y := b.Add(Op(graph.Gather, nil), table, "words")
	y = b.Named("read", Op(graph.ReduceSum, graph.Axes{Axes: []int{1}}), y)
	half := b.Add(Constant(tensor.Scalar(0.5)))
	both := b.Named("match", Op(graph.Mul, nil), b.Add(Op(graph.Add, nil), x, y), half)
	b.Outputs(both, y)
	return b.Model()
}

// outputsOf computes the outputs of a model by eval.
func outputsOf(t *testing.T, m *Model, batch int, inputs map[string]*tensor.Tensor,
	state graph.State) []*tensor.Tensor {
	t.Helper()
	g := graph.New()
	names := []string{}
	for i, out := range m.Build(g, m.Declare(g, batch), Options{}) {
		names = append(names, string(rune('a'+i)))
		g.Output(names[i], out)
	}
	p, err := eval.Runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(inputs)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]*tensor.Tensor, len(names))
	for i, name := range names {
		list[i] = out[name]
	}
	return list
}

func matchedInputs(batch int) map[string]*tensor.Tensor {
	picture, words := tensor.New(tensor.Float32, batch, 8, 8, 3), tensor.New(tensor.Int32, batch, 6)
	for i := range picture.F() {
		picture.F()[i] = float32(i%17)/8 - 1
	}
	for i := range words.I() {
		words.I()[i] = int32(i*7) % 20
	}
	return map[string]*tensor.Tensor{"picture": picture, "words": words}
}

func TestSeveralInputsAndOutputs(t *testing.T) {
	m := matched()
	state, in := m.InitState(3), matchedInputs(3)
	whole := outputsOf(t, m, 3, in, state)
	if len(whole) != 2 || !whole[0].Shape().Equal(tensor.Shape{3, 5}) || !whole[1].Shape().Equal(tensor.Shape{3, 5}) {
		t.Fatalf("got outputs %v, want two of shape [3 5]", whole)
	}
	for i := range 3 { // each sample for itself gives its own rows
		one := outputsOf(t, m, 1, map[string]*tensor.Tensor{"picture": in["picture"].Rows(i, i+1),
			"words": in["words"].Rows(i, i+1)}, state)
		for j := range one {
			if d := one[j].Diff(whole[j].Rows(i, i+1)); d != "" {
				t.Errorf("output %d of sample %d alone: %s", j, i, d)
			}
		}
	}
	file, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	back := new(Model)
	if err := json.Unmarshal(file, back); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(back); string(again) != string(file) {
		t.Errorf("the second document differs:\n%s\n%s", file, again)
	}
	for j, got := range outputsOf(t, back, 3, in, state) {
		if d := got.Diff(whole[j]); d != "" {
			t.Errorf("output %d of the model that was written and read: %s", j, d)
		}
	}
}

func TestSummaryOfAnImportedGraph(t *testing.T) {
	got := matched().Summary()
	for _, line := range []string{
		"│ picture (InputLayer)     │ (None, 8, 8, 3)   │          0 │ -  ",
		"│ conv/kernel (Parameter)  │ (3, 3, 3, 8)      │        216 │  ",
		"│ conv (op.conv2d)         │ (None, 4, 4, 8)   │          0 │ picture, conv/kernel",
		"│ reshape (op.reshape)     │ (4, 4, 8)         │          0 │ relu",
		"│ pixels (op.reshape)      │ (None, 128)       │          0 │ transpose",
		"Total params: 961 (3.75 KB)",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("the summary lacks\n%s\nin\n%s", line, got)
		}
	}
}

// A cut at any node gives two models whose outputs in a row are those of the whole; weights
// and constants go where they are used.
func TestCutAtANode(t *testing.T) {
	m := matched()
	state, in := m.InitState(3), matchedInputs(2)
	m.Outputs = []string{"seen"}
	whole := outputsOf(t, m, 2, in, state)[0]
	cuts := 0
	for _, e := range m.Entries {
		first, rest, ok := m.Cut(e.Name)
		if !ok {
			continue
		}
		cuts++
		mid := outputsOf(t, first, 2, in, state)[0]
		got := outputsOf(t, rest, 2, map[string]*tensor.Tensor{InputName: mid}, state)[0]
		if d := got.Diff(whole); d != "" {
			t.Errorf("cut at %s: %s", e.Name, d)
		}
		if n := first.Params() + rest.Params(); n != 216+645 {
			t.Errorf("cut at %s: %d parameters in the two parts, want %d", e.Name, n, 216+645)
		}
	}
	if cuts != 3 { // conv, relu, pixels; the folded axes are no samples, and behind seen is nothing
		t.Errorf("%d nodes can be cut at, want 3", cuts)
	}
	if _, _, ok := matched().Cut("pixels"); ok {
		t.Error("a cut that leaves the second input on the other side must not be ok")
	}
}

// Teaching puts layers on a frozen graph: only the new ones have a gradient.
func TestAnImportedGraphAsAFrozenBase(t *testing.T) {
	base := matched()
	m := &Model{Name: "taught", Inputs: base.Inputs, Entries: append(slices.Clone(base.Entries),
		Entry{Name: "head", Layer: Dense(2, "softmax"), Inputs: []string{"pixels"}})}
	g := graph.New()
	out := m.Build(g, m.Declare(g, 4), Options{Training: true, Frozen: func(l string) bool { return l != "head" }})[0]
	loss := g.ReduceDot(out, out, 0, 1)
	var names []string
	for _, w := range m.Weights() {
		if w.Layer == "head" {
			names = append(names, w.Name)
			g.Output("d "+w.Name, grad.Gradients(g, loss, []*graph.Node{g.Lookup(w.Name)})[0])
		}
	}
	if !slices.Equal(names, []string{"head/kernel", "head/bias"}) {
		t.Fatalf("the head has the weights %v", names)
	}
	p, err := eval.Runner(g, m.InitState(1))
	if err != nil {
		t.Fatal(err)
	}
	grads, err := p.Run(matchedInputs(4))
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range grads {
		if d.Equal(tensor.New(tensor.Float32, d.Shape()...)) {
			t.Errorf("%s is all zeros", name)
		}
	}
}

// Every op is a layer that is read from what it writes, with its attribute.
func TestEveryOpIsALayer(t *testing.T) {
	for op := range graph.NumOps {
		if op.IsLeaf() {
			continue
		}
		l := Op(op, graph.AttrOf(op))
		config, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		back, err := New(l.Class(), config)
		if err != nil {
			t.Errorf("%s: %v", l.Class(), err)
			continue
		}
		if again, _ := json.Marshal(back); string(again) != string(config) || back.Class() != l.Class() {
			t.Errorf("%s %s was read as %s %s", l.Class(), config, back.Class(), again)
		}
		if _, err := New(l.Class(), []byte(`{"surprise":1}`)); err == nil ||
			!strings.Contains(err.Error(), "surprise") {
			t.Errorf("%s: an unknown key gives %v, want an error that names it", l.Class(), err)
		}
	}
}

func TestGraphsThatAreNoModels(t *testing.T) {
	for want, build := range map[string]func(g *graph.Graph, batch int){
		"constant 1 depends on the number of samples": func(g *graph.Graph, batch int) {
			g.Output("y", g.Add(g.Input("x", tensor.Float32, batch, 2), g.Scalar(float32(batch))))
		},
		"depends on the number of samples in a way": func(g *graph.Graph, batch int) {
			g.Output("y", g.OneHot(g.Input("x", tensor.Int32, batch), batch))
		},
		"needs the samples along its first axis": func(g *graph.Graph, batch int) {
			g.Output("y", g.Relu(g.Input("x", tensor.Float32, 2, batch)))
		},
		"needs an output": func(g *graph.Graph, batch int) { g.Input("x", tensor.Float32, batch) },
	} {
		_, _, err := FromGraph("m", func(batch int) *graph.Graph { g := graph.New(); build(g, batch); return g })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
