package store

import (
	"strings"
	"syscall/js"

	"wafer/wasm/promise"
)

// What tabs tell each other: changedModels, or changedProject and the project's ID.
const (
	changedModels  = "models"
	changedProject = "project/"
)

// tell says what was kept or forgotten here to the other tabs, unless it failed.
func (d *database) tell(c Change, failed error) {
	if failed != nil || !d.tabs.Truthy() {
		return
	}
	if c.Models {
		d.tabs.Call("postMessage", changedModels)
	}
	if c.Project != "" {
		d.tabs.Call("postMessage", changedProject+c.Project)
	}
}

// Watch is that of Store: a BroadcastChannel never delivers to the one who posts.
func (d *database) Watch(on func(Change)) (stop func()) {
	if !d.tabs.Truthy() {
		return func() {}
	}
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		said := args[0].Get("data").String()
		if project, ok := strings.CutPrefix(said, changedProject); ok {
			go on(Change{Project: project})
		} else {
			go on(Change{Models: said == changedModels})
		}
		return nil
	})
	d.tabs.Call("addEventListener", "message", f)
	return func() {
		d.tabs.Call("removeEventListener", "message", f)
		f.Release()
	}
}

// locks is the browser's lock manager, which exists only where the page is trusted: with https and on this machine.
func locks() js.Value { return js.Global().Get("navigator").Get("locks") }

// holdLock takes a lock that all tabs share, as long as this one lives, so that others can count them.
func holdLock() {
	if l := locks(); l.Truthy() {
		forever := js.FuncOf(func(js.Value, []js.Value) any {
			return js.Global().Get("Promise").New(js.FuncOf(func(js.Value, []js.Value) any { return nil }))
		})
		l.Call("request", dbName, map[string]any{"mode": "shared"}, forever)
	}
}

// Alone is that of Store.
func (d *database) Alone() bool {
	l := locks()
	if !l.Truthy() {
		return false
	}
	all, err := promise.Await(l.Call("query"))
	if err != nil {
		return false
	}
	held, tabs := all.Get("held"), 0
	for i := range held.Length() {
		if held.Index(i).Get("name").String() == dbName {
			tabs++
		}
	}
	return tabs < 2
}
