package numpy

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Limits of an array.
const (
	maxHeader = 1 << 16
	maxRank   = 8
)

const magic = "\x93NUMPY"

// array is a file.npy: what its header says, and its elements.
type array struct {
	dtype   string // as foreign.Width has it
	shape   tensor.Shape
	columns bool // the first axis is the one that runs fastest
	data    []byte
}

// parse reads a file.npy (numpy/lib/format.py): a header that is a Python dictionary of three keys, then the elements.
func parse(file []byte) (*array, error) {
	if !bytes.HasPrefix(file, []byte(magic)) || len(file) < 12 {
		return nil, say.New("is no NumPy array")
	}
	n, at := int(binary.LittleEndian.Uint16(file[8:])), 10
	if file[6] > 1 {
		n, at = int(binary.LittleEndian.Uint32(file[8:])), 12
	}
	if n > maxHeader || n > len(file)-at {
		return nil, say.Errorf("claims a header of %d bytes in an array of %d", n, len(file))
	}
	a := &array{data: file[at+n:]}
	return a, a.header(string(file[at : at+n]))
}

// header reads "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }".
func (a *array) header(h string) error {
	descr, ok1 := value(h, "'descr':")
	order, ok2 := value(h, "'fortran_order':")
	shape, ok3 := value(h, "'shape':")
	shape, inBrackets := strings.CutPrefix(shape, "(")
	shape, _, closed := strings.Cut(shape, ")")
	if !ok1 || !ok2 || !ok3 || !inBrackets || !closed {
		return say.Errorf("has a header that cannot be read: %.60q", h)
	}
	a.columns = strings.HasPrefix(order, "True")
	descr, _, _ = strings.Cut(strings.TrimPrefix(descr, "'"), "'")
	if strings.HasPrefix(descr, "|O") {
		return say.New("holds objects of Python's: Wafer runs no code from files")
	}
	if a.dtype = dtypes(descr); a.dtype == "" {
		return say.Errorf("has elements of type %.20q, which are not read", descr)
	}
	size := foreign.Width(a.dtype)
	for _, axis := range strings.Split(shape, ",") {
		if axis = strings.TrimSpace(axis); axis == "" {
			continue
		}
		n, err := strconv.Atoi(axis)
		if err != nil || n < 0 || n > math.MaxInt32 || len(a.shape) == maxRank {
			return say.Errorf("has a header that cannot be read: %.60q", h)
		}
		if size *= n; size > len(a.data) {
			return say.Errorf("of shape (%.40s) is larger than its %d bytes", shape, len(a.data))
		}
		a.shape = append(a.shape, n)
	}
	if size != len(a.data) {
		return say.Errorf("of shape (%.40s) needs %d bytes, has %d", shape, size, len(a.data))
	}
	return nil
}

// value is what follows a key.
func value(h, key string) (string, bool) {
	_, v, ok := strings.Cut(h, key)
	return strings.TrimSpace(v), ok
}

// dtypes are little-endian numbers; "" for others.
func dtypes(descr string) string {
	switch descr {
	case "<f2":
		return "F16"
	case "<f4":
		return "F32"
	case "<f8":
		return "F64"
	case "<i8":
		return "I64"
	case "<i4":
		return "I32"
	case "<i2":
		return "I16"
	case "|i1":
		return "I8"
	case "|u1":
		return "U8"
	case "|b1":
		return "BOOL"
	}
	return ""
}

func (a *array) load() (*tensor.Tensor, error) {
	if !a.columns || len(a.shape) < 2 {
		return foreign.Decode(a.data, a.dtype, a.shape)
	}
	// Element i of the result has the index of element i in the order of rows; in the file the first axis runs fastest.
	width, rows := foreign.Width(a.dtype), make([]byte, 0, len(a.data))
	index := make([]int, len(a.shape))
	for range a.shape.Size() {
		at, stride := 0, 1
		for i, k := range index {
			at += k * stride
			stride *= a.shape[i]
		}
		rows = append(rows, a.data[at*width:(at+1)*width]...)
		for i := len(index) - 1; i >= 0; i-- {
			if index[i]++; index[i] < a.shape[i] {
				break
			}
			index[i] = 0
		}
	}
	return foreign.Decode(rows, a.dtype, a.shape)
}
