package peers

import (
	"wafer/nn/graph"
	"wafer/nn/native"
)

// Runner is what the timed programs run on.
func Runner(threads int) graph.Runner { return native.Runner(threads) }
