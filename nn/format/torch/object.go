package torch

import (
	"bytes"
	"strings"

	"wafer/nn/say"
)

const (
	maxName = 512     // bytes of the name of a class
	maxSize = 1 << 40 // elements of a storage
)

// object is what names something of Python's.
func (p *unpickler) object(op byte) error {
	if op == 'c' { // GLOBAL
		c, err := p.global()
		return first(err, p.push(c, costObject))
	}
	arg, err := p.pop()
	if err != nil {
		return err
	}
	switch op {
	case 'Q': // BINPERSID: the file's own part of the pickle
		v, err := p.persistent(arg)
		return first(err, p.push(v, costObject))
	case 'b': // BUILD
		return build(p.top(), arg)
	}
	f, err := p.pop()
	if err != nil {
		return err
	}
	c, isClass := f.(class)
	args, isTuple := arg.(tuple)
	if !isClass || !isTuple {
		return say.New("calls something that is no class")
	}
	var v any
	if op == 0x81 { // NEWOBJ
		v, err = create(c, args)
	} else {
		v, err = call(c, args)
	}
	return first(err, p.push(v, costObject+costValue*len(args)))
}

// global is two lines: a module and a name in it.
func (p *unpickler) global() (class, error) {
	var part [2]string
	for i := range part {
		rest := p.b[p.at:min(len(p.b), p.at+maxName)]
		n := bytes.IndexByte(rest, '\n')
		if n < 0 {
			return class{}, say.Errorf("has the name of a class that is longer than %d bytes or does not end", maxName)
		}
		part[i] = string(rest[:n])
		p.at += n + 1
	}
	return class{part[0], part[1]}, nil
}

func refuse(c class) error {
	return say.Errorf("wants to run %.100s: Wafer runs no code from files", c.String())
}

// call is what PyTorch's files make by functions: the closed list of those that are known.
func call(c class, args tuple) (any, error) {
	switch c.String() {
	case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3":
		return rebuild(args)
	case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
		if len(args) > 0 {
			if v, ok := args[0].(*view); ok {
				return v, nil
			}
		}
		return nil, say.Errorf("makes a parameter of something that is no tensor")
	case "collections.OrderedDict", "collections.defaultdict", "__builtin__.dict", "builtins.dict":
		return pairs(args), nil
	case "__builtin__.set", "builtins.set", "__builtin__.frozenset", "builtins.frozenset", "__builtin__.list",
		"builtins.list":
		return sequence(args), nil
	case "torch.Size":
		return tuple(sequence(args).items), nil
	case "torch.device", "numpy.dtype", "_codecs.encode", "numpy.core.multiarray.scalar",
		"numpy._core.multiarray.scalar", "__builtin__.bytearray", "builtins.bytearray", "__builtin__.complex",
		"builtins.complex":
		return inert{c.String()}, nil
	}
	if c.module == "torch.jit._pickle" && strings.HasPrefix(c.name, "build_") && len(args) > 0 {
		return args[0], nil // a typed list
	}
	if c.module == "torch.jit._pickle" && c.name == "restore_type_tag" && len(args) > 0 {
		return args[0], nil
	}
	return nil, refuse(c)
}

// pairs is a dictionary of a list of pairs, if there is one.
func pairs(args tuple) *dict {
	d := &dict{}
	for _, pair := range sequence(args).items {
		switch pair := pair.(type) {
		case tuple:
			if len(pair) == 2 {
				d.set(pair[0], pair[1])
			}
		case *list: // Python 2 wrote lists
			if len(pair.items) == 2 {
				d.set(pair.items[0], pair.items[1])
			}
		}
	}
	return d
}

// sequence is the first argument as a list. It shares its items, which are not changed by other names.
func sequence(args tuple) *list {
	if len(args) > 0 {
		switch from := args[0].(type) {
		case *list:
			return &list{from.items[:len(from.items):len(from.items)]}
		case tuple:
			return &list{from[:len(from):len(from)]}
		}
	}
	return &list{}
}

// create is an object as __new__ makes it: containers, and records of classes that are not known. These are objects of
// modules, whose class is all that __new__ gets.
func create(c class, args tuple) (any, error) {
	switch c.String() {
	case "collections.OrderedDict", "__builtin__.dict", "builtins.dict":
		return &dict{}, nil
	}
	if len(args) > 0 {
		return nil, refuse(c)
	}
	return &record{class: c}, nil
}

// build gives an object its state. That of a record must be what PyTorch's modules have.
func build(of, state any) error {
	switch of := of.(type) {
	case *record:
		d, ok := state.(*dict)
		if !ok || of.state != nil || !isModule(of.class, d) {
			return refuse(of.class)
		}
		of.state = d
		return nil
	case *dict, inert: // attributes beside the keys; numpy's types
		return nil
	}
	return say.New("gives a state to something that has none")
}

// isModule tells the states of torch.nn's modules, of TorchScript's and of the options of a program.
func isModule(c class, state *dict) bool {
	_, parameters := state.get("_parameters").(*dict)
	_, modules := state.get("_modules").(*dict)
	return parameters && modules || strings.HasPrefix(c.module, "__torch__") || c.String() == "argparse.Namespace"
}

// dtypes are the types of elements by the names of PyTorch's storages, and of the types themselves.
func dtypeOf(c class) (string, bool) {
	switch c.name {
	case "FloatStorage", "float32":
		return "F32", true
	case "DoubleStorage", "float64":
		return "F64", true
	case "HalfStorage", "float16":
		return "F16", true
	case "BFloat16Storage", "bfloat16":
		return "BF16", true
	case "LongStorage", "int64":
		return "I64", true
	case "IntStorage", "int32":
		return "I32", true
	case "ShortStorage", "int16":
		return "I16", true
	case "CharStorage", "int8":
		return "I8", true
	case "ByteStorage", "uint8":
		return "U8", true
	case "BoolStorage", "bool":
		return "BOOL", true
	case "UntypedStorage":
		return "", true
	}
	return "", false
}

// persistent is what a file says in place of an object: a storage, or (in old files) a class with its source.
func (p *unpickler) persistent(arg any) (any, error) {
	id, _ := arg.(tuple)
	if len(id) < 2 {
		return nil, say.New("refers to something that is no storage")
	}
	c, isClass := id[1].(class)
	switch {
	case id[0] == "module" && isClass:
		return c, nil
	case id[0] != "storage" || !isClass || len(id) < 5:
		return nil, say.New("refers to something that is no storage")
	}
	s := storage{}
	var known bool
	if s.dtype, known = dtypeOf(c); !known || c.module != "torch" && c.module != "torch.storage" {
		return nil, say.Errorf("has a storage of type %.100s, which is not read", c.String())
	}
	var isKey, isSize bool
	s.key, isKey = id[2].(string)
	s.size, isSize = id[4].(int64)
	if !isKey || !isSize || s.size < 0 || s.size > maxSize {
		return nil, say.New("has a storage without a name or a size")
	}
	whole := s
	if len(id) > 5 { // old files: a view has a key of its own, its beginning and its size
		if part, ok := id[5].(tuple); ok && len(part) == 3 {
			s.view, isKey = part[1].(int64)
			s.size, isSize = part[2].(int64)
			if !isKey || !isSize || s.view < 0 || s.size < 0 || s.view > whole.size || s.size > whole.size-s.view {
				return nil, say.Errorf("has a part of a storage of %d elements that is not in it", whole.size)
			}
		}
	}
	if old, ok := p.storages[s.key]; ok && (old.dtype != whole.dtype || old.size != whole.size) {
		return nil, say.Errorf("tells two different things about storage %.40q", s.key)
	}
	p.storages[s.key] = whole
	return s, nil
}
