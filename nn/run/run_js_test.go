package run

import (
	"fmt"
	"testing"
	"time"

	"wafer/nn/graph"
	"wafer/nn/nntest"
)

// started is a Runner whose programs share every step, however small, and have all their
// threads before they are used.
func started(t testing.TB, threads int) graph.Runner {
	return func(g *graph.Graph, state graph.State) (graph.Program, error) {
		p, err := Runner(Options{Threads: threads, ShareAll: true})(g, state)
		if err == nil && !p.(*Program).module.Alone {
			waitFor(t, p.(*Program), threads)
		}
		return p, err
	}
}

func waitFor(t testing.TB, p *Program, threads int) {
	for range 5000 {
		if p.Threads() == threads {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("after 5 seconds %d threads run, expected %d", p.Threads(), threads)
}

// Any number of threads gives eval's bits.
func TestThreadsEqualEval(t *testing.T) {
	for _, threads := range []int{2, 4} {
		t.Run(fmt.Sprint(threads), func(t *testing.T) { nntest.Equal(t, started(t, threads)) })
	}
}
