//go:build !js

package model

import (
	"wafer/nn/graph"
	"wafer/nn/native"
)

// DefaultRunner runs networks where no other is asked for: Go's own code here, compiled modules in a browser.
func DefaultRunner() graph.Runner { return native.Runner(0) }
