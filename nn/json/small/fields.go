package small

import (
	"reflect"
	"strings"
	"sync"
)

// field is how a field of a struct is written.
type field struct {
	name      string
	index     []int // through embedded structs
	tagged    bool
	omitEmpty bool
	omitZero  bool
}

var (
	known   = map[reflect.Type][]field{}
	knownMu sync.Mutex
)

// fieldsOf are the fields of a struct as documents have them, in order; of several with one name that which lies least
// deep, among these the one with a tag, else none.
func fieldsOf(t reflect.Type) []field {
	knownMu.Lock()
	defer knownMu.Unlock()
	list, ok := known[t]
	if !ok {
		all := collect(nil, t, nil, map[reflect.Type]bool{})
		for i := range all {
			if dominant(all, i) {
				list = append(list, all[i])
			}
		}
		known[t] = list
	}
	return list
}

func dominant(all []field, i int) bool {
	f := all[i]
	for j, g := range all {
		switch {
		case j == i || g.name != f.name || len(g.index) > len(f.index):
		case len(g.index) < len(f.index) || g.tagged || !f.tagged:
			return false
		}
	}
	return true
}

func collect(list []field, t reflect.Type, index []int, within map[reflect.Type]bool) []field {
	if within[t] {
		return list
	}
	within[t] = true
	defer delete(within, t)
	for i := range t.NumField() {
		sf := t.Field(i)
		inner := sf.Type
		if inner.Kind() == reflect.Pointer && inner.Name() == "" {
			inner = inner.Elem()
		}
		tag := sf.Tag.Get("json")
		structs := sf.Anonymous && inner.Kind() == reflect.Struct
		if tag == "-" || !sf.IsExported() && !structs {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		f := field{name: name, tagged: name != "", index: append(index[:len(index):len(index)], i)}
		for _, option := range strings.Split(options, ",") {
			f.omitEmpty = f.omitEmpty || option == "omitempty"
			f.omitZero = f.omitZero || option == "omitzero"
		}
		switch {
		case name == "" && structs:
			list = collect(list, inner, f.index, within)
			continue
		case name == "":
			f.name = sf.Name
		}
		list = append(list, f)
	}
	return list
}

// named is the field of this name, or one whose name differs in capitals only.
func named(list []field, name string) *field {
	for i := range list {
		if list[i].name == name {
			return &list[i]
		}
	}
	for i := range list {
		if strings.EqualFold(list[i].name, name) {
			return &list[i]
		}
	}
	return nil
}
