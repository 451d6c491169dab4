//go:build !(goexperiment.simd && go1.27 && amd64)

package native

import "wafer/nn/graph"

func binaryWhole(op graph.Op, dst, a, b []float32) int { return 0 }

func whereWhole(dst, cond, a, b []float32) int { return 0 }

func unaryWhole(op graph.Op, dst, src []float32) int { return 0 }
