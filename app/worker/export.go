package worker

import (
	"wafer/app/bridge"
	"wafer/nn/say"
)

// export makes a file of a loaded model; for a page it fetches the template first.
func (w *Worker) export(a bridge.Asked[nothing], q bridge.ExportRequest) (done nothing, _ [][]byte, err error) {
	h, err := w.model(q.Model)
	if err != nil {
		return done, nil, err
	}
	var template []byte
	if q.Template != "" {
		if template, err = w.fetch(a.Context, q.Template, func(int64, int64) {}); err != nil {
			return done, nil, say.Errorf("The page that models are put into is missing. %w", err)
		}
	}
	h.Lock()
	defer h.Unlock()
	if err := h.model.Seal(); err != nil {
		return done, nil, err
	}
	file, err := w.engine.Export(h.model, q, template)
	return done, [][]byte{file}, err
}

func (w *Worker) retitle(a bridge.Asked[nothing], q bridge.RetitleRequest) (done nothing, _ [][]byte, err error) {
	if len(a.Buffers) == 0 {
		return done, nil, say.New("The worker was asked about a model file, but got none.")
	}
	file, err := w.engine.Retitled(a.Buffers[0], q.Title)
	return done, [][]byte{file}, err
}
