package train

import (
	"wafer/nn/order"
	"wafer/nn/tensor"
)

// togetherTokens is how many numbers of texts run at once where rows are trimmed, and togetherPictures how many
// pictures where features are computed: enough for products to be quick, and little memory.
const (
	togetherTokens   = 512
	togetherPictures = 8
)

// Together is how many rows of a shape run at once in a Tester with Even.
func Together(row tensor.Shape, kind tensor.DType) int {
	if kind == tensor.Int32 {
		return max(togetherTokens/max(row.Size(), 1), 1)
	}
	return togetherPictures
}

// evenly lists batches of the samples: a list for every length that Trim makes of their rows, the shortest first.
// Batches are whole, the last filled up with its last sample, or of one where few are left: two programs a length.
func (t *Tester) evenly(s Source) (lists [][][]int, err error) {
	if t.Trim == nil || s.DType() != tensor.Int32 {
		return [][][]int{wholeOrSingle(ascending(s.Len()), Together(s.Shape(), s.DType()))}, nil
	}
	row := tensor.New(s.DType(), append([]int{1}, s.Shape()...)...)
	of := map[int][]int{}
	for i := range s.Len() {
		if err := s.Fill(row.Reshape(s.Shape()...), i, -1); err != nil {
			return nil, err
		}
		n := t.Trim(row).Shape()[1]
		of[n] = append(of[n], i)
	}
	for _, n := range order.Keys(of) {
		lists = append(lists, wholeOrSingle(of[n], Together(tensor.Shape{n}, tensor.Int32)))
	}
	return lists, nil
}

// wholeOrSingle cuts a list into parts of a size; what is left becomes one more, or, below half of the size, parts of
// one.
func wholeOrSingle(index []int, size int) (parts [][]int) {
	for ; len(index) >= size; index = index[size:] {
		parts = append(parts, index[:size])
	}
	if 2*len(index) < size {
		return append(parts, cut(index, 1)...)
	}
	whole := append([]int(nil), index...)
	for len(whole) < size {
		whole = append(whole, index[len(index)-1])
	}
	return append(parts, whole)
}

// distinct is how many samples a batch has that may be filled up with its last.
func distinct(index []int) (n int) {
	for k, i := range index {
		if k == 0 || i != index[k-1] {
			n++
		}
	}
	return n
}
