// Package fit runs a recipe on the files of a folder: what `wafer train` and the workers of a server share.
package fit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Options say what to run and whom to tell. Functions that are nil are not called.
type Options struct {
	Recipe  *recipe.Recipe
	Dir     string // that the recipe's paths are relative to
	Threads int    // 0: one per processor; the result does not depend on it
	// Base gets a base by the SHA-256 of its file, hex, that is not in Dir; nil: there is none
	Base   func(sha256 string) ([]byte, error)
	Room   Room   // a run that needs more is refused
	Resume []byte // a checkpoint to go on from, nil: from the start

	Note   func(line string) // what a person should know about the files
	Memory func(need nn.Memory,
		text []string) // before anything is computed: what the run needs, also as lines of text
	Report     func(task.Progress)
	Checkpoint func(file []byte) error // as in nn.FitOptions
	Wanted     func() bool             // as in nn.FitOptions
	// Page gets the report of the run as one HTML file, nil where nothing was measured, or why there is none
	Page func(html []byte, err error)
}

// Run reads the data, refuses what does not fit into memory, and trains. Its errors are
// sentences, or nn.ErrStopped after ctx ended.
func Run(ctx context.Context, o Options) (*nn.Model, *task.Report, error) {
	root := Folder(o.Dir)
	d, notes, err := data.Load(root, o.Recipe.Preprocess, o.Room.budget())
	if err != nil {
		return nil, nil, err
	}
	if o.Note != nil {
		for _, n := range notes {
			o.Note(n)
		}
	}
	if name := o.Recipe.WeightsFile(); name != "" {
		d.Weights, err = fs.ReadFile(root, name)
		if hash := o.Recipe.Define.Base(); errors.Is(err, fs.ErrNotExist) && hash != "" && o.Base != nil {
			d.Weights, err = o.Base(hash)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("weights: %w", err)
		}
	}
	if o.Threads == 0 {
		o.Threads = runtime.NumCPU()
	}
	m, rep, err := nn.Fit(ctx, o.Recipe, d, nn.FitOptions{Runner: native.Runner(o.Threads), Report: o.Report,
		Resume: o.Resume, Checkpoint: o.Checkpoint, Wanted: o.Wanted,
		Memory: func(m nn.Memory) error {
			if o.Memory != nil {
				o.Memory(m, statement(m, o.Room))
			}
			return o.Room.refusal(o.Recipe, d, m)
		}})
	if err == nil && o.Page != nil {
		o.Page(page(ctx, o, m, rep, d))
	}
	return m, rep, err
}
