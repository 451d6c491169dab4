package solve

import (
	"errors"
	"math/rand/v2"

	"wafer/nn/graph"
)

// Set are the samples seen by one kind of features; Learn takes the kind that does best.
type Set struct {
	Name string
	X    Features // typical rows of length 1: Scaler.Apply, TF-IDF, or Join
}

// Samples are what all sets share.
type Samples struct {
	Y       []int
	Classes int
	Weight  []float32 // of every sample beside that of its class, nil: 1
	Group   []int     // samples with the same number are held out together (duplicates, bursts); nil: each is its own
	Seed    uint64    // of the parts
	Runner  graph.Runner
}

// Learnt is what Learn found.
type Learnt struct {
	*Head
	Set        int     // the chosen set
	Centroids  bool    // the head is nearest centroids
	Unmeasured bool    // a class has one sample: what was held out says nothing
	Lambda     float64 // else: strength of regularisation
	Held       [][]float32
	Rounds     [][]int   // part of every row for each of Held; −1: was not held out
	Accuracy   []float64 // held-out accuracy of each set
	Loss       []float64 // held-out cross-entropy of each set

	careful     float32 // 1 or less
	independent int     // groups of samples
	space       space   // that it was found in, nil of centroids
	middle      vector  // of the held-out heads there
}

const (
	plainSharpness   = 3   // of centroids that cannot be measured: an input between two classes is told with care
	leaveOneOutBelow = 20  // samples
	heldParts        = 5   // of cross-validation
	oneRoundFrom     = 300 // samples; fewer are divided several times, since each division is a draw
	mostRounds       = 6
	onePartFrom      = 2000 // samples: one part of five is enough to measure on, and costs a fifth
)

// Divide spreads samples over parts for cross-validation, several times where they are few. The first time of very few
// each is left out alone.
func Divide(s Samples) [][]int {
	n, most := len(s.Y), Groups(s.Y, s.Group)
	draw := func(round int) *rand.Rand { return rand.New(rand.NewPCG(s.Seed, uint64(round)+0x5eed)) }
	rounds := [][]int{}
	if n < leaveOneOutBelow {
		rounds = append(rounds, Folds(s.Y, s.Group, s.Classes, most, draw(0)))
	}
	for r := len(rounds); r < min(max(oneRoundFrom/max(n, 1), 1), mostRounds); r++ {
		rounds = append(rounds, Folds(s.Y, s.Group, s.Classes, min(heldParts, most), draw(r)))
	}
	if n >= onePartFrom {
		for i, f := range rounds[0] {
			if f > 0 {
				rounds[0][i] = -1
			}
		}
	}
	return rounds
}

// Learn solves for every set, and keeps the first, unless a later one has a clearly lower held-out loss. Classes
// are weighted halfway (to the power ½) between samples alike and classes alike. With fewer than CentroidBelow
// samples in a class the head is nearest centroids. Logits are scaled so that held-out probabilities fit best.
func Learn(sets []Set, s Samples) (*Learnt, error) {
	if len(sets) == 0 {
		return nil, errors.New("solving: there are no features")
	}
	rounds := Divide(s)
	var best *Learnt
	var accuracy, loss []float64
	defer func() { best.close() }()
	beat := 0.0
	for i, set := range sets {
		p := s.problem(set)
		l, err := validate(p, rounds, doubt(s), beat)
		if err != nil {
			return nil, err
		}
		l.Set = i
		accuracy, loss = append(accuracy, HeldAccuracy(s.Y, s.Classes, l.Held, rounds)), append(loss, l.Loss[0])
		if best == nil || clearlyBetter(p, l.Held, best.Held, rounds) {
			best, l = l, best
		}
		l.close()
		beat = best.Loss[0]
	}
	best.Accuracy, best.Loss, best.Rounds, best.independent = accuracy, loss, rounds, Groups(s.Y, s.Group)
	best.scale(best.careful)
	return best, best.solve(s.problem(sets[best.Set]))
}

// close gives back what it takes to find the head.
func (l *Learnt) close() {
	if l != nil && l.space != nil {
		l.space.close()
		l.space = nil
	}
}

// problem is that of one set.
func (s Samples) problem(set Set) Problem {
	return Problem{X: set.X, Y: s.Y, Classes: s.Classes, Weight: s.weights(), Runner: s.Runner}
}

// weights are those of the classes times those of the samples.
func (s Samples) weights() []float32 {
	w := Balanced(s.Y, s.Classes, 0.5)
	for i, v := range s.Weight {
		w[i] *= v
	}
	return w
}

// clearlyBetter tells whether a's held-out loss is below b's by more than the standard error of their difference, and
// by so much that it is worth a change.
func clearlyBetter(p Problem, a, b [][]float32, rounds [][]int) bool {
	sum, squares, n := 0.0, 0.0, 0.0
	first, second := make([]float32, p.Classes), make([]float32, p.Classes)
	for i := range p.Y {
		difference, times := 0.0, 0.0 // a row counts once, however often it was held out
		for r, folds := range rounds {
			if folds[i] < 0 {
				continue
			}
			copy(first, a[r][i*p.Classes:])
			copy(second, b[r][i*p.Classes:])
			own, other := first[p.Y[i]], second[p.Y[i]]
			difference += softmax(first) - float64(own) - softmax(second) + float64(other)
			times++
		}
		if times > 0 {
			difference /= times
			sum, squares, n = sum+difference, squares+float64(difference*difference), n+1
		}
	}
	mean := sum / max(n, 1)
	return mean < -max(leastWorth, sqrt(max(squares/max(n, 1)-float64(mean*mean), 0)/max(n, 1)))
}

// doubt is the least share of wrong answers that so few samples speak for: right every time of n, a head is wrong once
// of n + 2 (Laplace's rule of succession; Platt 1999 draws the targets of his sigmoid in like this). Samples of one
// group count as one.
func doubt(s Samples) float64 { return 1 / float64(Groups(s.Y, s.Group)+2) }

// validate finds the best strength of one set; Loss has the loss after scaling. The head that is kept is scaled by
// `careful` once more, to suit held-out rows of which a share `doubt` is wrong, lest a few right answers make one that
// is sure of everything.
func validate(p Problem, rounds [][]int, doubt, beat float64) (*Learnt, error) {
	l := &Learnt{}
	if err := p.Check(); err != nil {
		return nil, err
	}
	if smallest(p.Y, p.Classes) < CentroidBelow {
		l.Centroids = true
		l.Held = heldCentroids(p, rounds)
	} else {
		space, err := newSpace(p)
		if err != nil {
			return nil, err
		}
		v, err := crossValidate(space, p, rounds, beat)
		if err != nil {
			space.close()
			return nil, err
		}
		l.Lambda, l.Held, l.space, l.middle = v.Lambda, v.Held, space, v.middle
	}
	loss, scale := fitted(p, l.Held, rounds, 0)
	_, careful := fitted(p, l.Held, rounds, doubt)
	if l.careful = careful / scale; smallest(p.Y, p.Classes) < 2 {
		scale, l.careful, l.Unmeasured = plainSharpness, 1, true
	}
	l.Loss = []float64{loss}
	l.Head = &Head{Bias: []float32{1}} // until it is solved
	l.scale(scale)
	return l, nil
}

// scale multiplies what was held out, and the factor of the head that is to be solved.
func (l *Learnt) scale(by float32) {
	l.Head.Bias[0] *= by
	for _, held := range l.Held {
		for i := range held {
			held[i] *= by
		}
	}
}

// solve makes the head that is kept, from all samples.
func (l *Learnt) solve(p Problem) (err error) {
	scale := l.Head.Bias[0]
	if l.Centroids {
		l.Head = Centroids(p, scale)
		return nil
	}
	if l.Head, err = solveFrom(l.space, p, l.Lambda, l.middle); err != nil {
		return err
	}
	for _, part := range [][]float32{l.Head.Dense, l.Head.Sparse, l.Head.Bias} {
		for i := range part {
			part[i] *= scale
		}
	}
	return nil
}

// smallest is the number of samples of the scarcest class.
func smallest(y []int, classes int) int {
	count := make([]int, classes)
	for _, c := range y {
		count[c]++
	}
	least := len(y)
	for _, c := range count {
		least = min(least, c)
	}
	return least
}

// heldCentroids are logits [n, classes] of every round: each sample's from the centroids of the folds that it is not
// in.
func heldCentroids(p Problem, rounds [][]int) [][]float32 {
	held := make([][]float32, len(rounds))
	for r, folds := range rounds {
		held[r] = make([]float32, p.X.Rows*p.Classes)
		most := 0
		for _, f := range folds {
			most = max(most, f)
		}
		for f := range most + 1 {
			p.Weight = make([]float32, len(folds))
			var out []int
			for i, own := range folds {
				if own == f {
					out = append(out, i)
				} else {
					p.Weight[i] = 1
				}
			}
			logits := Centroids(p, 1).Logits(p.X.Subset(out))
			for t, i := range out {
				copy(held[r][i*p.Classes:(i+1)*p.Classes], logits[t*p.Classes:])
			}
		}
	}
	return held
}

// fitted is the held-out loss after the best scaling of all logits, by ½, or with doubt by 1/16, to 64, and that
// factor. Of more than `fewLogits` numbers only some rows are looked at.
func fitted(p Problem, held [][]float32, rounds [][]int, doubt float64) (least float64, factor float32) {
	h := heldRows{classes: p.Classes, doubt: doubt}
	for r, folds := range rounds {
		for i, f := range folds {
			if f >= 0 {
				h.rows = append(h.rows, held[r][i*p.Classes:(i+1)*p.Classes]...)
				h.y, h.weight = append(h.y, p.Y[i]), append(h.weight, p.weight(i))
			}
		}
	}
	h.stride = 1 + len(h.rows)/fewLogits
	low, high := 0.5, 64.0
	if doubt > 0 {
		low = 1.0 / 16
	}
	at := 1.0
	for range mostScales { // Newton's method, the loss being convex, within bounds that close in
		loss, slope, curve := h.rescaled(at)
		least, factor = loss, float32(at)
		if slope > 0 {
			high = at
		} else {
			low = at
		}
		next := at - slope/curve
		if !(next > low && next < high) {
			next = sqrt(low * high)
		}
		if diff := next - at; diff < scaleTolerance*at && diff > -scaleTolerance*at {
			break
		}
		at = next
	}
	return least, factor
}

const (
	fewLogits      = 1 << 17
	mostScales     = 20
	scaleTolerance = 1e-3
)

// heldRows are logits of rows by heads that had not seen them.
type heldRows struct {
	rows    []float32
	y       []int
	weight  []float64
	classes int
	stride  int     // every so many are looked at
	doubt   float64 // a share of every row that belongs to the other classes
}

// rescaled is the mean cross-entropy of logits times a factor, and its first two derivatives by that.
func (h heldRows) rescaled(by float64) (loss, slope, curve float64) {
	weights := 0.0
	p := make([]float32, h.classes)
	for i := 0; i < len(h.y); i += h.stride {
		z, all := h.rows[i*h.classes:(i+1)*h.classes], 0.0
		for j, v := range z {
			p[j] = v * float32(by)
			all += float64(v)
		}
		own := float64(z[h.y[i]])
		wanted := own + float64(h.doubt*((all-own)/float64(h.classes-1)-own))
		loss += float64(h.weight[i] * (softmax(p) - float64(by*wanted)))
		mean, square := 0.0, 0.0
		for j, v := range z {
			product := float64(float64(p[j]) * float64(v))
			mean += product
			square += float64(product * float64(v))
		}
		slope += float64(h.weight[i] * (mean - wanted))
		curve += float64(h.weight[i] * (square - float64(mean*mean)))
		weights += h.weight[i]
	}
	weights = max(weights, 1e-12)
	return loss / weights, slope / weights, curve / weights
}

// HeldAccuracy is the share of held-out rows that were right, over all rounds; 0 if none was held out.
func HeldAccuracy(y []int, classes int, held [][]float32, rounds [][]int) float64 {
	right, all := 0, 0
	for r, folds := range rounds {
		for i, f := range folds {
			if f < 0 {
				continue
			}
			all++
			if Top(held[r][i*classes:(i+1)*classes]) == y[i] {
				right++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(right) / float64(all)
}

// Stated is the accuracy to expect of a head that was solved from all samples. It is the mean of two held-out
// figures, the share that was right and the mean probability of the answer, which errs less than either (the one
// draws 0 or 1 for every sample, the other trusts the model); their error is taken down by the quarter power of
// the share of samples that the held-out heads had, the usual slope of a learning curve. What is left is drawn towards
// what is usual, the more the greater the luck of so few samples is beside the differences between tasks
// (an empirical Bayes estimate, James and Stein 1961; bench/QUALITY.md). 0 if none was held out.
func (l *Learnt) Stated(y []int) float64 {
	wrong, rounds := 0.0, 0.0
	for r := range l.Rounds {
		if w, n := l.wrongIn(r, y); n > 0 {
			wrong, rounds = wrong+w, rounds+1
		}
	}
	if rounds == 0 {
		return 0
	}
	return usual(1-wrong/rounds, float64(max(l.independent, 1)))
}

// What is known of a task before anything of it was held out: accuracies of the tasks in bench/QUALITY.md.
const (
	usualAccuracy = 0.7
	usualSpread   = 0.15 // standard deviation
)

// usual draws an accuracy that n samples speak for towards usualAccuracy. The mean of the two figures varies by half of
// what the share of right answers does.
func usual(accuracy, n float64) float64 {
	p := (float64(n*accuracy) + 2*usualAccuracy) / (n + 2)
	luck := float64(p*(1-p)) / (2 * n)
	towards := luck / (luck + usualSpread*usualSpread)
	return accuracy + float64(towards*(usualAccuracy-accuracy))
}

// wrongIn is the share of errors to expect by one round, of n samples that it held out.
func (l *Learnt) wrongIn(round int, y []int) (wrong float64, n int) {
	p, parts, sum := Probabilities(l.Held[round], l.Classes), 0, 0.0
	for i, f := range l.Rounds[round] {
		if f < 0 {
			continue
		}
		row := p[i*l.Classes : (i+1)*l.Classes]
		top := Top(row)
		if sum += float64(row[top]); top == y[i] {
			sum++
		}
		n, parts = n+1, max(parts, f+1)
	}
	if n < len(y) {
		parts = heldParts
	}
	return (1 - sum/float64(2*max(n, 1))) * sqrt(sqrt(1-1/float64(max(parts, 2)))), n
}

// Top is the place of the largest number of a row, the first of several.
func Top(row []float32) int {
	best := 0
	for j, v := range row {
		if v > row[best] {
			best = j
		}
	}
	return best
}

// Join puts two kinds of features of the same samples side by side.
func Join(a, b Features) Features {
	out := Features{Rows: a.Rows, Width: a.Width + b.Width, Dense: a.Dense, Words: a.Words, Sparse: a.Sparse,
		parts: []Features{a, b}}
	if a.Width == 0 {
		out.Dense = b.Dense
	}
	if a.Sparse == nil {
		out.Words, out.Sparse = b.Words, b.Sparse
	}
	return out
}
