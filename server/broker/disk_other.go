//go:build !(linux || darwin)

package broker

import "errors"

// FreeBytes is not known here; a full disk is noticed when writing fails.
func FreeBytes(folder string) (int64, error) { return 0, errors.ErrUnsupported }
