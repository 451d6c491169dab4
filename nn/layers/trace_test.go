package layers

import (
	"testing"

	"wafer/nn/tensor"
)

// A dense layer of 3 → 4 and a convolution counted by hand, and shapes and weights beside them.
func TestTraceCountsByHand(t *testing.T) {
	m := Sequential("m", Spec{Shape: tensor.Shape{5, 5, 2}}, Conv2D(4, 3, "valid", "relu"), Flatten(), Dense(3, ""))
	list := m.Trace()
	want := []struct {
		class  string
		size   int
		params int
		flops  int64
	}{
		{"Conv2D", 3 * 3 * 4, 3*3*2*4 + 4, 2*36*3*3*2 + 36 + 36}, // product, bias, relu
		{"Flatten", 36, 0, 0},
		{"Dense", 3, 36*3 + 3, 2*36*3 + 3},
	}
	if len(list) != len(want) {
		t.Fatalf("got %d entries, expected %d", len(list), len(want))
	}
	for i, w := range want {
		got := list[i]
		params := 0
		for _, x := range got.Weights {
			params += x.Shape.Size()
		}
		if got.Layer.Class() != w.class || got.Shape.Size() != w.size || params != w.params || got.FLOPs != w.flops {
			t.Errorf("entry %d: got %s %v with %d parameters and %d operations, expected %+v", i, got.Layer.Class(),
				got.Shape, params, got.FLOPs, w)
		}
	}
}
