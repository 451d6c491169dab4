package outside

import (
	"math"
	"slices"

	"wafer/nn/order"
	"wafer/nn/tensor"
)

// Features are rows with their classes.
type Features struct {
	Width   int
	Rows    []float32 // [n, Width]
	Y       []int     // [n], 0…Classes−1
	Classes int
	Generic *Background // of the network that gives the rows; nil: not known
}

// Centroids finds the centroids of all rows. The threshold comes from rows that are each scored by centroids without
// its group, or of more than 40 groups without a fifth of them; nil: no class has two.
func Centroids(f Features, group []int) (r *Rule, found int) {
	parts := f.parts(group)
	var scores []float32
	for p := range slices.Max(parts) + 1 {
		without := f.near(func(i int) bool { return parts[i] != p })
		for i, own := range parts {
			if own == p {
				scores = append(scores, without.Score(f.row(i)))
			}
		}
	}
	if len(scores) == 0 {
		return nil, 0
	}
	return f.nearAll(scores), len(scores)
}

const (
	aloneUpTo = 40   // groups of which each is left out by itself
	fifths    = 5    // parts that more are left out in
	oneFifth  = 2000 // groups from which on one part is enough
)

// parts are the numbers of the part that every row is left out with; −1: with none, as where its class has no other
// group.
func (f Features) parts(group []int) []int {
	number, first, several := map[int]int{}, make([]int, f.Classes), make([]bool, f.Classes)
	for i, y := range f.Y {
		if _, seen := number[group[i]]; !seen {
			number[group[i]] = len(number)
		}
		if n := number[group[i]] + 1; first[y] == 0 {
			first[y] = n
		} else if n != first[y] {
			several[y] = true
		}
	}
	parts := make([]int, len(f.Y))
	for i, y := range f.Y {
		if parts[i] = number[group[i]]; len(number) > aloneUpTo {
			parts[i] %= fifths
		}
		if !several[y] || len(number) > oneFifth && parts[i] > 0 {
			parts[i] = -1
		}
	}
	return parts
}

// Measured finds the centroids of all rows, and the threshold from rows that took no part in making the features.
func Measured(f Features, held []float32) *Rule {
	r := f.near(func(int) bool { return true })
	var scores []float32
	for row := range slices.Chunk(held, f.Width) {
		scores = append(scores, r.Score(row))
	}
	return f.nearAll(scores)
}

// nearAll is the rule of all rows that so many held-out scores give the threshold of.
func (f Features) nearAll(scores []float32) *Rule {
	r := f.near(func(int) bool { return true })
	if r.Linear {
		r.Threshold = bound(scores)
	} else {
		r.Threshold = min(max(quantile(scores), -1), 1)
	}
	return r
}

// level is the share of the difference between classes in how alike their samples are that biases make up for.
const level = 0.5

// near is the rule by the centroids of the rows that are seen, without a threshold. With Generic the cosine with the
// way from its mean to that of what is seen is added, and the cosine with the nearest of its rows is taken off, times
// the length of that way: the less samples differ from what is generic, the less its rows tell.
func (f Features) near(seen func(i int) bool) *Rule {
	r := &Rule{Width: f.Width, Rows: f.centroids(seen)}
	if f.Generic == nil {
		return r
	}
	way, n := make([]float32, f.Width), float32(0)
	for i := range f.Y {
		if seen(i) {
			addUnit(way, f.row(i))
			n++
		}
	}
	for j, v := range f.Generic.Mean {
		way[j] = way[j]/max(n, 1) - v
	}
	length := float32(math.Sqrt(float64(dot(way, way))))
	r.Linear, r.Away = true, len(f.Generic.Rows)/f.Width
	r.Bias = append(f.biases(seen), make([]float32, r.Away)...)
	for at := 0; at < len(r.Rows); at += f.Width {
		addUnit(r.Rows[at:at+f.Width], way)
	}
	for _, v := range f.Generic.Rows {
		r.Rows = append(r.Rows, length*v)
	}
	for _, list := range [][]float32{r.Rows, r.Bias} { // as a file has them
		for i, v := range list {
			list[i] = tensor.FromHalf(tensor.Half(v))
		}
	}
	return r
}

// biases make up for classes whose rows are less like the rest of their class than those of others.
func (f Features) biases(seen func(i int) bool) []float32 {
	sums, count := make([]float32, f.Classes*f.Width), make([]float32, f.Classes)
	for i, y := range f.Y {
		if seen(i) {
			addUnit(sums[y*f.Width:(y+1)*f.Width], f.row(i))
			count[y]++
		}
	}
	alike, bias := make([]float32, f.Classes), make([]float32, f.Classes)
	all, n, unit := float32(0), float32(0), make([]float32, f.Width)
	for i, y := range f.Y {
		if !seen(i) || count[y] < 2 {
			continue
		}
		clear(unit)
		addUnit(unit, f.row(i))
		sum := sums[y*f.Width : (y+1)*f.Width]
		d, own := dot(unit, sum), dot(unit, unit)
		rest := dot(sum, sum) - float32(2*d) + own // the square of the length of the sum of the others
		cosine := (d - own) / float32(math.Sqrt(max(float64(rest), 1e-12)))
		alike[y], all, n = alike[y]+cosine, all+cosine, n+1
	}
	for c := range bias {
		if count[c] > 1 {
			bias[c] = level * (all/n - alike[c]/count[c])
		}
	}
	return bias
}

// passedOver is the share of a model's own samples that its rule may turn away.
const passedOver = 0.05

// quantile is the score that a new one of the same kind falls below 5 times of 100: of n in a row, place
// 0.05·(n + 1), between two neighbours by their distance (Weibull 1939). Fewer than 20 samples cannot tell so much:
// theirs is the least score.
func quantile(scores []float32) float32 {
	if len(scores) == 0 {
		return -1
	}
	order.Sort(scores)
	place := max(passedOver*float64(len(scores)+1)-1, 0)
	at := int(place)
	low, high := scores[at], scores[min(at+1, len(scores)-1)]
	return low + float32(float32(place-float64(at))*(high-low))
}

const (
	usual    = 0.16 // deviation of the scores of a model's own samples, of many sets
	asMany   = 12   // samples that this counts as
	deviates = 1.9  // below the mean: of many sets 1.8 leave 5 % out, and the mean of few samples is not known well
	enough   = 100  // samples from which on their own lowest are looked at, too, and from twice as many alone
)

// bound is what quantile is, of the scores of rules with Generic: of few samples by their mean and deviation.
func bound(scores []float32) float32 {
	n := float64(len(scores))
	if n == 0 {
		return -1
	}
	var sum, squares float64
	for _, v := range scores {
		sum += float64(v)
	}
	mean := sum / n
	for _, v := range scores {
		squares += float64((float64(v) - mean) * (float64(v) - mean))
	}
	deviation := math.Sqrt((float64(asMany*usual*usual) + squares) / (asMany + n - 1))
	low := mean - float64(deviates*deviation)
	share := min(max((n-enough)/enough, 0), 1)
	return float32(float64(share*float64(quantile(scores))) + float64((1-share)*low))
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
