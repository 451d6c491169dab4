//go:build !js

package nn

import (
	"wafer/nn/graph"
	"wafer/nn/native"
)

// Runner runs the networks of models that are opened or taught: Go's own code here, compiled
// modules in a browser. A program may set another before all else.
var Runner graph.Runner = native.Runner(0)
