// Command export is Wafer in an exported page: it opens one model and answers. static/export/worker.js, which starts it
// in a Web Worker, has the functions of JavaScript that are called here.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"syscall/js"

	"wafer/nn/model"
	"wafer/nn/task"
)

func main() {
	m, err := open(js.Global().Get("waferModel"))
	if err != nil {
		js.Global().Call("waferRefuse", err.Error())
		return
	}
	var one sync.Mutex // a model answers one question at a time
	js.Global().Call("waferServe", encode(m.Info()), js.FuncOf(func(_ js.Value, args []js.Value) any {
		input, reply := args[0], args[1]
		go func() {
			one.Lock()
			defer one.Unlock()
			reply.Invoke(encode(answer(m, input)))
		}()
		return nil
	}))
	select {}
}

// open reads the model file, compiles the network and puts the weights in place.
func open(file js.Value) (*model.Model, error) {
	m, err := model.Open(bytesOf(file), model.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := m.Prepare(); err != nil {
		return nil, fmt.Errorf("The model cannot be run here: %w", err)
	}
	return m, nil
}

func answer(m *model.Model, input js.Value) task.Result {
	in, err := inputOf(input)
	if err != nil {
		return task.Result{Error: err.Error()}
	}
	return m.Classify(in)
}

// inputOf reads {text}, {bytes} of a picture file, or {width, height, bytes} of an RGBA picture.
func inputOf(v js.Value) (in task.Input, err error) {
	if text := v.Get("text"); text.Type() == js.TypeString {
		in.Text = text.String()
		return in, nil
	}
	b := bytesOf(v.Get("bytes"))
	if v.Get("width").IsUndefined() {
		in.File = b
		return in, nil
	}
	in.Pixels = &task.Pixels{Width: v.Get("width").Int(), Height: v.Get("height").Int(), RGBA: b}
	if n := 4 * in.Pixels.Width * in.Pixels.Height; n != len(b) {
		err = errors.New("the drawing should have " + fmt.Sprint(n) + " bytes, but has " + fmt.Sprint(len(b)))
	}
	return in, err
}

// bytesOf copies a Uint8Array.
func bytesOf(v js.Value) []byte {
	b := make([]byte, v.Length())
	js.CopyBytesToGo(b, v)
	return b
}

// encode writes JSON; no NaN is in what is told.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
