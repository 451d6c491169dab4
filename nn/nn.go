// Package nn is what a program imports first: Open a model file, Classify pictures
// or texts, Fit a recipe, whose network may begin with another model.
//
//	m, err := nn.Open(file)
//	result := m.Classify(task.Input{Text: "what a day"})
//	fmt.Println(result.Scores[0].Label, result.Scores[0].Probability)
//
// It names what packages model and fit do; those have more to set.
package nn

import (
	"context"

	"wafer/nn/data"
	"wafer/nn/fit"
	"wafer/nn/model"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Model is an open model file. Its methods may be called by one goroutine at a time.
type Model = model.Model

// Evaluation is how a model does on labelled samples.
type Evaluation = model.Evaluation

// ExportOptions choose the form of an export.
type ExportOptions = model.ExportOptions

// FitOptions are what a run depends on beside recipe and data.
type FitOptions = fit.Options

// Memory is what a run needs at the moment when it needs most, in bytes.
type Memory = fit.Memory

// ErrStopped is the error of a run whose context ended; it can be resumed.
var ErrStopped = fit.ErrStopped

// Open reads a model file. The error is a sentence that says what was expected and
// what was found.
func Open(file []byte) (*Model, error) { return model.Open(file, model.Options{}) }

// OpenIn is Open, but room is told how many bytes the model will need before its weights are read; an error of its is
// the answer. nil: there is room. find gets, by the SHA-256 of its file in hex, the base that a file with a head names;
// nil: such files are refused.
func OpenIn(file []byte, room func(bytes int64) error, find func(sha256 string) ([]byte, error)) (*Model, error) {
	return model.Open(file, model.Options{Room: room, Find: find})
}

// Describe reads the header of a model file only.
func Describe(file []byte) (task.Model, error) { return model.Describe(file, model.Options{}) }

// Fit runs a recipe on data and makes a model file. The same recipe and data give the same file, also over any number
// of stops and resumptions.
func Fit(ctx context.Context, r *recipe.Recipe, d data.Dataset, o FitOptions) (*Model, *task.Report, error) {
	return fit.Run(ctx, r, d, o)
}

// MemoryOf is what Fit will need for a recipe and its data.
func MemoryOf(r *recipe.Recipe, d data.Dataset, checkpoints bool) (Memory, error) {
	return fit.MemoryOf(r, d, checkpoints)
}
