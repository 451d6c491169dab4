package solve

// What the levels of features (layers.Model.WithLevels) count beside the last, as lengths of a typical row: half as much
// each, and from so many samples of every class on, where cross-validation finds it clearly better, as much.
// bench/QUALITY.md has what that is good for.
var levelWeights = []float64{0.5, 1}

const allWeightsFrom = 10

// Columns are factors for the columns of dense features that consist of parts, of these widths, one list for each
// proportion of the parts that Learn should choose from. Rows get a typical length of 1. Where there is but one
// part, there is one list.
func Columns(x Features, s Samples, widths []int) [][]float32 {
	weights := levelWeights
	if len(widths) < 2 || smallest(s.Y, s.Classes) < allWeightsFrom {
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
