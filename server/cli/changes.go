package cli

import (
	"context"
	"flag"
	"fmt"

	"wafer/nn/recipe"
	"wafer/server/api"
)

// changes are numbers of a recipe that the command line may change; 0 leaves the recipe's.
type changes struct{ limit, epochs *int }

// addChanges declares --limit and --epochs.
func addChanges(flags *flag.FlagSet) changes {
	return changes{
		limit:  flags.Int("limit", 0, "use at most this many samples of each part, in place of the recipe's number"),
		epochs: flags.Int("epochs", 0, "train this many epochs, in place of the recipe's number"),
	}
}

// apply changes the recipe that is handed in, so that its hash is that of what ran.
func (c changes) apply(r *recipe.Recipe) {
	if *c.limit > 0 {
		r.Preprocess.Data.Limit = *c.limit
	}
	if *c.epochs > 0 {
		r.Train.Epochs = *c.epochs
	}
}

// variation is the job that does once more, with changes, what another was asked: on its files, from the start, by the
// recipe in args if there is one. It leaves the name of the other's model alone.
func (s *submission) variation(ctx context.Context, id string, args []string, change changes) (api.Spec, error) {
	j, err := s.client.Job(ctx, id)
	if err != nil {
		return api.Spec{}, err
	}
	spec := j.Spec
	spec.CloneOf, spec.Checkpoint, spec.Model = j.ID, nil, ""
	r, err := recipe.Parse(spec.Recipe)
	if err != nil {
		return spec, fmt.Errorf("the recipe of the job %s: %w", id, err)
	}
	if len(args) > 0 {
		if r, err = readRecipe(args[0]); err != nil {
			return spec, err
		}
	}
	change.apply(r)
	spec.Recipe = r.Bytes()
	return spec, nil
}
