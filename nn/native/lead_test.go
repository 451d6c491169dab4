package native

import (
	"testing"

	"wafer/nn/nntest"
)

func TestEqualsEval(t *testing.T) {
	nntest.Equal(t, Runner(1))
}
