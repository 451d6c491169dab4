//go:build !unix

package cli

// checkpointRequests returns nil: there is no signal to ask for a checkpoint with.
func checkpointRequests() func() bool { return nil }
