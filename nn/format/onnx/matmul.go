package onnx

import (
	"slices"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// matMul is MatMul, and com.microsoft's FusedMatMul with its transposes and alpha.
func matMul(l *loader) []value {
	a, b := l.in(0), l.in(1)
	x, y := l.plain(a), l.plain(b)
	if l.int("transA", 0) != 0 {
		x = l.swapped(x)
	}
	if l.int("transB", 0) != 0 {
		y = l.swapped(y)
	}
	r := l.product(x, y)
	if alpha := l.float("alpha", 1); alpha != 1 {
		r = l.scale(r, alpha)
	}
	return []value{{node: r, typ: a.typ}}
}

// swapped exchanges the last two axes.
func (l *loader) swapped(x *graph.Node) *graph.Node {
	perm := tensor.Shape{}
	for i := range x.Shape {
		perm = append(perm, i)
	}
	n := len(perm)
	if n < 2 {
		l.fail("takes a value of shape %v, needs two axes", x.Shape)
	}
	perm[n-1], perm[n-2] = n-2, n-1
	return l.fold(l.g.Transpose(x, perm...))
}

// product is NumPy's matmul: vectors count as a row or a column, and what stands before the last two axes
// broadcasts.
func (l *loader) product(a, b *graph.Node) *graph.Node {
	if len(a.Shape) == 0 || len(b.Shape) == 0 {
		l.fail("multiplies shapes %v and %v", a.Shape, b.Shape)
	}
	row, column := len(a.Shape) == 1, len(b.Shape) == 1
	if row {
		a = l.g.Reshape(a, 1, a.Shape[0])
	}
	if column {
		b = l.fold(l.g.Reshape(b, b.Shape[0], 1))
	}
	var y *graph.Node
	if len(b.Shape) == 2 && len(a.Shape) > 2 { // one matrix for all: rows in one product
		rows := a.Shape.Size() / a.Shape.Last()
		y = l.g.MatMul(l.g.Reshape(a, rows, a.Shape.Last()), b, false, false)
		y = l.g.Reshape(y, append(a.Shape[:len(a.Shape)-1].Clone(), b.Shape[1])...)
	} else {
		a, b = l.sameBatch(a, b)
		y = l.g.MatMul(a, b, false, false)
	}
	shape := y.Shape.Clone()
	if column {
		shape = shape[:len(shape)-1]
	}
	if row {
		shape = slices.Delete(shape, len(shape)-1-btoi(!column), len(shape)-btoi(!column))
	}
	if row || column {
		y = l.g.Reshape(y, shape...)
	}
	return y
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sameBatch broadcasts what stands before the last two axes.
func (l *loader) sameBatch(a, b *graph.Node) (x, y *graph.Node) {
	outer := func(n *graph.Node) tensor.Shape { return n.Shape[:len(n.Shape)-2] }
	batch, ok := graph.BroadcastShapes(outer(a), outer(b))
	if !ok {
		l.fail("multiplies shapes %v and %v", a.Shape, b.Shape)
	}
	full := func(n *graph.Node) *graph.Node {
		if outer(n).Equal(batch) {
			return n
		}
		return l.g.Broadcast(n, append(batch.Clone(), n.Shape[len(n.Shape)-2:]...)...)
	}
	return full(a), full(b)
}

// gemm is Gemm: alpha·A·B + beta·C, C stretched to the result.
func gemm(l *loader) []value {
	a := l.in(0)
	x, y := l.plain(a), l.plain(l.in(1))
	r := l.g.MatMul(x, y, l.int("transA", 0) != 0, l.int("transB", 0) != 0)
	if alpha := l.float("alpha", 1); alpha != 1 {
		r = l.scale(r, alpha)
	}
	if c, ok := l.optional(2); ok {
		bias := l.plain(c)
		if beta := l.float("beta", 1); beta != 1 {
			bias = l.fold(l.scale(bias, beta))
		}
		r = l.g.Add(r, bias)
	}
	return []value{{node: r, typ: a.typ}}
}

// einsum multiplies operands along letters and sums those that the result does not have.
func einsum(l *loader) []value {
	equation := strings.ReplaceAll(l.text("equation", ""), " ", "")
	left, right, explicit := strings.Cut(equation, "->")
	terms := strings.Split(left, ",")
	if len(terms) != len(l.node.Inputs) {
		l.fail("has the equation %.80q for %d operands", equation, len(l.node.Inputs))
	}
	rank := 0 // of what "..." stands for
	for i, t := range terms {
		if strings.Contains(t, "...") {
			rank = max(rank, len(l.in(i).shape())-len(t)+3)
		}
	}
	if rank > maxRank {
		l.fail("has the equation %.80q for operands of too many axes", equation)
	}
	dots := "0123456789"[:max(rank, 0)]
	full := func(t string, have int) string {
		return strings.Replace(t, "...", dots[len(dots)-have:], 1)
	}
	if !explicit {
		right = implicit(left, strings.Contains(left, "..."))
	}
	out := full(right, len(dots))
	var r *graph.Node
	letters := ""
	for i, t := range terms {
		x := l.plain(l.in(i))
		t = full(t, max(len(x.Shape)-len(strings.Replace(t, "...", "", 1)), 0))
		if len(t) != len(x.Shape) {
			l.fail("has the term %q for a value of shape %v", terms[i], x.Shape)
		}
		x, t = l.diagonals(x, t)
		if r == nil {
			r, letters = x, t
			continue
		}
		later := strings.Join(terms[i+1:], "") + out
		if i+1 < len(terms) {
			later += dots
		}
		r, letters = l.contract(r, letters, x, t, later)
	}
	return []value{{node: l.arranged(r, letters, out), typ: l.in(0).typ}}
}

// implicit is the result of an equation without an arrow: letters that come once, in order of the alphabet.
func implicit(left string, dots bool) string {
	var out []byte
	for c := byte('A'); c <= 'z'; c++ {
		if strings.Count(left, string(c)) == 1 {
			out = append(out, c)
		}
	}
	if dots {
		return "..." + string(out)
	}
	return string(out)
}

// diagonals takes the diagonal where a term has a letter twice.
func (l *loader) diagonals(x *graph.Node, t string) (*graph.Node, string) {
	for i := 0; i < len(t); i++ {
		j := strings.IndexByte(t[i+1:], t[i]) + i + 1
		if j == i {
			continue
		}
		n := x.Shape[i]
		eye := make([]float32, n*n)
		for k := range n {
			eye[k*n+k] = 1
		}
		shape := ones(len(x.Shape))
		shape[i], shape[j] = n, n
		if x.Shape[j] != n {
			l.fail("takes a diagonal of shape %v", x.Shape)
		}
		x = l.g.ReduceSum(l.g.Mul(x, l.floats(eye, shape...)), j)
		t = t[:j] + t[j+1:]
		i--
	}
	return x, t
}

// contract multiplies two operands and sums the letters that come no more.
func (l *loader) contract(a *graph.Node, ta string, b *graph.Node, tb, later string) (*graph.Node, string) {
	var batch, left, right, sum string
	for _, c := range ta {
		switch inB, stays := strings.ContainsRune(tb, c), strings.ContainsRune(later, c); {
		case inB && stays:
			batch += string(c)
		case inB:
			sum += string(c)
		default:
			left += string(c)
		}
	}
	for _, c := range tb {
		if !strings.ContainsRune(ta, c) {
			right += string(c)
		}
	}
	length := map[rune]int{}
	for i, c := range ta {
		length[c] = a.Shape[i]
	}
	for i, c := range tb {
		if n, ok := length[c]; ok && n != b.Shape[i] {
			if n != 1 && b.Shape[i] != 1 {
				l.fail("has %d and %d for the letter %q", n, b.Shape[i], c)
			}
		}
		length[c] = max(length[c], b.Shape[i])
	}
	size := func(letters string) (shape tensor.Shape) {
		for _, c := range letters {
			shape = append(shape, length[c])
		}
		return shape
	}
	x := l.g.Reshape(l.spread(l.arranged(a, ta, batch+left+sum), size(batch+left+sum)), size(batch).Size(),
		size(left).Size(), size(sum).Size())
	y := l.g.Reshape(l.spread(l.arranged(b, tb, batch+sum+right), size(batch+sum+right)), size(batch).Size(),
		size(sum).Size(), size(right).Size())
	out := batch + left + right
	return l.g.Reshape(l.g.MatMul(x, y, false, false), size(out)...), out
}

func (l *loader) spread(x *graph.Node, shape tensor.Shape) *graph.Node {
	if x.Shape.Equal(shape) {
		return x
	}
	return l.g.Broadcast(x, shape...)
}

// arranged sums the letters that are not wanted and puts the others in order.
func (l *loader) arranged(x *graph.Node, have, want string) *graph.Node {
	var axes []int
	left := ""
	for i, c := range have {
		if strings.ContainsRune(want, c) {
			left += string(c)
		} else {
			axes = append(axes, i)
		}
	}
	if len(axes) > 0 {
		x = l.g.ReduceSum(x, axes...)
	}
	perm := make([]int, 0, len(want))
	for _, c := range want {
		i := strings.IndexRune(left, c)
		if i < 0 {
			l.fail("makes a letter %q of nothing", c)
		}
		perm = append(perm, i)
	}
	return l.moved(x, perm)
}

// determinant of matrices up to 4 × 4, by the first row.
func determinant(l *loader) []value {
	in := l.in(0)
	x := l.plain(in)
	n := len(x.Shape)
	if n < 2 || x.Shape[n-1] != x.Shape[n-2] || x.Shape[n-1] > 4 {
		l.fail("takes the determinant of shape %v, at most 4 × 4 is supported", x.Shape)
	}
	size := x.Shape[n-1]
	batch := x.Shape[:n-2]
	flat := l.g.Reshape(x, batch.Size(), size*size)
	at := func(r, c int) *graph.Node { return l.g.Narrow(flat, 1, r*size+c, r*size+c+1) }
	var minor func(row int, columns []int) *graph.Node
	minor = func(row int, columns []int) (sum *graph.Node) {
		for i, c := range columns {
			term := at(row, c)
			if len(columns) > 1 {
				term = l.g.Mul(term, minor(row+1, slices.Delete(slices.Clone(columns), i, i+1)))
			}
			switch {
			case sum == nil:
				sum = term
			case i%2 == 1:
				sum = l.g.Sub(sum, term)
			default:
				sum = l.g.Add(sum, term)
			}
		}
		return sum
	}
	columns := make([]int, size)
	for i := range columns {
		columns[i] = i
	}
	return []value{{node: l.g.Reshape(minor(0, columns), batch...), typ: in.typ}}
}
