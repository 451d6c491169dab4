//go:build !unix

package fit

import (
	"testing"
	"time"
)

var started = time.Now()

// processorTime is the time that has passed, where the system does not tell what the program has used.
func processorTime(*testing.B) time.Duration { return time.Since(started) }
