package store

import (
	"fmt"
	"syscall/js"

	"wafer/app/browser"
)

// await waits for one of the named events of an IndexedDB request or
// transaction. It blocks the goroutine, not the event loop.
func await(target js.Value, success string, failures ...string) (js.Value, error) {
	type answer struct {
		value js.Value
		err   error
	}
	done := make(chan answer, 1)
	send := func(a answer) {
		select {
		case done <- a:
		default: // an abort follows an error: the first word counts
		}
	}
	ok := js.FuncOf(func(js.Value, []js.Value) any {
		send(answer{value: target.Get("result")})
		return nil
	})
	failed := js.FuncOf(func(_ js.Value, args []js.Value) any {
		err := error(&Error{Busy, "blocked"})
		if args[0].Get("type").String() != "blocked" {
			err = explain(target.Get("error"))
		}
		send(answer{err: err})
		return nil
	})
	target.Set(success, ok)
	for _, f := range failures {
		target.Set(f, failed)
	}
	a := <-done
	for _, event := range append(failures, success) {
		target.Set(event, js.Null())
	}
	ok.Release()
	failed.Release()
	return a.value, a.err
}

// try turns an exception of the browser into an error.
func try(call func() js.Value) (v js.Value, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case js.Error:
			err = explain(e.Value)
		default:
			panic(e)
		}
	}()
	return call(), nil
}

// explain finds the reason behind a DOMException.
func explain(e js.Value) error {
	if !e.Truthy() {
		return &Error{Broken, "the transaction was given up"}
	}
	detail := fmt.Sprintf("%s (%s)", e.Get("message"), e.Get("name"))
	switch e.Get("name").String() {
	case "QuotaExceededError":
		return &Error{Full, detail}
	case "VersionError":
		return &Error{Newer, detail}
	case "InvalidStateError":
		return &Error{Busy, detail}
	case "SecurityError":
		return &Error{Unavailable, detail}
	}
	return &Error{Broken, detail}
}

// blobOf returns the Blob of a picture; false for a text.
func blobOf(s Sample) (js.Value, bool) {
	if blob, ok := s.Blob.(js.Value); ok {
		return blob, true
	}
	return browser.NewBlob(s.File, s.Type), len(s.File) > 0
}

// size is the bytes of a sample's picture, 0 of a text.
func size(s Sample) int {
	blob, _ := blobOf(s)
	return blob.Get("size").Int()
}

// address returns an object URL, which lives until it is revoked or the tab closes.
func address(s Sample) string {
	blob, ok := blobOf(s)
	if !ok {
		return ""
	}
	return js.Global().Get("URL").Call("createObjectURL", blob).String()
}

// readBlob brings a Blob's bytes into Go's memory.
func readBlob(blob js.Value) ([]byte, error) {
	data, err := browser.Blob(blob).Read()
	if err != nil {
		return nil, &Error{Broken, err.Error()}
	}
	return data, nil
}
