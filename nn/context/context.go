// Package context has what the browser's programs need of Go's package of that name: work that can be called off. On
// machines it is Go's own. In a browser it has no deadlines: their type time.Time would bring the reading and writing
// of dates with it, 20 KB after brotli.
package context

import (
	"errors"
	"sync"
)

// signal is what the browser's Context is.
type signal interface {
	// Done is closed when the work is called off; nil: it never is.
	Done() <-chan struct{}
	// Err is errCanceled once Done is closed, nil before.
	Err() error
}

var errCanceled = errors.New("context canceled")

// never is a signal that does not come.
type never struct{}

func (never) Done() <-chan struct{} { return nil }
func (never) Err() error            { return nil }

// canceler is a signal that comes once, and then to those below it too.
type canceler struct {
	done  chan struct{}
	mu    sync.Mutex
	err   error
	below map[*canceler]bool
}

func (c *canceler) Done() <-chan struct{} { return c.done }

func (c *canceler) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *canceler) cancel() {
	c.mu.Lock()
	below := c.below
	if c.below = nil; c.err == nil {
		c.err = errCanceled
		close(c.done)
	}
	c.mu.Unlock()
	for b := range below {
		b.cancel()
	}
}

// withCancel makes a signal that comes with its parent's, or when cancel is called, which must be called in the end.
func withCancel(parent signal) (ctx *canceler, cancel func()) {
	c := &canceler{done: make(chan struct{})}
	p, ok := parent.(*canceler)
	if !ok {
		return c, c.cancel
	}
	p.mu.Lock()
	gone := p.err != nil
	if p.below == nil {
		p.below = map[*canceler]bool{}
	}
	p.below[c] = true
	p.mu.Unlock()
	if gone {
		c.cancel()
	}
	return c, func() {
		p.mu.Lock()
		delete(p.below, c)
		p.mu.Unlock()
		c.cancel()
	}
}
