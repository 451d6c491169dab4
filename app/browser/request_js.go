package browser

import (
	"syscall/js"
	"time"

	"wafer/wasm/promise"
)

// Request sends one HTTP request to a same-origin address and waits for the whole
// answer. body is nil, a string or []byte. With an error and the status 0 no answer
// came, with another status it broke off. It blocks.
func Request(method, url string, headers map[string]string, body any, limit time.Duration) (status int, answer []byte,
	err error) {
	options := map[string]any{"method": method}
	if len(headers) > 0 {
		h := map[string]any{}
		for name, value := range headers {
			h[name] = value
		}
		options["headers"] = h
	}
	switch b := body.(type) {
	case string:
		options["body"] = b
	case []byte:
		options["body"] = Uint8Array(b)
	}
	if signal := js.Global().Get("AbortSignal"); signal.Get("timeout").Truthy() {
		options["signal"] = signal.Call("timeout", limit.Milliseconds())
	}
	res, err := promise.Await(js.Global().Call("fetch", url, options))
	if err != nil {
		return 0, nil, err
	}
	status = res.Get("status").Int()
	buffer, err := promise.Await(res.Call("arrayBuffer"))
	if err != nil {
		return status, nil, err
	}
	return status, CopyOf(buffer), nil
}
