//go:build linux || darwin || freebsd || openbsd || netbsd

package broker

import (
	"fmt"
	"os"
	"syscall"
)

// Lock takes a file until it is closed or the process ends in whatever way. Two servers
// on one folder would ruin it.
func Lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("broker: another Wafer uses this folder (%s): %w", path, err)
	}
	return f, nil
}
