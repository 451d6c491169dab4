package compile

import (
	"context"
	le "encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/tensor"
	"wafer/nn/wasmbin"
)

// mlp has parameters of several ranks, of which some are packed, and a constant.
func mlp() *graph.Graph {
	g := graph.New()
	x := g.Input("x", tensor.Float32, 1, 37)
	h := g.Relu(g.Add(g.MatMul(x, g.Param("w1", 37, 21), false, false), g.Param("b1", 21)))
	h = g.Mul(h, g.Const(tensor.Floats([]float32{2, 1, 3, 1, 2, 1, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5}, 21)))
	g.Output("y", g.MatMul(h, g.Param("w2", 13, 21), false, true))
	return g
}

// host is an export in wazero.
type host struct {
	t   *testing.T
	mod api.Module
}

func instantiate(t *testing.T, code []byte) host {
	t.Helper()
	r := wazero.NewRuntime(context.Background())
	t.Cleanup(func() { r.Close(context.Background()) })
	mod, err := r.Instantiate(context.Background(), code)
	if err != nil {
		t.Fatal(err)
	}
	return host{t, mod}
}

func (h host) call(name string, args ...uint64) uint32 {
	h.t.Helper()
	out, err := h.mod.ExportedFunction(name).Call(context.Background(), args...)
	if err != nil {
		h.t.Fatalf("%s: %v", name, err)
	}
	return uint32(out[0])
}

// Every storage computes what eval does with the parameters that it expands to.
func TestExportEqualsEval(t *testing.T) {
	g := mlp()
	p := plan.Build(g)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, s := range []Storage{Float32, Float16, Int8} {
		e, state := Export{Info: []byte(`{"a":1}`), Tag: []byte("{}")}, graph.State{}
		for i, l := range p.Params {
			v := random(rng, l.Shape...)
			e.Params = append(e.Params, Store(v, s, Channels(p)[i]))
			state[l.Name] = e.Params[i].Tensor()
		}
		x := random(rng, 1, 37)
		want := run(t, g, state, x)
		m := Compile(p, Options{Export: &e})
		h := instantiate(t, m.Bytes)
		if info, _ := h.mod.Memory().Read(h.call("wafer_info"),
			h.call("wafer_info_bytes")); string(info) != string(e.Info) {
			t.Errorf("%v: wafer_info gives %q", s, info)
		}
		if got := h.call("wafer_input_bytes"); got != 4*37 {
			t.Errorf("%v: the input has %d bytes", s, got)
		}
		for _, at := range []uint32{h.call("wafer_input"), h.call("wafer_alloc", 4*37)} {
			h.mod.Memory().Write(at, elements(x))
			out, _ := h.mod.Memory().Read(h.call("wafer_run", uint64(at)), h.call("wafer_output_bytes"))
			if d := floats(out, 1, 13).Diff(want); d != "" {
				t.Errorf("%v: %s", s, d)
			}
		}
		t.Logf("%v: %d bytes", s, len(m.Bytes))
	}
}

func random(rng *rand.Rand, shape ...int) *tensor.Tensor {
	v := tensor.New(tensor.Float32, shape...)
	for i := range v.F() {
		v.F()[i] = float32(rng.NormFloat64())
	}
	return v
}

func run(t *testing.T, g *graph.Graph, state graph.State, x *tensor.Tensor) *tensor.Tensor {
	t.Helper()
	program, err := eval.Runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	out, err := program.Run(map[string]*tensor.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	return out["y"]
}

func floats(b []byte, shape ...int) *tensor.Tensor {
	v := tensor.New(tensor.Float32, shape...)
	for i := range v.F() {
		v.F()[i] = math.Float32frombits(le.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}

func TestAllocGrowsMemoryAndSaysWhenThereIsNone(t *testing.T) {
	p := plan.Build(mlp())
	e := Export{Tag: []byte("{}")}
	for _, l := range p.Params {
		e.Params = append(e.Params, Store(tensor.New(tensor.Float32, l.Shape...), Float32, 1))
	}
	h := instantiate(t, Compile(p, Options{Export: &e}).Bytes)
	last := uint32(0)
	for _, n := range []uint32{1, 16, 17, 3 << 16, 0, 5} {
		at := h.call("wafer_alloc", uint64(n))
		if at == 0 || at%16 != 0 || at < last || h.mod.Memory().Size() < at+n {
			t.Errorf("wafer_alloc(%d) is %d after %d, with %d bytes of memory", n, at, last, h.mod.Memory().Size())
		}
		last = at + n
	}
	for _, n := range []uint32{math.MaxUint32, math.MaxUint32 - last, math.MaxUint32 - last - 20} {
		if at := h.call("wafer_alloc", uint64(n)); at != 0 {
			t.Errorf("wafer_alloc(%d) is %d, expected 0", n, at)
		}
	}
	if at := h.call("wafer_alloc", 1); at == 0 {
		t.Error("wafer_alloc(1) is 0 after requests that failed")
	}
}

// Every binary16 expands to what tensor.FromHalf gives, with a tail of every length.
func TestExpandHalf(t *testing.T) {
	m := wasmbin.NewModule()
	m.Memory(wasmbin.Limits{Min: 8})
	m.Export("memory", wasmbin.ExportMemory, 0)
	m.Export("f", wasmbin.ExportFunc, kernel.ExpandHalf(m, "f"))
	h := instantiate(t, m.Bytes())
	for _, n := range []int{1 << 16, 1, 2, 3, 4, 5, 7, 11} {
		b := make([]byte, 0, 2*n)
		for i := range n {
			b = le.LittleEndian.AppendUint16(b, uint16(i*0x9e37+n))
		}
		h.mod.Memory().Write(uint32(64+2*n), b)
		if _, err := h.mod.ExportedFunction("f").Call(context.Background(), 64, uint64(n)); err != nil {
			t.Fatal(err)
		}
		got, _ := h.mod.Memory().Read(64, uint32(4*n))
		for i := range n {
			want := math.Float32bits(tensor.FromHalf(le.LittleEndian.Uint16(b[2*i:])))
			if g := le.LittleEndian.Uint32(got[4*i:]); g != want {
				t.Fatalf("element %d of %d, %04x: got %08x, expected %08x", i, n, b[2*i:2*i+2], g, want)
			}
		}
	}
}

func TestStoredIsNear(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	v := random(rng, 50, 6)
	for s, most := range map[Storage]float64{Float32: 0, Float16: 1.0 / 2048, Int8: 0.5 / 127} {
		got := Store(v, s, 6).Tensor()
		for i, x := range v.F() {
			largest := 1.0 // of the value for floats, of the channel for int8
			if s == Int8 {
				for k := i % 6; k < v.Size(); k += 6 {
					largest = max(largest, math.Abs(float64(v.F()[k])))
				}
			} else {
				largest = math.Abs(float64(x))
			}
			if d := math.Abs(float64(got.F()[i] - x)); d > most*largest*1.0001 {
				t.Fatalf("%v: %v became %v", s, x, got.F()[i])
			}
		}
	}
}

func TestStoredWithoutANumberIsFloat32(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		s    Storage
		v    float32
		want Storage
	}{{Float16, 65504, Float16}, {Float16, 65520, Float32}, {Float16, inf, Float16}, {Int8, inf, Float32}, {Int8,
		float32(math.NaN()), Float32}, {Int8, 0, Int8}} {
		v := tensor.Floats([]float32{c.v, 0}, 1, 2)
		got := Store(v, c.s, 2)
		if got.Storage != c.want {
			t.Errorf("%v as %v: stored as %v, expected %v", c.v, c.s, got.Storage, c.want)
		}
		if d := got.Tensor().Diff(v); d != "" {
			t.Errorf("%v as %v: %s", c.v, c.s, d)
		}
	}
}
