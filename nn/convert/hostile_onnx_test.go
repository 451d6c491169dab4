package convert

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"wafer/nn/format/foreign"
)

// message is a protocol buffer while it is put together.
type message []byte

func (m message) bytes(n protowire.Number, v []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, n, protowire.BytesType), v)
}

func (m message) text(n protowire.Number, v string) message { return m.bytes(n, []byte(v)) }

func (m message) number(n protowire.Number, v int64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, n, protowire.VarintType), uint64(v))
}

// infoOf is a ValueInfoProto of floats.
func infoOf(name string, shape ...int64) message {
	var dims message
	for _, n := range shape {
		dims = dims.bytes(1, message(nil).number(1, n))
	}
	return message(nil).text(1, name).bytes(2, message(nil).bytes(1, message(nil).number(1, 1).bytes(2, dims)))
}

// nodeOf is a NodeProto; attributes follow as fields 5.
func nodeOf(op, output string, inputs ...string) message {
	var m message
	for _, in := range inputs {
		m = m.text(1, in)
	}
	return m.text(2, output).text(4, op)
}

// weightOf is a TensorProto of raw data; typ 1 is float32, 7 int64.
func weightOf(name string, typ int64, raw []byte, shape ...int64) message {
	var m message
	for _, n := range shape {
		m = m.number(1, n)
	}
	return m.number(2, typ).text(8, name).bytes(9, raw)
}

// graphOf is a ModelProto of opset 17 with the input "x" of the shape and the output "y".
func graphOf(shape []int64, weights []message, nodes ...message) foreign.Files {
	var g message
	for _, n := range nodes {
		g = g.bytes(1, n)
	}
	g = g.text(2, "g")
	for _, w := range weights {
		g = g.bytes(5, w)
	}
	g = g.bytes(11, infoOf("x", shape...)).bytes(12, infoOf("y", 1, 2))
	return one(message(nil).number(1, 8).text(2, "test").bytes(7, g).bytes(8, message(nil).text(1, "").number(2, 17)))
}

// external is a weight whose data is in another file.
func external(location string) message {
	m := message(nil).number(1, 2).number(1, 2).number(2, 1).text(8, "w")
	m = m.bytes(13, message(nil).text(1, "location").text(2, location))
	return m.number(14, 1)
}

func attributeOf(name string, list ...int64) message {
	m := message(nil).text(1, name)
	for _, n := range list {
		m = m.number(8, n)
	}
	return m.number(20, 7)
}

// hostileONNX are numbers 26 to 37.
func hostileONNX(*testing.T) []hostile {
	row := []int64{1, 2}
	plain := nodeOf("MatMul", "y", "x", "w")
	whole := func(list ...byte) []byte { return bytes.Repeat(append(list, 0, 0, 0, 0, 0, 0, 0), 1) }
	subgraph := message(nil).text(2, "inner")
	for range 3000 {
		body := message(nil).text(1, "then_branch").bytes(6, subgraph).number(20, 5)
		subgraph = message(nil).bytes(1, nodeOf("If", "y", "x").bytes(5, body)).text(2, "g")
	}
	eleven := append([]byte{0x08}, bytes.Repeat([]byte{0xff}, 11)...)
	list := []hostile{}
	for _, path := range []string{"../../etc/passwd", "/etc/passwd", "junk/../../x", `..\x`} {
		list = append(list, hostile{"onnx/weights in " + path, graphOf(row, []message{external(path)}, plain), "",
			false})
		list[len(list)-1].says, list[len(list)-1].reads = "ONNX file", true
	}
	picture := []int64{1, 3, 8, 8}
	kernel := weightOf("w", 1, make([]byte, 4*3*2*3*3), 2, 3, 3, 3)
	return append(list,
		hostile{"onnx/eight bytes", one([]byte("\x08\x08\x3a\x04\x0a\x02\x08\xff")), "damaged", false},
		hostile{"onnx/negative axes", graphOf(row, []message{weightOf("w", 1, make([]byte, 16), -2, -2)}, plain),
			"ONNX file", true},
		hostile{"onnx/weight of 10^12 numbers", graphOf(row, []message{weightOf("w", 1, make([]byte, 16), 1e6, 1e6)},
			plain), "ONNX file", true},
		hostile{"onnx/weight shorter than its axes", graphOf(row, []message{weightOf("w", 1, make([]byte, 8), 2, 2)},
			plain), "ONNX file", true},
		hostile{"onnx/kernel_shape longer than the kernel",
			graphOf(picture, []message{kernel}, nodeOf("Conv", "y", "x", "w").
				bytes(5, attributeOf("kernel_shape", 3, 3, 3, 3))), "Conv", true},
		hostile{"onnx/convolution of a row", graphOf(row, []message{kernel}, nodeOf("Conv", "y", "x", "w")), "Conv",
			true},
		hostile{"onnx/node without inputs", graphOf(row, nil, nodeOf("Relu", "y")), "Relu", true},
		hostile{"onnx/node without a type", graphOf(row, nil, nodeOf("", "y", "x")), "ONNX file", true},
		hostile{"onnx/cycle", graphOf(row, nil, nodeOf("Add", "a", "x", "b"), nodeOf("Add", "b", "a", "x"),
			nodeOf("Relu", "y", "a")), "ONNX file", true},
		hostile{"onnx/output twice", graphOf(row, nil, nodeOf("Relu", "y", "x"), nodeOf("Neg", "y", "x")), "ONNX file",
			true},
		hostile{"onnx/ConstantOfShape of 10^12", graphOf(row,
			[]message{weightOf("s", 7, whole(0, 0, 0, 0, 1, 0, 0, 0)[:8], 1)},
			nodeOf("ConstantOfShape", "c", "s"), nodeOf("Mul", "y", "x", "c")), "ONNX file", true},
		hostile{"onnx/3,000 graphs in graphs", one(message(nil).number(1, 8).text(2, "test").bytes(7, subgraph).
			bytes(8, message(nil).text(1, "").number(2, 17))), "", false},
		hostile{"onnx/varint of eleven bytes", one(
			append(append([]byte{}, graphOf(row, nil, nodeOf("Relu", "y", "x"))[0].Data...), eleven...)), "", false},
		hostile{"onnx/unknown field of 2^31 bytes", one(append(append([]byte{}, graphOf(row, nil, nodeOf("Relu", "y",
			"x"))[0].Data...), 0xfa, 0x07, 0x80, 0x80, 0x80, 0x80, 0x08)), "", false},
	)
}
