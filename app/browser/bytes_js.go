package browser

import "syscall/js"

// Uint8Array copies bytes into a Uint8Array of the browser.
func Uint8Array(b []byte) js.Value {
	a := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(a, b)
	return a
}

// CopyOf copies an ArrayBuffer into Go's memory.
func CopyOf(buffer js.Value) []byte {
	a := js.Global().Get("Uint8Array").New(buffer)
	b := make([]byte, a.Length())
	js.CopyBytesToGo(b, a)
	return b
}
