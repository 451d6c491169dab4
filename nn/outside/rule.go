// Package outside tells inputs that are none of a model's classes by their features, compared with those of the
// classes' own samples: for texts by the cosine with the nearest class centroid, for pictures by that with the nearest
// samples (Sun et al. 2022).
//
// On features as the network gives them, before standardising, that tells foreign inputs better than the probability of
// the answer (Hendrycks and Gimpel 2017), energy (Liu et al. 2020), Mahalanobis distances (Lee et al. 2018, Ren et al.
// 2021) or the residual outside the samples' subspace (Wang et al. 2022). A network of a thousand kinds has no samples
// in its file: there it is the energy of its own head over features that are cut off (Sun et al. 2021), and how far
// they lie on the way from pictures of no thing to photographs. What few texts leave open is told by what people write
// in general: how far an input lies from its mean, towards the samples, and how near to one of its kinds; see Generic.
// bench/QUALITY.md has the figures.
package outside

import (
	"cmp"
	"math"
	"slices"

	"wafer/nn/fmath"
	"wafer/nn/say"
)

// Rule is what a model file keeps. Its score is the mean of the Nearest greatest of Σⱼ fⱼ·rⱼ / √Σⱼ fⱼ² over rows r,
// sums in ascending order in float32.
type Rule struct {
	Width     int
	Rows      []float32 // [rows, Width], of length 1
	Threshold float32   // inputs whose score is below it are none of the classes; of cosines −1 to 1
	Nearest   int       // 0: 1

	Linear bool // the score is the greatest Σⱼ fⱼ·rⱼ itself: rows are normals of planes, of any length
	Head   *Head

	// Away is how many of the last rows of a linear rule stand for what is none of the classes: the greatest of their
	// sums is taken off. Bias [rows] is added to all sums then; nil where Away is 0.
	Away int
	Bias []float32
}

// Head is a Dense layer in the place of rows: the score is T·log Σ exp(zⱼ/T) of what it gives for features that are cut
// off, plus their product with Way.
type Head struct {
	Kernel      []float32 // [Width, classes]
	Bias        []float32 // [classes]
	Clip        float32   // features above it count as it
	Temperature float32   // T: near 0 the greatest z alone counts; 0: 1
	Way         []float32 // [Width], nil: none
}

// MostNearest bounds Rule.Nearest.
const MostNearest = 16

// mostTemperature bounds Head.Temperature, as its reciprocal does from below.
const mostTemperature = float32(100)

// Score is the mean cosine with the nearest rows, −1 to 1; −1 for features that are all 0. Otherwise any number.
func (r *Rule) Score(features []float32) float32 {
	if r.Head != nil {
		return r.Head.energy(features)
	}
	found := make([]float32, len(r.Rows)/r.Width)
	products(features, r.Rows, found)
	if r.Linear {
		return r.plane(found)
	}
	length := float32(math.Sqrt(float64(dot(features, features))))
	if length == 0 {
		return -1
	}
	return greatest(found, max(r.Nearest, 1)) / length
}

// plane is the score of a linear rule from the sums of its rows.
func (r *Rule) plane(sums []float32) float32 {
	if r.Away == 0 {
		return slices.Max(sums)
	}
	for i, v := range r.Bias {
		sums[i] += v
	}
	own := len(sums) - r.Away
	return slices.Max(sums[:own]) - slices.Max(sums[own:])
}

// greatest is the mean of the n greatest of values, which are not NaN, or of all where there are fewer.
func greatest(values []float32, n int) float32 {
	var list [MostNearest]float32
	top := list[:0]
	for _, v := range values {
		at := len(top)
		for at > 0 && top[at-1] < v {
			at--
		}
		if at < n {
			top = slices.Insert(top[:min(len(top), n-1)], at, v)
		}
	}
	var sum float32
	for _, v := range top {
		sum += v
	}
	return sum / float32(len(top))
}

// energy is the score, sums in ascending order.
func (h *Head) energy(features []float32) float32 {
	logits, along := slices.Clone(h.Bias), float32(0)
	for j, v := range features {
		if v = min(v, h.Clip); v == 0 {
			continue
		}
		if h.Way != nil {
			along += float32(v * h.Way[j])
		}
		row := h.Kernel[j*len(logits) : (j+1)*len(logits)]
		for c := range logits {
			logits[c] += float32(v * row[c])
		}
	}
	most, sum, t := slices.Max(logits), float32(0), cmp.Or(h.Temperature, 1)
	for _, v := range logits {
		sum += fmath.Exp((v - most) / t)
	}
	return most + float32(t*fmath.Log(sum)) + along
}

// Rejects tells that an input is none of the classes; so are features that hold no number.
func (r *Rule) Rejects(features []float32) bool { return !(r.Score(features) >= r.Threshold) }

// Table is what a file keeps of Rows, [rows, width], with Bias as the last column where there is one.
func (r *Rule) Table() (table []float32, width int) {
	if r.Away == 0 {
		return r.Rows, r.Width
	}
	for i, b := range r.Bias {
		table = append(append(table, r.Rows[i*r.Width:(i+1)*r.Width]...), b)
	}
	return table, r.Width + 1
}

// SetTable takes what Table gave, where Away is set.
func (r *Rule) SetTable(table []float32, width int) {
	if r.Width, r.Rows = width, table; r.Away == 0 || width < 2 {
		return
	}
	r.Width, r.Rows, r.Bias = width-1, nil, nil
	for row := range slices.Chunk(table, width) {
		r.Rows, r.Bias = append(r.Rows, row[:width-1]...), append(r.Bias, row[width-1])
	}
}

// Check says what does not fit in a sentence, nil if all does.
func (r *Rule) Check() error {
	switch {
	case r.Head != nil:
		if err := r.Head.check(r.Width); err != nil {
			return err
		}
	case r.Width < 1 || len(r.Rows) == 0 || len(r.Rows)%r.Width != 0:
		return say.Errorf("expected rows of %d numbers, found %d numbers", r.Width, len(r.Rows))
	}
	if n := len(r.Rows) / max(r.Width, 1); r.Away != 0 && !(r.Linear && r.Away > 0 && r.Away < n && len(r.Bias) == n) {
		return say.Errorf("expected fewer than %d of its planes for what is none of the classes, found %d", n, r.Away)
	}
	if r.Nearest < 0 || r.Nearest > MostNearest {
		return say.Errorf("expected a mean of at most %d rows, found %d", MostNearest, r.Nearest)
	}
	if most := r.most(); !(r.Threshold >= -most && r.Threshold <= most) {
		return say.Errorf("expected a threshold from %g to %g, found %g", -most, most, r.Threshold)
	}
	return nil
}

func (h *Head) check(width int) error {
	if len(h.Bias) == 0 || width < 1 || len(h.Kernel) != width*len(h.Bias) {
		return say.Errorf("expected weights of %d classes for %d features, found %d", len(h.Bias), width, len(h.Kernel))
	}
	if !(h.Clip > 0 && h.Clip <= math.MaxFloat32) {
		return say.Errorf("expected features to be cut off above 0, found %g", h.Clip)
	}
	if t := h.Temperature; !(t >= 0 && t <= mostTemperature) || t > 0 && t < 1/mostTemperature {
		return say.Errorf("expected a temperature from %g to %g, found %g", 1/mostTemperature, mostTemperature, t)
	}
	if h.Way != nil && len(h.Way) != width {
		return say.Errorf("expected a way of %d features, found %d", width, len(h.Way))
	}
	return nil
}

// most is the greatest score.
func (r *Rule) most() float32 {
	if r.Linear || r.Head != nil {
		return math.MaxFloat32
	}
	return 1
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

// products are those of x with rows, each summed in ascending order; four at a time, which is quicker.
func products(x, rows, to []float32) {
	n := len(x)
	for ; len(to) >= 4; to, rows = to[4:], rows[4*n:] {
		a, b, c, d := rows[:n], rows[n:2*n], rows[2*n:3*n], rows[3*n:4*n]
		var s, t, u, v float32
		for j, w := range x {
			s += float32(w * a[j])
			t += float32(w * b[j])
			u += float32(w * c[j])
			v += float32(w * d[j])
		}
		to[0], to[1], to[2], to[3] = s, t, u, v
	}
	for i := range to {
		to[i] = dot(x, rows[i*n:(i+1)*n])
	}
}
