//go:build !js

// What is printed for people at a terminal stays out of the browser's programs.

package plan

import (
	"fmt"
	"strings"

	"wafer/nn/graph"
)

// String prints the plan, one line per step and per instruction. Memory is
// written as @offset in the arena, in0, p0, c0 elsewhere.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "plan: %d steps, arena %d bytes", len(p.Steps), p.ArenaBytes())
	if len(p.Prepare) > 0 {
		fmt.Fprintf(&b, ", prepared %d bytes by %d steps", 4*p.PreparedLen, len(p.Prepare))
	}
	b.WriteByte('\n')
	for i, l := range p.Inputs {
		fmt.Fprintf(&b, "in%d = %v%v  # %s\n", i, l.DType, l.Shape, l.Name)
	}
	for i, l := range p.Params {
		fmt.Fprintf(&b, "p%d = %v%v  # %s\n", i, l.DType, l.Shape, l.Name)
	}
	for i, l := range p.Consts {
		fmt.Fprintf(&b, "c%d = %v%v", i, l.DType, l.Shape)
		if l.Value.Size() == 1 && l.Value.DType() == 0 {
			fmt.Fprintf(&b, " = %v", l.Value.F()[0])
		}
		b.WriteByte('\n')
	}
	for i := range p.Prepare {
		b.WriteString("prepare ")
		p.writeStep(&b, i, &p.Prepare[i])
	}
	for i := range p.Steps {
		p.writeStep(&b, i, &p.Steps[i])
	}
	for _, o := range p.Outputs {
		fmt.Fprintf(&b, "output %s = %s\n", o.Name, p.place(o.Value))
	}
	for _, c := range p.Copies {
		fmt.Fprintf(&b, "copy %s = %s\n", p.place(c.To), p.place(c.From))
	}
	return b.String()
}

func (p *Plan) writeStep(b *strings.Builder, i int, s *Step) {
	fmt.Fprintf(b, "%d: %s = ", i, p.places(s.Out))
	if s.Chain != nil {
		fmt.Fprintf(b, "chain n=%d temps=%d", s.Chain.N, s.Chain.Temps)
	} else {
		fmt.Fprintf(b, "%v(%s)", s.Op, p.places(s.In))
	}
	if s.Attr != nil {
		fmt.Fprintf(b, " {%v}", s.Attr)
	}
	if e := s.Epilogue; e != nil {
		if e.Scale >= 0 {
			b.WriteString(" *scale " + p.place(e.Scale))
		}
		if e.Bias >= 0 {
			b.WriteString(" +bias " + p.place(e.Bias))
		}
		if e.Residual >= 0 {
			b.WriteString(" +residual " + p.place(e.Residual))
		}
		if e.Act != graph.Input {
			b.WriteString(" " + e.Act.String())
		}
	}
	fmt.Fprintf(b, " units=%d/%d work=%d", s.Units, s.Grain, s.Work)
	if s.Name != "" {
		b.WriteString("  # " + s.Name)
	}
	b.WriteByte('\n')
	if s.Chain != nil {
		p.writeChain(b, s.Chain)
	}
}

var kindNames = [...]string{"", " scalar", " row", " strided"}

func (p *Plan) writeChain(b *strings.Builder, c *Chain) {
	for i, o := range c.Operands {
		fmt.Fprintf(b, "    s%d <- %s%s", i, p.place(o.Value), kindNames[o.Kind])
		for _, d := range o.Dims {
			fmt.Fprintf(b, " %d·%d", d.Length, d.Stride)
		}
		b.WriteByte('\n')
	}
	for i, o := range c.Outputs {
		fmt.Fprintf(b, "    s%d -> %s\n", len(c.Operands)+i, p.place(o))
	}
	for _, in := range c.Code {
		fmt.Fprintf(b, "    s%d = %v", in.Dst, in.Op)
		for _, a := range []int{in.A, in.B, in.C} {
			if a >= 0 {
				fmt.Fprintf(b, " s%d", a)
			}
		}
		b.WriteByte('\n')
	}
	for _, s := range c.Stores {
		fmt.Fprintf(b, "    store s%d = s%d\n", s.To, s.From)
	}
}

func (p *Plan) places(values []int) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = p.place(v)
	}
	return strings.Join(parts, ", ")
}

// place prints where a value lies and its shape.
func (p *Plan) place(i int) string {
	v := p.Values[i]
	switch v.Space {
	case Arena:
		return fmt.Sprintf("@%d%v", v.Offset, v.Shape)
	case Prepared:
		return fmt.Sprintf("q@%d%v", v.Offset, v.Shape)
	case Input:
		return fmt.Sprintf("in%d+%d%v", v.Leaf, v.Offset, v.Shape)
	case Param:
		return fmt.Sprintf("p%d+%d%v", v.Leaf, v.Offset, v.Shape)
	}
	return fmt.Sprintf("c%d+%d%v", v.Leaf, v.Offset, v.Shape)
}
