package solve

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/native"
)

// blobs are n rows of d numbers around one centre per class, with sparse columns beside.
func blobs(n, d, words, classes int, seed uint64) Problem {
	r := rand.New(rand.NewPCG(seed, 7))
	p := Problem{Classes: classes, X: Features{Rows: n, Width: d, Words: words}}
	centre := make([]float64, classes*max(d, 1))
	for i := range centre {
		centre[i] = r.NormFloat64()
	}
	for i := range n {
		c := i % classes
		p.Y = append(p.Y, c)
		for j := range d {
			p.X.Dense = append(p.X.Dense, float32(0.6*centre[c*d+j]+r.NormFloat64())/float32(math.Sqrt(float64(d))))
		}
		if words > 0 {
			a, b := int32(r.IntN(words)), int32(c)
			s := Sparse{[]int32{b}, []float32{0.5}}
			if a != b {
				s = Sparse{[]int32{a, b}, []float32{0.7, 0.3}}
			}
			p.X.Sparse = append(p.X.Sparse, s)
		}
	}
	return p
}

// slope is the gradient of the objective at a head, by the formula, in float64: its length, relative to that at zero.
func slope(p Problem, h *Head, lambda float64) float64 {
	at := func(h *Head) float64 {
		k := p.Classes
		prob := Probabilities(h.Logits(p.X), k)
		dense, sparse, bias := make([]float64, p.X.Width*k), make([]float64, p.X.Words*k), make([]float64, k)
		for i := range p.X.Rows {
			for c := range k {
				r := float64(prob[i*k+c])
				if p.Y[i] == c {
					r--
				}
				if p.Weight != nil {
					r *= float64(p.Weight[i])
				}
				bias[c] += r
				for j, v := range p.X.Dense[i*p.X.Width : (i+1)*p.X.Width] {
					dense[j*k+c] += r * float64(v)
				}
				if p.X.Sparse != nil {
					for t, j := range p.X.Sparse[i].Index {
						sparse[int(j)*k+c] += r * float64(p.X.Sparse[i].Value[t])
					}
				}
			}
		}
		sum := 0.0
		for i, g := range dense {
			sum += math.Pow(g+lambda*float64(h.Dense[i]), 2)
		}
		for i, g := range sparse {
			sum += math.Pow(g+lambda*float64(h.Sparse[i]), 2)
		}
		for _, g := range bias {
			sum += g * g
		}
		return math.Sqrt(sum)
	}
	return at(h) / at(newHead(p))
}

func TestSolutionHasNoSlope(t *testing.T) {
	for name, p := range map[string]Problem{
		"gram":          blobs(60, 100, 0, 3, 1),
		"gram, sparse":  blobs(50, 80, 40, 4, 2),
		"words alone":   blobs(30, 0, 500, 2, 3),
		"primal":        blobs(400, 6, 0, 3, 4),
		"primal, mixed": blobs(600, 5, 30, 5, 5),
	} {
		for _, lambda := range []float64{3, 0.1, 0.003} {
			h, err := Solve(p, lambda)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if s := slope(p, h, lambda); s > 1e-3 {
				t.Errorf("%s, λ = %v: the gradient is %.2g of that at zero, expected 0.001 at most", name, lambda, s)
			}
		}
	}
}

func TestBothSpacesAgree(t *testing.T) {
	p := blobs(80, 30, 20, 3, 6)
	g, err := newGram(p)
	if err != nil {
		t.Fatal(err)
	}
	w, _ := newPrimal(p)
	var logits [2][]float32
	for i, s := range []space{g, w} {
		d := newDescent(s, p, nil)
		if err := lockstep(s, []*descent{d}, 0.1, 1e-5, mostSteps); err != nil {
			t.Fatal(err)
		}
		logits[i] = d.head().Logits(p.X)
	}
	for i := range logits[0] {
		if diff := math.Abs(float64(logits[0][i] - logits[1][i])); diff > 0.01 {
			t.Fatalf("logit %d is %v by the Gram matrix and %v in the primal", i, logits[0][i], logits[1][i])
		}
	}
}

func TestRunnersGiveTheSameBits(t *testing.T) {
	p := blobs(1500, 40, 50, 4, 8)
	var first *Head
	for _, q := range []Problem{p, func() Problem { q := p; q.Runner = native.Runner(2); return q }(),
		func() Problem { q := p; q.Runner = eval.Runner; return q }()} {
		h, err := Solve(q, 0.1)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = h
		}
		for i := range h.Dense {
			if math.Float32bits(h.Dense[i]) != math.Float32bits(first.Dense[i]) {
				t.Fatalf("weight %d is %v, plain loops gave %v", i, h.Dense[i], first.Dense[i])
			}
		}
	}
}

func TestHeldOutRowsAreNotSeen(t *testing.T) {
	p := blobs(40, 60, 0, 2, 9)
	folds := Folds(p.Y, nil, 2, 5, rand.New(rand.NewPCG(1, 1)))
	v, err := CrossValidate(p, [][]int{folds})
	if err != nil {
		t.Fatal(err)
	}
	var rest []int
	for i, f := range folds {
		if f != 2 {
			rest = append(rest, i)
		}
	}
	q := Problem{X: p.X.Subset(rest), Classes: 2}
	for _, i := range rest {
		q.Y, q.Weight = append(q.Y, p.Y[i]), append(q.Weight, without(p, folds, 2)[i])
	}
	h, err := Solve(q, v.Lambda)
	if err != nil {
		t.Fatal(err)
	}
	want := h.Logits(p.X)
	for i, f := range folds {
		if f != 2 {
			continue
		}
		for c := range 2 {
			if diff := math.Abs(float64(v.Held[0][i*2+c] - want[i*2+c])); diff > 0.1 {
				t.Errorf("row %d, class %d: held-out logit %v, a head of the other rows gives %v",
					i, c, v.Held[0][i*2+c], want[i*2+c])
			}
		}
	}
}

func TestFoldsKeepGroupsTogetherAndClassesEven(t *testing.T) {
	var y, group []int
	for i := range 60 {
		y = append(y, i%3)
		group = append(group, i/2*0+i%3*100+i/9) // three samples of one class each
	}
	part := Folds(y, group, 3, 5, rand.New(rand.NewPCG(3, 3)))
	seen := map[int]int{}
	count := [3][5]int{}
	for i, f := range part {
		if old, ok := seen[group[i]]; ok && old != f {
			t.Errorf("group %d lies in parts %d and %d", group[i], old, f)
		}
		seen[group[i]] = f
		count[y[i]][f]++
	}
	for c, parts := range count {
		for f, n := range parts {
			if n < 2 || n > 6 {
				t.Errorf("class %d has %d of 20 samples in part %d, expected 2 to 6", c, n, f)
			}
		}
	}
}

func BenchmarkRefit(b *testing.B) {
	p := blobs(150, 1280, 0, 3, 1)
	folds := Folds(p.Y, nil, 3, 5, rand.New(rand.NewPCG(1, 1)))
	for b.Loop() {
		q := p
		s := Standardise(p.X)
		q.X = s.Apply(p.X)
		v, err := CrossValidate(q, [][]int{folds})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Solve(q, v.Lambda); err != nil {
			b.Fatal(err)
		}
	}
}

// Products of pairs are computed once for features that are in several sets, and joined features have the sum of
// theirs.
func TestProductsOfPairsAreKept(t *testing.T) {
	dense := Features{Rows: 3, Width: 2, Dense: []float32{1, 2, 3, 4, 5, 6}}.Kept()
	sparse := Features{Rows: 3, Words: 4, Sparse: []Sparse{{[]int32{0}, []float32{2}}, {},
		{[]int32{0, 3}, []float32{1, 1}}}}.Kept()
	both, err := Gram(Join(dense, sparse), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{9, 11, 19, 11, 25, 39, 19, 39, 63}; !slices.Equal(both, want) {
		t.Errorf("the products are %v, expected %v", both, want)
	}
	a, _ := Gram(sparse, nil)
	b, _ := Gram(sparse, nil)
	if &a[0] != &b[0] || a[2] != 2 {
		t.Errorf("products of the n-grams are %v and computed again, expected them to be kept", a)
	}
	some, _ := Gram(sparse.Subset([]int{0}), nil)
	if !slices.Equal(some, []float32{4}) {
		t.Errorf("of the first row alone the products are %v, expected 4", some)
	}
}

// A few samples that are easily told apart do not make a head that is sure of everything; more of them make it surer.
func TestFewSamplesAreAnsweredWithCare(t *testing.T) {
	mean := func(each int) float32 {
		s := Samples{Classes: 2, Runner: eval.Runner}
		x := Features{Width: 2}
		for i := range 2 * each {
			far := float32(i/2%5) / 50
			row := []float32{1 - far, far}
			if i%2 == 1 {
				row[0], row[1] = row[1], row[0]
			}
			x.Dense, s.Y, x.Rows = append(x.Dense, row...), append(s.Y, i%2), x.Rows+1
		}
		l, err := Learn([]Set{{X: x}}, s)
		if err != nil {
			t.Fatal(err)
		}
		sum, n := float32(0), 0
		for _, held := range l.Held {
			for i, p := range Probabilities(held, 2) {
				if i%2 == s.Y[i/2] {
					sum, n = sum+p, n+1
				}
			}
		}
		return sum / float32(n)
	}
	few, many := mean(5), mean(40)
	if few < 0.85 || few > 0.95 || many < 0.97 || many > 0.995 {
		t.Errorf("held-out samples have %v on average with 5 of a class, %v with 40; expected 1 − 1/12 and 1 − 1/82, "+
			"about", few, many)
	}
}

func TestFewSamplesAreDrawnTowardsWhatIsUsual(t *testing.T) {
	for _, c := range []struct{ accuracy, n, want float64 }{
		{0.7, 10, 0.7}, {1, 10, 0.9714}, {0.4, 10, 0.5065}, {0.97, 40, 0.964}, {0.8, 1000, 0.7996},
	} {
		if got := usual(c.accuracy, c.n); math.Abs(got-c.want) > 1e-3 {
			t.Errorf("%v of %v samples is taken for %.4f, expected %.4f", c.accuracy, c.n, got, c.want)
		}
	}
}
