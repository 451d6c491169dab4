package solve

// primalSpace keeps W itself: [Width + Words, k], for many samples.
type primalSpace struct {
	x       Features
	forward product  // X·B
	back    product  // Xᵀ·B
	lists   []Sparse // of the sparse columns
	column  float32
}

// newPrimal lists the sparse columns, so that both products go along memory.
func newPrimal(p Problem) (*primalSpace, error) {
	x := p.X
	s := &primalSpace{x: x, column: 1,
		forward: product{a: x.Dense, rows: x.Rows, cols: x.Width, runner: p.Runner},
		back:    product{a: x.Dense, rows: x.Rows, cols: x.Width, transposed: true, runner: p.Runner}}
	if x.Sparse != nil {
		s.lists = transpose(x)
	}
	return s, nil
}

func (s *primalSpace) size() int     { return s.x.Width + s.x.Words }
func (s *primalSpace) gram() bool    { return false }
func (s *primalSpace) bias() float32 { return s.column }

func (s *primalSpace) close() {
	s.forward.close()
	s.back.close()
}

// products are Xᵀ·residual of each, [Width + Words, k]; a primal space has no logits to give beside.
func (s *primalSpace) products(residuals [][]float32) (c, f [][]float32, err error) {
	for _, r := range residuals {
		k := len(r) / s.x.Rows
		out := make([]float32, s.size()*k)
		if s.x.Width > 0 {
			dense, err := s.back.times(r, k)
			if err != nil {
				return nil, nil, err
			}
			copy(out, dense)
		}
		sparse := out[s.x.Width*k:]
		share(len(s.lists), func(lo, hi int) {
			for j := lo; j < hi; j++ {
				for t, i := range s.lists[j].Index {
					axpy(sparse[j*k:(j+1)*k], s.lists[j].Value[t], r[int(i)*k:(int(i)+1)*k])
				}
			}
		})
		c = append(c, out)
	}
	return c, make([][]float32, len(c)), nil
}

// logits are X·W [n, k] without bias.
func (s *primalSpace) logits(v vector, k int) ([]float32, error) {
	c, out := v.c, make([]float32, s.x.Rows*k)
	if s.x.Width > 0 {
		dense, err := s.forward.times(c[:s.x.Width*k], k)
		if err != nil {
			return nil, err
		}
		copy(out, dense)
	}
	if s.x.Sparse == nil {
		return out, nil
	}
	sparse := c[s.x.Width*k:]
	share(s.x.Rows, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			for t, j := range s.x.Sparse[i].Index {
				axpy(out[i*k:(i+1)*k], s.x.Sparse[i].Value[t], sparse[int(j)*k:(int(j)+1)*k])
			}
		}
	})
	return out, nil
}

// head cuts W into the dense and the sparse columns' part.
func (s *primalSpace) head(c []float32, k int) (dense, sparse []float32) {
	return append([]float32(nil), c[:s.x.Width*k]...), append([]float32(nil), c[s.x.Width*k:]...)
}
