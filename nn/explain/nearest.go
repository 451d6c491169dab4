package explain

import (
	"math"
	"slices"
)

// Neighbour is a sample with like features.
type Neighbour struct {
	Sample int     // its number
	Cosine float32 // of both features, −1 to 1
}

// Nearest are the samples whose features point most the same way as those of an input, see Greatest. Sums are in
// ascending order in float32. Rows of another length and rows that are all 0 are passed over.
func Nearest(features []float32, rows [][]float32, most int) []Neighbour {
	cosines := make([]float32, len(rows))
	for i, row := range rows {
		if cosines[i] = nan; len(row) == len(features) {
			cosines[i] = cosine(features, row)
		}
	}
	return Greatest(cosines, most)
}

// Greatest are the samples with the greatest cosines, the nearest first, at most so many; of equally near ones that
// with the smaller number. NaN is passed over.
func Greatest(cosines []float32, most int) (near []Neighbour) {
	for i, c := range cosines {
		at := len(near)
		for at > 0 && near[at-1].Cosine < c {
			at--
		}
		if at < most && c == c {
			near = slices.Insert(near, at, Neighbour{i, c})
			near = near[:min(len(near), most)]
		}
	}
	return near
}

var nan = float32(math.NaN())

// cosine is NaN where a row is all 0.
func cosine(a, b []float32) float32 {
	var ab, aa, bb float32
	for j, v := range a {
		w := b[j]
		ab += float32(v * w)
		aa += float32(v * v)
		bb += float32(w * w)
	}
	return ab / float32(math.Sqrt(float64(aa))*math.Sqrt(float64(bb)))
}
