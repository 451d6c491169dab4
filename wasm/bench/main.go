//go:build js

// Command bench is Wafer as `make bench-peers` times it: bench/web/adapters/wafer.mjs starts
// it in a worker, asks for a compiled model, and drives that without Go.
package main

func main() {
	serve()
	select {}
}
