//go:build js

// Command writer makes files of other tools for the page. The page starts it in a Web Worker of its own
// (static/js/worker.js) when the first such file is asked for.
package main

import (
	"wafer/app/bridge"
	"wafer/app/writer"
)

func main() { bridge.Serve(writer.Handler()) }
