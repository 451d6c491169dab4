package solve

// Scaler are the statistics of dense columns, as a BatchNormalization layer keeps them.
type Scaler struct {
	Mean, Variance []float32 // [Width]
}

// Standardise finds mean and variance of every dense column. The variance has a floor of a tenth of the
// mean variance, so that a column that hardly varies in a few samples does not drown the others.
func Standardise(x Features) Scaler {
	n, d := x.Rows, x.Width
	sum, squares := make([]float64, d), make([]float64, d)
	for i := range n {
		for j, v := range x.Dense[i*d : (i+1)*d] {
			sum[j] += float64(v)
		}
	}
	for j := range sum {
		sum[j] /= float64(max(n, 1))
	}
	for i := range n {
		for j, v := range x.Dense[i*d : (i+1)*d] {
			e := float64(v) - sum[j]
			squares[j] += float64(e * e)
		}
	}
	s := Scaler{make([]float32, d), make([]float32, d)}
	total := 0.0
	for j := range squares {
		squares[j] /= float64(max(n, 1))
		total += squares[j]
	}
	floor := max(total/float64(10*max(d, 1)), 1e-12)
	for j := range squares {
		s.Mean[j], s.Variance[j] = float32(sum[j]), float32(max(squares[j], floor))
	}
	return s
}

// factors are 1/√(variance·Width): a typical row gets length 1.
func (s Scaler) factors() []float32 {
	f := make([]float32, len(s.Variance))
	for j, v := range s.Variance {
		f[j] = float32(1 / sqrt(float64(v)*float64(len(f))))
	}
	return f
}

// Factor is what Apply multiplies a centred column by.
func (s Scaler) Factor(column int) float32 { return s.factors()[column] }

// Apply gives the features with standardised dense columns, scaled to a typical row length of 1.
func (s Scaler) Apply(x Features) Features {
	f := s.factors()
	out := x
	out.Dense = make([]float32, len(x.Dense))
	for i := 0; i < len(x.Dense); i += x.Width {
		for j, m := range s.Mean {
			out.Dense[i+j] = (x.Dense[i+j] - m) * f[j]
		}
	}
	return out
}
