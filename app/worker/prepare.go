package worker

import (
	"errors"

	"wafer/app/bridge"
	"wafer/nn/say"
	"wafer/nn/task"
)

// sampleKey is a sample as one base sees it.
type sampleKey struct{ base, key string }

// bring prepares samples and keeps them for a Teach. It names those that the model cannot take.
func (w *Worker) bring(a bridge.Asked[nothing], q bridge.PrepareRequest) (done bridge.Prepared, _ [][]byte, _ error) {
	h, err := w.model(q.Base)
	if err != nil {
		return done, nil, err
	}
	list, err := inputs(q.Inputs, a.Buffers)
	if err != nil {
		return done, nil, err
	}
	for i, in := range list {
		if a.Context.Err() != nil {
			return done, nil, errCancelled
		}
		h.Lock()
		in, err = h.model.Prepared(in)
		h.Unlock()
		if err != nil {
			done.Unusable = append(done.Unusable,
				bridge.Unusable{Key: q.Inputs[i].Key, Error: err.Error(), Said: say.Of(err)})
			continue
		}
		in.Group = "" // the next Teach says which it is
		w.mu.Lock()
		w.kept[sampleKey{q.Base, q.Inputs[i].Key}] = in
		w.mu.Unlock()
	}
	return done, nil, nil
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
