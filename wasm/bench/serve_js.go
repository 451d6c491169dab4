package main

import (
	"syscall/js"
	"unsafe"

	"wafer/nn/graph"
	"wafer/nn/tensor"
	"wafer/tools/peers"
)

// serve puts an object waferBench into the global scope. Its two functions return promises of
// {step(), memory, inputs, outputs, initial}: step runs the whole graph once, inputs and outputs
// give the byte offset in memory of each value by name, initial the bytes each input starts with.
// Training adds rate, beta1 and beta2, from which the input "step/rate" of each step follows.
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

// promise is a JavaScript function whose work may block.
func promise(work func(args []js.Value) (js.Value, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		return js.Global().Get("Promise").New(js.FuncOf(func(_ js.Value, settle []js.Value) any {
			go func() {
				v, err := work(args)
				if err != nil {
					settle[1].Invoke(js.Global().Get("Error").New(err.Error()))
					return
				}
				settle[0].Invoke(v)
			}()
			return nil
		}))
	})
}

func ready(t *peers.Task, err error, threads int) (js.Value, error) {
	if err != nil {
		return js.Undefined(), err
	}
	p, err := peers.Runner(threads)(t.Graph, t.State)
	if err != nil {
		return js.Undefined(), err
	}
	handle := driver(p, t)
	initial := map[string]any{}
	for name, x := range t.Inputs {
		b := js.Global().Get("Uint8Array").New(4 * x.Size())
		js.CopyBytesToJS(b, elements(x))
		initial[name] = b
	}
	handle.Set("initial", initial)
	return handle, nil
}

// driver lets JavaScript run p: a compiled module offers that itself; any other program is
// driven through Go's own memory, which the adapter leaves in waferMemory.
func driver(p graph.Program, t *peers.Task) js.Value {
	if c, ok := p.(interface{ JS() js.Value }); ok {
		return c.JS()
	}
	out := map[string]*tensor.Tensor{}
	inputs, outputs := map[string]any{}, map[string]any{}
	for name, x := range t.Inputs {
		inputs[name] = offset(x)
	}
	for _, o := range t.Graph.Outputs {
		out[o.Name] = tensor.New(o.Node.DType, o.Node.Shape...)
		outputs[o.Name] = offset(out[o.Name])
	}
	step := js.FuncOf(func(js.Value, []js.Value) any {
		results, err := p.Run(t.Inputs)
		if err != nil {
			return err.Error()
		}
		for name, y := range results {
			out[name].CopyFrom(y)
		}
		return nil
	})
	return js.ValueOf(map[string]any{"step": step, "memory": js.Global().Get("waferMemory"), "inputs": inputs, "outputs": outputs})
}

// elements are a tensor's bytes.
func elements(t *tensor.Tensor) []byte {
	if t.DType() == tensor.Int32 {
		return bytesOf(t.I())
	}
	return bytesOf(t.F())
}

func bytesOf[T float32 | int32](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), 4*len(s))
}

// offset is where a tensor lies in Go's memory.
func offset(t *tensor.Tensor) int {
	return int(uintptr(unsafe.Pointer(unsafe.SliceData(elements(t)))))
}
