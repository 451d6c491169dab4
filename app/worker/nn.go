package worker

import (
	"context"

	"wafer/nn"
	"wafer/nn/task"
)

// NN is package nn as an Engine.
type NN struct{}

// Open reads a model file.
func (NN) Open(file []byte) (Model, error) { return model(nn.Open(file)) }

// Describe reads the header of a model file only.
func (NN) Describe(file []byte) (task.Model, error) { return nn.Describe(file) }

// Teach trains a model on the features of base, which must come from Open.
func (NN) Teach(ctx context.Context, base Model, req task.TeachRequest, samples []task.Input,
	report func(task.Progress)) (Model, task.TeachReport, error) {
	m, r, err := nn.Teach(ctx, base.(*nn.Model), req, samples, report)
	taught, err := model(m, err)
	return taught, r, err
}

// model keeps a nil *nn.Model from becoming a Model that is not nil.
func model(m *nn.Model, err error) (Model, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}
