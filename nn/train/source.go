package train

import (
	"runtime"

	"wafer/nn/tensor"

	"wafer/nn/context"
)

// Source gives labelled samples as tensors. Its methods are called from several
// goroutines at once.
type Source interface {
	Len() int            // samples, numbered from 0
	Shape() tensor.Shape // of one sample
	DType() tensor.DType // float32 of pictures and features, int32 of tokens
	Label(i int) int     // the number of its class, from 0
	// Fill writes sample i into row, which has Shape. In epoch ≥ 0 it may change the sample at
	// random, in the same way whenever it is called with the same numbers; −1 asks for it as it is.
	Fill(row *tensor.Tensor, i, epoch int) error
}

// Subset is the samples of a source with the given numbers.
type Subset struct {
	Source
	Index []int
}

// Len is the number of chosen samples.
func (s Subset) Len() int { return len(s.Index) }

// Label is that of the i-th chosen sample.
func (s Subset) Label(i int) int { return s.Source.Label(s.Index[i]) }

// Fill writes the i-th chosen sample.
func (s Subset) Fill(row *tensor.Tensor, i, epoch int) error {
	return s.Source.Fill(row, s.Index[i], epoch)
}

// Rows is a source of samples that are already tensors: X [n, …], Y of length n.
type Rows struct {
	X *tensor.Tensor
	Y []int
}

// Len, Shape, DType and Label are those of X and Y.
func (r Rows) Len() int            { return len(r.Y) }
func (r Rows) Shape() tensor.Shape { return r.X.Shape()[1:] }
func (r Rows) DType() tensor.DType { return r.X.DType() }
func (r Rows) Label(i int) int     { return r.Y[i] }

// Fill copies a row, the same in every epoch.
func (r Rows) Fill(row *tensor.Tensor, i, _ int) error {
	row.CopyFrom(r.X.Rows(i, i+1))
	return nil
}

// batch is what one step needs.
type batch struct {
	index []int
	x, y  *tensor.Tensor
	err   error
}

// fill makes the batch of samples at these indices: x [n, …], y [n] int32.
func fill(s Source, index []int, epoch int) *batch {
	n := len(index)
	b := &batch{index: index, x: tensor.New(s.DType(), append([]int{n}, s.Shape()...)...),
		y: tensor.New(tensor.Int32, n)}
	for k, i := range index {
		b.y.I()[k] = int32(s.Label(i))
		if err := s.Fill(b.x.Rows(k, k+1).Reshape(s.Shape()...), i, epoch); err != nil {
			b.err = err
			return b
		}
	}
	return b
}

// batches fills the given batches ahead of the reader, several at once, and
// delivers them in order until ctx ends.
func batches(ctx context.Context, s Source, list [][]int, epoch int) <-chan *batch {
	queue := make(chan chan *batch, ahead())
	out := make(chan *batch)
	go func() {
		defer close(queue)
		for _, index := range list {
			slot := make(chan *batch, 1)
			select {
			case queue <- slot:
				go func() { slot <- fill(s, index, epoch) }()
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		defer close(out)
		for slot := range queue {
			select {
			case out <- <-slot:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// ahead is how many batches wait in the queue at most.
func ahead() int { return 2 * runtime.GOMAXPROCS(0) }

// Ahead is how many of a list of batches are in memory at once at most: those in the queue,
// the one that comes next and the one in use.
func Ahead(batches int) int { return min(batches, ahead()+2) }

// Batches are the different sizes of the batches of n samples, the whole ones first.
func Batches(n, size int) []int {
	var sizes []int
	if n >= size {
		sizes = append(sizes, size)
	}
	if n%size > 0 {
		sizes = append(sizes, n%size)
	}
	return sizes
}

// cut divides the order into batches; the last may be smaller.
func cut(order []int, size int) [][]int {
	var list [][]int
	for lo := 0; lo < len(order); lo += size {
		list = append(list, order[lo:min(lo+size, len(order))])
	}
	return list
}

// ascending is 0, 1, … n−1.
func ascending(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}
