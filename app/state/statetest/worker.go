package statetest

import (
	"fmt"
	"sync"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/nn/task"
)

// fakeWorker loads every model at once; a training waits for the test.
type Worker struct {
	mu       sync.Mutex
	next     int
	Teach    chan Call
	Classify func(bridge.Request) task.Result
	Canceled chan int
	Handed   chan int // targets of HandOver
}

type Call struct {
	bridge.Request
	Buffers []browser.Buffer
	Answer  func(bridge.Response, [][]byte)
}

func (w *Worker) Call(req bridge.Request, buffers []browser.Buffer, on func(bridge.Response, [][]byte)) int {
	w.mu.Lock()
	w.next++
	req.ID = w.next
	w.mu.Unlock()
	switch req.Verb {
	case bridge.Teach:
		go func() { w.Teach <- Call{req, buffers, on} }()
	case bridge.HandOver:
		go func() {
			w.Handed <- req.Target
			on(bridge.Response{ID: req.ID, Event: bridge.Done}, nil)
		}()
	case bridge.Pack:
		files := [][]byte{[]byte("base"), []byte(fmt.Sprint("samples of ", req.Inputs))}
		go on(bridge.Response{ID: req.ID, Event: bridge.Done, Files: []bridge.FileInfo{InfoOf(bridge.BaseFile, files[0]), InfoOf(bridge.SamplesFile, files[1])}}, files)
	case bridge.Describe:
		go on(bridge.Response{ID: req.ID, Event: bridge.Done, Model: &task.Model{ID: "taught-1", Title: "praise or complaint", Kind: task.Text, Labels: []string{"praise", "complaint"}}}, nil)
	case bridge.Classify:
		go func() {
			r := w.Classify(req)
			on(bridge.Response{ID: req.ID, Event: bridge.Answer, Result: &r}, nil)
			on(bridge.Response{ID: req.ID, Event: bridge.Done}, nil)
		}()
	default:
		go on(bridge.Response{ID: req.ID, Event: bridge.Done}, nil)
	}
	return req.ID
}

func (w *Worker) Cancel(id int) { w.Canceled <- id }
