package foreign

import (
	"wafer/nn/graph"
	"wafer/nn/layers"
)

// Export is a model on its way to another tool.
type Export struct {
	Layers *layers.Model
	State  graph.State
	// Smaller: weights are stored as float16, or in 8 bits where the format has these, as far as they hold them
	// exactly. TFLite takes all of two axes or more, which must fit.
	Smaller bool
	Extra   Extra
}
