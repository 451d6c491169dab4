// Command export is Wafer in an exported page: it opens one model and answers. static/export/worker.js, which starts it
// in a Web Worker, has the functions of JavaScript that are called here.
package main

import (
	"sync"
	"syscall/js"

	"wafer/nn/json"
	"wafer/nn/model"
	"wafer/nn/say"
	"wafer/nn/task"
)

// main opens the model that the page left as waferModel and answers until the page goes; waferRefuse hears why it
// cannot be opened, waferServe gets the function that answers.
func main() {
	m, err := open(js.Global().Get("waferModel"))
	if err != nil {
		js.Global().Call("waferRefuse", err.Error(), encode(say.Of(err)))
		return
	}
	var one sync.Mutex // a model answers one question at a time
	js.Global().Call("waferServe", encode(m.Info()), js.FuncOf(func(_ js.Value, args []js.Value) any {
		input, reply := args[0], args[1]
		go func() {
			one.Lock()
			defer one.Unlock()
			r := answer(m, input)
			reply.Invoke(encode(told{r, say.Of(r.Why), say.Of(r.Remark)}))
		}()
		return nil
	}))
	select {}
}

// told is an answer with the sentences of its error and its note, by which the page says them in Chinese.
type told struct {
	task.Result
	Said  *say.Sentence `json:"said,omitempty"`
	Noted *say.Sentence `json:"noted,omitempty"`
}

// open reads the model file, compiles the network and puts the weights in place.
func open(file js.Value) (*model.Model, error) {
	m, err := model.Open(bytesOf(file), model.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := m.Prepare(); err != nil {
		return nil, say.Errorf("The model cannot be run here: %w", err)
	}
	return m, nil
}

// answer classifies one input; an input that cannot be read is an answer with an error.
func answer(m *model.Model, input js.Value) task.Result {
	in, err := inputOf(input)
	if err != nil {
		return task.Result{Error: err.Error(), Why: err}
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
		err = say.Errorf("the drawing should have %d bytes, but has %d", n, len(b))
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
