package brokertest

import (
	"syscall"
	"testing"
)

// SmallDisk mounts a file system of a size such as "4m" in memory until the test ends. Where that is not allowed
// the test is skipped.
func SmallDisk(t *testing.T, size string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}
