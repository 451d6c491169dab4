package torch

import (
	"strconv"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Limits of the way through what was unpickled, which may hold a value many times, or itself.
const (
	maxDepth = 64
	maxPath  = 1 << 12 // bytes of the name of a tensor
)

// states are the keys under which training programs keep the weights, beside the optimizer's state and others.
var states = []string{"state_dict", "model_state_dict", "model_state", "model", "network", "net", "weights", "params"}

// collect names the tensors: those of the state dict, wherever it is, without the prefix of wrappers.
func (f *File) collect(size int) error {
	c := &collector{f: f, left: 4*size + fixed}
	if err := c.walk(weightsOf(f.root, 0), "", 0); err != nil {
		return err
	}
	for _, wrapper := range []string{"module.", "_orig_mod.", "module."} {
		f.strip(wrapper)
	}
	elements := 0
	for _, v := range f.views {
		elements += tensor.Shape(v.shape).Size()
	}
	if elements > size { // each takes four bytes
		return say.New("would take more memory than four times the size of the file")
	}
	if len(f.names) == 0 {
		return say.New("holds no tensors by names")
	}
	return nil
}

// weightsOf is the state dict within a checkpoint: what stands under one of the keys of states, or everything.
func weightsOf(v any, depth int) any {
	d, ok := v.(*dict)
	if !ok || depth > 4 {
		return v
	}
	for _, key := range states {
		switch inner := d.get(key).(type) {
		case *dict:
			if len(inner.keys) > 0 {
				return weightsOf(inner, depth+1)
			}
		case *record:
			return inner
		}
	}
	return v
}

type collector struct {
	f    *File
	left int // bytes that names may still take
}

func (c *collector) walk(v any, name string, depth int) error {
	if c.left -= len(name) + costValue; c.left < 0 || depth > maxDepth || len(name) > maxPath {
		return say.New("nests its values too deeply or too often")
	}
	switch v := v.(type) {
	case *view:
		return c.add(name, v)
	case *dict:
		return c.dict(v, name, depth)
	case *record:
		return c.record(v, name, depth)
	case *list:
		return c.items(v.items, name, depth)
	case tuple:
		return c.items(v, name, depth)
	}
	return nil
}

func (c *collector) add(name string, v *view) error {
	if name == "" {
		name = "tensor"
	}
	if _, twice := c.f.views[name]; twice {
		return say.Errorf("has two tensors of the name %.80q", name)
	}
	if len(c.f.names) == maxTensors {
		return say.Errorf("has more than %d tensors", maxTensors)
	}
	c.f.names, c.f.views[name] = append(c.f.names, name), v
	return nil
}

func join(name, part string) string {
	if name == "" {
		return part
	}
	return name + "." + part
}

// dict goes through the values of names; what optimizers and schedules keep is left out.
func (c *collector) dict(d *dict, name string, depth int) error {
	for i, k := range d.keys {
		key, ok := k.(string)
		if !ok || key == "_metadata" || depth == 0 &&
			(strings.HasPrefix(key, "optim") || strings.Contains(key, "scheduler")) {
			continue
		}
		if err := c.walk(d.values[i], join(name, key), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) items(items []any, name string, depth int) error {
	for i, v := range items {
		if err := c.walk(v, join(name, strconv.Itoa(i)), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// record goes through a module as state_dict does: parameters, buffers, then the modules inside.
func (c *collector) record(r *record, name string, depth int) error {
	if r.state == nil || r.class.module == "argparse" {
		return nil
	}
	if strings.HasPrefix(r.class.module, "__torch__") { // TorchScript: attributes, all alike
		return c.dict(r.state, name, depth+1)
	}
	for _, part := range []string{"_parameters", "_buffers", "_modules"} {
		if d, ok := r.state.get(part).(*dict); ok {
			if err := c.dict(d, name, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// strip takes a prefix off all names that have it, if all have.
func (f *File) strip(prefix string) {
	for _, name := range f.names {
		if !strings.HasPrefix(name, prefix) || name == prefix {
			return
		}
	}
	views := make(map[string]*view, len(f.views))
	for i, name := range f.names {
		f.names[i] = name[len(prefix):]
		views[f.names[i]] = f.views[name]
	}
	f.views = views
}

var _ foreign.Weights = (*File)(nil)
