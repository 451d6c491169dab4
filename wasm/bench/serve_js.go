package main

import (
	"fmt"
	"syscall/js"
	"time"
	"unsafe"

	"wafer/nn/plan"
	"wafer/nn/run"
	"wafer/nn/tensor"
	"wafer/tools/peers"
)

// serve puts an object waferBench into the global scope. Its two functions return promises of
// what run.Program.JS gives, and of initial, the bytes that each input starts with by name.
// made says how long that took. Training adds rate, beta1 and beta2, from which the input "step/rate" of each step
// follows.
//
//	inference(spec.json bytes, weights.bin bytes, batch, threads)
//	training(task, batch, threads)
func serve() {
	js.Global().Set("waferBench", map[string]any{
		"inference": promise(func(a []js.Value) (js.Value, error) {
			spec, weights := make([]byte, a[0].Length()), make([]float32, a[1].Length()/4)
			js.CopyBytesToGo(spec, a[0])
			js.CopyBytesToGo(bytesOf(weights), a[1])
			t, err := peers.Inference(spec, weights, a[2].Int())
			return ready(t, err, a[3].Int())
		}),
		"training": promise(func(a []js.Value) (js.Value, error) {
			t, err := peers.Training(a[0].String(), a[1].Int())
			handle, err := ready(t, err, a[2].Int())
			if err == nil {
				o := peers.Steps[a[0].String()].Optimizer()
				handle.Set("rate", o.LearningRate)
				handle.Set("beta1", o.Beta1)
				handle.Set("beta2", o.Beta2)
			}
			return handle, err
		}),
	})
}

// promise is a JavaScript function whose work may block; a panic rejects it too.
func promise(work func(args []js.Value) (js.Value, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		return js.Global().Get("Promise").New(js.FuncOf(func(_ js.Value, settle []js.Value) any {
			reject := func(why any) { settle[1].Invoke(js.Global().Get("Error").New(fmt.Sprint(why))) }
			go func() {
				defer func() {
					if why := recover(); why != nil {
						reject(why)
					}
				}()
				v, err := work(args)
				if err != nil {
					reject(err)
					return
				}
				settle[0].Invoke(v)
			}()
			return nil
		}))
	})
}

// ready plans, compiles and starts a task, and says how long each took, in ms, and how large the module is.
func ready(t *peers.Task, err error, threads int) (js.Value, error) {
	if err != nil {
		return js.Undefined(), err
	}
	start := time.Now()
	planned := plan.Build(t.Graph)
	planning := time.Since(start)
	p, err := run.New(planned, t.State, run.Options{Threads: threads})
	if err != nil {
		return js.Undefined(), err
	}
	start = time.Now()
	handle := p.JS()
	made := p.Made()
	handle.Set("made", map[string]any{"plan": milliseconds(planning), "compile": milliseconds(made.Compile),
		"start": milliseconds(made.Load), "weights": milliseconds(time.Since(start)), "bytes": made.Bytes})
	initial := map[string]any{}
	for name, x := range t.Inputs {
		b := js.Global().Get("Uint8Array").New(4 * x.Size())
		js.CopyBytesToJS(b, elements(x))
		initial[name] = b
	}
	handle.Set("initial", initial)
	return handle, nil
}

// milliseconds keeps the fraction: planning a small network takes less than one.
func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

// elements are a tensor's bytes.
func elements(t *tensor.Tensor) []byte {
	if t.DType() == tensor.Int32 {
		return bytesOf(t.I())
	}
	return bytesOf(t.F())
}

// bytesOf is the memory of a slice, not a copy.
func bytesOf[T float32 | int32](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), 4*len(s))
}
