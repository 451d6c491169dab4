//go:build !js

package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"wafer/nn/compile"
)

// threadCount is 1: wazero has one thread here.
func threadCount(int) int { return 1 }

// instance is a module in wazero.
type instance struct {
	runtime wazero.Runtime
	memory  api.Memory
	funcs   map[string]api.Function
}

func newMachine(m *compile.Module) (machine, error) {
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	mod, err := r.Instantiate(ctx, m.Bytes)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the module of %d bytes: %w", len(m.Bytes), err), r.Close(ctx))
	}
	i := &instance{runtime: r, memory: mod.Memory(), funcs: map[string]api.Function{}}
	for _, name := range []string{"put", "prepare", "step"} {
		i.funcs[name] = mod.ExportedFunction(name)
	}
	return i, nil
}

func (i *instance) write(offset int, from []byte) {
	if !i.memory.Write(uint32(offset), from) {
		panic(fmt.Sprintf("run: write of %d bytes at %d is outside the memory", len(from), offset))
	}
}

func (i *instance) read(offset int, to []byte) {
	b, ok := i.memory.Read(uint32(offset), uint32(len(to)))
	if !ok {
		panic(fmt.Sprintf("run: read of %d bytes at %d is outside the memory", len(to), offset))
	}
	copy(to, b)
}

func (i *instance) call(name string, args ...uint64) error {
	_, err := i.funcs[name].Call(context.Background(), args...)
	return err
}

func (i *instance) put(param, row, rows int) error {
	return i.call("put", uint64(param), uint64(row), uint64(rows))
}
func (i *instance) prepare() error { return i.call("prepare") }
func (i *instance) step() error    { return i.call("step", 0, 1) }
func (i *instance) threads() int   { return 1 }
func (i *instance) close()         { i.runtime.Close(context.Background()) }
