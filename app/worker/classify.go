package worker

import (
	"wafer/app/bridge"
	"wafer/nn/say"
	"wafer/nn/task"
)

var errCancelled = say.New("Stopped.")

// classify answers the inputs one by one, in order. What is wrong with one of them
// stands in its Result and keeps nobody else waiting.
func (w *Worker) classify(a bridge.Asked[bridge.Answer], q bridge.ClassifyRequest) (done nothing, _ [][]byte,
	err error) {
	h, err := w.model(q.Model)
	if err != nil {
		return done, nil, err
	}
	list, err := inputs(q.Inputs, a.Buffers)
	if err != nil {
		return done, nil, err
	}
	var rest breather
	for i, in := range list {
		if a.Context.Err() != nil {
			return done, nil, errCancelled
		}
		r := h.classify(in)
		a.News(bridge.Answer{Index: i, Result: r, Error: say.Of(r.Why), Note: say.Of(r.Remark)})
		rest.breathe()
	}
	return done, nil, nil
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
	res := h.model.Classify(in)
	if len(res.Scores) > allScores {
		res.Scores = res.Scores[:sentScores]
	}
	return res
}

// Of models with more than allScores labels the page gets the first sentScores only: a message for every frame
// of a camera stays small.
const allScores, sentScores = 200, 20
