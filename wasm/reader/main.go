//go:build js

// Command reader reads files for the page: tables, folders, archives, models of other tools. The page starts it in a
// Web Worker of its own (static/js/worker.js) when the first such file comes.
package main

import (
	"wafer/app/bridge"
	"wafer/app/reader"
)

func main() { bridge.Serve(reader.Handler()) }
