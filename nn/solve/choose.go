package solve

import "slices"

// Strengths is the grid of λ, from strong to weak, each about a third of the one before.
var Strengths = []float64{3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001}

// looseTolerance suffices for telling strengths apart, which differ by factors of three.
const looseTolerance = 0.1

// looseSteps bounds the steps for one strength on the way; where they end early, the next goes on from there.
const looseSteps = 40

// Validation is what cross-validation found.
type Validation struct {
	Lambda float64     // the strength with the least held-out loss
	Loss   []float64   // held-out cross-entropy per sample, for each strength that was tried
	Held   [][]float32 // logits [n, classes] of every row by heads that had not seen it, one per round of folds
	Folds  [][]int
}

// CrossValidate tries every strength on every part. rounds lists, for each round, the part that every row is held
// out with; with parts at −1 a row is never held out. Strengths are solved from strong to weak, each from the
// solution of the one before, until the held-out loss has risen twice.
func CrossValidate(p Problem, rounds [][]int) (*Validation, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	s, err := newSpace(p)
	if err != nil {
		return nil, err
	}
	defer s.close()
	v := &Validation{Folds: rounds}
	all, owner := heldOut(s, p, rounds)
	for i, lambda := range Strengths {
		if err := lockstep(s, all, lambda, looseTolerance, looseSteps); err != nil {
			return nil, err
		}
		held := collect(p, all, owner, rounds)
		loss, _ := fitted(p, held, rounds, 0)
		if v.Loss = append(v.Loss, loss); loss <= slices.Min(v.Loss) {
			v.Lambda, v.Held = lambda, held
		}
		if i >= 2 && v.Loss[i] > v.Loss[i-1] && v.Loss[i-1] > v.Loss[i-2] {
			break
		}
	}
	return v, nil
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
