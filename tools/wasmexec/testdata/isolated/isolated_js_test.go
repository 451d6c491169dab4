// Package isolated is run by the test of wasmexec, in a browser: it uses what a compiled
// model with several threads needs.
package isolated

import (
	"syscall/js"
	"testing"
	"time"
)

// helper waits for cell 0 of the shared memory and answers in cell 1.
const helper = `onmessage = ({ ports: [port] }) => {
	port.onmessage = (event) => {
		const cells = new Int32Array(event.data);
		port.postMessage("ready");
		Atomics.wait(cells, 0, 0);
		Atomics.store(cells, 1, 42);
		Atomics.notify(cells, 1);
	};
};`

func TestWhereItRuns(t *testing.T) {
	global := js.Global()
	t.Log(global.Get("navigator").Get("userAgent"))
	if !global.InstanceOf(global.Get("DedicatedWorkerGlobalScope")) {
		t.Error("js.Global() is not the global of a dedicated worker")
	}
	if !global.Get("crossOriginIsolated").Bool() {
		t.Error("crossOriginIsolated is false")
	}
}

func TestMemoryIsSharedWithAHelperAndWaitedFor(t *testing.T) {
	global := js.Global()
	memory := global.Get("WebAssembly").Get("Memory").New(map[string]any{"initial": 1, "maximum": 1, "shared": true})
	cells := global.Get("Int32Array").New(memory.Get("buffer"))

	// The page starts the helper: a worker of Firefox that starts one itself may wait for ever.
	url := global.Get("URL").Call("createObjectURL", global.Get("Blob").New([]any{helper}))
	channel := global.Get("MessageChannel").New()
	worker, port := channel.Get("port1"), channel.Get("port2")
	global.Call("postMessage", map[string]any{"thread": url, "name": "helper", "port": port}, []any{port})
	ready := make(chan struct{})
	said := js.FuncOf(func(js.Value, []js.Value) any { close(ready); return nil })
	defer said.Release()
	worker.Set("onmessage", said)
	worker.Call("postMessage", memory.Get("buffer"))
	select {
	case <-ready: // a worker starts only while its maker does not block
	case <-time.After(10 * time.Second):
		t.Fatal("the helper did not start")
	}

	atomics := global.Get("Atomics")
	atomics.Call("store", cells, 0, 1)
	atomics.Call("notify", cells, 0)
	if how := atomics.Call("wait", cells, 1, 0, 10_000).String(); how == "timed-out" {
		t.Error("the helper did not wake this worker")
	}
	if got := cells.Index(1).Int(); got != 42 {
		t.Errorf("the helper wrote %d into the shared memory, expected 42", got)
	}
}
