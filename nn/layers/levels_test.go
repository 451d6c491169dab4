package layers

import (
	"slices"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Of every size that is small enough the first and the widest output of a convolution that looks at neighbours, behind
// what belongs to it, without those of as many channels as the features.
func TestWithLevels(t *testing.T) {
	image := Spec{Shape: tensor.Shape{32, 32, 3}}
	body := Sequential("m", image, Conv2D(40, 3, "same", "relu"), MaxPooling2D(4), // 8 × 8
		Conv2D(4, 3, "same", ""), BatchNormalization(), Activation("relu"), // the first
		Conv2D(6, 3, "same", "relu"), Conv2D(6, 3, "same", "relu"), Conv2D(8, 1, "same", "relu"),
		MaxPooling2D(2), // 4 × 4
		Conv2D(9, 3, "same", "relu"), Conv2D(7, 3, "same", ""), Op(graph.Relu, nil),
		GlobalAveragePooling2D(), Dense(9, "relu"))
	eight, four := []string{"activation", "conv2d_3"}, []string{"relu"}
	for n, want := range map[int][]string{0: nil, 1: four, 2: append(eight, four...), 5: append(eight, four...)} {
		if got := body.levels(n); !slices.Equal(got, want) {
			t.Errorf("%d levels: takes %v, expected %v", n, got, want)
		}
	}
	m := body.WithLevels(2)
	if got := m.LevelWidths(); !slices.Equal(got, []int{9, 4, 6, 7}) ||
		m.OutputShape().Size() != 9+4+6+7 || m.Check() != nil {
		t.Errorf("joins parts of %v to %v (%v), expected [9 4 6 7]", got, m.OutputShape(), m.Check())
	}
	for name, m := range map[string]*Model{
		"no picture":    Sequential("m", Spec{Shape: tensor.Shape{8}}, Dense(5, "relu")),
		"no features":   Sequential("m", image, Conv2D(4, 3, "same", "relu"), MaxPooling2D(4)),
		"too large":     Sequential("m", image, Conv2D(4, 3, "same", "relu"), MaxPooling2D(2), Flatten()),
		"no neighbours": Sequential("m", image, MaxPooling2D(4), Conv2D(4, 1, "same", "relu"), Flatten()),
	} {
		if got := m.WithLevels(4); got != m {
			t.Errorf("%s: has levels %v, expected none", name, got.LevelWidths())
		}
	}
}
