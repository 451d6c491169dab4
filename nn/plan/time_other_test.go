//go:build !unix

package plan

import "time"

var began = time.Now()

// processorTime is the time that has passed, where nothing better is known.
func processorTime() time.Duration { return time.Since(began) }
