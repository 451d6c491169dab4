package bidi

import "syscall"

// diesWithUs has the kernel end the browser when this process ends without Close, as a
// test that runs into its time limit does.
func diesWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
