//go:build !js

package store

import "encoding/base64"

// Open returns a store in memory: outside a browser nothing is kept.
func Open() (Store, error) { return Memory(), nil }

// size is the bytes of a sample's picture, 0 of a text.
func size(s Sample) int { return len(s.File) }

// address returns a data: URL, which needs no browser.
func address(s Sample) string {
	if len(s.File) == 0 {
		return ""
	}
	return "data:" + s.Type + ";base64," + base64.StdEncoding.EncodeToString(s.File)
}
