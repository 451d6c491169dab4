package plan

import (
	"wafer/nn/graph"
)

// emitter turns ordered units into steps, values and offsets.
type emitter struct {
	*builder
	plan   *Plan
	leaves map[*graph.Node]int // index into Inputs, Params or Consts
	values map[*graph.Node]int // a node's value
	bufs   []buffer
	bufOf  map[*graph.Node]int // root in the arena → buffer
}

func (b *builder) emit(units []*unit) *Plan {
	e := &emitter{builder: b, plan: &Plan{}, leaves: map[*graph.Node]int{}, values: map[*graph.Node]int{},
		bufOf: map[*graph.Node]int{}}
	e.listLeaves()
	e.findLifetimes(units)
	for _, u := range units {
		e.step(u)
	}
	for _, o := range b.outputs {
		e.plan.Outputs = append(e.plan.Outputs, Named{o.Name, e.value(o.Node)})
	}
	for _, u := range b.updates {
		if b.inPlace[b.root[u.Value.ID]] != u.Param {
			e.plan.Copies = append(e.plan.Copies, Copy{From: e.value(u.Value), To: e.value(u.Param)})
		}
	}
	e.placeBuffers()
	return e.plan
}

// listLeaves keeps every input and parameter, used or not, since the caller gives
// them; constants only when something reads them.
func (e *emitter) listLeaves() {
	lists := map[graph.Op]*[]Leaf{graph.Input: &e.plan.Inputs, graph.Param: &e.plan.Params, graph.Const: &e.plan.Consts}
	for _, n := range e.nodes {
		if list := lists[n.Op]; list != nil && (n.Op != graph.Const || e.live[n.ID]) {
			e.leaves[n] = len(*list)
			*list = append(*list, Leaf{e.origin[n.ID], n.Name, n.Shape, n.DType, n.Value})
		}
	}
}

// value is the index of a node's value, made when first asked for. Offsets in
// the arena are filled in by placeBuffers.
func (e *emitter) value(n *graph.Node) int {
	if i, ok := e.values[n]; ok {
		return i
	}
	r := e.root[n.ID]
	v := Value{Node: e.origin[n.ID], Shape: n.Shape, DType: n.DType, Offset: e.offset[n.ID]}
	if p := e.inPlace[r]; p != nil {
		r = p
	}
	switch r.Op {
	case graph.Input:
		v.Space = Input
	case graph.Param:
		v.Space = Param
	case graph.Const:
		v.Space = Const
	default:
		if e.fixed[r.ID] {
			v.Space = Prepared
		}
	}
	v.Leaf = e.leaves[r]
	e.values[n] = len(e.plan.Values)
	e.plan.Values = append(e.plan.Values, v)
	return e.values[n]
}

func (e *emitter) step(u *unit) {
	s := Step{Name: nameOf(u)}
	switch first := u.members[0]; {
	case e.fusible(first):
		e.chain(&s, u)
	default:
		s.Op, s.Attr = first.Op, first.Attr
		for _, x := range first.In {
			s.In = append(s.In, e.value(x))
		}
		s.Out = []int{e.value(u.result())}
		e.epilogue(&s, u)
		s.Units, s.Grain, s.Work = split(first)
	}
	if e.fixed[u.members[0].ID] {
		e.plan.Prepare = append(e.plan.Prepare, s)
	} else {
		e.plan.Steps = append(e.plan.Steps, s)
	}
}

func nameOf(u *unit) string {
	for _, m := range u.members {
		if m.Name != "" {
			return m.Name
		}
	}
	return ""
}

func (e *emitter) epilogue(s *Step, u *unit) {
	if len(u.members) == 1 {
		return
	}
	ep := &Epilogue{Scale: -1, Bias: -1, Residual: -1}
	if u.ep.scale != nil {
		ep.Scale = e.value(u.ep.scale)
	}
	if u.ep.bias != nil {
		ep.Bias = e.value(u.ep.bias)
	}
	if u.ep.residual != nil {
		ep.Residual = e.value(u.ep.residual)
	}
	if u.ep.act != nil {
		ep.Act = u.ep.act.Op
	}
	s.Epilogue = ep
}
