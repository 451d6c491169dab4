package compile

import (
	le "encoding/binary"
	"fmt"
	"math"

	"wafer/nn/tensor"
)

// Storage says how the elements of a parameter stand in a file.
type Storage uint8

const (
	Float32 Storage = iota // as it is computed with
	Float16                // IEEE 754 binary16
	Int8                   // a whole number from -127 to 127, times the scale of its channel
)

// Bytes is the size of an element.
func (s Storage) Bytes() int { return 4 >> s }

// String is the name in options and files.
func (s Storage) String() string { return [...]string{"float32", "float16", "int8"}[s] }

// ParseStorage reads a name.
func ParseStorage(name string) (Storage, error) {
	for s := Float32; s <= Int8; s++ {
		if name == s.String() {
			return s, nil
		}
	}
	return 0, fmt.Errorf("weights must be float32, float16 or int8, found %q", name)
}

// Stored is a parameter as it stands in a file.
type Stored struct {
	Storage Storage
	Shape   tensor.Shape
	Data    []byte    // the elements, little endian
	Scales  []float32 // Int8 only: element i is times Scales[i mod len(Scales)]
}

// Store encodes a parameter. Int8 is symmetric with a scale for each of the innermost
// channels elements: the largest absolute value there over 127. Elements that a storage
// has no number for (beyond 65504 in Float16; infinities and NaN in Int8) make it Float32.
func Store(t *tensor.Tensor, s Storage, channels int) Stored {
	f := t.Read()
	if !fits(f, s) {
		s = Float32
	}
	v := Stored{Storage: s, Shape: t.Shape(), Data: make([]byte, 0, len(f)*s.Bytes())}
	if s == Int8 {
		v.Scales = scales(f, channels)
	}
	for i, x := range f {
		switch s {
		case Int8:
			if scale := v.Scales[i%channels]; scale > 0 {
				x = float32(math.RoundToEven(float64(x / scale)))
			}
			v.Data = append(v.Data, byte(int8(min(max(x, -127), 127))))
		case Float16:
			v.Data = le.LittleEndian.AppendUint16(v.Data, tensor.Half(x))
		default:
			v.Data = le.LittleEndian.AppendUint32(v.Data, math.Float32bits(x))
		}
	}
	return v
}

func fits(f []float32, s Storage) bool {
	for _, x := range f {
		if s == Int8 && !finite(x) || s == Float16 && finite(x) && !finite(tensor.FromHalf(tensor.Half(x))) {
			return false
		}
	}
	return true
}

func scales(f []float32, channels int) []float32 {
	list := make([]float32, channels)
	for i, x := range f {
		list[i%channels] = max(list[i%channels], x, -x)
	}
	for i := range list {
		list[i] /= 127
	}
	return list
}

func finite(x float32) bool { return x-x == 0 }

// Tensor is what the module expands the parameter to, to the bit.
func (v Stored) Tensor() *tensor.Tensor {
	t := tensor.New(tensor.Float32, v.Shape...)
	for i := range t.F() {
		switch v.Storage {
		case Int8:
			t.F()[i] = float32(int8(v.Data[i])) * v.Scales[i%len(v.Scales)]
		case Float16:
			t.F()[i] = tensor.FromHalf(le.LittleEndian.Uint16(v.Data[2*i:]))
		default:
			t.F()[i] = math.Float32frombits(le.LittleEndian.Uint32(v.Data[4*i:]))
		}
	}
	return t
}

// Exact is the smallest storage of floats that loses nothing.
func Exact(t *tensor.Tensor) Storage {
	for _, x := range t.Read() {
		if math.Float32bits(tensor.FromHalf(tensor.Half(x))) != math.Float32bits(x) {
			return Float32
		}
	}
	return Float16
}
