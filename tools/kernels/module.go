package main

import (
	le "encoding/binary"
	"math"
	"math/rand/v2"
	"strings"

	"wafer/nn/compile"
	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

// module is code with what its memory holds at first.
type module struct {
	code, data []byte
	pages      int
	threads    int
	barrier    map[string]int
	writes     []write
	compiled   *compile.Module // nil for what was not made of a plan
}

// add has bytes written to an address.
func (m *module) add(w write, content []byte) {
	w.Bytes = len(content)
	m.writes, m.data = append(m.writes, w), append(m.data, content...)
}

// compiled makes a plan's module, with random parameters and inputs.
func compiled(p *plan.Plan, o compile.Options) *module {
	o.Shared = o.Threads > 1
	c := compile.Compile(p, o)
	m := &module{code: c.Bytes, pages: c.Memory.Pages(), threads: c.Threads, compiled: c,
		barrier: map[string]int{"abort": compile.Abort, "generation": compile.Generation}}
	for i, place := range c.Consts {
		m.add(write{Offset: place.Offset}, bits(p.Consts[i].Value))
	}
	for i, place := range c.Inputs {
		m.add(write{Offset: place.Offset}, bits(values("", place.DType, place.Shape, uint64(i))))
	}
	for i, place := range c.Params {
		b := bits(values(place.Name, place.DType, place.Shape, uint64(i)))
		if !place.Packed {
			m.add(write{Offset: place.Offset}, b)
			continue
		}
		for row := 0; len(b) > 0; row += place.Rows {
			n := min(len(b), place.Rows*place.RowBytes)
			m.add(write{Offset: c.Staging.Offset, Param: i, Row: row, Rows: n / place.RowBytes}, b[:n])
			b = b[n:]
		}
	}
	return m
}

// values are such that numbers stay near 1 through many layers: denormal ones would be
// slow. Token numbers are small.
func values(name string, dtype tensor.DType, shape tensor.Shape, seed uint64) *tensor.Tensor {
	t, r := tensor.New(dtype, shape...), rand.New(rand.NewPCG(seed, 1))
	if dtype == tensor.Int32 {
		for i := range t.I() {
			t.I()[i] = 1 + r.Int32N(100)
		}
		return t
	}
	limit, middle := float32(1), float32(0)
	switch {
	case strings.HasSuffix(name, "gamma") || strings.HasSuffix(name, "variance"):
		limit, middle = 0.1, 1
	case len(shape) == 1:
		limit = 0.1
	case name != "":
		fan := shape.Size() / shape.Last() // of a kernel, so that a sum keeps its variance
		if strings.Contains(name, "depthwise") {
			fan = shape[0] * shape[1]
		}
		limit = float32(math.Sqrt(3 / float64(max(fan, 1))))
	}
	for i, f := 0, t.F(); i < len(f); i++ {
		f[i] = middle + limit*(2*r.Float32()-1)
	}
	return t
}

// bits are the elements as they lie in memory, little-endian.
func bits(t *tensor.Tensor) []byte {
	b := make([]byte, 0, 4*t.Size())
	if t.DType() == tensor.Int32 {
		for _, v := range t.I() {
			b = le.LittleEndian.AppendUint32(b, uint32(v))
		}
		return b
	}
	return floatBits(t.F())
}

// floatBits are the same of floats.
func floatBits(f []float32) []byte {
	b := make([]byte, 0, 4*len(f))
	for _, v := range f {
		b = le.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// planned is the plan of a graph with one output.
func planned(build func(g *graph.Graph) *graph.Node) *plan.Plan {
	g := graph.New()
	g.Output("y", build(g))
	return plan.Build(g)
}
