package onnx

import (
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"wafer/nn/format/foreign"
)

// message is a protobuf message of pairs: a field's number, then its value (int, string or bytes).
func message(pairs ...any) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		num := protowire.Number(pairs[i].(int))
		switch v := pairs[i+1].(type) {
		case int:
			b = protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), uint64(v))
		case string:
			b = protowire.AppendString(protowire.AppendTag(b, num, protowire.BytesType), v)
		case []byte:
			b = protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v)
		}
	}
	return b
}

// valueInfo is a float32 value of a shape.
func valueInfo(name string, shape ...int) []byte {
	var dims []byte
	for _, d := range shape {
		dims = append(dims, message(1, message(1, d))...)
	}
	return message(1, name, 2, message(1, message(1, 1, 2, dims)))
}

// file is a model of a graph.
func file(graph ...any) []byte {
	return message(1, 8, 2, "test", 7, message(graph...), 8, message(1, "", 2, 17))
}

func build(file []byte) error {
	m, err := Inspect(file)
	if err == nil {
		_, err = m.Build(Options{})
	}
	return err
}

// What lies is refused with a sentence, before memory is taken.
func TestHostileFiles(t *testing.T) {
	x, y := valueInfo("x", 2, 2), valueInfo("y", 2, 2)
	node := func(op string, pairs ...any) []byte {
		return message(append([]any{1, "x", 2, "y", 4, op}, pairs...)...)
	}
	shape := message(1, 1, 2, 7, 7, message(), 8, "huge", 9, "\x00\x00\x00\x00\x01\x00\x00\x00") // [2^32]
	deep := message(1, node("Relu"))
	for range 12 {
		deep = message(1, message(1, "x", 2, "y", 4, "If", 5, message(1, "then_branch", 6, deep, 20, 5)))
	}
	for says, bad := range map[string][]byte{
		"NoSuchOp of opset 17": file(1, node("NoSuchOp"), 11, x, 12, y),
		"which no node before": file(1, message(1, "z", 2, "y", 4, "Relu"), 11, x, 12, y),
		"made by no node":      file(1, node("Relu"), 11, x, 12, valueInfo("z", 2, 2)),
		"graphs inside": file(11, x, 12, y, 1,
			message(1, "x", 2, "y", 4, "If", 5, message(1, "then_branch", 6, deep, 20, 5))),
		"constant of shape":   file(5, shape, 1, message(1, "huge", 2, "y", 4, "ConstantOfShape"), 11, x, 12, y),
		"has 4 bytes of data": file(5, message(1, 1000, 2, 1, 8, "w", 9, "1234"), 1, node("Relu"), 11, x, 12, y),
		"cannot be an input":  file(1, node("Relu"), 11, valueInfo("x", 1<<20, 1<<20), 12, y),
		"plain names": file(5, message(1, 1, 2, 1, 8, "w", 13, message(1, "location", 2, "../../etc/passwd"),
			14, 1), 1, node("Relu"), 11, x, 12, y),
		"given together": file(5, message(1, 1, 2, 1, 8, "w", 13, message(1, "location", 2, "weights.bin"), 14, 1), 1,
			node("Relu"), 11, x, 12, y),
		"axis 7":         file(1, node("Softmax", 5, message(1, "axis", 3, 7, 20, 2)), 11, x, 12, y),
		"damaged":        append(file(1, node("Relu"), 11, x, 12, y), 0x3a, 0xff),
		"holds no graph": message(1, 8, 8, message(1, "", 2, 17)),
	} {
		if err := build(bad); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, expected one that says %q", err, says)
		}
	}
	if err := build(file(1, node("Relu"), 11, x, 12, y)); err != nil {
		t.Errorf("a sound file gives %v", err)
	}
}

// Weights in a file of their own are found by name among the files that were given together.
func TestExternalData(t *testing.T) {
	w := message(1, 2, 2, 1, 8, "w", 13, message(1, "location", 2, "w.bin"), 13, message(1, "offset", 2, "4"), 13,
		message(1, "length", 2, "8"), 14, 1)
	model := file(5, w, 1, message(1, "x", 1, "w", 2, "y", 4, "Add"), 11, valueInfo("x", 3, 2), 12,
		valueInfo("y", 3, 2))
	m, err := Inspect(model)
	if err != nil {
		t.Fatal(err)
	}
	for size, ok := range map[int]bool{12: true, 11: false} {
		_, err := m.Build(Options{Files: foreign.Files{{Name: "folder/w.bin", Data: make([]byte, size)}}})
		if (err == nil) != ok {
			t.Errorf("with a file of %d bytes: %v, expected that it is read: %v", size, err, ok)
		}
	}
}

// The outline tells operators and shapes, and names what is not supported.
func TestOutline(t *testing.T) {
	m, err := Inspect(file(1, message(1, "x", 2, "y", 3, "first", 4, "NoSuchOp"), 11, valueInfo("x", 2, 2), 12,
		valueInfo("y", 2, 2)))
	if err != nil {
		t.Fatal(err)
	}
	o := m.Outline()
	if o.Format != "ONNX, opset 17" || len(o.Nodes) != 1 || o.Nodes[0].Name != "first" || len(o.Notes) != 1 ||
		len(o.Inputs) != 1 {
		t.Errorf("the outline is %+v", o)
	}
}

func FuzzBuild(f *testing.F) {
	f.Add(file(1, message(1, "x", 2, "y", 4, "Relu"), 11, valueInfo("x", 2, 2), 12, valueInfo("y", 2, 2)))
	if real, err := os.ReadFile("../../../../shared/models/mnist-onnx/mnist-8.onnx"); err == nil { // else without it
		f.Add(real)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if m, err := Inspect(file); err == nil {
			m.Outline()
			if _, err := m.Build(Options{}); err != nil && err.Error() == "" {
				t.Error("an error without words")
			}
		}
	})
}
