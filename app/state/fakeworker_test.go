package state

import (
	"fmt"
	"sync"
	"wafer/app/bridge"
)

// fakeWorker loads every model at once; a training waits for the test.
type fakeWorker struct {
	mu       sync.Mutex
	next     int
	teach    chan call
	classify func(bridge.Request) Result
	canceled chan int
	handed   chan int // targets of HandOver
}

type call struct {
	bridge.Request
	buffers []bridge.Buffer
	answer  func(bridge.Response, [][]byte)
}

func (w *fakeWorker) Call(req bridge.Request, buffers []bridge.Buffer, on func(bridge.Response, [][]byte)) int {
	w.mu.Lock()
	w.next++
	req.ID = w.next
	w.mu.Unlock()
	switch req.Verb {
	case bridge.Teach:
		go func() { w.teach <- call{req, buffers, on} }()
	case bridge.HandOver:
		go func() {
			w.handed <- req.Target
			on(bridge.Response{ID: req.ID, Event: bridge.Done}, nil)
		}()
	case bridge.Pack:
		files := [][]byte{[]byte("base"), []byte(fmt.Sprint("samples of ", req.Inputs))}
		go on(bridge.Response{ID: req.ID, Event: bridge.Done, Files: []bridge.FileInfo{infoOf(bridge.BaseFile, files[0]), infoOf(bridge.SamplesFile, files[1])}}, files)
	case bridge.Describe:
		go on(bridge.Response{ID: req.ID, Event: bridge.Done, Model: &Model{ID: "taught-1", Title: "praise or complaint", Kind: Text, Labels: []string{"praise", "complaint"}}}, nil)
	case bridge.Classify:
		go func() {
			r := w.classify(req)
			on(bridge.Response{ID: req.ID, Event: bridge.Answer, Result: &r}, nil)
			on(bridge.Response{ID: req.ID, Event: bridge.Done}, nil)
		}()
	default:
		go on(bridge.Response{ID: req.ID, Event: bridge.Done}, nil)
	}
	return req.ID
}

func (w *fakeWorker) Cancel(id int) { w.canceled <- id }
