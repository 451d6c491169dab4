package browser

import (
	"syscall/js"

	"wafer/wasm/promise"
)

// Camera shows what a camera sees in a <video> and takes pictures of it.
type Camera struct {
	video, stream js.Value
	canvas        js.Value // the last frame, unseen
}

// OpenCamera asks for a camera and shows it in the <video> with this id. It blocks while the browser asks the
// person. Where a device has one camera, it is taken whichever way it faces. trouble is "" when it worked.
func OpenCamera(id string, facing Facing) (c *Camera, trouble CameraTrouble) {
	devices := js.Global().Get("navigator").Get("mediaDevices")
	if !devices.Truthy() {
		return nil, CameraInsecure
	}
	asked := devices.Call("getUserMedia", map[string]any{"audio": false, "video": map[string]any{
		"facingMode": map[string]any{"ideal": string(facing)},
		"width":      map[string]any{"ideal": 640}, "height": map[string]any{"ideal": 480},
	}})
	refused := js.FuncOf(func(_ js.Value, why []js.Value) any { return why[0].Get("name") })
	defer refused.Release()
	stream, _ := promise.Await(asked.Call("catch", refused)) // the name of a DOMException where there is no stream
	if stream.Type() == js.TypeString {
		return nil, troubleOf(stream.String())
	}
	c = &Camera{video: element(id), stream: stream, canvas: js.Global().Get("document").Call("createElement", "canvas")}
	if !c.video.Truthy() { // the page went on meanwhile
		c.Close()
		return nil, CameraBroken
	}
	c.video.Set("srcObject", stream)
	if _, err := promise.Await(c.video.Call("play")); err != nil {
		c.Close()
		return nil, CameraBroken
	}
	return c, ""
}

// troubleOf reads the name of a DOMException of getUserMedia (Media Capture and Streams, 9.3).
func troubleOf(name string) CameraTrouble {
	switch name {
	case "NotAllowedError", "SecurityError":
		return CameraDenied
	case "NotFoundError", "OverconstrainedError":
		return CameraAbsent
	case "NotReadableError", "AbortError":
		return CameraBusy
	}
	return CameraBroken
}

// Cameras counts the cameras of the device; before one was allowed some browsers count one at most. It blocks.
func Cameras() int {
	devices := js.Global().Get("navigator").Get("mediaDevices")
	if !devices.Truthy() {
		return 0
	}
	list, err := promise.Await(devices.Call("enumerateDevices"))
	if err != nil {
		return 0
	}
	n := 0
	for i := range list.Length() {
		if list.Index(i).Get("kind").String() == "videoinput" {
			n++
		}
	}
	return n
}

// Ended says whether the camera was taken away: unplugged, or its permission withdrawn.
func (c *Camera) Ended() bool {
	return c.stream.Call("getVideoTracks").Index(0).Get("readyState").String() == "ended"
}

// LooksAway says whether the camera is known to look away from the person.
func (c *Camera) LooksAway() bool {
	facing := c.stream.Call("getVideoTracks").Index(0).Call("getSettings").Get("facingMode")
	return facing.Type() == js.TypeString && facing.String() == string(Back)
}

// frame draws what the camera sees now, at most FrameSide large; false before its first frame.
func (c *Camera) frame() (width, height int, ok bool) {
	w, h := c.video.Get("videoWidth").Int(), c.video.Get("videoHeight").Int()
	if w == 0 || h == 0 {
		return 0, 0, false
	}
	if most := max(w, h); most > FrameSide {
		w, h = max(w*FrameSide/most, 1), max(h*FrameSide/most, 1)
	}
	c.canvas.Set("width", w)
	c.canvas.Set("height", h)
	c.canvas.Call("getContext", "2d", map[string]any{"willReadFrequently": true}).Call("drawImage", c.video, 0, 0, w, h)
	return w, h, true
}

// Pixels returns what the camera sees now: width·height RGBA pixels, nil before its first frame.
func (c *Camera) Pixels() (pixels []byte, width, height int) {
	w, h, ok := c.frame()
	if !ok {
		return nil, 0, 0
	}
	image := c.canvas.Call("getContext", "2d").Call("getImageData", 0, 0, w, h)
	b := make([]byte, 4*w*h)
	js.CopyBytesToGo(b, js.Global().Get("Uint8Array").New(image.Get("data").Get("buffer")))
	return b, w, h
}

// Take returns what the camera sees now as a file, a JPEG of high quality. It blocks; false before its first frame.
func (c *Camera) Take(name string) (File, bool) {
	if _, _, ok := c.frame(); !ok {
		return File{}, false
	}
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		c.canvas.Call("toBlob", args[0], "image/jpeg", 0.92)
		return nil
	})
	defer executor.Release()
	blob, err := promise.Await(js.Global().Get("Promise").New(executor))
	if err != nil || !blob.Truthy() {
		return File{}, false
	}
	return fileOf(blob, name), true
}

// Close gives the camera back; its light goes out.
func (c *Camera) Close() {
	if c == nil {
		return
	}
	tracks := c.stream.Call("getTracks")
	for i := range tracks.Length() {
		tracks.Index(i).Call("stop")
	}
	if c.video.Truthy() {
		c.video.Set("srcObject", js.Null())
	}
}
