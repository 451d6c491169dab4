package client

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/server/api"
)

// Error is why the server did not do what it was asked. The text is a sentence.
type Error struct {
	Status  int // 0: no answer came
	Message string
	Missing []string // hashes of files that have to be uploaded first
}

func (e *Error) Error() string { return e.Message }

// Passing says of an error whether trying again later may help: no answer, too many requests, or
// trouble of the server itself.
func Passing(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == 0 || e.Status == 408 || e.Status == 429 || e.Status >= 500 && e.Status != 507)
}

// Status is the HTTP status of an Error, 0 for none.
func Status(err error) int {
	var e *Error
	errors.As(err, &e)
	if e == nil {
		return 0
	}
	return e.Status
}

type answer struct {
	status int
	body   []byte
}

// timeout is how long the server may take to answer, in milliseconds.
const timeout = 60_000

// call sends one request to a same-origin address and waits for the whole answer. body is nil, a string or
// []byte. A status that is not a success is an *Error.
func call(method, url string, headers map[string]string, body any) (answer, error) {
	if app.IsServer {
		return answer{}, &Error{Message: "there is no server to ask while the page is generated"}
	}
	window := app.Window()
	options := window.Get("Object").New()
	options.Set("method", method)
	if h := window.Get("Object").New(); len(headers) > 0 {
		for name, value := range headers {
			h.Set(name, value)
		}
		options.Set("headers", h)
	}
	switch b := body.(type) {
	case string:
		options.Set("body", b)
	case []byte:
		array := window.Get("Uint8Array").New(len(b))
		app.CopyBytesToJS(array, b)
		options.Set("body", array)
	}
	if signal := window.Get("AbortSignal"); signal.Get("timeout").Truthy() {
		options.Set("signal", signal.Call("timeout", timeout))
	}
	res, err := await(window.Call("fetch", url, options))
	if err != nil {
		return answer{}, &Error{Message: "the server does not answer (" + err.Error() + ")"}
	}
	buffer, err := await(res.Call("arrayBuffer"))
	if err != nil {
		return answer{}, &Error{Message: "the answer of the server broke off (" + err.Error() + ")"}
	}
	array := window.Get("Uint8Array").New(buffer)
	a := answer{res.Get("status").Int(), make([]byte, array.Length())}
	app.CopyBytesToGo(a.body, array)
	if a.status < 200 || a.status > 299 {
		return a, failure(a)
	}
	return a, nil
}

// failure is the sentence of the server, or one of ours where it gave none.
func failure(a answer) *Error {
	var e api.Error
	if err := json.Unmarshal(a.body, &e); err != nil || e.Error == "" {
		e.Error = "the server answered with status " + strconv.Itoa(a.status)
	}
	return &Error{Status: a.status, Message: e.Error, Missing: e.Missing}
}

// await waits for a promise. It must not be called on the goroutine of an event.
func await(promise app.Value) (app.Value, error) {
	type outcome struct {
		value app.Value
		err   error
	}
	done := make(chan outcome, 1)
	kept := app.FuncOf(func(_ app.Value, args []app.Value) any {
		done <- outcome{value: args[0]}
		return nil
	})
	defer kept.Release()
	broken := app.FuncOf(func(_ app.Value, args []app.Value) any {
		done <- outcome{err: errors.New(args[0].Get("message").String())}
		return nil
	})
	defer broken.Release()
	promise.Call("then", kept, broken)
	o := <-done
	return o.value, o.err
}

// ask sends a value as JSON, nil for none, and reads the answer into out, nil for none.
func ask(method, url string, headers map[string]string, in, out any) error {
	var body any
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = string(b)
		if headers == nil {
			headers = map[string]string{}
		}
		headers["Content-Type"] = "application/json"
	}
	a, err := call(method, url, headers, body)
	if err != nil || out == nil {
		return err
	}
	return read(a, out)
}

func read(a answer, out any) error {
	if err := json.Unmarshal(a.body, out); err != nil {
		return &Error{Status: a.status, Message: "the answer of the server is not what the page expects: " + err.Error()}
	}
	return nil
}
