//go:build !js

package store

// Open returns a store in memory: outside a browser nothing is kept.
func Open() (Store, error) { return Memory(), nil }
