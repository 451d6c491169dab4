//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// checkpointRequests returns a function that says whether SIGUSR1 came since the
// last call: the request for a checkpoint of a training that goes on.
func checkpointRequests() func() bool {
	requests := make(chan os.Signal, 1)
	signal.Notify(requests, syscall.SIGUSR1)
	return func() bool {
		select {
		case <-requests:
			return true
		default:
			return false
		}
	}
}
