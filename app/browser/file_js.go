package browser

import (
	"syscall/js"

	"wafer/nn/say"
	"wafer/wasm/promise"
)

// Read brings the bytes into Go's memory. It blocks: call it from a goroutine of
// its own.
func (b Buffer) Read() ([]byte, error) {
	blob, ok := b.blob.(js.Value)
	if !ok {
		return b.data, nil
	}
	buffer, err := promise.Await(blob.Call("arrayBuffer"))
	if err != nil {
		return nil, unreadable{err}
	}
	return CopyOf(buffer), nil
}

// URL returns an address under which <img> finds the file. Release gives it back.
func (f File) URL() string {
	blob, ok := f.data.blob.(js.Value)
	if !ok {
		blob = NewBlob(f.data.data, f.Type)
	}
	return js.Global().Get("URL").Call("createObjectURL", blob).String()
}

// Release frees an address made by File.URL.
func Release(url string) { js.Global().Get("URL").Call("revokeObjectURL", url) }

// FilesIn returns the files chosen in the <input type=file> with this id and
// empties it, so that choosing the same file again is a change again.
func FilesIn(id string) []File {
	input := element(id)
	if !input.Truthy() {
		return nil
	}
	files := filesOf(input.Get("files"))
	input.Set("value", "")
	return files
}

// Choose opens the file dialogue of the <input type=file> with this id. Browsers
// allow it only while they handle a click or a key.
func Choose(id string) {
	if input := element(id); input.Truthy() {
		input.Call("click")
	}
}

// Fetch loads a same-origin file. It blocks.
func Fetch(url, name string) (File, error) {
	answer, err := promise.Await(js.Global().Call("fetch", url))
	if err != nil {
		return File{}, say.Errorf("%s could not be loaded; perhaps there is no connection. The browser says: %w", name,
			err)
	}
	if !answer.Get("ok").Bool() {
		return File{}, say.Errorf("%s could not be loaded: the server answered with status %d", name,
			answer.Get("status").Int())
	}
	blob, err := promise.Await(answer.Call("blob"))
	if err != nil {
		return File{}, say.Errorf("%s could not be loaded completely: %w", name, err)
	}
	return fileOf(blob, name), nil
}

// Download offers bytes to the person as a file to keep.
func Download(name, mediaType string, data []byte) {
	DownloadParts(name, mediaType, []Buffer{Bytes(data)})
}

// DownloadParts offers a file that the browser puts together; what lies on the disk stays there.
func DownloadParts(name, mediaType string, parts []Buffer) {
	list := make([]any, len(parts))
	for i, p := range parts {
		if list[i] = p.blob; p.blob == nil {
			list[i] = Uint8Array(p.data)
		}
	}
	blob := js.Global().Get("Blob").New(list, map[string]any{"type": mediaType})
	url := js.Global().Get("URL").Call("createObjectURL", blob).String()
	a := js.Global().Get("document").Call("createElement", "a")
	a.Set("href", url)
	a.Set("download", name)
	a.Call("click")
	later(10_000, func() { Release(url) })
}

// DownloadPNG offers an SVG drawing as a picture on white, three dots for each of its own.
func DownloadPNG(name, svg string, width, height int) {
	const dots = 3
	document, image := js.Global().Get("document"), js.Global().Get("Image").New()
	canvas := document.Call("createElement", "canvas")
	canvas.Set("width", dots*width)
	canvas.Set("height", dots*height)
	blob := js.Global().Get("Blob").New([]any{svg}, map[string]any{"type": "image/svg+xml"})
	url := js.Global().Get("URL").Call("createObjectURL", blob).String()
	image.Set("src", url)
	go func() {
		defer Release(url)
		if _, err := promise.Await(image.Call("decode")); err != nil {
			return // a drawing of our own
		}
		c := canvas.Call("getContext", "2d")
		c.Set("fillStyle", "#fff")
		c.Call("fillRect", 0, 0, dots*width, dots*height)
		c.Call("drawImage", image, 0, 0, dots*width, dots*height)
		url := canvas.Call("toDataURL", "image/png")
		a := document.Call("createElement", "a")
		a.Set("href", url)
		a.Set("download", name)
		a.Call("click")
	}()
}

func filesOf(list js.Value) []File {
	if !list.Truthy() {
		return nil
	}
	files := make([]File, list.Length())
	for i := range files {
		files[i] = fileOf(list.Index(i), "")
	}
	return files
}

func fileOf(blob js.Value, name string) File {
	f := File{Name: name, Type: blob.Get("type").String(), Size: int64(blob.Get("size").Float()),
		data: Buffer{blob: blob}}
	if n := blob.Get("name"); name == "" && n.Type() == js.TypeString {
		f.Name = n.String()
	}
	if p := blob.Get("webkitRelativePath"); p.Type() == js.TypeString {
		f.Path = p.String()
	}
	return f
}

// NewBlob makes a Blob of bytes.
func NewBlob(data []byte, mediaType string) js.Value {
	return js.Global().Get("Blob").New([]any{Uint8Array(data)}, map[string]any{"type": mediaType})
}

func element(id string) js.Value { return js.Global().Get("document").Call("getElementById", id) }

func later(millis int, do func()) {
	var f js.Func
	f = js.FuncOf(func(js.Value, []js.Value) any {
		f.Release()
		do()
		return nil
	})
	js.Global().Call("setTimeout", f, millis)
}

// unreadable is a file that the browser can no longer read.
type unreadable struct{ cause error }

func (e unreadable) Error() string {
	return "The file could not be read; perhaps it was moved or changed since it was chosen. The browser says: " +
		e.cause.Error()
}
