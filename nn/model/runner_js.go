package model

import (
	"wafer/nn/graph"
	"wafer/nn/run"
)

// DefaultRunner runs networks where no other is asked for: compiled modules here, Go's own code elsewhere.
func DefaultRunner() graph.Runner { return run.Runner(run.Options{}) }
