//go:build !(linux || darwin)

package store

import "errors"

// freeBytes is not known here; a full disk is noticed when writing fails.
func freeBytes(folder string) (int64, error) { return 0, errors.ErrUnsupported }
