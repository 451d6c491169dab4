package solve

import "slices"

// Strengths is the grid of λ, from strong to weak, each about a third of the one before.
var Strengths = []float64{3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001}

// looseTolerance suffices for telling strengths apart, which differ by factors of three.
const looseTolerance = 0.2

// looseSteps bounds the products for one strength on the way; where they end early, the next goes on from there.
const looseSteps = 60

// A weaker strength is worth taking where it lowers the held-out loss by this part or by that much; after idleStrengths
// that are not, none follows that is.
const (
	worthwhile    = 0.005
	leastWorth    = 0.001
	idleStrengths = 2
)

// Validation is what cross-validation found.
type Validation struct {
	Lambda float64     // the strength of the least held-out loss, or the strongest that is about as good
	Loss   []float64   // held-out cross-entropy per sample, for each strength that was tried
	Held   [][]float32 // logits [n, classes] of every row by heads that had not seen it, one per round of folds
	Folds  [][]int

	middle vector // of the heads of that strength
}

// CrossValidate tries every strength on every part. rounds lists, for each round, the part that every row is held
// out with; with parts at −1 a row is never held out. Strengths are solved from strong to weak, each from the
// solution of the one before, until weaker ones are no better.
func CrossValidate(p Problem, rounds [][]int) (*Validation, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	s, err := newSpace(p)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return crossValidate(s, p, rounds, 0)
}

// crossValidate is CrossValidate in a space. It ends where it sees that no strength will have a loss below `beat`; 0:
// whatever comes.
func crossValidate(s space, p Problem, rounds [][]int, beat float64) (*Validation, error) {
	v := &Validation{Folds: rounds}
	all, owner := heldOut(s, p, rounds)
	least, idle := 0.0, 0
	for i, lambda := range Strengths {
		if err := lockstep(s, all, lambda, looseTolerance, looseSteps); err != nil {
			return nil, err
		}
		held := collect(p, all, owner, rounds)
		loss, _ := fitted(p, held, rounds, 0)
		v.Loss = append(v.Loss, loss)
		if i == 0 || loss < least-max(worthwhile*least, leastWorth) {
			least, idle = loss, 0
			v.Lambda, v.Held, v.middle = lambda, held, middle(all)
		} else if idle++; idle == idleStrengths {
			break
		}
		if hopeless(v.Loss, beat) {
			break
		}
	}
	return v, nil
}

// hopeless tells that losses which go on to fall as fast as they did last, and they fall ever slower, end above beat.
func hopeless(losses []float64, beat float64) bool {
	n := len(losses)
	if beat == 0 || n < 2 {
		return false
	}
	fall := max(losses[n-2]-losses[n-1], 0)
	return losses[n-1]-float64(fall*float64(len(Strengths)-n)) > beat
}

// middle is the mean of the points of several descents.
func middle(all []*descent) vector {
	m := all[0].at.clone()
	for _, d := range all[1:] {
		m.add(1, d.at)
	}
	m.scale(1 / float32(len(all)))
	return m
}

// part names the rows that one descent does not see.
type part struct{ round, fold int }

func heldOut(s space, p Problem, rounds [][]int) (all []*descent, owner []part) {
	for r, folds := range rounds {
		for f := range slices.Max(folds) + 1 {
			if weight := without(p, folds, f); weight != nil {
				all, owner = append(all, newDescent(s, p, weight)), append(owner, part{r, f})
			}
		}
	}
	return all, owner
}

// without are the weights of the rows that are not in a part: every class weighs as much as with that part, lest the
// class of a row that is left out be the rarer one in the rest. It is nil for an empty part.
func without(p Problem, folds []int, part int) []float32 {
	all, kept := make([]float64, p.Classes), make([]float64, p.Classes)
	weight := make([]float32, len(folds))
	empty := true
	for i, own := range folds {
		all[p.Y[i]] += p.weight(i)
		if own == part {
			empty = false
		} else {
			kept[p.Y[i]] += p.weight(i)
		}
	}
	for i, own := range folds {
		if c := p.Y[i]; own != part && kept[c] > 0 {
			weight[i] = float32(p.weight(i) * all[c] / kept[c])
		}
	}
	if empty {
		return nil
	}
	return weight
}

// collect takes the held-out logits of every row from the descent that had not seen it.
func collect(p Problem, all []*descent, owner []part, rounds [][]int) [][]float32 {
	k := p.Classes
	held := make([][]float32, len(rounds))
	for r := range held {
		held[r] = make([]float32, p.X.Rows*k)
	}
	for a, d := range all {
		for i, f := range rounds[owner[a].round] {
			if f != owner[a].fold {
				continue
			}
			row := held[owner[a].round][i*k : (i+1)*k]
			for j := range row {
				row[j] = d.at.f[i*k+j] + float32(d.space.bias()*d.at.b[j])
			}
		}
	}
	return held
}
