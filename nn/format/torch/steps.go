package torch

import "strings"

// Step is a module of a chain.
type Step struct {
	Name  string // "0", "1.2"
	Class string // of torch.nn: "Linear"
	state *dict
}

// Steps are the modules of a saved torch.nn.Sequential, those of one within another in their place; nil for files that
// hold anything else: what runs in which order stands in no other file.
func (f *File) Steps() []Step {
	steps, ok := stepsOf(f.root, "", 0)
	if !ok {
		return nil
	}
	return steps
}

func stepsOf(v any, name string, depth int) (steps []Step, ok bool) {
	r, isRecord := v.(*record)
	if !isRecord || r.state == nil || depth > maxDepth || !strings.HasPrefix(r.class.module, "torch.nn.modules.") {
		return nil, false
	}
	if r.class.name != "Sequential" {
		return []Step{{name, r.class.name, r.state}}, depth > 0
	}
	modules, _ := r.state.get("_modules").(*dict)
	if modules == nil || len(modules.keys) > maxTensors {
		return nil, false
	}
	for i, k := range modules.keys {
		key, isText := k.(string)
		inner, ok := stepsOf(modules.values[i], join(name, key), depth+1)
		if !isText || !ok || len(steps)+len(inner) > maxTensors {
			return nil, false
		}
		steps = append(steps, inner...)
	}
	return steps, true
}

// Numbers are those of an attribute, one or a tuple of them; nil where it has others, or is not there.
func (s Step) Numbers(key string) (list []float64) {
	v := s.state.get(key)
	items, ok := v.(tuple)
	if !ok {
		items = tuple{v}
	}
	for _, item := range items {
		switch item := item.(type) {
		case int64:
			list = append(list, float64(item))
		case float64:
			list = append(list, item)
		default:
			return nil
		}
	}
	return list
}

// Text is an attribute that is one, and "true" for one that is true.
func (s Step) Text(key string) string {
	switch v := s.state.get(key).(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
	}
	return ""
}
