package worker

import (
	"context"

	"wafer/app/bridge"
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
func (NN) Teach(ctx context.Context, base Model, req task.TeachRequest, samples []task.Input, o nn.TeachOptions) (Model, task.TeachReport, error) {
	m, r, err := nn.Teach(ctx, base.(*nn.Model), req, samples, o)
	taught, err := model(m, err)
	return taught, r, err
}

// Prepared is a sample as base, which must come from Open, sees it.
func (NN) Prepared(base Model, in task.Input) (task.Input, error) {
	return base.(*nn.Model).Prepared(in)
}

// Export makes a file of m, which must come from Open.
func (NN) Export(m Model, req bridge.ExportRequest, template []byte) ([]byte, error) {
	o := nn.ExportOptions{Weights: req.Weights, Title: req.Title}
	if template == nil {
		return m.(*nn.Model).Export(o)
	}
	return m.(*nn.Model).ExportPage(string(template), o)
}

// model keeps a nil *nn.Model from becoming a Model that is not nil.
func model(m *nn.Model, err error) (Model, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}
