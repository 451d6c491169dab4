//go:build !(linux || darwin || freebsd || openbsd || netbsd)

package broker

import "os"

// lock is without effect here: whoever starts two servers on one folder is not warned.
func lock(path string) (*os.File, error) { return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) }
