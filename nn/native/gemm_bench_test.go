package native

import (
	"testing"
	"time"

	"wafer/nn/plan"
)

// benchProduct reports the speed of the fastest call of f, which multiplies and
// adds products times: two operations for each, positions in the padding too.
func benchProduct(b *testing.B, products int, f func()) {
	f()
	b.ReportAllocs()
	best := time.Hour
	for b.Loop() {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	b.ReportMetric(2*float64(products)/float64(best), "GFLOP/s")
}

func BenchmarkGemm512(b *testing.B)       { benchGemm(b, 512, 512, 512, false, false) }
func BenchmarkGemm512TransA(b *testing.B) { benchGemm(b, 512, 512, 512, true, false) }
func BenchmarkGemm512TransB(b *testing.B) { benchGemm(b, 512, 512, 512, false, true) }

// A dense layer of seed program 1 and one of digits, for one input and for a batch.
func BenchmarkGemmOneRow(b *testing.B)       { benchGemm(b, 1, 512, 1600, false, false) }
func BenchmarkGemmOneRowTransB(b *testing.B) { benchGemm(b, 1, 512, 1600, false, true) }
func BenchmarkGemmBatch64(b *testing.B)      { benchGemm(b, 64, 128, 1600, false, false) }
func BenchmarkGemmTenColumns(b *testing.B)   { benchGemm(b, 64, 10, 128, false, false) }
func BenchmarkGemmGates(b *testing.B)        { benchGemm(b, 32, 256, 64, false, false) }

func benchGemm(b *testing.B, m, n, k int, transA, transB bool) {
	a, x, dst := sequence(m*k), sequence(k*n), make([]float32, m*n)
	lda, ldb := k, n
	if transA {
		lda = m
	}
	if transB {
		ldb = k
	}
	w := workFor(plan.ProductWork(k, n))
	benchProduct(b, m*n*k, func() { w.gemm(dst, n, a, lda, transA, x, ldb, transB, m, n, k, epilogue{}, 0, m) })
}
