package explain_test

import (
	"wafer/nn/eval"
	"wafer/nn/graph"
)

var runners = map[string]graph.Runner{"eval": eval.Runner}
