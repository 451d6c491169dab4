package solve

// CentroidBelow is the number of samples of the smallest class below which Learn takes nearest centroids.
const CentroidBelow = 5

// newHead is a head of zeros.
func newHead(p Problem) *Head {
	k := p.Classes
	return &Head{Classes: k, Dense: make([]float32, p.X.Width*k), Sparse: make([]float32, p.X.Words*k),
		Bias: make([]float32, k)}
}

// Centroids is the classifier by nearest class centroid, by cosine, of centred rows of equal length, as a head:
// the class weights are the unit centroids times a sharpness, without bias. Rows of weight 0 are not learnt from.
// Dense columns are expected centred (Scaler); sparse ones are taken as they are.
func Centroids(p Problem, sharpness float32) *Head {
	h := newHead(p)
	for i := range p.X.Rows {
		if p.Weight == nil || p.Weight[i] != 0 {
			h.addRow(p.X, i, p.Y[i])
		}
	}
	h.normalise(sharpness)
	return h
}

// addRow adds row i, brought to length 1, to the column of class c.
func (h *Head) addRow(x Features, i, c int) {
	row := x.Dense[i*x.Width : (i+1)*x.Width]
	square := dot(row, row)
	if x.Sparse != nil {
		square += dot(x.Sparse[i].Value, x.Sparse[i].Value)
	}
	scale := float32(1 / sqrt(max(square, 1e-12)))
	for j, v := range row {
		h.Dense[j*h.Classes+c] += float32(v * scale)
	}
	if x.Sparse != nil {
		for t, j := range x.Sparse[i].Index {
			h.Sparse[int(j)*h.Classes+c] += float32(x.Sparse[i].Value[t] * scale)
		}
	}
}

// normalise brings every class' column to a length; an empty one stays near 0.
func (h *Head) normalise(length float32) {
	square := make([]float64, h.Classes)
	for _, part := range [][]float32{h.Dense, h.Sparse} {
		for i, v := range part {
			square[i%h.Classes] += float64(v) * float64(v)
		}
	}
	for _, part := range [][]float32{h.Dense, h.Sparse} {
		for i := range part {
			part[i] *= length / float32(sqrt(max(square[i%h.Classes], 1e-12)))
		}
	}
}
