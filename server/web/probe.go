package web

import (
	"context"
	"sync"
	"time"

	"wafer/server/queue"
)

const (
	probeTime  = 2 * time.Second // that a queue may take to answer
	probeEvery = time.Second
)

// probe asks a queue whether it answers, at most once a second, however many want to know.
type probe struct {
	queue *queue.Queue // nil: there is none to ask

	mu    sync.Mutex
	asked time.Time
	err   error // of the last time
}

// answers returns why the queue does not answer, nil if it does.
func (p *probe) answers() error {
	if p.queue == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.asked) < probeEvery {
		return p.err
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	p.err = p.queue.Answers(ctx)
	p.asked = time.Now()
	return p.err
}
