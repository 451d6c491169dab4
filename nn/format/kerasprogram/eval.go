package kerasprogram

import (
	"math"
	"path"
	"strings"

	"wafer/nn/say"
)

// Values of expressions; beside these numbers (int, float64), strings, bools and nil.
type (
	value any

	unknown struct{ name string } // nothing is known of it but the name that it was given: data, mostly
	items   []value               // a list or a tuple
	module  struct{ path string } // a name of a library
	method  struct {
		of   value
		name string
	}
	function struct { // of the program
		params []param
		body   []line
		value  expr // of a lambda, in place of the body
	}
	// layersOf are layers of a model, all or a part of them.
	layersOf struct {
		of   *chain
		part bool
	}
)

type param struct {
	name  string
	value expr // where it is left out; nil: none
}

// arguments are those of a call, evaluated.
type arguments struct {
	all   []value
	named map[string]value
	order []string // of named
}

// at is an argument by name or place; a place below 0 has none.
func (a arguments) at(name string, place int) (value, bool) {
	if v, ok := a.named[name]; ok {
		return v, true
	}
	if place >= 0 && place < len(a.all) {
		return a.all[place], true
	}
	return nil, false
}

// number is an argument that is a number, with whether it was given as one.
func (a arguments) number(name string, place int) (float64, bool) {
	v, _ := a.at(name, place)
	return asNumber(v)
}

// word is an argument that is a string, "" otherwise.
func (a arguments) word(name string, place int) string {
	v, _ := a.at(name, place)
	s, _ := v.(string)
	return s
}

// flag is an argument that is true or false.
func (a arguments) flag(name string, place int, missing bool) bool {
	v, _ := a.at(name, place)
	if b, ok := v.(bool); ok {
		return b
	}
	return missing
}

func asNumber(v value) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// whole is a number without a fraction, of ordinary size.
func whole(v value) (int, bool) {
	f, ok := asNumber(v)
	return int(f), ok && f == math.Trunc(f) && math.Abs(f) < 1<<31
}

// ints are the whole numbers of a list, or one number; nil for anything else.
func ints(v value) []int {
	list, ok := v.(items)
	if !ok {
		list = items{v}
	}
	var out []int
	for _, e := range list {
		n, ok := whole(e)
		if !ok {
			return nil
		}
		out = append(out, n)
	}
	return out
}

func (r *reader) eval(e expr) value {
	switch e := e.(type) {
	case constant:
		return e.value
	case list:
		out := items{}
		for _, x := range e {
			out = append(out, r.eval(x))
		}
		return out
	case variable:
		return r.lookUp(string(e))
	case member:
		return r.attribute(r.eval(e.of), e.name)
	case binary:
		return r.arithmetic(e.op, r.eval(e.a), r.eval(e.b))
	case item:
		return r.element(r.eval(e.of), r.eval(e.at))
	case closure:
		return e
	case call:
		return r.call(r.eval(e.function), r.arguments(e.args))
	}
	return unknown{}
}

func (r *reader) lookUp(name string) value {
	if v, ok := r.names[name]; ok {
		return v
	}
	if path, ok := r.imports[name]; ok {
		return module{path}
	}
	return module{name}
}

func (r *reader) arguments(args []arg) arguments {
	out := arguments{named: map[string]value{}}
	for _, a := range args {
		v := r.eval(a.value)
		switch a.name {
		case "":
			out.all = append(out.all, v)
		case "*":
		default:
			out.named[a.name] = v
			out.order = append(out.order, a.name)
		}
	}
	return out
}

func (r *reader) arithmetic(op string, a, b value) value {
	if x, ok := a.(items); ok && op == "+" {
		if y, ok := b.(items); ok && len(x)+len(y) < 1<<12 {
			return append(append(items{}, x...), y...)
		}
		return unknown{}
	}
	x, isX := asNumber(a)
	y, isY := asNumber(b)
	if !isX || !isY {
		if s, ok := a.(string); ok {
			if t, ok := b.(string); ok && op == "+" && len(s)+len(t) < 1<<12 {
				return s + t
			}
			return unknown{}
		}
		if isY {
			return r.data.scaled(a, op, y)
		}
		return unknown{}
	}
	return calculated(op, x, y)
}

func calculated(op string, x, y float64) value {
	out := math.NaN()
	switch op {
	case "+":
		out = x + y
	case "-":
		out = x - y
	case "*":
		out = x * y
	case "/":
		out = x / y
	case "//":
		out = math.Floor(x / y)
	case "%":
		out = math.Mod(x, y)
	case "**":
		out = math.Pow(x, y)
	}
	if math.IsNaN(out) || math.IsInf(out, 0) {
		return unknown{}
	}
	if n, ok := whole(out); ok && op != "/" {
		return n
	}
	return out
}

func (r *reader) element(of, at value) value {
	if l, ok := of.(layersOf); ok {
		return layersOf{l.of, true}
	}
	i, ok := whole(at)
	if list, isList := of.(items); ok && isList {
		if i < 0 {
			i += len(list)
		}
		if i >= 0 && i < len(list) {
			return list[i]
		}
	}
	return unknown{}
}

// attribute is a value's attribute, or a method of it.
func (r *reader) attribute(of value, name string) value {
	switch of := of.(type) {
	case module:
		return module{of.path + "." + name}
	case *chain:
		switch name {
		case "output", "outputs":
			return of
		case "input", "inputs":
			return &chain{input: of.input}
		case "layers":
			return layersOf{of, false}
		}
	case *flow:
		if name == "num_classes" {
			return labels{}
		}
	}
	return method{of, name}
}

// set follows an assignment to an attribute.
func (r *reader) set(of value, name string, v value) {
	on, ok := v.(bool)
	if name != "trainable" || !ok {
		return
	}
	switch of := of.(type) {
	case *chain:
		of.train(on)
	case layersOf:
		if of.part {
			of.of.trainPart(on)
		} else {
			of.of.train(on)
		}
	}
}

func (r *reader) call(f value, a arguments) value {
	switch f := f.(type) {
	case module:
		return r.library(f.path, a)
	case method:
		return r.method(f.of, f.name, a)
	case function:
		return r.own(f, a)
	case closure:
		own := function{body: nil, value: f.body}
		for _, p := range f.params {
			own.params = append(own.params, param{name: p})
		}
		return r.own(own, a)
	case *layer, *chain:
		return r.apply(f, a)
	}
	return unknown{}
}

// own follows a function of the program.
func (r *reader) own(f function, a arguments) value {
	if r.calls++; r.calls > maxDepth {
		r.fail(say.Errorf("functions call each other deeper than %d levels", maxDepth))
	}
	defer func() { r.calls-- }()
	if r.failed != nil {
		return unknown{}
	}
	before, at := map[string]value{}, r.now
	for n, v := range r.names {
		before[n] = v
	}
	for i, p := range f.params {
		v, given := a.at(p.name, i)
		if !given && p.value != nil {
			v, given = r.eval(p.value), true
		}
		if !given {
			v = unknown{}
		}
		r.names[p.name] = v
	}
	if f.value != nil {
		r.returned = r.eval(f.value)
	}
	r.block(f.body)
	out := r.returned
	r.names, r.now, r.returned = before, at, nil
	if out == nil {
		return unknown{}
	}
	return out
}

// last is the last part of a dotted path.
func last(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }

// joined is os.path.join; a part that is not known is left out.
func joined(a arguments) value {
	var parts []string
	for _, v := range a.all {
		if s, ok := v.(string); ok {
			parts = append(parts, s)
		}
	}
	return path.Join(parts...)
}
