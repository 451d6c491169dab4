//go:build !(goexperiment.simd && go1.27)

package native

import "wafer/nn/graph"

// Without registers every element is left to the scalar loops.

func binaryVectors(op graph.Op, dst, a, b []float32) int { return 0 }
func unaryVectors(op graph.Op, dst, src []float32) int   { return 0 }
func whereVectors(dst, cond, a, b []float32) int         { return 0 }
