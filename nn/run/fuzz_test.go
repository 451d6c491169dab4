package run

import (
	"testing"

	"wafer/nn/native"
	"wafer/nn/nntest"
)

// FuzzCompile holds random graphs, compiled and native, against eval.
func FuzzCompile(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(1000 + seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		cases := []nntest.Case{nntest.RandomGraph(seed)}
		nntest.Compare(t, Runner(Options{}), cases)
		nntest.Compare(t, native.Runner(1), cases)
	})
}
