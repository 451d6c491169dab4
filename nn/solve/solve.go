// Package solve finds the weights of a linear classifier, L2-regularised softmax regression, by solving it to
// convergence instead of training it for a while: the same samples give the same weights to the last bit on every
// machine.
//
// The problem, for samples i with features xᵢ, classes yᵢ and weights wᵢ, is
//
//	min over W, b of  Σᵢ wᵢ·CE(softmax(xᵢ·W + b), yᵢ) + λ/2·‖W‖²
//
// which is scikit-learn's LogisticRegression with C = 1/λ. Features are columns of dense numbers, sparse rows
// (n-grams), or both side by side. The mean squared length of a row should be near 1, as Standardise and TF-IDF
// make it, so that one grid of λ serves all features.
//
// The method is Newton's, its directions found by conjugate gradients as far as they are worth (Lin, Weng and Keerthi
// 2008; Nocedal and Wright 2006, chapter 7). Where samples are fewer than features, every vector is kept as a
// combination of samples, W = Xᵀ·A, and only the Gram matrix X·Xᵀ is needed: the same steps in exact arithmetic, at n²
// instead of n·d a step. Numbers are float32, sums of many are float64 in fixed order, and products of matrices have
// the bits of graph.MatMul, whoever computes them.
//
// # In a model file
//
// A head is ordinary layers. Dense features: BatchNormalization without centre and scale (Scaler gives its
// statistics), then Dense(classes, softmax) with Head.Dense and Head.Bias. N-grams: the text encoder gives a row
// of numbers of n-grams, each at most once, 0 for padding (text.NGrams); their weights are an embedding table [1 +
// n-grams, classes], row 0 zeros, combined as TensorFlow's embedding_lookup_sparse with combiner "sqrtn": Σ
// idfⱼ·Eⱼ / √Σ idfⱼ², where idfⱼ·Eⱼ is what the table has and idfⱼ² a second table [1 + n-grams, 1], both in 16 bits.
// Both together are one model: its input row is the n-grams followed by the encoder's tokens, which may be trimmed, a
// slice goes to each part, both parts end in [classes] logits (the dense one carries the bias), an Add and a softmax
// follow. No part needs another kind of file. Package fit writes it.
package solve

import (
	"fmt"

	"wafer/nn/graph"
)

// Sparse is one row of sparse features: columns, ascending or not but each once, and their values.
type Sparse struct {
	Index []int32
	Value []float32
}

// Features are samples as rows.
type Features struct {
	Rows   int
	Width  int       // dense columns, 0 for none
	Dense  []float32 // [Rows, Width]
	Words  int       // sparse columns, 0 for none
	Sparse []Sparse  // one per row, nil for none

	kept  *kept      // of Kept, nil: nothing is kept
	parts []Features // that Join joined
}

// kept are products of all pairs of rows.
type kept struct{ gram []float32 }

// Kept are the features with room for the products of all pairs of rows, which are then computed once for all sets
// that these features are in, alone or joined. They are for one goroutine at a time.
func (x Features) Kept() Features {
	x.kept = &kept{}
	return x
}

// Check says what does not fit in a sentence, nil if all does.
func (x Features) Check() error {
	if len(x.Dense) != x.Rows*x.Width {
		return fmt.Errorf("features: expected %d × %d dense numbers, found %d", x.Rows, x.Width, len(x.Dense))
	}
	if x.Words > 0 && len(x.Sparse) != x.Rows {
		return fmt.Errorf("features: expected %d sparse rows, found %d", x.Rows, len(x.Sparse))
	}
	for i, s := range x.Sparse {
		if len(s.Index) != len(s.Value) {
			return fmt.Errorf("features: row %d has %d columns but %d values", i, len(s.Index), len(s.Value))
		}
		for _, j := range s.Index {
			if j < 0 || int(j) >= x.Words {
				return fmt.Errorf("features: row %d names column %d of %d", i, j, x.Words)
			}
		}
	}
	return nil
}

// Subset are some of the rows, in the order of index.
func (x Features) Subset(index []int) Features {
	s := Features{Rows: len(index), Width: x.Width, Words: x.Words}
	for _, i := range index {
		s.Dense = append(s.Dense, x.Dense[i*x.Width:(i+1)*x.Width]...)
		if x.Sparse != nil {
			s.Sparse = append(s.Sparse, x.Sparse[i])
		}
	}
	return s
}

// Head are the weights of a linear classifier.
type Head struct {
	Classes int
	Dense   []float32 // [Width, Classes]
	Sparse  []float32 // [Words, Classes]
	Bias    []float32 // [Classes]
}

// Logits are the scores before softmax, [Rows, Classes].
func (h *Head) Logits(x Features) []float32 {
	out := make([]float32, x.Rows*h.Classes)
	for i := range x.Rows {
		row := out[i*h.Classes : (i+1)*h.Classes]
		copy(row, h.Bias)
		for j, v := range x.Dense[i*x.Width : (i+1)*x.Width] {
			axpy(row, v, h.Dense[j*h.Classes:(j+1)*h.Classes])
		}
		if x.Sparse != nil {
			for j, c := range x.Sparse[i].Index {
				axpy(row, x.Sparse[i].Value[j], h.Sparse[int(c)*h.Classes:(int(c)+1)*h.Classes])
			}
		}
	}
	return out
}

// Problem is what Solve and Choose are given.
type Problem struct {
	X       Features
	Y       []int // class of every row, 0…Classes−1
	Classes int
	Weight  []float32    // of every row, nil: 1 each; rows of weight 0 are not learnt from
	Runner  graph.Runner // computes large products; nil: plain loops with the same bits
}

// weight is that of a row.
func (p Problem) weight(i int) float64 {
	if p.Weight == nil {
		return 1
	}
	return float64(p.Weight[i])
}

// Check says what does not fit in a sentence, nil if all does.
func (p Problem) Check() error {
	if err := p.X.Check(); err != nil {
		return err
	}
	if p.Classes < 2 || len(p.Y) != p.X.Rows || p.Weight != nil && len(p.Weight) != p.X.Rows {
		return fmt.Errorf("solving: expected two classes or more and one label per row, found %d classes, %d labels, "+
			"%d rows", p.Classes, len(p.Y), p.X.Rows)
	}
	for i, y := range p.Y {
		if y < 0 || y >= p.Classes {
			return fmt.Errorf("solving: row %d has class number %d of %d", i, y, p.Classes)
		}
	}
	return nil
}

// Solve finds the weights for one strength of regularisation to Tolerance.
func Solve(p Problem, lambda float64) (*Head, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	s, err := newSpace(p)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return solveFrom(s, p, lambda, vector{})
}

// solveFrom is Solve in a space, from a point; the zero vector: from the origin.
func solveFrom(s space, p Problem, lambda float64, from vector) (*Head, error) {
	d := newDescent(s, p, p.Weight)
	if from.c != nil {
		d.at = from
	}
	if err := lockstep(s, []*descent{d}, lambda, Tolerance, mostSteps); err != nil {
		return nil, err
	}
	return d.head(), nil
}

// Balanced are weights of samples that make up for uneven classes: n/(classes·n of the class), to the power of `much`
// (1: every class weighs the same, 0: every sample), scaled to a mean of 1.
func Balanced(y []int, classes int, much float64) []float32 {
	count := make([]int, classes)
	for _, c := range y {
		count[c]++
	}
	w := make([]float32, len(y))
	total := 0.0
	for i, c := range y {
		w[i] = power(float64(len(y))/float64(classes*count[c]), much)
		total += float64(w[i])
	}
	for i := range w {
		w[i] = float32(float64(w[i]) * float64(len(y)) / total)
	}
	return w
}
