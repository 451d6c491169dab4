package browser

import (
	"syscall/js"

	"wafer/wasm/promise"
)

// Global is what the window has under a name, undefined where the browser denies it: asked in the usual way, a getter
// that throws, as those of storage may, would end the program.
func Global(name string) js.Value {
	v, err := try(func() js.Value { return js.Global().Get("Reflect").Call("get", js.Global(), name) })
	if err != nil {
		return js.Undefined()
	}
	return v
}

// Kept returns what Keep stored under a name in an earlier visit, or "".
func Kept(name string) string {
	storage := Global("localStorage")
	if !storage.Truthy() {
		return ""
	}
	v, err := try(func() js.Value { return storage.Call("getItem", name) })
	if err != nil || v.Type() != js.TypeString {
		return ""
	}
	return v.String()
}

// Keep stores a short text in the browser. Where the browser forbids it, nothing
// is kept and nothing else happens.
func Keep(name, value string) {
	if storage := Global("localStorage"); storage.Truthy() {
		try(func() js.Value { return storage.Call("setItem", name, value) })
	}
}

// KeepOffline makes sure that the service worker can answer a same-origin
// address without a connection. It blocks; failing costs only the offline use.
func KeepOffline(cache, url string) {
	caches := Global("caches")
	if !caches.Truthy() {
		return
	}
	if found, err := promise.Await(caches.Call("match", url)); err != nil || found.Truthy() {
		return
	}
	if store, err := promise.Await(caches.Call("open", cache)); err == nil {
		promise.Await(store.Call("add", url))
	}
}

// Persist asks the browser to keep what the page has stored even when the disk
// runs short, and reports its answer; known is false where it cannot be asked. It
// blocks: a browser may ask the person.
func Persist() (granted, known bool) { return storage("persist") }

// Persisted reports what Persist was answered, without asking.
func Persisted() (granted, known bool) { return storage("persisted") }

func storage(method string) (granted, known bool) {
	s := js.Global().Get("navigator").Get("storage") // only where the page is trusted
	if !s.Truthy() || s.Get(method).Type() != js.TypeFunction {
		return false, false
	}
	v, err := promise.Await(s.Call(method))
	return err == nil && v.Truthy(), err == nil
}

// SetRoot sets an attribute of the <html> element; "" removes it.
func SetRoot(name, value string) {
	root := js.Global().Get("document").Get("documentElement")
	if value == "" {
		root.Call("removeAttribute", name)
		return
	}
	root.Call("setAttribute", name, value)
}

// Language returns the language that the browser asks for, such as "en-GB".
func Language() string {
	v := js.Global().Get("navigator").Get("language")
	if v.Type() != js.TypeString {
		return ""
	}
	return v.String()
}

// Isolated says whether the page may use several threads.
func Isolated() bool { return js.Global().Get("crossOriginIsolated").Truthy() }

// Memory is the device's memory in GB, rounded and 8 at most, as browsers on Chromium's base say it; else 0.
func Memory() float64 {
	if v := js.Global().Get("navigator").Get("deviceMemory"); v.Type() == js.TypeNumber {
		return v.Float()
	}
	return 0
}

// TooOld says whether the browser lacks what models need: SIMD in WebAssembly and canvases in workers, which all
// browsers have since March 2023. static/js/boot.js looks.
func TooOld() bool {
	return js.Global().Get("document").Get("documentElement").Get("dataset").Get("old").Truthy()
}

// Focus moves the keyboard to the element with this id.
func Focus(id string) {
	if e := element(id); e.Truthy() {
		e.Call("focus")
	}
}

// FocusSoon gives the focus to an element that is being rendered, within half a second.
func FocusSoon(id string) { focusSoon(id, 10) }

func focusSoon(id string, tries int) {
	later(50, func() {
		if e := element(id); e.Truthy() && !e.Get("disabled").Truthy() {
			e.Call("focus")
		} else if tries > 0 {
			focusSoon(id, tries-1)
		}
	})
}

// Typing reports whether keys go to a field, which has its own way back.
func Typing() bool {
	e := js.Global().Get("document").Get("activeElement")
	return e.Truthy() && e.Call("matches", "textarea, input:not([type=radio]):not([type=checkbox])").Bool()
}

// Reveal scrolls as little as it takes to bring the element with this id into view.
func Reveal(id string) {
	if e := element(id); e.Truthy() {
		e.Call("scrollIntoView", map[string]any{"block": "nearest"})
	}
}

// OpenFold opens the <details> with this id, brings it into view and gives its summary the focus.
func OpenFold(id string) {
	e := element(id)
	if !e.Truthy() {
		return
	}
	e.Set("open", true)
	e.Call("scrollIntoView", map[string]any{"block": "start"})
	e.Call("querySelector", "summary").Call("focus", map[string]any{"preventScroll": true})
}

// RevealTop scrolls the element with this id to the top of the window.
func RevealTop(id string) {
	if e := element(id); e.Truthy() {
		e.Call("scrollIntoView", map[string]any{"block": "start"})
	}
}

// Origin is the address of the server that the page came from, such as "https://example.org".
func Origin() string { return js.Global().Get("location").Get("origin").String() }

// OpenOver shows the <dialog> with this id above everything else, which then waits.
func OpenOver(id string) {
	if e := element(id); e.Truthy() && !e.Get("open").Bool() {
		e.Call("showModal")
	}
}

// try turns an exception of the browser into an error.
func try(call func() js.Value) (v js.Value, err error) {
	defer func() {
		if e, ok := recover().(js.Error); ok {
			err = e
		}
	}()
	return call(), nil
}
