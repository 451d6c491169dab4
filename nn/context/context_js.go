package context

// Context tells when to leave.
type Context = signal

// CancelFunc calls work off; more than once does nothing more.
type CancelFunc = func()

// Background is never called off.
func Background() Context { return never{} }

// WithCancel is called off with its parent or by cancel, which must be called in the end.
func WithCancel(parent Context) (ctx Context, cancel CancelFunc) { return withCancel(parent) }

// WithoutCancel goes on when its parent is called off.
func WithoutCancel(Context) Context { return never{} }
