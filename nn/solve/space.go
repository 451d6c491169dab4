package solve

import (
	"runtime"
	"sync"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// space is where W is looked for. A vector of it has coefficients c, and the logits f that it gives without bias.
type space interface {
	// size is how many coefficients a vector has per class.
	size() int
	// gram tells that coefficients belong to samples; inner products are then c·f.
	gram() bool
	// products are Xᵀ·R of each residual [n, k], which may be the residual itself, and the logits of those, which are
	// the caller's; f has nils in the primal.
	products(residuals [][]float32) (c, f [][]float32, err error)
	// logits are X·W of a vector, which has them already where coefficients belong to samples.
	logits(v vector, k int) ([]float32, error)
	// bias is the constant column that b multiplies.
	bias() float32
	// head are the weights that coefficients stand for.
	head(c []float32, k int) (dense, sparse []float32)
	close()
}

const (
	mostGram   = 6144 // rows of a Gram matrix, 150 MB
	sparseCost = 50   // how many numbers of a dense product take the time of one of a sparse one
)

// newSpace takes whichever costs less a step; shapes alone decide.
func newSpace(p Problem) (space, error) {
	cost := p.X.Rows * p.X.Width
	for _, s := range p.X.Sparse {
		cost += sparseCost * len(s.Index)
	}
	if n := p.X.Rows; n <= mostGram && n*n <= 2*cost {
		return newGram(p)
	}
	return newPrimal(p)
}

// share calls f(lo, hi) on parts of 0…n, at once where there are several processors; parts must not share results.
func share(n int, f func(lo, hi int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 || n < 64 {
		f(0, n)
		return
	}
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() { f(w*n/workers, (w+1)*n/workers) })
	}
	wait.Wait()
}

// product is a matrix that is kept, times matrices that come: A·B or Aᵀ·B.
type product struct {
	a          []float32
	rows, cols int // of a
	transposed bool
	runner     graph.Runner
	programs   map[int]graph.Program // by columns of B
}

// runnerFrom is how many multiplications are worth a program of their own: cross-validation asks for hundreds of the
// same shape.
const runnerFrom = 1 << 18

// times gives [rows or cols, k] for b [cols or rows, k], valid until the next call.
func (p *product) times(b []float32, k int) ([]float32, error) {
	if p.runner == nil || p.rows*p.cols*k < runnerFrom {
		return p.loops(b, k), nil
	}
	if p.programs == nil {
		p.programs = map[int]graph.Program{}
	}
	inner := p.cols
	if p.transposed {
		inner = p.rows
	}
	run := p.programs[k]
	if run == nil {
		g := graph.New()
		a := g.Param("a", p.rows, p.cols)
		g.Output("c", g.MatMul(a, g.Input("b", tensor.Float32, inner, k), p.transposed, false))
		var err error
		if run, err = p.runner(g, graph.State{"a": tensor.Floats(p.a, p.rows, p.cols)}); err != nil {
			return nil, err
		}
		p.programs[k] = run
	}
	out, err := run.Run(map[string]*tensor.Tensor{"b": tensor.Floats(b, inner, k)})
	if err != nil {
		return nil, err
	}
	return out["c"].F(), nil
}

// loops multiplies without a runner; every element is one sum in ascending order, as a runner gives it.
func (p *product) loops(b []float32, k int) []float32 {
	if p.transposed {
		out := make([]float32, p.cols*k)
		for i := range p.rows { // every element still adds in ascending order of i
			for j, v := range p.a[i*p.cols : (i+1)*p.cols] {
				axpy(out[j*k:(j+1)*k], v, b[i*k:(i+1)*k])
			}
		}
		return out
	}
	out := make([]float32, p.rows*k)
	share(p.rows, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			for j, v := range p.a[i*p.cols : (i+1)*p.cols] {
				axpy(out[i*k:(i+1)*k], v, b[j*k:(j+1)*k])
			}
		}
	})
	return out
}

// close gives the programs' memory back.
func (p *product) close() {
	for _, run := range p.programs {
		graph.Close(run)
	}
	p.programs = nil
}
