// Package outside tells inputs that are none of a model's classes by their features: the cosine with the nearest class
// centroid, compared with that of the classes' own samples.
//
// On features as the network gives them, before standardising, that tells foreign inputs better than the probability of
// the answer (Hendrycks and Gimpel 2017), energy (Liu et al. 2020), Mahalanobis distances (Lee et al. 2018, Ren et al.
// 2021) or the residual outside the samples' subspace (Wang et al. 2022), and as well as the nearest samples
// (Sun et al. 2022), of which a file would hold all. bench/QUALITY.md has the figures.
package outside

import (
	"math"
	"slices"

	"wafer/nn/order"
	"wafer/nn/say"
)

// Rule is what a model file keeps: its score is max over classes of Σⱼ fⱼ·cⱼ / √Σⱼ fⱼ², sums in ascending order in
// float32.
type Rule struct {
	Width     int
	Centroids []float32 // [classes, Width], rows of length 1
	Threshold float32   // inputs whose score is below it are none of the classes; of cosines −1 to 1

	Linear bool // the score is the greatest Σⱼ fⱼ·cⱼ itself: rows are normals of planes, of any length
}

// Features are rows with their classes.
type Features struct {
	Width   int
	Rows    []float32 // [n, Width]
	Y       []int     // [n], 0…Classes−1
	Classes int
}

// passedOver is the share of a model's own samples that its rule may turn away.
const passedOver = 0.05

// New finds the centroids of all rows. The threshold comes from the rows of parts[i] ≥ 0, each scored by centroids
// without its part.
func New(f Features, parts []int) *Rule {
	var scores []float32
	for p := range slices.Max(parts) + 1 {
		without := &Rule{Width: f.Width, Centroids: f.centroids(func(i int) bool { return parts[i] != p })}
		for i, own := range parts {
			if own == p {
				scores = append(scores, without.Score(f.row(i)))
			}
		}
	}
	r := &Rule{Width: f.Width, Centroids: f.centroids(func(int) bool { return true })}
	r.Threshold = threshold(scores)
	return r
}

// Measured finds the centroids of all rows, and the threshold from rows that took no part in making the features.
func Measured(f Features, held []float32) *Rule {
	r := &Rule{Width: f.Width, Centroids: f.centroids(func(int) bool { return true })}
	var scores []float32
	for row := range slices.Chunk(held, f.Width) {
		scores = append(scores, r.Score(row))
	}
	r.Threshold = threshold(scores)
	return r
}

// threshold is the quantile of scores that a new one of the same kind falls below 5 times of 100: of n in a row, place
// 0.05·(n + 1), between two neighbours by their distance (Weibull 1939). Fewer than 20 samples cannot tell so much:
// theirs is the least score.
func threshold(scores []float32) float32 {
	if len(scores) == 0 {
		return -1
	}
	order.Sort(scores)
	place := max(passedOver*float64(len(scores)+1)-1, 0)
	at := int(place)
	low, high := scores[at], scores[min(at+1, len(scores)-1)]
	return low + float32(float32(place-float64(at))*(high-low))
}

// Score is the cosine with the nearest centroid, −1 to 1; −1 for features that are all 0. Where it is linear, any number.
func (r *Rule) Score(features []float32) float32 {
	if r.Linear {
		return r.product(features)
	}
	length := float32(math.Sqrt(float64(dot(features, features))))
	best := float32(-1)
	for at := 0; at < len(r.Centroids) && length > 0; at += r.Width {
		best = max(best, dot(features, r.Centroids[at:at+r.Width])/length)
	}
	return best
}

// product is the greatest product with a row.
func (r *Rule) product(features []float32) float32 {
	best := dot(features, r.Centroids[:r.Width])
	for at := r.Width; at < len(r.Centroids); at += r.Width {
		best = max(best, dot(features, r.Centroids[at:at+r.Width]))
	}
	return best
}

// Rejects tells that an input is none of the classes; so are features that hold no number.
func (r *Rule) Rejects(features []float32) bool { return !(r.Score(features) >= r.Threshold) }

// Check says what does not fit in a sentence, nil if all does.
func (r *Rule) Check() error {
	if r.Width < 1 || len(r.Centroids) == 0 || len(r.Centroids)%r.Width != 0 {
		return say.Errorf("expected centroids of %d numbers, found %d numbers", r.Width, len(r.Centroids))
	}
	if most := r.most(); !(r.Threshold >= -most && r.Threshold <= most) {
		return say.Errorf("expected a threshold from %g to %g, found %g", -most, most, r.Threshold)
	}
	return nil
}

// most is the greatest score.
func (r *Rule) most() float32 {
	if r.Linear {
		return math.MaxFloat32
	}
	return 1
}

func (f Features) row(i int) []float32 { return f.Rows[i*f.Width : (i+1)*f.Width] }

// centroids are the means of rows of length 1, class by class, scaled to length 1; zeros for a class without rows.
func (f Features) centroids(seen func(i int) bool) []float32 {
	c := make([]float32, f.Classes*f.Width)
	for i, y := range f.Y {
		if seen(i) {
			addUnit(c[y*f.Width:(y+1)*f.Width], f.row(i))
		}
	}
	unit := make([]float32, len(c))
	for at := 0; at < len(c); at += f.Width {
		addUnit(unit[at:at+f.Width], c[at:at+f.Width])
	}
	return unit
}

// addUnit adds a row scaled to length 1, nothing of one that is all 0.
func addUnit(to, row []float32) {
	scale := float32(1 / math.Sqrt(max(float64(dot(row, row)), 1e-12)))
	for j, v := range row {
		to[j] += float32(v * scale)
	}
}

func dot(a, b []float32) float32 {
	var s float32
	for j, v := range a {
		s += float32(v * b[j])
	}
	return s
}
