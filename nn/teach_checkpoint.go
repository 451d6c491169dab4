package nn

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"wafer/nn/format"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// The stages of Teach, as its checkpoints name them.
const (
	headStage  = "head"  // the new layers, on features
	wholeStage = "whole" // every layer, on samples
)

// teachKind marks checkpoints of Teach among the files of package format.
const teachKind = "teach checkpoint"

type teachCheckpoint struct {
	Kind  string `json:"kind"`
	Stage string `json:"stage"`
	train.Checkpoint
}

// checkpoint is what the trainer of a stage calls, nil for nothing. A run that is watched makes
// none at the ends of epochs, which would take longer than the epoch of a small head.
func (t *teacher) checkpoint(stage string) func(*train.Trainer) error {
	if t.o.Checkpoint == nil {
		return nil
	}
	return func(run *train.Trainer) error {
		if t.o.Best && !t.asked {
			return nil
		}
		t.asked = false
		return t.save(stage, run)
	}
}

// wanted is what the trainer asks after a step.
func (t *teacher) wanted() bool {
	t.asked = t.o.Wanted != nil && t.o.Wanted()
	return t.asked
}

func (t *teacher) save(stage string, run *train.Trainer) error {
	c := teachCheckpoint{Kind: teachKind, Stage: stage, Checkpoint: *run.Save()}
	c.DataHash = t.dataHash
	var tensors []format.Tensor
	for name, v := range c.Tensors {
		tensors = append(tensors, format.Tensor{Name: name, Value: v})
	}
	file, err := format.Encode(c, tensors)
	if err != nil {
		return err
	}
	return t.o.Checkpoint(file)
}

// readCheckpoint reads o.Resume and checks that it belongs to this run.
func (t *teacher) readCheckpoint(all train.Rows) error {
	if t.o.Checkpoint == nil && t.o.Resume == nil {
		return nil
	}
	t.dataHash = t.hash(all)
	if t.o.Resume == nil {
		return nil
	}
	var c teachCheckpoint
	tensors, err := format.Decode(t.o.Resume, &c)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	switch {
	case c.Kind != teachKind:
		return errors.New("checkpoint: is not one of a model that is taught")
	case c.Stage != headStage && !(c.Stage == wholeStage && t.req.WholeNetwork):
		return fmt.Errorf("checkpoint: is of the stage %q, which this request does not have", c.Stage)
	case c.DataHash != t.dataHash:
		return fmt.Errorf("checkpoint: belongs to another base, request or samples (%.12s) than these (%.12s)", c.DataHash, t.dataHash)
	}
	c.Tensors = tensors
	t.resume = &c
	return nil
}

// hash identifies the base, the request and the samples as the network sees them, so that it is the same
// for a picture and for the small copy of it that PackSamples sends: SHA-256, hex.
func (t *teacher) hash(all train.Rows) string {
	req, err := json.Marshal(t.req)
	if err != nil {
		panic(err) // only a learning rate that is not finite
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", t.base.info.SHA256, req, format.Hash(map[string]*tensor.Tensor{"x": all.X}))
	return hex.EncodeToString(h.Sum(nil))
}
