//go:build !(goexperiment.simd && go1.27 && amd64)

package native

// clearUpper has nothing to do: only amd64 mixes two kinds of vector instructions.
func clearUpper() {}
