package native

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/plan"
)

// TestGemmEqualsLoop compares sizes around the tile and the cache blocks, every
// transposition, the epilogue and a share of the rows with the obvious loop.
func TestGemmEqualsLoop(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	for _, s := range [][3]int{
		{1, 1, 1}, {1, 33, 300}, {1, 200, 70}, {2, 7, 5}, {3, 64, 17}, {4, 32, 256}, {5, 31, 257}, {7, 1, 600}, {16,
			16, 1},
		{17, 65, 64}, {66, 40, 513}, {130, 10, 128}, {9, 530, 40}, {4, 3, 0},
	} {
		for trans := range 4 {
			transA, transB := trans&1 != 0, trans&2 != 0
			t.Run(fmt.Sprintf("%v/ta=%t/tb=%t", s, transA, transB),
				func(t *testing.T) { gemmEqualsLoop(t, r, s[0], s[1], s[2], transA, transB) })
		}
	}
}

func gemmEqualsLoop(t *testing.T, r *rand.Rand, m, n, k int, transA, transB bool) {
	lda, ldb, ldd := k+3, n+1, n+2 // wider than need be
	if transA {
		lda = m + 3
	}
	if transB {
		ldb = k + 1
	}
	a, b := random(r, max(m, k)*lda+m), random(r, max(n, k)*ldb+n)
	ep := epilogue{bias: random(r, n), residual: random(r, m*ldd), act: graph.Relu}
	lo, hi := m/3, m-m/5
	got, want := random(r, m*ldd), make([]float32, m*ldd)
	copy(want, got)
	workFor(plan.ProductWork(k, n)).gemm(got, ldd, a, lda, transA, b, ldb, transB, m, n, k, ep, lo, hi)
	at, bt := stored(a, lda, transA), stored(b, ldb, transB)
	for i := lo; i < hi; i++ {
		for j := range n {
			sum := float32(0)
			for p := range k {
				sum += float32(at.data[i*at.rows+p*at.cols] * bt.data[p*bt.rows+j*bt.cols])
			}
			want[i*ldd+j] = max(sum+ep.bias[j]+ep.residual[i*ldd+j], 0)
		}
	}
	sameBits(t, got, want)
}

// workFor is a workspace of just what the plan states for a kernel.
func workFor(n int) *workspace { return newWorkspace(n+plan.WorkSlack, 0) }

func random(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func sameBits(t *testing.T, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("element %d is %g, want %g", i, got[i], want[i])
		}
	}
}

// TestSumsAreFinished compares what tiles do to their sums, infinite ones and NaN among them, with
// the epilogue's functions, in whole tiles and at the edges.
func TestSumsAreFinished(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	values := []float32{nan, inf, -inf, 0, -1, 0.5, 6, 7}
	for _, act := range []graph.Op{graph.Input, graph.Relu, graph.Relu6, graph.Tanh} {
		for _, bias := range [][]float32{nil, random(rand.New(rand.NewPCG(1, 0)), 37)} {
			got := make([]float32, 8*37)
			ones := slices.Repeat([]float32{1}, 37)
			ep := epilogue{act: act, bias: bias}
			workFor(plan.ProductWork(1, 37)).gemm(got, 37, values, 1, false, ones, 37, false, 8, 37, 1, ep, 0, 8)
			for i, v := range got {
				want := values[i/37]
				if bias != nil {
					want += bias[i%37]
				}
				if act != graph.Input {
					want = unaryScalar(act, want)
				}
				if v != want && (v == v || want == want) {
					t.Errorf("%v of element %d is %g, want %g", act, i, v, want)
				}
			}
		}
	}
}
