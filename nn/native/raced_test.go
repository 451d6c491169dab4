//go:build race

package native

// raced is whether the race detector watches.
const raced = true
