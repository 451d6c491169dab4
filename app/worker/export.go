package worker

import (
	"context"
	"errors"

	"wafer/app/bridge"
)

// export makes a file of a loaded model; for a page it fetches the template first.
func (w *Worker) export(ctx context.Context, req bridge.Request) (bridge.Response, [][]byte, error) {
	if req.Export == nil {
		return bridge.Response{}, nil, errors.New("The worker was asked to export a model, but not how.")
	}
	h, err := w.model(req.Model)
	if err != nil {
		return bridge.Response{}, nil, err
	}
	var template []byte
	if at := req.Export.Template; at != "" {
		if template, err = w.fetch(ctx, at, func(int64, int64) {}); err != nil {
			return bridge.Response{}, nil, err
		}
	}
	h.Lock()
	defer h.Unlock()
	file, err := w.engine.Export(h.model, *req.Export, template)
	return bridge.Response{}, [][]byte{file}, err
}
