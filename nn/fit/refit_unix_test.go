//go:build unix

package fit

import (
	"syscall"
	"testing"
	"time"
)

// processorTime is what the program has used, which other programs of a busy machine do not change much.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
