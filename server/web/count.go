package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rates limits the requests of each caller.
type rates struct {
	limit rate.Limit
	burst int

	mu   sync.Mutex
	each map[string]*pace
}

// pace is how fast a caller may still ask.
type pace struct {
	*rate.Limiter
	used time.Time
}

// maxCallers bounds how many are remembered; more than that at once come from an attack, whose callers
// then share a limit.
const maxCallers = 10_000

// newRates remembers nobody yet. The limits must have their defaults.
func newRates(l Limits) *rates {
	return &rates{limit: rate.Limit(l.Rate), burst: l.Burst, each: map[string]*pace{}}
}

// allow reports whether a caller may ask now.
func (r *rates) allow(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if r.each[key] == nil && len(r.each) >= maxCallers {
		for k, p := range r.each {
			if now.Sub(p.used) > time.Minute {
				delete(r.each, k)
			}
		}
		if len(r.each) >= maxCallers {
			key = "all others"
		}
	}
	p := r.each[key]
	if p == nil {
		p = &pace{Limiter: rate.NewLimiter(r.limit, r.burst)}
		r.each[key] = p
	}
	p.used = now
	return p.AllowN(now, 1)
}

// places counts what is under way at once, of each caller and of all. A limit of 0 is none.
type places struct {
	one, all int
	err      error // when there is no place

	mu    sync.Mutex
	total int
	each  map[string]int
}

// enter takes a place until leave is called.
func (p *places) enter(key string) (leave func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all > 0 && p.total >= p.all || p.one > 0 && p.each[key] >= p.one {
		return nil, p.err
	}
	p.total++
	p.each[key]++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.total--
		if p.each[key]--; p.each[key] == 0 {
			delete(p.each, key)
		}
	}), nil
}

// count is how many places are taken.
func (p *places) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total
}
