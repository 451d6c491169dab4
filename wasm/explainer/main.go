//go:build js

// Command explainer says for the page why a model answered as it did. The page starts it in a Web Worker of its own
// (static/js/worker.js) when somebody asks for the first time.
package main

import (
	"wafer/app/bridge"
	"wafer/app/explainer"
)

func main() { bridge.Serve(explainer.Handler()) }
