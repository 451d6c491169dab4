package fit

import (
	"errors"
	"fmt"
	"strings"

	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// checkpointKind marks checkpoints among the files of package format.
const checkpointKind = "checkpoint"

// networkPrefix stands before the names of weights that earlier stages left and this one does not train.
const networkPrefix = "network/"

type checkpointMeta struct {
	Kind    string       `json:"kind"`
	Stage   string       `json:"stage,omitempty"`   // name; "" for a recipe without stages
	Earlier []task.Epoch `json:"earlier,omitempty"` // of the stages before
	train.Checkpoint
}

// checkpointFile is a checkpoint that was read.
type checkpointFile struct {
	checkpointMeta
	number int                       // of the stage
	all    map[string]*tensor.Tensor //
}

// save hands out a checkpoint of a stage.
func (f *fitter) save(number int, p *part, t *train.Trainer) error {
	if f.o.Checkpoint == nil {
		return nil
	}
	c := t.Save()
	c.RecipeHash, c.DataHash = f.rep.RecipeHash, f.hashData()
	var tensors []format.Tensor
	for name, v := range c.Tensors {
		tensors = append(tensors, format.Tensor{Name: name, Value: v})
	}
	if number > 0 {
		trained := map[string]bool{}
		for _, w := range p.trained.Weights() {
			trained[w.Name] = true
		}
		for name, v := range f.state {
			if !trained[name] {
				tensors = append(tensors, format.Tensor{Name: networkPrefix + name, Value: v})
			}
		}
	}
	file, err := f.o.Hash.Encode(checkpointMeta{checkpointKind, p.Name, f.rep.History, *c}, tensors)
	if err != nil {
		return err
	}
	return f.o.Checkpoint(file)
}

// readCheckpoint reads o.Resume and checks that it belongs to this run.
func (f *fitter) readCheckpoint() error {
	if f.o.Resume == nil {
		return nil
	}
	c := &checkpointFile{number: -1}
	var err error
	if c.all, err = f.o.Hash.Decode(f.o.Resume, &c.checkpointMeta); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	for i, s := range f.r.Parts() {
		if s.Name == c.Stage {
			c.number = i
		}
	}
	switch {
	case c.Kind != checkpointKind:
		return errors.New("checkpoint: is not a checkpoint but another file, such as a model")
	case c.RecipeHash != f.rep.RecipeHash:
		return fmt.Errorf("checkpoint: belongs to the recipe %.12s, this is %.12s", c.RecipeHash, f.rep.RecipeHash)
	case c.DataHash != f.hashData():
		return fmt.Errorf("checkpoint: was trained on other data (%.12s) than this (%.12s)", c.DataHash, f.rep.DataHash)
	case c.number < 0:
		return fmt.Errorf("checkpoint: is of the stage %q, which this recipe does not have", c.Stage)
	}
	p, err := f.part(c.number)
	if err != nil {
		return err
	}
	c.RecipeHash, c.Tensors = p.r.Hash(), c.all
	f.resume = c
	return f.checkNetwork(c, p)
}

// checkNetwork makes sure that a checkpoint of a later stage has what the earlier ones left.
func (f *fitter) checkNetwork(c *checkpointFile, p *part) error {
	if c.number == 0 {
		return nil
	}
	trained := map[string]bool{}
	for _, w := range p.trained.Weights() {
		trained[w.Name] = true
	}
	for _, w := range f.network.Weights() {
		if v := c.all[networkPrefix+w.Name]; !trained[w.Name] && (v == nil || !v.Shape().Equal(w.Shape) ||
			v.DType() != tensor.Float32) {
			return fmt.Errorf("checkpoint: lacks %s%s of shape %v", networkPrefix, w.Name, w.Shape)
		}
	}
	return nil
}

// restoreNetwork puts what earlier stages left into the state.
func (c *checkpointFile) restoreNetwork(state graph.State) {
	for name, v := range c.all {
		if own := state[strings.TrimPrefix(name, networkPrefix)]; own != nil && strings.HasPrefix(name, networkPrefix) {
			own.CopyFrom(v)
		}
	}
}
