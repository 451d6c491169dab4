package torch

import (
	"math"

	"wafer/nn/format/foreign"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

const maxRank = 8

// rebuild is torch._utils._rebuild_tensor: storage, offset, sizes, strides, …; version 3 tells the type, too.
func rebuild(args tuple) (*view, error) {
	if len(args) < 4 {
		return nil, say.New("makes a tensor without sizes or strides")
	}
	of, isStorage := args[0].(storage)
	offset, isNumber := args[1].(int64)
	shape, err1 := numbers(args[2])
	stride, err2 := numbers(args[3])
	switch {
	case !isStorage || !isNumber:
		return nil, say.New("makes a tensor of something that is no storage")
	case err1 != nil || err2 != nil:
		return nil, first(err1, err2)
	case len(shape) != len(stride):
		return nil, say.Errorf("has a tensor of %d sizes and %d strides", len(shape), len(stride))
	case len(shape) > maxRank:
		return nil, say.Errorf("has a tensor of %d axes, at most %d are read", len(shape), maxRank)
	}
	if c, ok := last(args).(class); ok && len(args) > 6 && of.dtype == "" {
		of.dtype, _ = dtypeOf(c)
	}
	if of.dtype == "" {
		return nil, say.New("has a tensor of a type that is not read")
	}
	v := &view{of: of, offset: offset, stride: stride}
	for _, n := range shape {
		v.shape = append(v.shape, int(n))
	}
	return v, v.check()
}

func last(args tuple) any { return args[len(args)-1] }

func numbers(v any) ([]int64, error) {
	items, ok := v.(tuple)
	if l, isList := v.(*list); isList {
		items, ok = l.items, true
	}
	out := make([]int64, 0, min(len(items), maxRank+1))
	for _, item := range items {
		n, isNumber := item.(int64)
		if ok = ok && isNumber && n >= 0 && n <= math.MaxInt32; !ok || len(out) > maxRank {
			break
		}
		out = append(out, n)
	}
	if !ok {
		return nil, say.New("has a tensor whose sizes or strides are no whole numbers from 0 to 2147483647")
	}
	return out, nil
}

// check sees that every element lies in the storage that the pickle tells.
func (v *view) check() error {
	size := int64(1)
	for _, n := range v.shape {
		if size *= int64(n); size > math.MaxInt32 {
			return say.Errorf("has a tensor of shape %v, which is too large", v.shape)
		}
	}
	if size == 0 {
		return nil
	}
	at := v.offset // of the last element
	for i, n := range v.shape {
		if at < 0 || at >= v.of.size { // before it can grow past 64 bits
			break
		}
		at += int64(n-1) * v.stride[i]
	}
	if v.offset < 0 || at < 0 || at >= v.of.size {
		return say.Errorf("has a tensor of shape %v that reaches to element %d of a storage of %d", v.shape, at,
			v.of.size)
	}
	return nil
}

// contiguous tells whether the elements follow one another in the order of the axes.
func (v *view) contiguous() bool {
	want := int64(1)
	for i := len(v.shape) - 1; i >= 0; i-- {
		if v.shape[i] != 1 && v.stride[i] != want {
			return false
		}
		want *= int64(v.shape[i])
	}
	return true
}

// load makes a tensor of the bytes of the whole storage.
func (v *view) load(b []byte) (*tensor.Tensor, error) {
	width, n := int64(foreign.Width(v.of.dtype)), int64(tensor.Shape(v.shape).Size())
	start := (v.of.view + v.offset) * width
	if n == 0 {
		return foreign.Decode(nil, v.of.dtype, v.shape)
	}
	if v.contiguous() {
		return foreign.Decode(b[start:start+n*width], v.of.dtype, v.shape)
	}
	packed := make([]byte, 0, n*width)
	index := make([]int, len(v.shape))
	for range n {
		at := start
		for i, k := range index {
			at += int64(k) * v.stride[i] * width
		}
		packed = append(packed, b[at:at+width]...)
		for i := len(index) - 1; i >= 0; i-- {
			if index[i]++; index[i] < v.shape[i] {
				break
			}
			index[i] = 0
		}
	}
	return foreign.Decode(packed, v.of.dtype, v.shape)
}
