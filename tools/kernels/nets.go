package main

import (
	"fmt"

	"wafer/nn/compile"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/plan"
	"wafer/nn/zoo"
)

// net is a network of the zoo on a batch of one.
type net struct {
	title, name string
	layers      bool // whether its layers are listed
}

var nets = []net{{"MobileNetV2", "mobilenet_v2", true}, {"ResNet-18", "resnet18", true}, {"MiniLM", "minilm_l6", false}}

// entry is where a layer of a model ends in its graph.
type entry struct {
	name string
	node int
}

// plan is that of the network's answer, with the model's layers in the graph's order.
func (n net) plan() (*plan.Plan, []entry, error) {
	m, err := zoo.New(n.name, zoo.Options{})
	if err != nil {
		return nil, nil, err
	}
	var entries []entry
	p := planned(func(g *graph.Graph) *graph.Node {
		x := g.Input("x", m.Input().DType, append([]int{1}, m.Input().Shape...)...)
		return m.Apply(g, x, layers.Options{Visit: func(name string, out *graph.Node) {
			entries = append(entries, entry{name, out.ID})
		}})
	})
	return p, entries, nil
}

// layer is a step of a network and what was measured of it.
type layer struct {
	name  string // of the model's layer to which the result belongs, the last of those that were fused
	kind  string // of kernel
	shape string // of the result
	work
	timing
}

// layerOf describes a step.
func layerOf(p *plan.Plan, entries []entry, s *plan.Step) layer {
	out := p.Values[s.Out[0]]
	l := layer{kind: kindOf(s), shape: fmt.Sprint(out.Shape), work: of(p, s)}
	for _, e := range entries {
		if e.node >= out.Node {
			l.name = e.name
			break
		}
	}
	return l
}

// kindOf is the kernel of a step for people.
func kindOf(s *plan.Step) string {
	if s.Chain != nil {
		return "element-wise"
	}
	switch a := s.Attr.(type) {
	case graph.Window:
		name := s.Op.String()
		if short, ok := map[graph.Op]string{graph.Conv2D: "conv", graph.DepthwiseConv2D: "depthwise"}[s.Op]; ok {
			name = short
		}
		return fmt.Sprintf("%s %d×%d", name, a.Kernel[0], a.Kernel[1])
	case graph.Winograd:
		return fmt.Sprintf("Winograd %d×%d", a.Tile, a.Tile)
	}
	return s.Op.String()
}

// profiled is a network, layer by layer and as a whole.
type profiled struct {
	net
	list  []layer
	whole timing
}

// profile times every step of a network on its own. A round runs the network as a whole
// first, which leaves every step operands to work on.
func (l *lab) profile(n net, seconds float64) (profiled, error) {
	p, entries, err := n.plan()
	if err != nil {
		return profiled{}, err
	}
	m := compiled(p, compile.Options{Profile: true})
	calls := []call{{Export: "step", Args: []int{0, 1}}}
	for i := range m.compiled.Steps {
		calls = append(calls, call{Export: fmt.Sprintf("step%d", i), Args: []int{}, Least: 0.4})
	}
	t, err := l.measure("layers of "+n.title, []*module{m}, calls, 100, seconds)
	if err != nil {
		return profiled{}, err
	}
	out := profiled{net: n, whole: t[0]}
	for i, s := range steps(p) {
		one := layerOf(p, entries, s)
		one.timing = t[i+1]
		out.list = append(out.list, one)
	}
	return out, nil
}

// scaling is a network on one and on two threads.
type scaling struct {
	title    string
	one, two timing
}

// scale times networks as a whole.
func (l *lab) scale(list []net, seconds float64) ([]scaling, error) {
	var modules []*module
	var calls []call
	for _, n := range list {
		p, _, err := n.plan()
		if err != nil {
			return nil, err
		}
		for _, threads := range []int{1, 2} {
			calls = append(calls, call{Module: len(modules), Least: 1})
			modules = append(modules, compiled(p, compile.Options{Threads: threads}))
		}
	}
	t, err := l.measure("networks", modules, calls, 100, seconds)
	if err != nil {
		return nil, err
	}
	var out []scaling
	for i, n := range list {
		out = append(out, scaling{n.title, t[2*i], t[2*i+1]})
	}
	return out, nil
}
