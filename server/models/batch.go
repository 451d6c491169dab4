package models

import (
	"context"
	"errors"
	"slices"
	"time"

	"wafer/nn"
	"wafer/nn/task"
)

const (
	maxBatch = 16                   // inputs that run together
	maxWait  = 2 * time.Millisecond // that the first of them waits for others, while nobody runs
	maxQueue = 256                  // requests that wait for one model
)

// errClosed: the model had to make room for another.
var errClosed = errors.New("models: the model was closed")

// call is one request.
type call struct {
	ctx     context.Context
	inputs  []task.Input
	results []task.Result
	done    chan struct{} // closed when results are there
}

// batcher runs one model in a goroutine of its own, since a model serves one at a time.
type batcher struct {
	model  *nn.Model
	most   int // inputs that are answered before those whose callers have left are dropped
	calls  chan *call
	closed chan struct{}
}

func newBatcher(m *nn.Model) *batcher {
	b := &batcher{model: m, most: min(maxBatch, m.Together()), calls: make(chan *call, maxQueue),
		closed: make(chan struct{})}
	go b.run()
	return b
}

// close lets the model go when the batch that runs is done.
func (b *batcher) close() { close(b.closed) }

// classify hands inputs to the model and waits for the answers.
func (b *batcher) classify(ctx context.Context, inputs []task.Input) ([]task.Result, error) {
	c := &call{ctx: ctx, inputs: inputs, done: make(chan struct{})}
	select {
	case <-b.closed:
		return nil, errClosed
	default:
	}
	select {
	case b.calls <- c:
	default:
		return nil, ErrBusy
	}
	select {
	case <-c.done:
		return c.results, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-b.closed:
		return nil, errClosed
	}
}

func (b *batcher) run() {
	defer b.model.Close()
	for {
		select {
		case c := <-b.calls:
			b.answer(b.collect(c))
		case <-b.closed:
			return
		}
	}
}

// collect adds what else waits, or comes within a moment, to a request. One that is a batch by itself, or
// whose model has others waiting, does not wait.
func (b *batcher) collect(first *call) []*call {
	all, inputs := []*call{first}, len(first.inputs)
	var late <-chan time.Time
	for inputs < b.most {
		select {
		case c := <-b.calls:
			all, inputs = append(all, c), inputs+len(c.inputs)
			continue
		default:
		}
		if late == nil {
			late = time.After(maxWait)
		}
		select {
		case c := <-b.calls:
			all, inputs = append(all, c), inputs+len(c.inputs)
		case <-late:
			return all
		case <-b.closed:
			return all
		}
	}
	return all
}

// answer runs the inputs of requests, as many at a time as run together. Between two batches it drops the requests
// whose callers have left.
func (b *batcher) answer(calls []*call) {
	for {
		calls = slices.DeleteFunc(calls, func(c *call) bool { return c.ctx.Err() != nil })
		var inputs []task.Input
		for _, c := range calls {
			next := c.inputs[len(c.results):]
			inputs = append(inputs, next[:min(len(next), b.most-len(inputs))]...)
		}
		if len(inputs) == 0 {
			for _, c := range calls { // which asked nothing
				close(c.done)
			}
			return
		}
		results := b.model.ClassifyAll(inputs)
		for _, c := range calls {
			n := min(len(c.inputs)-len(c.results), len(results))
			c.results, results = append(c.results, results[:n]...), results[n:]
		}
		calls = slices.DeleteFunc(calls, func(c *call) bool {
			if len(c.results) < len(c.inputs) {
				return false
			}
			close(c.done)
			return true
		})
	}
}
