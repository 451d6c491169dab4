package torch

// What an unpickled file is made of: nil, bool, int64, float64, string, and the types below. Nothing of it does
// anything.
type (
	// tuple cannot be changed.
	tuple []any
	// list is a list or a set.
	list struct{ items []any }
	// dict keeps its keys in the order in which they came.
	dict struct{ keys, values []any }
	// class is the name of something in Python: "torch._utils", "_rebuild_tensor_v2".
	class struct{ module, name string }
	// record is an object of a class that is not known, with its state.
	record struct {
		class class
		state *dict
	}
	// inert stands for harmless values that nobody needs: numpy's numbers and their types, devices, long numbers.
	inert struct{ what string }
	// storage is a run of elements in the file.
	storage struct {
		dtype string // as foreign.Width has it; "": bytes whose type the tensor tells
		key   string
		size  int64 // elements
		view  int64 // where it begins in the storage of the key, elements
	}
	// view is a tensor: sizes and strides over a storage.
	view struct {
		of     storage
		offset int64 // elements
		shape  []int
		stride []int64
	}
)

func (c class) String() string { return c.module + "." + c.name }

// get is the value of a key, nil where there is none.
func (d *dict) get(key string) any {
	for i := len(d.keys) - 1; i >= 0; i-- {
		if d.keys[i] == key {
			return d.values[i]
		}
	}
	return nil
}

func (d *dict) set(key, value any) {
	d.keys, d.values = append(d.keys, key), append(d.values, value)
}
