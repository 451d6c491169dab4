package worker

import (
	"encoding/hex"
	"sync/atomic"

	"wafer/app/bridge"
	"wafer/nn/context"
	"wafer/nn/format/samples"
	"wafer/nn/task"
)

// handover is how a running Teach hears that it is to go on elsewhere.
type handover struct {
	ctx     context.Context // ends when the run is handed over before its first step, and with that of the request
	cancel  context.CancelFunc
	asked   atomic.Bool // a checkpoint is wanted
	stepped atomic.Bool // there is something to keep
}

// handover notes a running Teach under its request's number.
func (w *Worker) handover(ctx context.Context, id int) *handover {
	h := &handover{}
	h.ctx, h.cancel = context.WithCancel(ctx)
	w.mu.Lock()
	w.handovers[id] = h
	w.mu.Unlock()
	return h
}

func (w *Worker) drop(id int) {
	w.mu.Lock()
	h := w.handovers[id]
	delete(w.handovers, id)
	w.mu.Unlock()
	h.cancel()
}

// wanted is asked after every step.
func (h *handover) wanted() bool {
	h.stepped.Store(true)
	return h.asked.Load()
}

// handOver stops a Teach after its next step. That it is no longer running, or at its end already, is
// not an error: it then ends by itself.
func (w *Worker) handOver(_ bridge.Asked[nothing], t bridge.Target) (nothing, [][]byte, error) {
	w.mu.Lock()
	h := w.handovers[t.Request]
	w.mu.Unlock()
	if h != nil {
		h.asked.Store(true)
		if !h.stepped.Load() {
			h.cancel()
		}
	}
	return nothing{}, nil, nil
}

// pack makes the files that the recipe of a Teach request needs on a server: the base, and the samples as it sees them.
func (w *Worker) pack(a bridge.Asked[task.Progress], q bridge.TeachRequest) (done bridge.Packed, _ [][]byte,
	err error) {
	l, err := w.trainingRun(a.Context, q, a.Buffers, reporter(a.News))
	if err != nil {
		return done, nil, err
	}
	packed, err := samples.Pack(l.data.Labels, l.labels, l.samples)
	if err != nil {
		return done, nil, err
	}
	base := l.data.Weights
	if base == nil { // a recipe without one
		done.Files = []bridge.FileInfo{infoOf(bridge.SamplesFile, packed)}
		return done, [][]byte{packed}, nil
	}
	done.Files = []bridge.FileInfo{infoOf(bridge.BaseFile, base), infoOf(bridge.SamplesFile, packed)}
	return done, [][]byte{base, packed}, nil
}

func infoOf(name string, file []byte) bridge.FileInfo {
	sum := quickest().Of(file)
	return bridge.FileInfo{Name: name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(file))}
}
