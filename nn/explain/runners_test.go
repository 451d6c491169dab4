//go:build !js

package explain_test

import (
	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/native"
	"wafer/nn/run"
)

var runners = map[string]graph.Runner{"eval": eval.Runner, "native": native.Runner(2),
	"compiled": run.Runner(run.Options{})}
