package edge

import (
	"io"
	"net/http"
	"syscall/js"

	"wafer/wasm/promise"
)

// transport is the platform's fetch. That of the library takes bodies through Go and cuts
// headers at their commas; here neither an upload nor a stream of events passes through Go.
type transport struct{}

var fetchFunc = js.Global().Get("fetch")

func (transport) RoundTrip(r *http.Request) (*http.Response, error) {
	headers := js.Global().Get("Headers").New()
	for name, values := range r.Header {
		for _, v := range values {
			headers.Call("append", name, v)
		}
	}
	init := map[string]any{"method": r.Method, "headers": headers, "redirect": "manual"}
	if raw, ok := r.Body.(interface{ GetRawJSBody() js.Value }); ok {
		init["body"] = raw.GetRawJSBody()
	}
	// not a method: the loader's global object is none of the platform's
	answer, err := promise.Await(fetchFunc.Invoke(r.URL.String(), init))
	if err != nil {
		return nil, err
	}
	out := &http.Response{StatusCode: answer.Get("status").Int(), Header: http.Header{}, Body: http.NoBody}
	each := js.FuncOf(func(_ js.Value, args []js.Value) any {
		out.Header.Add(args[1].String(), args[0].String())
		return nil
	})
	defer each.Release()
	answer.Get("headers").Call("forEach", each)
	if body := answer.Get("body"); !body.IsNull() {
		out.Body = &stream{value: body}
	}
	return out, nil
}

// stream is a ReadableStream. Copied to the answer of a worker, it goes there without passing
// through Go, and after this program has ended.
type stream struct {
	value  js.Value
	reader js.Value
	rest   []byte
	given  bool // to the answer
}

func (s *stream) WriteTo(w io.Writer) (int64, error) {
	if raw, ok := w.(rawWriter); ok {
		s.given = true
		raw.WriteRawJSBody(s.value)
		return 0, nil
	}
	return io.Copy(w, struct{ io.Reader }{s})
}

func (s *stream) Read(p []byte) (int, error) {
	if s.reader.IsUndefined() {
		s.reader = s.value.Call("getReader")
	}
	for len(s.rest) == 0 {
		got, err := promise.Await(s.reader.Call("read"))
		if err != nil {
			return 0, err
		}
		if got.Get("done").Bool() {
			return 0, io.EOF
		}
		s.rest = make([]byte, got.Get("value").Get("byteLength").Int())
		js.CopyBytesToGo(s.rest, got.Get("value"))
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *stream) Close() error {
	switch {
	case s.given:
	case s.reader.IsUndefined():
		s.value.Call("cancel")
	default:
		s.reader.Call("cancel")
	}
	return nil
}
