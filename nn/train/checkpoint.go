package train

import (
	"fmt"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/json"
)

// Checkpoint is a run between two steps, ready to be written: what is not a tensor
// as JSON, and every tensor by name. The tensors are the trainer's own until it goes on.
type Checkpoint struct {
	RecipeHash string          `json:"recipe_hash"`
	DataHash   string          `json:"data_hash,omitempty"` // filled and checked by the caller
	Position   json.RawMessage `json:"position"`
	Tensors    graph.State     `json:"-"`
}

// Prefixes of the names of a checkpoint's tensors.
const (
	statePrefix = "state/"
	bestPrefix  = "best/"
	goodPrefix  = "good/"
)

// Save takes a checkpoint.
func (t *Trainer) Save() *Checkpoint {
	at, err := json.Marshal(t.at)
	if err != nil {
		panic(err) // only a number that is not finite, which ends a run before
	}
	c := &Checkpoint{RecipeHash: t.Recipe.Hash(), Position: at, Tensors: graph.State{}}
	for prefix, state := range map[string]graph.State{statePrefix: t.State, bestPrefix: t.best, goodPrefix: t.good} {
		for name, v := range state {
			c.Tensors[prefix+name] = v
		}
	}
	return c
}

// Restore goes back to a checkpoint of the same recipe. The run then ends with the
// same weights as one that was never stopped.
func (t *Trainer) Restore(c *Checkpoint) error {
	if h := t.Recipe.Hash(); c.RecipeHash != h {
		return fmt.Errorf("checkpoint: belongs to the recipe %.12s, this is %.12s", c.RecipeHash, h)
	}
	var at position
	if err := json.Unmarshal(c.Position, &at); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	state, err := t.part(c, statePrefix)
	if err != nil {
		return err
	}
	good, err := t.part(c, goodPrefix)
	if err != nil {
		return err
	}
	best, err := t.part(c, bestPrefix)
	if err != nil && at.Best > 0 && t.Recipe.Validate.RestoreBestWeights {
		return err
	}
	for name, v := range state {
		if own := t.State[name]; own != nil {
			own.CopyFrom(v)
		} else {
			t.State[name] = v.Clone()
		}
	}
	t.at, t.good, t.best = at, good, best
	t.average()
	return nil
}

// part takes the tensors of one prefix, which must hold every weight of the model.
func (t *Trainer) part(c *Checkpoint, prefix string) (graph.State, error) {
	out := graph.State{}
	for name, v := range c.Tensors {
		if bare, ok := strings.CutPrefix(name, prefix); ok {
			out[bare] = v.Clone()
		}
	}
	for _, n := range t.names {
		if out[n] == nil || !out[n].Shape().Equal(t.State[n].Shape()) {
			return nil, fmt.Errorf("checkpoint: lacks %s%s of shape %v", prefix, n, t.State[n].Shape())
		}
	}
	return out, nil
}
