package worker

import (
	"context"
	"errors"

	"wafer/app/bridge"
	"wafer/nn/task"
)

var errCancelled = errors.New("Stopped.")

// classify answers the inputs one by one, in order. What is wrong with one of them
// stands in its Result and keeps nobody else waiting.
func (w *Worker) classify(ctx context.Context, req bridge.Request, buffers [][]byte, send Send) (bridge.Response, [][]byte, error) {
	h, err := w.model(req.Model)
	if err != nil {
		return bridge.Response{}, nil, err
	}
	list, err := inputs(req.Inputs, buffers)
	if err != nil {
		return bridge.Response{}, nil, err
	}
	var rest breather
	for i, in := range list {
		if ctx.Err() != nil {
			return bridge.Response{}, nil, errCancelled
		}
		result := h.classify(in)
		send(bridge.Response{Event: bridge.Answer, Index: i, Result: &result})
		rest.breathe()
	}
	return bridge.Response{}, nil, nil
}

// close gives back the memory that the model runs in, once nobody uses it.
func (h *held) close() {
	h.Lock()
	defer h.Unlock()
	h.model.Close()
}

func (h *held) classify(in task.Input) task.Result {
	h.Lock()
	defer h.Unlock()
	return h.model.Classify(in)
}
