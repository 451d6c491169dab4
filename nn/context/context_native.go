//go:build !js

package context

import "context"

// Context tells when to leave.
type Context = context.Context

// CancelFunc calls work off; more than once does nothing more.
type CancelFunc = context.CancelFunc

// Background is never called off.
func Background() Context { return context.Background() }

// WithCancel is called off with its parent or by cancel, which must be called in the end.
func WithCancel(parent Context) (ctx Context, cancel CancelFunc) { return context.WithCancel(parent) }

// WithoutCancel goes on when its parent is called off.
func WithoutCancel(parent Context) Context { return context.WithoutCancel(parent) }
