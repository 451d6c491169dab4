//go:build linux || darwin

package broker

import "syscall"

// FreeBytes is what this process may still write on the disk of a folder.
func FreeBytes(folder string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
