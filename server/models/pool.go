package models

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"wafer/nn"
	"wafer/nn/task"
)

// Errors for callers to tell apart.
var (
	ErrBusy     = errors.New("too many inputs wait for this model; try again later")
	ErrTooLarge = errors.New("the model needs more memory than the server keeps for predictions (--predict-memory)")
	ErrNoModel  = errors.New("the file is no model that this server can open")
)

// Pool keeps models open, as many as memory allows; those that were not used for longest go first. Its methods
// may be called from several goroutines.
type Pool struct {
	memory int64
	find   func(sha256 string) ([]byte, error) // bases of model files that name one

	mu   sync.Mutex
	open map[string]*entry // by SHA-256 of the file
	used int64             // bytes of all in open that are ready
	tick uint64            // grows with every use

	opening sync.Mutex // one model file is read and opened at a time
}

// entry is a model that is open or being opened.
type entry struct {
	ready  chan struct{} // closed when what follows is set
	model  *batcher
	err    error
	memory int64
	last   uint64 // the tick of the last use
}

// NewPool makes a pool of models that need up to memory bytes together. find gets the file of a base that a model names
// by its SHA-256; nil: such models are refused.
func NewPool(memory int64, find func(sha256 string) ([]byte, error)) *Pool {
	return &Pool{memory: memory, find: find, open: map[string]*entry{}}
}

// Classify answers inputs with the model file of a hash, which read gets if it is not open. Inputs of several
// callers that come within two milliseconds run as one batch.
func (p *Pool) Classify(ctx context.Context, digest string, read func(context.Context) ([]byte, error),
	inputs []task.Input) ([]task.Result, error) {
	for {
		e, err := p.entry(ctx, digest, read)
		if err != nil {
			return nil, err
		}
		results, err := e.model.classify(ctx, inputs)
		if !errors.Is(err, errClosed) { // else it had to make room just now
			return results, err
		}
	}
}

// entry finds a model or opens it. Who asks for one that is being opened waits.
func (p *Pool) entry(ctx context.Context, digest string, read func(context.Context) ([]byte, error)) (*entry, error) {
	p.mu.Lock()
	p.tick++
	e := p.open[digest]
	if e == nil {
		e = &entry{ready: make(chan struct{})}
		p.open[digest] = e
		go p.load(context.WithoutCancel(ctx), digest, e, read)
	}
	e.last = p.tick
	p.mu.Unlock()
	select {
	case <-e.ready:
		return e, e.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// load opens a model. One that cannot be opened is forgotten, so that the next caller tries again.
func (p *Pool) load(ctx context.Context, digest string, e *entry, read func(context.Context) ([]byte, error)) {
	p.opening.Lock()
	defer p.opening.Unlock()
	m, err := p.openFile(ctx, read, func(bytes int64) error { return p.reserve(e, bytes) })
	p.mu.Lock()
	defer p.mu.Unlock()
	defer close(e.ready)
	if err != nil {
		e.err = err
		p.used -= e.memory
		delete(p.open, digest)
		return
	}
	e.model = newBatcher(m)
}

// Describe says what is in a model file, which is opened like one that answers: it needs its room.
func (p *Pool) Describe(ctx context.Context, read func(context.Context) ([]byte, error)) (task.Model, error) {
	p.opening.Lock()
	defer p.opening.Unlock()
	e := &entry{}
	m, err := p.openFile(ctx, read, func(bytes int64) error { return p.reserve(e, bytes) })
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.used -= e.memory
	}()
	if err != nil {
		return task.Model{}, err
	}
	defer m.Close()
	return m.Info(), nil
}

// reserve makes room for a model before its weights are read.
func (p *Pool) reserve(e *entry, bytes int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.makeRoom(bytes); err != nil {
		return err
	}
	e.memory = bytes
	p.used += bytes
	return nil
}

// openFile opens the model file that read gets; room is told what the model will need, as in nn.OpenIn.
func (p *Pool) openFile(ctx context.Context, read func(context.Context) ([]byte, error),
	room func(bytes int64) error) (m *nn.Model, err error) {
	file, err := read(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := recover(); e != nil {
			m, err = nil, fmt.Errorf("%w: %v", ErrNoModel, e)
		}
	}()
	if m, err = nn.OpenIn(file, room, p.find); errors.Is(err, ErrTooLarge) {
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoModel, err)
	}
	return m, nil
}

// makeRoom closes models until size more bytes fit. The caller holds p.mu.
func (p *Pool) makeRoom(size int64) error {
	if size > p.memory {
		return fmt.Errorf("%w: %d bytes, of which there are %d", ErrTooLarge, size, p.memory)
	}
	for p.used+size > p.memory {
		oldest := ""
		for digest, e := range p.open {
			if e.model != nil && (oldest == "" || e.last < p.open[oldest].last) {
				oldest = digest
			}
		}
		e := p.open[oldest]
		e.model.close()
		p.used -= e.memory
		delete(p.open, oldest)
	}
	return nil
}

// Open is how many models are open, and the bytes that they need.
func (p *Pool) Open() (models int, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open), p.used
}

// Close closes all models.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for digest, e := range p.open {
		if e.model != nil {
			e.model.close()
			p.used -= e.memory
			delete(p.open, digest)
		}
	}
}
