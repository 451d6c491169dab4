package native

import (
	"testing"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// The sizes are those of the shipped models: blocks in the nearest cache, tables
// and optimiser states that are not.

func sequence(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i%977)/100 - 4
	}
	return x
}

func benchUnary(b *testing.B, op graph.Op, n int) {
	x, y := sequence(n), make([]float32, n)
	b.SetBytes(int64(8 * n))
	for b.Loop() {
		unary(op, y, x)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gelements/s")
}

func BenchmarkAddInCache(b *testing.B)  { benchBinary(b, graph.Add, 1024) }
func BenchmarkAddInMemory(b *testing.B) { benchBinary(b, graph.Add, 4<<20) }
func BenchmarkDivInCache(b *testing.B)  { benchBinary(b, graph.Div, 1024) }

func benchBinary(b *testing.B, op graph.Op, n int) {
	x, y, z := sequence(n), sequence(n), make([]float32, n)
	b.SetBytes(int64(12 * n))
	for b.Loop() {
		binary(op, z, x, y)
	}
}

func BenchmarkRelu(b *testing.B)    { benchUnary(b, graph.Relu, 1024) }
func BenchmarkExp(b *testing.B)     { benchUnary(b, graph.Exp, 1024) }
func BenchmarkLog(b *testing.B)     { benchUnary(b, graph.Log, 1024) }
func BenchmarkTanh(b *testing.B)    { benchUnary(b, graph.Tanh, 1024) }
func BenchmarkSigmoid(b *testing.B) { benchUnary(b, graph.Sigmoid, 1024) }
func BenchmarkErf(b *testing.B)     { benchUnary(b, graph.Erf, 1024) }
func BenchmarkSin(b *testing.B)     { benchUnary(b, graph.Sin, 1024) }

func BenchmarkSoftmax10(b *testing.B)   { benchSoftmax(b, 128, 10) }
func BenchmarkSoftmax1000(b *testing.B) { benchSoftmax(b, 32, 1000) }

func benchSoftmax(b *testing.B, rows, n int) {
	x, y := sequence(rows*n), make([]float32, rows*n)
	for b.Loop() {
		softmax(y, x, n, 0, rows)
	}
	b.ReportMetric(float64(rows*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gelements/s")
}

func BenchmarkSumRows(b *testing.B) {
	x := sequence(1 << 16)
	b.SetBytes(4 << 16)
	for b.Loop() {
		sum16(termSum, x, nil, 0)
	}
}

func BenchmarkSumColumns(b *testing.B) { // a bias gradient of a convolution
	x, sum := sequence(2048*32), make([]float32, 32)
	b.SetBytes(4 * 2048 * 32)
	for b.Loop() {
		clear(sum)
		columnTerms(termSum, sum, x, nil, 2048, 32)
	}
}

// benchGraph runs a graph on one thread.
func benchGraph(b *testing.B, build func(g *graph.Graph)) {
	g := graph.New()
	build(g)
	state, inputs := graph.State{}, map[string]*tensor.Tensor{}
	for _, n := range g.Leaves(graph.Param) {
		state[n.Name] = tensor.Floats(sequence(n.Shape.Size()), n.Shape...)
	}
	for _, n := range g.Leaves(graph.Input) {
		inputs[n.Name] = tensor.New(n.DType, n.Shape...)
		if n.DType == tensor.Int32 {
			for i := range inputs[n.Name].I() {
				inputs[n.Name].I()[i] = int32(i * 7919 % 10000)
			}
		} else {
			copy(inputs[n.Name].F(), sequence(n.Shape.Size()))
		}
	}
	p, err := Runner(1)(g, state)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := p.Run(inputs); err != nil {
			b.Fatal(err)
		}
	}
}

// Batch 32, 100 steps, 64 units: the recurrence of seed program 1.
func BenchmarkLSTM(b *testing.B) {
	benchGraph(b, func(g *graph.Graph) {
		g.Output("y", g.LSTM(g.Param("zx", 32, 100, 256), g.Param("u", 64, 256)))
	})
}

func BenchmarkLSTMGrad(b *testing.B) {
	benchGraph(b, func(g *graph.Graph) {
		g.Output("y", g.LSTMGrad(g.Param("trace", 32, 100, 384), g.Param("u", 64, 256), g.Param("dh", 32, 100, 64)))
	})
}

func BenchmarkScatterAdd(b *testing.B) {
	benchGraph(b, func(g *graph.Graph) {
		g.Output("y", g.ScatterAdd(g.Input("i", tensor.Int32, 3200), g.Param("dy", 3200, 128), 10000))
	})
}

// Adam over the embedding of seed program 1.
func BenchmarkAdam(b *testing.B) {
	benchGraph(b, func(g *graph.Graph) {
		s := func(v float32) *graph.Node { return g.Scalar(v) }
		p, m, v, d := g.Param("p", 10000, 128), g.Param("m", 10000, 128), g.Param("v", 10000, 128), g.Param("d",
			10000, 128)
		m2 := g.Add(m, g.Mul(g.Sub(d, m), s(0.1)))
		v2 := g.Add(v, g.Mul(g.Sub(g.Mul(d, d), v), s(0.001)))
		g.Update(m, m2)
		g.Update(v, v2)
		g.Update(p, g.Sub(p, g.Div(g.Mul(m2, s(0.001)), g.Add(g.Sqrt(v2), s(1e-7)))))
	})
}

func BenchmarkTranspose(b *testing.B) {
	benchGraph(b, func(g *graph.Graph) { g.Output("y", g.Transpose(g.Param("x", 1024, 1024), 1, 0)) })
}

func BenchmarkDropoutMask(b *testing.B) {
	benchGraph(b, func(g *graph.Graph) {
		g.Output("y", g.DropoutMask(g.Input("key", tensor.Int32, 2),
			graph.Dropout{Rate: 0.3, Shape: tensor.Shape{1 << 16}}))
	})
}

// BenchmarkBarrier is what cutting a step in two costs before it gains.
func BenchmarkBarrier(b *testing.B) {
	w := newTeam(2)
	defer w.stop()
	for b.Loop() {
		w.run(func(t int) {})
	}
}
