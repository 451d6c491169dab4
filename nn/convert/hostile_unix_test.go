//go:build unix

package convert

import (
	"syscall"
	"time"
)

// processor is the time that the processor has worked for this process.
func processor() time.Duration {
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
