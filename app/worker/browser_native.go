//go:build !js

package worker

import (
	"errors"

	"wafer/nn/format"

	"wafer/nn/context"
)

// mustBreathe: other goroutines run on other threads.
const mustBreathe = false

// fetch is for browsers only: elsewhere files are opened, not fetched.
func fetch(context.Context, string, func(loaded, total int64)) ([]byte, error) {
	return nil, errors.New("Addresses can be loaded in a browser only.")
}

// quickest is Go's SHA-256.
func quickest() format.Sum { return nil }
