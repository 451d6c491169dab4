package bridge

import (
	"syscall/js"

	"wafer/app/browser"
)

// NewClient returns a client whose worker runs the script at url, a same-origin
// address. Nothing is started before Start or the first Call.
func NewClient(url string) *Client {
	return &Client{dial: func(message func(string, [][]byte), died func(string)) (transport, error) {
		return newWorker(url, message, died), nil
	}}
}

// worker is one browser Worker with the threads that it asked for. A message on the wire is
// {text, buffers}, or {thread, name, port} that asks for a thread: a Worker of that script and
// name, which is handed the port.
type worker struct {
	js.Value
	funcs   []js.Func
	threads []js.Value
}

func newWorker(url string, message func(string, [][]byte), died func(string)) *worker {
	w := &worker{Value: js.Global().Get("Worker").New(url)}
	w.listen("message", func(e js.Value) {
		data := e.Get("data")
		if data.Get("thread").Truthy() {
			w.start(data)
			return
		}
		text, list := data.Get("text").String(), bytesOf(data.Get("buffers"))
		message(text, list)
	})
	w.listen("error", func(e js.Value) {
		reason := e.Get("message")
		if reason.Type() != js.TypeString {
			died("its program could not be loaded.")
			return
		}
		died(reason.String())
	})
	return w
}

func (w *worker) listen(event string, on func(js.Value)) {
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		on(args[0])
		return nil
	})
	w.funcs = append(w.funcs, f)
	w.Call("addEventListener", event, f)
}

func (w *worker) send(text string, buffers []browser.Buffer) {
	list, moved := js.Global().Get("Array").New(), js.Global().Get("Array").New()
	for _, b := range buffers {
		if blob, ok := b.Blob().(js.Value); ok {
			list.Call("push", blob)
			continue
		}
		array := browser.Uint8Array(b.Data()).Get("buffer")
		list.Call("push", array)
		moved.Call("push", array)
	}
	w.Call("postMessage", envelope(text, list), moved)
}

func (w *worker) start(order js.Value) {
	thread := js.Global().Get("Worker").New(order.Get("thread"), map[string]any{"name": order.Get("name")})
	thread.Call("postMessage", 0, []any{order.Get("port")})
	w.threads = append(w.threads, thread)
}

// stop does not release the handlers: a message may still be on its way to them.
func (w *worker) stop() {
	w.Call("terminate")
	for _, thread := range w.threads {
		thread.Call("terminate")
	}
}

func envelope(text string, list js.Value) js.Value {
	o := js.Global().Get("Object").New()
	o.Set("text", text)
	o.Set("buffers", list)
	return o
}

func bytesOf(list js.Value) [][]byte {
	if list.Type() != js.TypeObject {
		return nil
	}
	out := make([][]byte, list.Length())
	for i := range out {
		out[i] = browser.CopyOf(list.Index(i))
	}
	return out
}
