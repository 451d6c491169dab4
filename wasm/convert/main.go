//go:build js

// Command convert reads model files of other tools for the page, which starts it in a Web Worker of its own
// (static/js/worker.js) when the first such file comes.
package main

import (
	"wafer/app/bridge"
	"wafer/app/converter"
)

func main() { bridge.Serve(converter.Handler()) }
