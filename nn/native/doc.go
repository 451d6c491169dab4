// Package native runs a plan.Plan in Go: SIMD through the simd package of Go
// 1.27 (GOEXPERIMENT=simd), plain Go without it. Every result equals package
// eval's bit for bit, whatever the vector width and the number of threads.
//
// Registers are as wide as the processor's with GODEBUG=simd=+, which the Makefile sets
// and builds into wafer; without it, package simd takes 128 bits on processors with AVX2
// but without VPCLMULQDQ. What most time goes to is in assembly for AVX2: files _amd64.s, whose
// functions are bound in files _amd64.go and absent from files _other.go.
//
// # How the files fit
//
// program.go holds a plan's memory and walks its steps, threads.go splits a step
// into shares, and each family of ops has a file named as in package graph. A
// kernel is a plain function on slices that computes the units lo ≤ u < hi of
// its result and touches no other; plan.Step.Units counts the units:
//
//	conv2d, depthwise, maxPool, avgPool               n·oh rows of the result
//	conv2dGradInput, depthwiseGradInput               n·h rows of the result
//	conv2dGradFilter                                  kh·kw·ci rows of the result
//	depthwiseGradFilter                               c channels, shares are multiples of 16
//	maxPoolGrad, avgPoolGrad                          n images
//	winogradConv2d                                    n·ceil(oh/tile) rows of tiles
//	winogradFilter                                    ci channels
//	gemm                                              m rows, shares are multiples of 16
//
// A kernel writes every element of its units and expects nothing of what dst held.
// Scratch memory (frames, packed panels, blocks of chains) it takes from the workspace of its thread (workspace.go).
//
// # Contract of the products (gemm*.go, conv*.go, winograd*.go, depthwise*.go, pool*.go)
//
//	func (w *workspace) gemm(dst []float32, ldd int, a []float32, lda int, transA bool,
//		b []float32, ldb int, transB bool, m, n, k int, ep epilogue, lo, hi int)
//	func (w *workspace) conv2d(dst, x, k []float32, g plan.Conv, ep epilogue, lo, hi, from, to int)
//	func (w *workspace) conv2dGradInput(dx, dy, k []float32, g plan.Conv, lo, hi int)
//	func (w *workspace) conv2dGradFilter(dk, x, dy []float32, g plan.Conv, lo, hi int)
//	func (w *workspace) winogradConv2d(dst, x []float32, u filters, g plan.Conv, m int, ep epilogue,
//		lo, hi, from, to int)
//	func (w *workspace) winogradFilter(u, k []float32, m, ci, co, lo, hi int)
//	func (w *workspace) depthwise(dst, x, k []float32, g plan.Conv, ep epilogue, lo, hi int)
//	func (w *workspace) depthwiseGradInput(dx, dy, k []float32, g plan.Conv, lo, hi int)
//	func (w *workspace) depthwiseGradFilter(dk, x, dy []float32, g plan.Conv, lo, hi int)
//	func (w *workspace) maxPool(dst, x []float32, g plan.Conv, lo, hi int)
//	func (w *workspace) maxPoolGrad(dx, x, dy []float32, g plan.Conv, lo, hi int)
//	func (w *workspace) avgPool(dst, x []float32, g plan.Conv, lo, hi int)
//	func (w *workspace) avgPoolGrad(dx, dy []float32, g plan.Conv, lo, hi int)
//
// They finish their results with
//
//	func (ep epilogue) apply(dst []float32, ldd, i0, i1, j0, j1 int) // epilogue.go
//	func unary(op graph.Op, dst, src []float32) // elementwise.go; dst may be src
//
// No kernel uses simd's Max and Min (NaN and -0 differ between machines) or MulAdd.
package native
