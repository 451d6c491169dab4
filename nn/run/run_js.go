package run

import (
	"errors"
	"sync"
	"syscall/js"

	"wafer/nn/compile"
)

// mostThreads is how many threads Options.Threads 0 asks for at most: more gain little.
const mostThreads = 8

// glue is the object waferRun of run.js. On a page whose policy forbids evaluating text, the
// worker's script has loaded it; elsewhere script, which is run.js, is evaluated here.
var glue = sync.OnceValues(func() (v js.Value, err error) {
	defer caught(&err)
	global := js.Global()
	if global.Get("waferRun").IsUndefined() {
		global.Call("eval", script)
		global.Get("waferRun").Set("source", script)
	}
	return global.Get("waferRun"), nil
})

// caught turns an exception into an error.
func caught(err *error) {
	switch e := recover().(type) {
	case nil:
	case js.Error:
		*err = errors.New(e.Value.Get("message").String())
	default:
		panic(e)
	}
}

// threadCount is 1 where threads cannot share memory.
func threadCount(wanted int) int {
	v, err := glue()
	if err != nil {
		return 1
	}
	switch here := v.Call("threads").Int(); {
	case here == 1:
		return 1
	case wanted <= 0:
		return min(here, mostThreads)
	}
	return min(wanted, 64)
}

// instance is a Program of run.js. Go holds on to that object alone, never to its memory,
// which would then live until Go collects garbage.
type instance struct {
	js.Value
	staging js.Value // bytes that run.js copies from and to
	size    int      // of staging
	sync    js.Func
}

func newMachine(m *compile.Module) (_ machine, err error) {
	defer caught(&err)
	v, err := glue()
	if err != nil {
		return nil, err
	}
	staging := v.Get("staging")
	return &instance{staging: staging, size: staging.Length(), Value: program(v, m)}, nil
}

// program makes a Program of run.js.
func program(glue js.Value, m *compile.Module) js.Value {
	code := js.Global().Get("Uint8Array").New(len(m.Bytes))
	js.CopyBytesToJS(code, m.Bytes)
	return glue.Call("program", map[string]any{
		"code": code, "pages": m.Memory.Pages(), "threads": m.Threads, "alone": m.Alone,
		"inputs": offsets(m.Inputs), "outputs": offsets(m.Outputs),
		"barrier": map[string]any{"abort": compile.Abort, "generation": compile.Generation},
	})
}

func offsets(places []compile.Place) map[string]any {
	at := map[string]any{}
	for _, p := range places {
		at[p.Name] = p.Offset
	}
	return at
}

func (i *instance) write(offset int, from []byte) {
	for len(from) > 0 {
		n := min(len(from), i.size)
		js.CopyBytesToJS(i.staging, from[:n])
		i.Call("write", offset, n)
		offset, from = offset+n, from[n:]
	}
}

func (i *instance) read(offset int, to []byte) {
	for len(to) > 0 {
		n := min(len(to), i.size)
		i.Call("read", offset, n)
		js.CopyBytesToGo(to[:n], i.staging)
		offset, to = offset+n, to[n:]
	}
}

func (i *instance) put(param, row, rows int) (err error) {
	defer caught(&err)
	i.Call("put", param, row, rows)
	return nil
}

func (i *instance) prepare() (err error) {
	defer caught(&err)
	i.Call("prepare")
	return nil
}

func (i *instance) step() error {
	if why := i.Call("step"); why.Type() == js.TypeString {
		return errors.New(why.String())
	}
	return nil
}

func (i *instance) threads() int { return i.Call("threads").Int() }

func (i *instance) close() {
	i.Call("close")
	i.sync.Release()
}

// JS is the program for JavaScript, which then runs it without Go:
//
//	{step(), sync(), memory, inputs: {name: byte offset}, outputs: {name: byte offset}}
//
// step runs the whole graph once, sync brings changed parameters into memory; each returns
// undefined, or why it failed. Parameters that step updates stay in memory until Lend is
// called. JS panics when the first sync fails.
func (p *Program) JS() js.Value {
	i := p.machine.(*instance)
	if i.sync.IsUndefined() {
		i.sync = js.FuncOf(func(js.Value, []js.Value) any {
			if err := p.Sync(); err != nil {
				return err.Error()
			}
			return nil
		})
		i.Set("sync", i.sync)
	}
	if err := p.Sync(); err != nil {
		panic(err)
	}
	return i.Value
}
