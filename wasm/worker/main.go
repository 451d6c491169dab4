//go:build js

// Command worker is the computing side of the page; the page starts it in a Web
// Worker (static/js/worker.js).
package main

import (
	"wafer/app/bridge"
	"wafer/app/worker"
)

func main() {
	w := worker.New(worker.NN{})
	bridge.Serve(w.Handle)
}
