package bridge

import (
	"syscall/js"

	"wafer/app/browser"
	"wafer/nn/json"
)

// Serve runs the worker's end of the bridge and never returns. handle answers
// one request through reply: any number of Progress, then exactly one Done or
// Failed; reply fills in Message.ID and moves the buffers. Every request
// runs in a goroutine of its own, so that a Cancel is heard while a Teach runs
// (provided that Teach yields now and then). A panic in handle is answered with
// Failed; the worker lives on.
//
// Messages that arrived before Serve was called were kept by the worker's script
// (static/js/worker.js) and come first.
func Serve(handle func(req Message, buffers [][]byte, reply Send)) {
	post(Message{Event: Ready})
	js.Global().Call("waferServe", js.FuncOf(func(_ js.Value, args []js.Value) any {
		text, list := args[0].Get("text").String(), args[0].Get("buffers")
		go receive(text, list, handle)
		return nil
	}))
	select {}
}

func receive(text string, list js.Value, handle func(Message, [][]byte, Send)) {
	var req Message
	if err := json.Unmarshal([]byte(text), &req); err != nil {
		post(Message{Event: Failed, Error: "the worker got something that is not a message: " + err.Error()})
		return
	}
	reply := func(res Message, buffers ...[]byte) {
		res.ID = req.ID
		post(res, buffers...)
	}
	defer func() {
		if p := recover(); p != nil {
			reply(Message{Event: Failed, Error: panicText(p)})
		}
	}()
	buffers, err := load(list)
	if err != nil {
		reply(Message{Event: Failed, Error: err.Error()})
		return
	}
	handle(req, buffers, reply)
}

// load brings the buffers of a message into Go's memory, reading those that are
// files.
func load(list js.Value) ([][]byte, error) {
	out := make([][]byte, list.Length())
	for i := range out {
		b := list.Index(i)
		if b.InstanceOf(js.Global().Get("Blob")) {
			data, err := browser.Blob(b).Read()
			if err != nil {
				return nil, err
			}
			out[i] = data
			continue
		}
		out[i] = browser.CopyOf(b)
	}
	return out, nil
}

func post(res Message, buffers ...[]byte) {
	list := js.Global().Get("Array").New()
	for _, b := range buffers {
		list.Call("push", browser.Uint8Array(b).Get("buffer"))
	}
	js.Global().Call("postMessage", envelope(string(encode(res)), list), list)
}

func panicText(p any) string {
	switch p := p.(type) {
	case error:
		return "Something went wrong inside Wafer: " + p.Error()
	case string:
		return "Something went wrong inside Wafer: " + p
	}
	return "Something went wrong inside Wafer."
}
