package onnx

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one of a message: of wire type varint or fixed its number is n, of wire type bytes it is b.
type field struct {
	num protowire.Number
	typ protowire.Type
	n   uint64
	b   []byte
}

var errWire = errors.New("is damaged: a field of it cannot be read")

// fields calls f for each field of a message; those with wire types of old are errors.
func fields(b []byte, f func(field) error) error {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return errWire
		}
		b = b[n:]
		v := field{num: num, typ: typ}
		switch typ {
		case protowire.VarintType:
			v.n, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var u uint32
			u, n = protowire.ConsumeFixed32(b)
			v.n = uint64(u)
		case protowire.Fixed64Type:
			v.n, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			v.b, n = protowire.ConsumeBytes(b)
		default:
			return errWire
		}
		if n < 0 {
			return errWire
		}
		b = b[n:]
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}

// text is a field that must be bytes, of at most maxName.
func (v field) text() (string, error) {
	if v.typ != protowire.BytesType {
		return "", errWire
	}
	if len(v.b) > maxName {
		return "", fmt.Errorf("has a name of %d bytes, at most %d are read", len(v.b), maxName)
	}
	return string(v.b), nil
}

// ints appends the numbers of a repeated field, packed or not.
func (v field) ints(list []int64) ([]int64, error) {
	if v.typ == protowire.VarintType {
		return append(list, int64(v.n)), nil
	}
	if v.typ != protowire.BytesType {
		return nil, errWire
	}
	for b := v.b; len(b) > 0; {
		u, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return nil, errWire
		}
		list, b = append(list, int64(u)), b[n:]
	}
	return list, nil
}

// floats appends the float32 of a repeated field, packed or not.
func (v field) floats(list []float32) ([]float32, error) {
	if v.typ == protowire.Fixed32Type {
		return append(list, math.Float32frombits(uint32(v.n))), nil
	}
	if v.typ != protowire.BytesType || len(v.b)%4 != 0 {
		return nil, errWire
	}
	for b := v.b; len(b) > 0; b = b[4:] {
		u, _ := protowire.ConsumeFixed32(b)
		list = append(list, math.Float32frombits(u))
	}
	return list, nil
}

// doubles appends the float64 of a repeated field as float32.
func (v field) doubles(list []float32) ([]float32, error) {
	if v.typ == protowire.Fixed64Type {
		return append(list, float32(math.Float64frombits(v.n))), nil
	}
	if v.typ != protowire.BytesType || len(v.b)%8 != 0 {
		return nil, errWire
	}
	for b := v.b; len(b) > 0; b = b[8:] {
		u, _ := protowire.ConsumeFixed64(b)
		list = append(list, float32(math.Float64frombits(u)))
	}
	return list, nil
}
