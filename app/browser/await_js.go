package browser

import (
	"errors"
	"syscall/js"
)

// Await blocks the goroutine until the promise settles. It must not be called
// straight from a JavaScript callback, which would stop the event loop.
func Await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	good := js.FuncOf(func(_ js.Value, args []js.Value) any {
		v := js.Undefined()
		if len(args) > 0 {
			v = args[0]
		}
		done <- outcome{value: v}
		return nil
	})
	bad := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: errors.New(reason(args))}
		return nil
	})
	defer good.Release()
	defer bad.Release()
	promise.Call("then", good, bad)
	o := <-done
	return o.value, o.err
}

func reason(args []js.Value) string {
	if len(args) == 0 {
		return "no reason was given"
	}
	if args[0].Type() == js.TypeObject {
		if m := args[0].Get("message"); m.Type() == js.TypeString {
			return m.String()
		}
	}
	return args[0].String()
}
