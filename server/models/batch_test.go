package models

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"wafer/nn/sharedtest"
	"wafer/nn/task"
	"wafer/static"
)

// A kilobyte of model takes pictures of 12 MB each, and 256 pictures are a small request: no more is prepared than runs
// together, and a caller who leaves is dropped between two batches.
func TestInputsArePreparedAsTheyRun(t *testing.T) {
	file := sharedtest.Read(t, "cases/batch-of-small-pictures/large-input.wafer")
	dot := sharedtest.Read(t, "cases/batch-of-small-pictures/dot.png")
	inputs := make([]task.Input, 256)
	for i := range inputs {
		inputs[i] = task.Input{File: dot}
	}
	pool := NewPool(1<<30, static.Model)
	defer pool.Close()
	read := func(context.Context) ([]byte, error) { return file, nil }
	began := time.Now()
	if _, err := pool.Classify(t.Context(), "large", read, inputs[:1]); err != nil {
		t.Fatal(err)
	}
	one := time.Since(began)
	_, stated := pool.Open()
	var peak atomic.Uint64
	ctx, leave := context.WithTimeout(t.Context(), 3*time.Second)
	defer leave()
	done := make(chan error)
	go func() {
		_, err := pool.Classify(ctx, "large", read, inputs)
		done <- err
	}()
	for wait := true; wait; {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak.Store(max(peak.Load(), m.HeapInuse))
		select {
		case err := <-done:
			if err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
			wait = false
		case <-time.After(20 * time.Millisecond):
		}
	}
	if used := int64(peak.Load()); used > 2*stated+256<<20 {
		t.Errorf("256 small pictures took %d MB, the model states %d MB", used>>20, stated>>20)
	}
	began = time.Now()
	if _, err := pool.Classify(t.Context(), "large", read, inputs[:1]); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 10*time.Second+20*one { // all of them take 256 times as long as one
		t.Errorf("the next caller waited %v for a request whose caller had left, one answer takes %v", took, one)
	}
	t.Logf("peak %d MB, stated %d MB, the next caller waited %v", peak.Load()>>20, stated>>20, time.Since(began))
}
