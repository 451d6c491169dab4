//go:build !js

// What is printed for people at a terminal stays out of the browser's programs.

package compile

import (
	"fmt"
	"strings"
)

// String lists the module: where everything lies, and every step with its function,
// addresses and shares.
func (m *Module) String() string {
	var b strings.Builder
	u := m.Memory
	fmt.Fprintf(&b, "module: memory %d bytes: weights %d, prepared %d, inputs %d, arena %d, scratch %d\n", u.Total,
		u.Weights, u.Prepared, u.Inputs, u.Arena, u.Scratch)
	for _, list := range []struct {
		name   string
		places []Place
	}{{"input", m.Inputs}, {"param", m.Params}, {"const", m.Consts}, {"output", m.Outputs}} {
		for _, p := range list.places {
			fmt.Fprintf(&b, "%s %v%v at %d", list.name, p.DType, p.Shape, p.Offset)
			if p.Packed {
				fmt.Fprintf(&b, ", by %d rows of %d bytes through %d", p.Rows, p.RowBytes, m.Staging.Offset)
			}
			if p.Name != "" {
				b.WriteString("  # " + p.Name)
			}
			b.WriteByte('\n')
		}
	}
	for i, c := range m.Prepare {
		fmt.Fprintf(&b, "prepare %d: %v\n", i, c)
	}
	for i, c := range m.Steps {
		fmt.Fprintf(&b, "%d: %v\n", i, c)
	}
	return b.String()
}

// String prints a step: function(addresses) units/grain.
func (c Call) String() string {
	s := fmt.Sprintf("%s%v units=%d/%d", c.Name, c.Args, c.Units, c.Grain)
	if c.Serial {
		s += " serial"
	}
	if c.Layer != "" {
		s += "  # " + c.Layer
	}
	return s
}
