package vision

import (
	"syscall/js"

	"wafer/nn/say"
	"wafer/wasm/promise"
)

// Decode looks at the header first, as elsewhere, then asks the browser, which is faster than Go there, handles
// chroma as the libraries do that data sets were made with, and keeps Go's decoders out of the download. Transparent
// pixels are laid on the background. The picture has three channels.
func Decode(file []byte, under Background) (*Image, error) {
	h, err := Sniff(file)
	if err != nil {
		return nil, err
	}
	width, height, rgba, err := browserDecode(file)
	if err != nil {
		return nil, say.Errorf("this %s picture of %d × %d pixels is damaged: the browser says: %w", h.Format, h.Width,
			h.Height, err)
	}
	return FromRGBA(width, height, rgba, under)
}

// browserDecode returns upright, not premultiplied RGBA bytes of a picture file: 4·width·height. It runs in workers.
func browserDecode(file []byte) (width, height int, rgba []byte, err error) {
	defer func() {
		if e, ok := recover().(js.Error); ok {
			err = e
		}
	}()
	global := js.Global()
	data := global.Get("Uint8Array").New(len(file))
	js.CopyBytesToJS(data, file)
	blob := global.Get("Blob").New([]any{data})
	options := map[string]any{"colorSpaceConversion": "none", "premultiplyAlpha": "none"}
	bitmap, err := promise.Await(global.Call("createImageBitmap", blob, options))
	if err != nil {
		return 0, 0, nil, err
	}
	defer bitmap.Call("close")
	width, height = bitmap.Get("width").Int(), bitmap.Get("height").Int()
	canvas := global.Get("OffscreenCanvas").New(width, height)
	context := canvas.Call("getContext", "2d", map[string]any{"willReadFrequently": true})
	if context.IsNull() {
		return 0, 0, nil, say.New("the browser has no room for its pixels")
	}
	context.Call("drawImage", bitmap, 0, 0)
	pixels := context.Call("getImageData", 0, 0, width, height).Get("data")
	rgba = make([]byte, 4*width*height)
	js.CopyBytesToGo(rgba, pixels)
	return width, height, rgba, nil
}
