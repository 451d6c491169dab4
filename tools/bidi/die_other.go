//go:build !linux

package bidi

import "syscall"

// diesWithUs does nothing here: only Linux has a way to do it.
func diesWithUs() *syscall.SysProcAttr { return nil }
