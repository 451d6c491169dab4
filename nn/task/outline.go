package task

// Outline is what is in a model file, read without taking memory for weights. It is JSON on its way to the page.
type Outline struct {
	Format   string   `json:"format"`             // with the version: "ONNX, opset 13", "Keras 2 HDF5"
	Producer string   `json:"producer,omitempty"` // the program that wrote it, where the file says so
	Inputs   []Value  `json:"inputs"`
	Outputs  []Value  `json:"outputs"`
	Nodes    []Node   `json:"nodes"`           // layers or operators, in the order of the file
	Weights  []Value  `json:"weights"`         // in the order of the file
	Notes    []string `json:"notes,omitempty"` // what keeps it from being loaded, or is left out, a sentence each
}

// Value is a tensor: an input, an output or a weight.
type Value struct {
	Name  string `json:"name"`
	DType string `json:"dtype"`           // as the format calls it
	Shape []int  `json:"shape"`           // -1: any length
	Bytes int    `json:"bytes,omitempty"` // in the file; 0 for what is computed
}

// Node is a layer or an operator.
type Node struct {
	Name    string   `json:"name"`
	Op      string   `json:"op"` // as the format calls it: "Conv", "Conv2D"
	Inputs  []string `json:"inputs"`
	Outputs []string `json:"outputs"`
	Attrs   []Attr   `json:"attrs,omitempty"` // in the order of the file
	Shape   []int    `json:"shape,omitempty"` // of the result, where it is known; -1: any length
	FLOPs   int64    `json:"flops,omitempty"` // for one sample, where they are known
}

// Attr is an attribute in words: "strides", "[2 2]".
type Attr struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Params is the number of elements of all weights.
func (o Outline) Params() (n int) {
	for _, w := range o.Weights {
		size := 1
		for _, d := range w.Shape {
			size *= d
		}
		n += size
	}
	return n
}

// Spread is how the numbers of a weight are spread.
type Spread struct {
	Min       float32 `json:"min"`
	Max       float32 `json:"max"`
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	Bins      []int   `json:"bins"` // of equal width from Min to Max
}
