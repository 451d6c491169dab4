package nn

import (
	"wafer/nn/graph"
	"wafer/nn/run"
)

// Runner runs the networks of models that are opened or taught: compiled modules here, Go's
// own code elsewhere.
var Runner graph.Runner = run.Runner(run.Options{})
