package worker

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"wafer/app/bridge"
	"wafer/nn/format"
)

// between is the least time between two progress messages of one request.
const between = 100 * time.Millisecond

// load makes a model ready: from buffer 0, or from the address in the request.
func (w *Worker) load(ctx context.Context, req bridge.Request, buffers [][]byte, send Send) (bridge.Response, [][]byte, error) {
	file, err := w.file(ctx, req, buffers, send)
	if err != nil {
		return bridge.Response{}, nil, err
	}
	if err := checkHash(file, req.SHA256); err != nil {
		return bridge.Response{}, nil, err
	}
	model, err := w.engine.Open(file)
	if err != nil {
		return bridge.Response{}, nil, err
	}
	memory, err := model.Prepare()
	if err != nil {
		return bridge.Response{}, nil, fmt.Errorf("The model cannot be run here: %w", err)
	}
	info := model.Info()
	w.keep(req.Model, &held{model: model})
	return bridge.Response{Model: &info, Memory: memory}, nil, nil
}

// keep puts a model, or none, in the place of the one with this name, which is closed.
func (w *Worker) keep(id string, h *held) {
	w.mu.Lock()
	old := w.models[id]
	if w.models[id] = h; h == nil {
		delete(w.models, id)
	}
	w.mu.Unlock()
	if old != nil {
		old.close()
	}
}

func (w *Worker) file(ctx context.Context, req bridge.Request, buffers [][]byte, send Send) ([]byte, error) {
	if len(buffers) > 0 {
		return buffers[0], nil
	}
	if req.URL == "" {
		return nil, errors.New("The worker was asked to load a model, but got neither a file nor an address.")
	}
	var last time.Time
	return w.fetch(ctx, req.URL, func(loaded, total int64) {
		if now := time.Now(); now.Sub(last) >= between || loaded == total {
			last = now
			send(bridge.Response{Event: bridge.Progress, Loaded: loaded, Total: total})
		}
	})
}

func checkHash(file []byte, want string) error {
	if want == "" {
		return nil
	}
	sum := format.Sum256(file)
	if got := hex.EncodeToString(sum[:]); !strings.EqualFold(got, want) {
		return fmt.Errorf("The model file is damaged: its SHA-256 should be %.12s… but is %.12s…. Try loading it again.", want, got)
	}
	return nil
}

// describe reads the header of the model file in buffer 0.
func (w *Worker) describe(buffers [][]byte) (bridge.Response, [][]byte, error) {
	if len(buffers) == 0 {
		return bridge.Response{}, nil, errors.New("The worker was asked about a model file, but got none.")
	}
	info, err := w.engine.Describe(buffers[0])
	return bridge.Response{Model: &info}, nil, err
}
