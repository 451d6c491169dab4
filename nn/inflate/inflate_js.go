package inflate

import (
	"errors"
	"io"
	"syscall/js"

	"wafer/wasm/promise"
)

// Deflated reads what these bytes, packed as RFC 1951 has it, unpack to.
func Deflated(packed []byte) io.Reader { return open(packed, "deflate-raw") }

// Gzip reads what a gzip file (RFC 1952) unpacks to; what is no such file is an error of the first Read.
func Gzip(packed io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(packed)
	if err != nil {
		return nil, err
	}
	return open(b, "gzip"), nil
}

// Zlib reads what a zlib stream (RFC 1950) unpacks to; what is no such stream is an error of the first Read.
func Zlib(packed []byte) (io.Reader, error) { return open(packed, "deflate"), nil }

// stream reads a browser's stream. It must not be read straight from a JavaScript callback.
type stream struct {
	from  js.Value // a ReadableStreamDefaultReader
	chunk js.Value // a Uint8Array that was not all taken, or null
	taken int      // bytes of it
	err   error    // of every Read from now on
}

func open(packed []byte, form string) *stream {
	if js.Global().Get("DecompressionStream").IsUndefined() {
		return &stream{err: errors.New("this browser is too old to unpack it")}
	}
	view := js.Global().Get("Uint8Array").New(len(packed))
	js.CopyBytesToJS(view, packed)
	unpacked := js.Global().Get("Blob").New([]any{view}).Call("stream").
		Call("pipeThrough", js.Global().Get("DecompressionStream").New(form))
	return &stream{from: unpacked.Call("getReader"), chunk: js.Null()}
}

func (s *stream) Read(b []byte) (int, error) {
	for s.err == nil && s.chunk.IsNull() {
		s.next()
	}
	if s.err != nil || len(b) == 0 {
		return 0, s.err
	}
	n := js.CopyBytesToGo(b, s.chunk.Call("subarray", s.taken))
	if s.taken += n; s.taken == s.chunk.Get("length").Int() {
		s.chunk, s.taken = js.Null(), 0
	}
	return n, nil
}

// next waits for more, the end or an error.
func (s *stream) next() {
	answer, err := promise.Await(s.from.Call("read"))
	switch {
	case err != nil:
		s.err = err
	case answer.Get("done").Bool():
		s.err = io.EOF
	default:
		s.chunk = answer.Get("value")
	}
}
