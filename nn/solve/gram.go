package solve

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// gramSpace keeps W as Xᵀ·A with A [n, k]; its inner products need X·Xᵀ only.
type gramSpace struct {
	x      Features
	matrix product // [n, n]
	column float32
	joined []float32 // of products
}

// newGram computes X·Xᵀ, n² numbers.
func newGram(p Problem) (*gramSpace, error) {
	k, err := Gram(p.X, p.Runner)
	if err != nil {
		return nil, err
	}
	n := p.X.Rows
	return &gramSpace{x: p.X, matrix: product{a: k, rows: n, cols: n, runner: p.Runner}, column: biasColumn(k, n)}, nil
}

// biasColumn is the length of a typical row, from the diagonal of a Gram matrix.
func biasColumn(gram []float32, n int) float32 {
	sum := 0.0
	for i := range n {
		sum += float64(gram[i*n+i])
	}
	return max(float32(sqrt(sum/float64(max(n, 1)))), 1e-3)
}

// Gram is X·Xᵀ [n, n], of joined features the sum of theirs where these are kept. The caller must not change it.
func Gram(x Features, runner graph.Runner) ([]float32, error) {
	if x.kept != nil && x.kept.gram != nil {
		return x.kept.gram, nil
	}
	k, err := gramOf(x, runner)
	if x.kept != nil && x.Rows <= mostKept {
		x.kept.gram = k
	}
	return k, err
}

// mostKept is the number of rows whose products are kept, 16 MB. Those of more are computed anew, and in one place.
const mostKept = 2048

// gramOf is the sum of the dense and the sparse columns' products.
func gramOf(x Features, runner graph.Runner) ([]float32, error) {
	if len(x.parts) > 0 && x.Rows <= mostKept {
		return gramOfParts(x, runner)
	}
	n := x.Rows
	k := make([]float32, n*n)
	if x.Width > 0 {
		var err error
		if k, err = denseGram(x, runner); err != nil {
			return nil, err
		}
	}
	if x.Sparse != nil {
		addSparseGram(k, x)
	}
	return k, nil
}

// gramOfParts adds the matrices of the parts, each of which is kept for the next set that has it.
func gramOfParts(x Features, runner graph.Runner) ([]float32, error) {
	sum := make([]float32, x.Rows*x.Rows)
	for _, part := range x.parts {
		k, err := Gram(part, runner)
		if err != nil {
			return nil, err
		}
		for i, v := range k {
			sum[i] += v
		}
	}
	return sum, nil
}

// denseGram multiplies by the runner where there is enough work to wake it, else here by rows; the other half is the
// mirror image.
func denseGram(x Features, runner graph.Runner) ([]float32, error) {
	n, d := x.Rows, x.Width
	if runner != nil && n*n*d >= runnerFrom {
		g := graph.New()
		rows := g.Input("x", tensor.Float32, n, d)
		g.Output("k", g.MatMul(rows, rows, false, true))
		run, err := runner(g, graph.State{})
		if err != nil {
			return nil, err
		}
		defer graph.Close(run)
		out, err := run.Run(map[string]*tensor.Tensor{"x": tensor.Floats(x.Dense, n, d)})
		if err != nil {
			return nil, err
		}
		return append([]float32(nil), out["k"].F()...), nil
	}
	k := make([]float32, n*n)
	share(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			gramRow(k[i*n:i*n+i+1], x.Dense, i, d)
		}
	})
	for i := range n {
		for j := range i {
			k[j*n+i] = k[i*n+j]
		}
	}
	return k, nil
}

// gramRow is one row of the Gram matrix up to the diagonal, four products at a time, each an ascending sum of its
// own.
func gramRow(row, x []float32, i, d int) {
	a := x[i*d : (i+1)*d]
	j := 0
	for ; j+4 <= len(row); j += 4 {
		b0, b1, b2, b3 := x[j*d:][:d], x[(j+1)*d:][:d], x[(j+2)*d:][:d], x[(j+3)*d:][:d]
		var s0, s1, s2, s3 float32
		for t, v := range a {
			s0 = float32(v*b0[t]) + s0
			s1 = float32(v*b1[t]) + s1
			s2 = float32(v*b2[t]) + s2
			s3 = float32(v*b3[t]) + s3
		}
		row[j], row[j+1], row[j+2], row[j+3] = s0, s1, s2, s3
	}
	for ; j < len(row); j++ {
		var s float32
		for t, v := range a {
			s = float32(v*x[j*d+t]) + s
		}
		row[j] = s
	}
}

// addSparseGram adds the products of sparse rows, column by column of the features through lists of the rows that
// have it.
func addSparseGram(k []float32, x Features) {
	lists := transpose(x)
	n := x.Rows
	share(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := k[i*n : (i+1)*n]
			for t, c := range x.Sparse[i].Index {
				v := x.Sparse[i].Value[t]
				list := lists[c]
				for u, j := range list.Index {
					row[j] += float32(v * list.Value[u])
				}
			}
		}
	})
}

// transpose lists, for every column, its rows in ascending order.
func transpose(x Features) []Sparse {
	count := make([]int, x.Words)
	total := 0
	for _, s := range x.Sparse {
		total += len(s.Index)
		for _, j := range s.Index {
			count[j]++
		}
	}
	index, value := make([]int32, total), make([]float32, total)
	lists := make([]Sparse, x.Words)
	at := 0
	for j, c := range count {
		lists[j] = Sparse{index[at : at : at+c], value[at : at : at+c]}
		at += c
	}
	for i, s := range x.Sparse {
		for t, j := range s.Index {
			lists[j].Index = append(lists[j].Index, int32(i))
			lists[j].Value = append(lists[j].Value, s.Value[t])
		}
	}
	return lists
}

func (s *gramSpace) size() int     { return s.x.Rows }
func (s *gramSpace) gram() bool    { return true }
func (s *gramSpace) bias() float32 { return s.column }
func (s *gramSpace) close()        { s.matrix.close() }

// products are the residuals themselves, and K·R of all of them at once.
func (s *gramSpace) products(residuals [][]float32) (c, f [][]float32, err error) {
	n := s.x.Rows
	k := len(residuals[0]) / n
	all := len(residuals) * k
	if len(s.joined) != n*all {
		s.joined = make([]float32, n*all)
	}
	for r, res := range residuals {
		for i := range n {
			copy(s.joined[i*all+r*k:][:k], res[i*k:(i+1)*k])
		}
	}
	out, err := s.matrix.times(s.joined, all)
	if err != nil {
		return nil, nil, err
	}
	for r := range residuals {
		part := make([]float32, n*k)
		for i := range n {
			copy(part[i*k:(i+1)*k], out[i*all+r*k:][:k])
		}
		f = append(f, part)
	}
	return residuals, f, nil
}

func (s *gramSpace) logits(v vector, _ int) ([]float32, error) { return v.f, nil }

// head is Xᵀ·A.
func (s *gramSpace) head(c []float32, k int) (dense, sparse []float32) {
	x := s.x
	dense, sparse = make([]float32, x.Width*k), make([]float32, x.Words*k)
	for i := range x.Rows {
		a := c[i*k : (i+1)*k]
		for j, v := range x.Dense[i*x.Width : (i+1)*x.Width] {
			axpy(dense[j*k:(j+1)*k], v, a)
		}
		if x.Sparse != nil {
			for t, j := range x.Sparse[i].Index {
				axpy(sparse[int(j)*k:(int(j)+1)*k], x.Sparse[i].Value[t], a)
			}
		}
	}
	return dense, sparse
}
