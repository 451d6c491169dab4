package native

import (
	"fmt"
	"runtime"
	"sync"

	"wafer/nn/plan"
)

// parallelWork is the least work (element operations) for which waking another
// thread, some microseconds, pays.
// It is a variable so that tests can send everything through the threads.
var parallelWork = 1 << 18

// threadCount is the number of threads that Runner's argument means here.
func threadCount(threads int) int {
	if runtime.GOOS == "js" {
		return 1
	}
	if threads <= 0 {
		threads = runtime.NumCPU()
	}
	return min(threads, 64)
}

// runSteps walks the plan. A step with enough work is cut into equal shares, one
// per thread; the next begins when all are done. A kernel's panic is returned as an error.
func (p *program) runSteps(steps []plan.Step, kernels []kernel) (err error) {
	at := 0
	defer func() {
		if r := recover(); r != nil {
			s := &steps[at]
			err = fmt.Errorf("native: step %d (%v %q) failed: %v", at, s.Op, s.Name, r)
		}
	}()
	team := newTeam(p.threads)
	defer team.stop()
	for at = range kernels {
		s := &steps[at]
		if s.Units == 0 { // an empty result
			continue
		}
		if p.threads == 1 || s.Work < parallelWork || s.Units <= s.Grain {
			kernels[at](0, 0, s.Units)
			clearUpper()
			continue
		}
		team.run(func(t int) {
			if lo, hi := s.Share(t, p.threads); lo < hi {
				kernels[at](t, lo, hi)
			}
		})
	}
	return nil
}

// team is the threads of one run. The caller's own goroutine is thread 0.
type team struct {
	threads int
	start   []chan func(t int) // one per further thread
	done    sync.WaitGroup
	mu      sync.Mutex
	failed  any // the first panic
}

// newTeam starts no goroutine: a run of small steps needs none.
func newTeam(threads int) *team { return &team{threads: threads} }

// run calls f on every thread and returns when all are done; it panics when one did.
func (w *team) run(f func(t int)) {
	if w.start == nil {
		w.wake()
	}
	w.done.Add(w.threads - 1)
	for _, c := range w.start {
		c <- f
	}
	w.guard(f, 0)
	w.done.Wait()
	if w.failed != nil {
		panic(w.failed)
	}
}

// wake starts the further threads when the first step needs them.
func (w *team) wake() {
	w.start = make([]chan func(int), w.threads-1)
	for i := range w.start {
		c := make(chan func(int), 1)
		w.start[i] = c
		go func() {
			for f := range c {
				w.guard(f, i+1)
				w.done.Done()
			}
		}()
	}
}

// guard keeps the first panic, which run raises again on the caller's goroutine.
func (w *team) guard(f func(int), t int) {
	defer func() {
		if r := recover(); r != nil {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.failed == nil {
				w.failed = r
			}
		}
	}()
	f(t)
	clearUpper()
}

// stop ends the further threads.
func (w *team) stop() {
	for _, c := range w.start {
		close(c)
	}
}
