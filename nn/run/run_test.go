package run

import (
	"testing"

	"wafer/nn/nntest"
)

// Every op, and random graphs, give eval's bits when compiled.
func TestEqualsEval(t *testing.T) { nntest.Equal(t, Runner(Options{})) }
