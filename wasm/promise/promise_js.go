package promise

import "syscall/js"

// Rejection is why a promise failed.
type Rejection struct{ Reason js.Value }

// Error is the browser's own words.
func (r *Rejection) Error() string {
	switch {
	case r.Reason.IsUndefined():
		return "no reason was given"
	case r.Reason.Type() == js.TypeObject && r.Reason.Get("message").Type() == js.TypeString:
		return r.Reason.Get("message").String()
	}
	return js.Global().Call("String", r.Reason).String()
}

// Await blocks the goroutine until the promise settles; the error is a *Rejection.
// It must not be called straight from a JavaScript callback, which would stop the
// event loop.
func Await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	good := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{value: first(args)}
		return nil
	})
	bad := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: &Rejection{first(args)}}
		return nil
	})
	defer good.Release()
	defer bad.Release()
	promise.Call("then", good, bad)
	o := <-done
	return o.value, o.err
}

func first(args []js.Value) js.Value {
	if len(args) == 0 {
		return js.Undefined()
	}
	return args[0]
}
