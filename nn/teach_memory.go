package nn

import (
	"wafer/nn/layers"
	"wafer/nn/task"
	"wafer/nn/train"
)

// memory is what a run of Teach needs at the moment when it needs most, before anything is decoded.
func (t *teacher) memory(network *layers.Model, samples []task.Input, fit, held []int) Memory {
	n := int64(len(samples))
	m := Memory{Phase: task.Features, Parameters: 4 * int64(t.base.info.Params+network.Params()), Samples: 4 * n * int64(network.Input().Shape.Size())}
	for _, s := range samples {
		m.Samples += s.Bytes()
	}
	checkpoints := t.o.Checkpoint != nil
	most, head := m, headModel(network.Input(), len(t.req.Classes))
	if b := body(network); b != nil {
		most.Features = 4 * n * int64(b.OutputShape().Size())
		most.Programs = testsOf(b, nil, featuresBatch, len(samples))
		head = headModel(layers.Spec{Shape: b.OutputShape()}, len(t.req.Classes))
	}
	stage := m
	stage.Features = most.Features
	stage.train(head, headRecipe(t.req, len(fit), len(held)), normalisations(head), len(fit), len(held), train.TestBatch(head), checkpoints)
	if stage.Total() > most.Total() {
		most = stage
	}
	if t.req.WholeNetwork {
		stage = m
		stage.train(network, wholeRecipe(t.req, len(fit), len(held)), normalisations(network), len(fit), len(held), train.TestBatch(network), checkpoints)
		if stage.Total() > most.Total() {
			most = stage
		}
	}
	return most
}
