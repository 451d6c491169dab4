package worker

import (
	"encoding/hex"
	"strings"
	"time"

	"wafer/app/bridge"
	"wafer/nn/say"
)

// between is the least time between two progress messages of one request.
const between = 100 * time.Millisecond

// load makes a model ready: from buffer 0, or from the address in the request.
func (w *Worker) load(a bridge.Asked[bridge.Loading], q bridge.LoadRequest) (done bridge.Loaded, _ [][]byte,
	err error) {
	news := a.News
	file, err := w.file(a, q.URL)
	if err != nil {
		return done, nil, err
	}
	if err := checkHash(file, q.SHA256); err != nil {
		return done, nil, err
	}
	a.News = func(l bridge.Loading) { news(bridge.Loading{Loaded: int64(len(file)) + l.Loaded}) }
	model, err := w.engine.Open(file, func(sha256 string) ([]byte, error) { return w.base(a, sha256) })
	if err != nil {
		return done, nil, err
	}
	memory, err := model.Prepare()
	if err != nil {
		return done, nil, say.Errorf("The model cannot be run here: %w", err)
	}
	w.keep(q.Model, &held{model: model})
	return bridge.Loaded{Model: model.Info(), Memory: memory}, nil, nil
}

func (w *Worker) unload(_ bridge.Asked[nothing], q bridge.UnloadRequest) (nothing, [][]byte, error) {
	w.keep(q.Model, nil)
	return nothing{}, nil, nil
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

func (w *Worker) file(a bridge.Asked[bridge.Loading], url string) ([]byte, error) {
	if len(a.Buffers) > 0 {
		return a.Buffers[0], nil
	}
	if url == "" {
		return nil, say.New("The worker was asked to load a model, but got neither a file nor an address.")
	}
	var last time.Time
	return w.fetch(a.Context, url, func(loaded, total int64) {
		if now := time.Now(); now.Sub(last) >= between || loaded == total {
			last = now
			a.News(bridge.Loading{Loaded: loaded, Total: total})
		}
	})
}

// base is the file of the model that another one names: that of a loaded one, or it comes from where all weights come
// from.
func (w *Worker) base(a bridge.Asked[bridge.Loading], sha256 string) ([]byte, error) {
	w.mu.Lock()
	for _, h := range w.models {
		if h.model.Info().SHA256 == sha256 {
			defer w.mu.Unlock()
			return h.model.Bytes(), nil
		}
	}
	w.mu.Unlock()
	a.Buffers = nil
	return w.file(a, bridge.Weights+sha256)
}

func checkHash(file []byte, want string) error {
	if want == "" {
		return nil
	}
	sum := quickest().Of(file)
	if got := hex.EncodeToString(sum[:]); !strings.EqualFold(got, want) {
		return say.Errorf("The model file is damaged: its SHA-256 should be %.12s… but is %.12s…. "+
			"Try loading it again.", want, got)
	}
	return nil
}

// describe reads the header of the model file in buffer 0.
func (w *Worker) describe(a bridge.Asked[nothing], _ nothing) (done bridge.Described, _ [][]byte, err error) {
	if len(a.Buffers) == 0 {
		return done, nil, say.New("The worker was asked about a model file, but got none.")
	}
	done.Model, err = w.engine.Describe(a.Buffers[0])
	return done, nil, err
}
