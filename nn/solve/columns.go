package solve

// What each level of features (layers.Model.WithLevels) counts beside the last layer's, as the length of a typical row:
// Learn takes the first unless another is clearly better. From manyPerClass samples of every class on the first is the
// one that suits many samples. bench/QUALITY.md has what that is good for.
var fewWeights, manyWeights = []float64{0.3, 0, 1}, []float64{1, 0}

const manyPerClass = 50

// Columns are factors for the columns of dense features that consist of parts, of these widths, one list for each
// proportion of the parts that Learn should choose from for samples of classes y. Rows get a typical length of 1. Where
// there is but one part, there is one list.
func Columns(x Features, y []int, classes int, widths []int) [][]float32 {
	weights := fewWeights
	if smallest(y, classes) >= manyPerClass {
		weights = manyWeights
	}
	if len(widths) < 2 {
		weights = weights[:1]
	}
	square := squares(x, widths)
	lists := make([][]float32, len(weights))
	for i, w := range weights {
		length := sqrt(1 + float64(float64(len(widths)-1)*w*w))
		for part, width := range widths {
			factor := 1 / (length * sqrt(square[part]))
			if part > 0 {
				factor *= w
			}
			for range width {
				lists[i] = append(lists[i], float32(factor))
			}
		}
	}
	return lists
}

// Times are the features with every dense column times its factor.
func (x Features) Times(factors []float32) Features {
	rows := make([]float32, len(x.Dense))
	for i := 0; i < len(rows); i += x.Width {
		for j, v := range factors {
			rows[i+j] = x.Dense[i+j] * v
		}
	}
	return Features{Rows: x.Rows, Width: x.Width, Dense: rows, Words: x.Words, Sparse: x.Sparse}
}

// squares are the mean squared lengths of the parts of rows.
func squares(x Features, widths []int) []float64 {
	sums := make([]float64, len(widths))
	for i := range x.Rows {
		row := x.Dense[i*x.Width : (i+1)*x.Width]
		for part, width := range widths {
			for _, v := range row[:width] {
				sums[part] += float64(v) * float64(v) // exact
			}
			row = row[width:]
		}
	}
	for part, sum := range sums {
		sums[part] = max(sum/float64(max(x.Rows, 1)), 1e-12)
	}
	return sums
}
