package worker

import (
	"errors"
	"fmt"

	"wafer/app/bridge"
	"wafer/nn/say"
	"wafer/nn/task"
)

// sampleKey is a sample as one base sees it.
type sampleKey struct{ base, key string }

// bring prepares samples and keeps them for a Teach.
func (w *Worker) bring(a bridge.Asked[nothing], q bridge.PrepareRequest) (nothing, [][]byte, error) {
	h, err := w.model(q.Base)
	if err != nil {
		return nothing{}, nil, err
	}
	list, err := inputs(q.Inputs, a.Buffers)
	if err != nil {
		return nothing{}, nil, err
	}
	for i, in := range list {
		if a.Context.Err() != nil {
			return nothing{}, nil, errCancelled
		}
		h.Lock()
		in, err = h.model.Prepared(in)
		h.Unlock()
		if err != nil {
			return nothing{}, nil, say.Errorf("%s cannot be used: %w", nameOf(q.Inputs[i], i), err)
		}
		in.Group = "" // the next Teach says which it is
		w.mu.Lock()
		w.kept[sampleKey{q.Base, q.Inputs[i].Key}] = in
		w.mu.Unlock()
	}
	return nothing{}, nil, nil
}

func nameOf(in bridge.Input, i int) string {
	if in.Name != "" {
		return in.Name
	}
	return fmt.Sprintf("Sample %d", i+1)
}

// brought fills in the samples that the inputs name by key; it forgets all others, so that what is kept is what one
// project trains on.
func (w *Worker) brought(base string, asked []bridge.Input, list []task.Input) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept := map[sampleKey]task.Input{}
	for i, in := range asked {
		if in.Key == "" {
			continue
		}
		key := sampleKey{base, in.Key}
		s, ok := w.kept[key]
		if !ok {
			return errors.New(bridge.Lost)
		}
		kept[key] = s
		list[i] = s
		list[i].Group = in.Group
	}
	w.kept = kept
	return nil
}
