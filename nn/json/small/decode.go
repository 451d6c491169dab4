package small

import (
	"encoding/base64"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Unmarshaler reads a value in its own way.
type Unmarshaler interface{ UnmarshalJSON([]byte) error }

// RawMessage is a value as it stands in a document.
type RawMessage []byte

// MarshalJSON is the value.
func (m RawMessage) MarshalJSON() ([]byte, error) {
	if m == nil {
		return []byte("null"), nil
	}
	return m, nil
}

// UnmarshalJSON copies the value.
func (m *RawMessage) UnmarshalJSON(b []byte) error {
	*m = append((*m)[:0], b...)
	return nil
}

// Number is a number as it stands in a document.
type Number string

func (n Number) String() string { return string(n) }

// Float64 is the number.
func (n Number) Float64() (float64, error) { return strconv.ParseFloat(string(n), 64) }

// Int64 is the number, if it is whole.
func (n Number) Int64() (int64, error) { return strconv.ParseInt(string(n), 10, 64) }

// UnmarshalTypeError is a value that does not fit the Go value it is for.
type UnmarshalTypeError struct {
	Value  string       // "array", "number -5", …
	Type   reflect.Type // what it should have become
	Offset int64
	Struct string // type of the struct that has the field, and the path to it; or ""
	Field  string
}

func (e *UnmarshalTypeError) Error() string {
	into := "value"
	if e.Struct != "" || e.Field != "" {
		into = "struct field " + e.Struct + "." + e.Field
	}
	return "json: cannot unmarshal " + e.Value + " into Go " + into + " of type " + e.Type.String()
}

type plainError string

func (e plainError) Error() string { return string(e) }

// Unmarshal reads a document into what v points to.
func Unmarshal(b []byte, v any) error {
	if err := whole(b); err != nil {
		return err
	}
	return (&decoder{b: b}).into(v)
}

var numberType = reflect.TypeFor[Number]()

// decoder reads a document whose syntax is right. After its first error it goes on with what fits.
type decoder struct {
	b         []byte
	at        int
	useNumber bool
	strict    bool // an unknown field is an error
	err       error
	within    reflect.Type // the struct of the field at work, and the way to it
	path      []string
}

func (d *decoder) into(v any) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return plainError("json: Unmarshal into what is no pointer")
	}
	d.value(p)
	return d.err
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// mismatch notes that a value has no place in v.
func (d *decoder) mismatch(value string, v reflect.Value) {
	e := &UnmarshalTypeError{Value: value, Type: v.Type(), Offset: int64(d.at)}
	if d.within != nil {
		e.Struct, e.Field = d.within.Name(), strings.Join(d.path, ".")
	}
	d.fail(e)
}

func (d *decoder) skip() byte {
	d.at = spaces(d.b, d.at)
	return d.b[d.at]
}

// raw is the next value as it stands.
func (d *decoder) raw() []byte {
	d.skip()
	from := d.at
	d.at, _ = check(d.b, d.at, false)
	return d.b[from:d.at]
}

// value reads the next value into v, which may be a pointer.
func (d *decoder) value(v reflect.Value) {
	c := d.skip()
	own, v := target(v, c == 'n')
	if own != nil {
		if err := own.UnmarshalJSON(d.raw()); err != nil {
			d.fail(err)
		}
		return
	}
	switch c {
	case '{':
		d.object(v)
	case '[':
		d.array(v)
	case '"':
		d.text(v)
	case 'n':
		d.raw()
		switch v.Kind() {
		case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice:
			v.SetZero()
		}
	case 't', 'f':
		d.raw()
		switch {
		case v.Kind() == reflect.Bool:
			v.SetBool(c == 't')
		case free(v):
			v.Set(reflect.ValueOf(c == 't'))
		default:
			d.mismatch("bool", v)
		}
	default:
		d.number(v)
	}
}

// free is an interface that takes any value.
func free(v reflect.Value) bool { return v.Kind() == reflect.Interface && v.NumMethod() == 0 }

// target follows pointers, and makes them where they are nil, to the value to set or to one that reads itself.
func target(v reflect.Value, null bool) (Unmarshaler, reflect.Value) {
	if v.Kind() != reflect.Pointer && v.Type().Name() != "" && v.CanAddr() {
		v = v.Addr()
	}
	for {
		if v.Kind() == reflect.Interface && !v.IsNil() {
			if e := v.Elem(); e.Kind() == reflect.Pointer && !e.IsNil() &&
				(!null || e.Elem().Kind() == reflect.Pointer) {
				v = e
				continue
			}
		}
		if v.Kind() != reflect.Pointer || null && v.CanSet() {
			return nil, v
		}
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		if v.CanInterface() {
			if own, ok := v.Interface().(Unmarshaler); ok {
				return own, v
			}
		}
		v = v.Elem()
	}
}

func (d *decoder) text(v reflect.Value) {
	s := unquote(d.raw())
	switch {
	case v.Type() == numberType:
		if end, err := check([]byte(s), 0, false); err != nil || end != len(s) || s[0] != '-' && !digit(s[0]) {
			d.fail(plainError("json: invalid number literal, trying to unmarshal " + strconv.Quote(`"`+s+`"`) +
				" into Number"))
			return
		}
		v.SetString(s)
	case v.Kind() == reflect.String:
		v.SetString(s)
	case free(v):
		v.Set(reflect.ValueOf(s))
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			d.fail(err)
			return
		}
		v.SetBytes(b)
	default:
		d.mismatch("string", v)
	}
}

func (d *decoder) number(v reflect.Value) {
	s := string(d.raw())
	var err error
	fits := true
	switch v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		var n int64
		if n, err = strconv.ParseInt(s, 10, v.Type().Bits()); err == nil {
			v.SetInt(n)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		var n uint64
		if n, err = strconv.ParseUint(s, 10, v.Type().Bits()); err == nil {
			v.SetUint(n)
		}
	case reflect.Float32, reflect.Float64:
		var n float64
		if n, err = strconv.ParseFloat(s, v.Type().Bits()); err == nil {
			v.SetFloat(n)
		}
	default:
		switch {
		case v.Type() == numberType:
			v.SetString(s)
		case free(v) && d.useNumber:
			v.Set(reflect.ValueOf(Number(s)))
		case free(v):
			var n float64
			if n, err = strconv.ParseFloat(s, 64); err == nil {
				v.Set(reflect.ValueOf(n))
			} else {
				v = reflect.ValueOf(n)
			}
		default:
			fits = false
		}
	}
	if err != nil {
		d.mismatch("number "+s, v)
	} else if !fits {
		d.mismatch("number", v)
	}
}

// items goes through an object or an array: item reads what stands before a comma.
func (d *decoder) items(end byte, item func()) {
	for d.at++; d.skip() != end; {
		item()
		if d.skip() == ',' {
			d.at++
		}
	}
	d.at++
}

func (d *decoder) array(v reflect.Value) {
	switch {
	case free(v):
		list := []any{}
		d.items(']', func() {
			var e any
			d.value(reflect.ValueOf(&e))
			list = append(list, e)
		})
		v.Set(reflect.ValueOf(list))
		return
	case v.Kind() != reflect.Array && v.Kind() != reflect.Slice:
		d.mismatch("array", v)
		d.raw()
		return
	}
	n := 0
	d.items(']', func() {
		if v.Kind() == reflect.Slice && n >= v.Len() {
			v.Grow(1)
			v.SetLen(n + 1)
		}
		if n < v.Len() {
			d.value(v.Index(n))
		} else {
			d.raw()
		}
		n++
	})
	switch {
	case v.Kind() == reflect.Array:
		for ; n < v.Len(); n++ {
			v.Index(n).SetZero()
		}
	case n == 0:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	default:
		v.SetLen(n)
	}
}

func (d *decoder) object(v reflect.Value) {
	switch {
	case free(v):
		m := map[string]any{}
		d.members(func(name string) {
			var e any
			d.value(reflect.ValueOf(&e))
			m[name] = e
		})
		v.Set(reflect.ValueOf(m))
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		d.members(func(name string) {
			e := reflect.New(v.Type().Elem()).Elem()
			d.value(e)
			v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), e)
		})
	case v.Kind() == reflect.Struct:
		d.fields(v)
	default:
		d.mismatch("object", v)
		d.raw()
	}
}

func (d *decoder) members(value func(name string)) {
	d.items('}', func() {
		name := unquote(d.raw())
		d.skip()
		d.at++ // the colon
		value(name)
	})
}

func (d *decoder) fields(v reflect.Value) {
	list, within, path := fieldsOf(v.Type()), d.within, d.path
	d.members(func(name string) {
		f := named(list, name)
		if f == nil {
			if d.strict {
				d.fail(plainError("json: unknown field " + strconv.Quote(name)))
			}
			d.raw()
			return
		}
		d.within, d.path = v.Type(), append(path[:len(path):len(path)], f.name)
		if place, ok := inside(v, f.index); ok {
			d.value(place)
		} else {
			d.fail(plainError("json: cannot set embedded pointer to unexported struct: " + v.Type().String()))
			d.raw()
		}
		d.within, d.path = within, path
	})
}

// inside is a field of v or of structs embedded in it, which are made where they are nil.
func inside(v reflect.Value, index []int) (reflect.Value, bool) {
	for n, i := range index {
		if n > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !v.CanSet() {
					return v, false
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

// unquote is what a string of a document says; what is no Unicode becomes U+FFFD.
func unquote(quoted []byte) string {
	b := quoted[1 : len(quoted)-1]
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] != '\\' {
			r, n := utf8.DecodeRune(b[i:])
			out = utf8.AppendRune(out, r)
			i += n
			continue
		}
		c := b[i+1]
		if i += 2; c != 'u' {
			if at := strings.IndexByte("bfnrt", c); at >= 0 {
				c = "\b\f\n\r\t"[at]
			}
			out = append(out, c)
			continue
		}
		r := unit(b[i:])
		if i += 4; utf16.IsSurrogate(r) {
			if i+6 <= len(b) && b[i] == '\\' && b[i+1] == 'u' {
				if both := utf16.DecodeRune(r, unit(b[i+2:])); both != utf8.RuneError {
					out = utf8.AppendRune(out, both)
					i += 6
					continue
				}
			}
			r = utf8.RuneError
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// unit is the number of four hexadecimal digits.
func unit(b []byte) rune {
	n, _ := strconv.ParseUint(string(b[:4]), 16, 32)
	return rune(n)
}
