package worker

import (
	"wafer/app/bridge"
	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/document"
	"wafer/nn/fit"
	"wafer/nn/model"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
)

// NN is package nn as an Engine.
type NN struct{}

// Open reads a model file.
func (NN) Open(file []byte, find document.Finder) (Model, error) {
	return opened(model.Open(file, model.Options{Hash: quickest(), Room: room, Alone: true, Find: find}))
}

// most is the memory that a program in a browser can have.
const most = 1 << 32

// room refuses a model that needs more, before its weights are read.
func room(bytes int64) error {
	if bytes > most {
		return say.Errorf("The model needs %d MB of memory, in a browser there are %d MB at most.", bytes>>20, most>>20)
	}
	return nil
}

// Describe reads the header of a model file only.
func (NN) Describe(file []byte) (task.Model, error) {
	return model.Describe(file, model.Options{Hash: quickest()})
}

// Fit runs a recipe.
func (NN) Fit(ctx context.Context, r *recipe.Recipe, d data.Dataset, o fit.Options) (Model, *task.Report, error) {
	o.Hash = quickest()
	m, rep, err := fit.Run(ctx, r, d, o)
	taught, err := opened(m, err)
	return taught, rep, err
}

// Retitled is a model file with another title.
func (NN) Retitled(file []byte, title string) ([]byte, error) {
	return model.Retitled(file, title, quickest())
}

// Export makes a file of m, which must come from Open.
func (NN) Export(m Model, req bridge.ExportRequest, template []byte) ([]byte, error) {
	o := model.ExportOptions{Weights: req.Weights, Title: req.Title}
	if template == nil {
		return m.(*model.Model).Export(o)
	}
	return m.(*model.Model).ExportPage(string(template), o)
}

// opened keeps a nil *model.Model from becoming a Model that is not nil.
func opened(m *model.Model, err error) (Model, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}
