package small

import (
	"bytes"
	"encoding/base64"
	"math"
	"reflect"
	"sort"
	"strconv"
	"unicode/utf8"
)

// Marshaler writes itself in its own way.
type Marshaler interface{ MarshalJSON() ([]byte, error) }

// Marshal writes v without white space, keys of maps in order and <, >, & escaped, as pages of HTML take it.
func Marshal(v any) ([]byte, error) {
	e := &encoder{}
	e.value(reflect.ValueOf(v))
	return e.b, e.err
}

// MarshalIndent writes v as Indent does.
func MarshalIndent(v any, prefix, indent string) ([]byte, error) {
	b, err := Marshal(v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = Indent(&out, b, prefix, indent)
	return out.Bytes(), err
}

// Compact appends a document without the white space between its parts.
func Compact(to *bytes.Buffer, b []byte) error {
	if err := whole(b); err != nil {
		return err
	}
	to.Write(compact(nil, b, false))
	return nil
}

func compact(out, b []byte, escape bool) []byte {
	quoted := false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '\\' && quoted:
			out = append(out, c, b[i+1])
			i++
			continue
		case c == '"':
			quoted = !quoted
		case !quoted && spaces(b[i:i+1], 0) > 0:
			continue
		case escape && (c == '<' || c == '>' || c == '&'):
			out = escaped(out, rune(c))
			continue
		case escape && c == 0xe2 && i+2 < len(b) && b[i+1] == 0x80 && b[i+2]&^1 == 0xa8:
			out = escaped(out, 0x2028|rune(b[i+2]&1))
			i += 2
			continue
		}
		out = append(out, c)
	}
	return out
}

// escaped appends a character by its number.
func escaped(out []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(out, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// Valid says whether b is a document.
func Valid(b []byte) bool { return whole(b) == nil }

// Indent appends a document with a line for every part, each with a prefix and an indent for every bracket around it.
func Indent(to *bytes.Buffer, b []byte, prefix, indent string) error {
	if err := whole(b); err != nil {
		return err
	}
	depth, quoted := 0, false
	line := func() {
		to.WriteString("\n" + prefix)
		for range depth {
			to.WriteString(indent)
		}
	}
	b = compact(nil, b, false)
	for i, c := range b {
		switch {
		case quoted:
			to.WriteByte(c)
			quoted = c != '"' || escapes(b[:i])%2 == 1
			continue
		case (c == '}' || c == ']') && b[i-1] != '{' && b[i-1] != '[':
			depth--
			line()
		case c == '}' || c == ']':
			depth--
		}
		switch to.WriteByte(c); {
		case c == '"':
			quoted = true
		case c == ':':
			to.WriteByte(' ')
		case c == ',':
			line()
		case c == '{' || c == '[':
			if depth++; b[i+1] != '}' && b[i+1] != ']' {
				line()
			}
		}
	}
	return nil
}

// escapes is how many backslashes b ends with.
func escapes(b []byte) (n int) {
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n
}

type encoder struct {
	b   []byte
	err error
}

func (e *encoder) add(s string) { e.b = append(e.b, s...) }

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.b, e.err = nil, err
	}
}

var marshalerType = reflect.TypeFor[Marshaler]()

func (e *encoder) value(v reflect.Value) {
	switch {
	case e.err != nil:
		return
	case !v.IsValid():
		e.add("null")
		return
	case v.Kind() != reflect.Pointer && v.CanAddr() && reflect.PointerTo(v.Type()).Implements(marshalerType):
		e.own(v.Addr())
		return
	case v.Type().Implements(marshalerType):
		e.own(v)
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		e.b = strconv.AppendBool(e.b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.b = strconv.AppendInt(e.b, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		e.b = strconv.AppendUint(e.b, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		e.float(v.Float(), v.Type().Bits())
	case reflect.String:
		e.text(v)
	case reflect.Interface, reflect.Pointer:
		e.value(v.Elem())
	case reflect.Struct:
		e.fields(v)
	case reflect.Map:
		e.entries(v)
	case reflect.Slice, reflect.Array:
		e.list(v)
	default:
		e.fail(plainError("json: unsupported type: " + v.Type().String()))
	}
}

// own is what a value writes of itself.
func (e *encoder) own(v reflect.Value) {
	if v.Kind() == reflect.Pointer && v.IsNil() || v.Kind() == reflect.Interface && v.IsNil() {
		e.add("null")
		return
	}
	b, err := v.Interface().(Marshaler).MarshalJSON()
	if err == nil {
		err = whole(b)
	}
	if err != nil {
		e.fail(plainError("json: error calling MarshalJSON for type " + v.Type().String() + ": " + err.Error()))
		return
	}
	e.b = compact(e.b, b, true)
}

// float is the shortest number that reads as the same one, as JavaScript writes it.
func (e *encoder) float(f float64, bits int) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		e.fail(plainError("json: unsupported value: " + strconv.FormatFloat(f, 'g', -1, bits)))
		return
	}
	abs, form := math.Abs(f), byte('f')
	if abs != 0 && (bits == 64 && (abs < 1e-6 || abs >= 1e21) ||
		bits == 32 && (float32(abs) < 1e-6 || float32(abs) >= 1e21)) {
		form = 'e'
	}
	e.b = strconv.AppendFloat(e.b, f, form, -1, bits)
	if n := len(e.b); form == 'e' && n >= 4 && e.b[n-4] == 'e' && (e.b[n-3] == '-' || e.b[n-3] == '+') &&
		e.b[n-2] == '0' {
		e.b[n-2] = e.b[n-1] // e-09 becomes e-9
		e.b = e.b[:n-1]
	}
}

func (e *encoder) text(v reflect.Value) {
	s := v.String()
	if v.Type() != numberType {
		e.b = quote(e.b, s)
		return
	}
	if s == "" {
		s = "0" // as in encoding/json
	}
	if end, err := check([]byte(s), 0, false); err != nil || end != len(s) || s[0] != '-' && !digit(s[0]) {
		e.fail(plainError("json: invalid number literal " + strconv.Quote(s)))
		return
	}
	e.add(s)
}

// quote appends a string of a document.
func quote(out []byte, s string) []byte {
	out = append(out, '"')
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch at := indexOf("\b\f\n\r\t", r); {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case at >= 0:
			out = append(out, '\\', "bfnrt"[at])
		case r < ' ' || r == '<' || r == '>' || r == '&' || r == 0x2028 || r == 0x2029 || r == utf8.RuneError && n == 1:
			out = escaped(out, r)
		default:
			out = append(out, s[i:i+n]...)
		}
		i += n
	}
	return append(out, '"')
}

func indexOf(s string, r rune) int {
	for i := range len(s) {
		if rune(s[i]) == r {
			return i
		}
	}
	return -1
}

func (e *encoder) fields(v reflect.Value) {
	between := "{"
	for _, f := range fieldsOf(v.Type()) {
		place, ok := reached(v, f.index)
		if !ok || f.omitEmpty && empty(place) || f.omitZero && place.IsZero() {
			continue
		}
		e.add(between)
		e.b = quote(e.b, f.name)
		e.add(":")
		e.value(place)
		between = ","
	}
	if between == "{" {
		e.add("{")
	}
	e.add("}")
}

// reached is a field of v or of structs embedded in it, if these are there.
func reached(v reflect.Value, index []int) (reflect.Value, bool) {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func (e *encoder) entries(v reflect.Value) {
	if v.IsNil() {
		e.add("null")
		return
	}
	if v.Type().Key().Kind() != reflect.String {
		e.fail(plainError("json: unsupported type: " + v.Type().String()))
		return
	}
	names := make([]string, 0, v.Len())
	for _, k := range v.MapKeys() {
		names = append(names, k.String())
	}
	sort.Sort(sort.StringSlice(names))
	e.add("{")
	for i, name := range names {
		if i > 0 {
			e.add(",")
		}
		e.b = quote(e.b, name)
		e.add(":")
		e.value(v.MapIndex(reflect.ValueOf(name).Convert(v.Type().Key())))
	}
	e.add("}")
}

func (e *encoder) list(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Slice && v.IsNil():
		e.add("null")
		return
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		e.add(`"` + base64.StdEncoding.EncodeToString(v.Bytes()) + `"`)
		return
	}
	e.add("[")
	for i := range v.Len() {
		if i > 0 {
			e.add(",")
		}
		e.value(v.Index(i))
	}
	e.add("]")
}
