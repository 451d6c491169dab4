package worker

import (
	"strconv"
	"syscall/js"

	"wafer/nn/context"
	"wafer/nn/digest"
	"wafer/nn/format"
	"wafer/nn/say"
	"wafer/wasm/promise"
)

// mustBreathe: Go runs on the one thread that messages arrive on.
const mustBreathe = true

// quickest is the browser's own SHA-256, which is ten times as fast as Go's, where the page is trusted with it: on this
// machine and with HTTPS.
func quickest() format.Sum {
	subtle := js.Global().Get("crypto").Get("subtle")
	if subtle.IsUndefined() {
		return nil
	}
	return func(b []byte) [digest.Size]byte { return subtleSum(subtle, b) }
}

func subtleSum(subtle js.Value, b []byte) (sum [digest.Size]byte) {
	data := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(data, b)
	answer, err := promise.Await(subtle.Call("digest", "SHA-256", data))
	if err != nil {
		return digest.Sum256(b)
	}
	js.CopyBytesToGo(sum[:], js.Global().Get("Uint8Array").New(answer))
	return sum
}

// fetch reads a same-origin address piece by piece.
func fetch(ctx context.Context, url string, progress func(loaded, total int64)) (file []byte, err error) {
	defer func() {
		if e, ok := recover().(js.Error); ok {
			err = e
		}
	}()
	answer, err := promise.Await(js.Global().Call("fetch", url))
	if err != nil {
		return nil, say.Errorf("The model could not be loaded, perhaps because there is no connection. "+
			"The browser says: %w", err)
	}
	if status := answer.Get("status").Int(); status != 200 {
		return nil, say.Errorf("The model could not be loaded: the server answered with status %d.", status)
	}
	total := length(answer)
	file = make([]byte, 0, total)
	reader := answer.Get("body").Call("getReader")
	for {
		if ctx.Err() != nil {
			reader.Call("cancel")
			return nil, errCancelled
		}
		piece, err := promise.Await(reader.Call("read"))
		if err != nil {
			return nil, say.Errorf("The connection broke while the model was loading. The browser says: %w", err)
		}
		if piece.Get("done").Bool() {
			return file, nil
		}
		value := piece.Get("value")
		n, at := value.Get("length").Int(), len(file)
		file = append(file, make([]byte, n)...)
		js.CopyBytesToGo(file[at:], value)
		progress(int64(len(file)), total)
	}
}

// length is what the server says the file is long, 0 when it does not.
func length(answer js.Value) int64 {
	header := answer.Get("headers").Call("get", "Content-Length")
	if header.Type() != js.TypeString || !answer.Get("headers").Call("get", "Content-Encoding").IsNull() {
		return 0
	}
	n, err := strconv.ParseInt(header.String(), 10, 64)
	if err != nil || n < 0 || n > 1<<30 {
		return 0
	}
	return n
}
