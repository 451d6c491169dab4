package browser

import (
	"syscall/js"

	"wafer/wasm/promise"
)

// OnIntake calls on for everything that is dropped anywhere on the page or
// pasted into it, except text pasted into a field that takes text itself. While
// something is dragged over the page the root element carries data-dragging.
// What came before the page's program ran (static/js/boot.js) comes first. on runs on
// a goroutine of its own. stop ends it.
func OnIntake(on func(Intake)) (stop func()) {
	root := js.Global().Get("document").Get("documentElement")
	dragging := func(e js.Value, yes bool) {
		if yes {
			root.Call("setAttribute", "data-dragging", "")
			return
		}
		root.Call("removeAttribute", "data-dragging")
	}
	stops := []func(){
		listen("dragover", func(e js.Value) {
			e.Call("preventDefault")
			dragging(e, true)
		}),
		listen("dragleave", func(e js.Value) {
			if !e.Get("relatedTarget").Truthy() { // the pointer left the window
				dragging(e, false)
			}
		}),
		listen("drop", func(e js.Value) {
			e.Call("preventDefault")
			dragging(e, false)
			data, target := e.Get("dataTransfer"), dropTarget(e.Get("target"))
			text, entries, files := data.Call("getData", "text/plain").String(), entriesOf(data),
				filesOf(data.Get("files"))
			go func() { // folders are read asynchronously
				on(Intake{Files: withFolders(entries, files), Text: text, Target: target})
			}()
		}),
		listen("paste", func(e js.Value) {
			data := e.Get("clipboardData")
			in := Intake{Files: filesOf(data.Get("files")), Text: data.Call("getData", "text/plain").String(),
				Pasted: true}
			if len(in.Files) == 0 && takesText(e.Get("target")) {
				return
			}
			in.Target = dropTarget(e.Get("target"))
			e.Call("preventDefault")
			go on(in)
		}),
	}
	stops = append(stops, early(on))
	return func() {
		for _, s := range stops {
			s()
		}
		root.Call("removeAttribute", "data-dragging")
	}
}

// early hands over what was kept before the program ran, and what a dialogue that was
// opened then still brings.
func early(on func(Intake)) (stop func()) {
	taker := js.Global().Get("waferEarly")
	if taker.Type() != js.TypeFunction {
		return func() {}
	}
	take := js.FuncOf(func(_ js.Value, args []js.Value) any {
		item := args[0]
		in := Intake{Text: item.Get("text").String(), Target: item.Get("target").String(), Pasted: item.Get("pasted").
			Bool(), Early: true}
		entries, files := valuesOf(item.Get("entries")), filesOf(item.Get("files"))
		go func() {
			in.Files = withFolders(entries, files)
			on(in)
		}()
		return nil
	})
	js.Global().Call("waferEarly", take)
	return func() {} // take stays: a dialogue may be open for long
}

func valuesOf(list js.Value) []js.Value {
	out := make([]js.Value, list.Length())
	for i := range out {
		out[i] = list.Index(i)
	}
	return out
}

func listen(event string, on func(js.Value)) (stop func()) {
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		on(args[0])
		return nil
	})
	js.Global().Call("addEventListener", event, f)
	return func() {
		js.Global().Call("removeEventListener", event, f)
		f.Release()
	}
}

func takesText(target js.Value) bool {
	switch target.Get("tagName").String() {
	case "TEXTAREA", "INPUT":
		return true
	}
	return false
}

func dropTarget(target js.Value) string {
	if target.Get("closest").Type() != js.TypeFunction {
		return ""
	}
	at := target.Call("closest", "[data-drop]")
	if !at.Truthy() {
		return ""
	}
	return at.Get("dataset").Get("drop").String()
}

// entriesOf must run while the event is handled: afterwards its items are gone.
func entriesOf(data js.Value) []js.Value {
	items := data.Get("items")
	var entries []js.Value
	for i := range items.Length() {
		item := items.Index(i)
		if item.Get("webkitGetAsEntry").Type() != js.TypeFunction {
			return nil
		}
		if entry := item.Call("webkitGetAsEntry"); entry.Truthy() {
			entries = append(entries, entry)
		}
	}
	return entries
}

// withFolders replaces dropped folders by the files inside them.
func withFolders(entries []js.Value, files []File) []File {
	folder := false
	for _, e := range entries {
		folder = folder || e.Get("isDirectory").Bool()
	}
	if !folder {
		return files
	}
	var all []File
	for _, e := range entries {
		all = walk(e, all)
	}
	return all
}

func walk(entry js.Value, files []File) []File {
	if entry.Get("isFile").Bool() {
		blob, err := callback(entry, "file")
		if err != nil {
			return files
		}
		f := fileOf(blob, "")
		f.Path = entry.Get("fullPath").String()[1:]
		return append(files, f)
	}
	reader := entry.Call("createReader")
	for { // a reader gives at most 100 entries at a time
		list, err := callback(reader, "readEntries")
		if err != nil || list.Length() == 0 {
			return files
		}
		for i := range list.Length() {
			files = walk(list.Index(i), files)
		}
	}
}

// callback waits for a method of the old kind that takes two functions.
func callback(object js.Value, method string) (js.Value, error) {
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		object.Call(method, args[0], args[1])
		return nil
	})
	defer executor.Release()
	return promise.Await(js.Global().Get("Promise").New(executor))
}
