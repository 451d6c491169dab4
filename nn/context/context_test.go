package context

import (
	"context"
	"fmt"
	"testing"
)

// tree is a context with a child and a grandchild, and how each is called off.
type tree struct {
	ctx    [3]signal
	cancel [3]func()
}

func trees() (own, goes tree) {
	var parent signal = never{}
	above := context.Background()
	for i := range own.ctx {
		own.ctx[i], own.cancel[i] = withCancel(parent)
		c, cancel := context.WithCancel(above)
		goes.ctx[i], goes.cancel[i] = c, cancel
		parent, above = own.ctx[i], c
	}
	return own, goes
}

// state is which are called off, and with what words.
func (t tree) state() (s string) {
	for _, c := range t.ctx {
		select {
		case <-c.Done():
			s += fmt.Sprintf("done (%v) ", c.Err())
		default:
			s += fmt.Sprintf("open (%v) ", c.Err())
		}
	}
	return s
}

func TestSignalsComeAsGosContextsDo(t *testing.T) {
	for _, order := range [][]int{{0}, {1}, {2}, {2, 0}, {1, 1, 0}, {0, 2}} {
		own, goes := trees()
		for _, i := range order {
			own.cancel[i]()
			goes.cancel[i]()
			if own.state() != goes.state() {
				t.Errorf("after calling off %v: expected %s, found %s", order, goes.state(), own.state())
			}
		}
	}
}

func TestASignalBelowOneThatCameHasCome(t *testing.T) {
	parent, cancel := withCancel(never{})
	cancel()
	child, leave := withCancel(parent)
	defer leave()
	if child.Err() != errCanceled {
		t.Errorf("expected %v, found %v", errCanceled, child.Err())
	}
}
