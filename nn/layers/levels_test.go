package layers

import (
	"reflect"
	"slices"
	"testing"

	"wafer/nn/tensor"
)

// Levels are the widest outputs of every size that is small enough, the last of several, without those of as many
// channels as the features.
func TestWithLevels(t *testing.T) {
	image := Spec{Shape: tensor.Shape{32, 32, 3}}
	body := Sequential("m", image, Conv2D(40, 3, "same", "relu"), MaxPooling2D(4), // 8 × 8
		Conv2D(6, 3, "same", "relu"), Conv2D(5, 3, "same", "relu"), Conv2D(6, 1, "same", "relu"), MaxPooling2D(2), // 4 × 4
		Conv2D(9, 3, "same", "relu"), Conv2D(7, 3, "same", "relu"), Conv2D(9, 3, "same", "relu"), GlobalAveragePooling2D())
	for n, want := range map[int][]int{0: nil, 1: {9, 7}, 2: {9, 40, 7}, 5: {9, 40, 7}} {
		m := body.WithLevels(n)
		if got := m.LevelWidths(); !reflect.DeepEqual(got, want) {
			t.Errorf("%d levels: parts of %v, expected %v", n, got, want)
		}
		sum := body.OutputShape().Size()
		if want != nil {
			sum = 0
			for _, w := range want {
				sum += w
			}
		}
		if got := m.OutputShape(); len(got) != 1 || got.Size() != sum {
			t.Errorf("%d levels: features of %v, expected %d", n, got, sum)
		}
		if err := m.Check(); err != nil {
			t.Errorf("%d levels: %v", n, err)
		}
	}
	narrow := Sequential("m", image, Conv2D(4, 3, "same", "relu"), MaxPooling2D(4), Conv2D(6, 3, "same", "relu"),
		Conv2D(6, 1, "same", "relu"), MaxPooling2D(2), Conv2D(9, 3, "same", "relu"), Flatten(), Dense(5, "relu"))
	if got := narrow.levels(4); !slices.Equal(got, []string{"conv2d_2", "conv2d_3"}) {
		t.Errorf("the levels are %v, expected conv2d_2, the last of the widest at 8 × 8, and conv2d_3", got)
	}
	for name, m := range map[string]*Model{
		"no picture":  Sequential("m", Spec{Shape: tensor.Shape{8}}, Dense(5, "relu")),
		"no features": Sequential("m", image, Conv2D(4, 3, "same", "relu"), MaxPooling2D(4)),
		"too large":   Sequential("m", image, Conv2D(4, 3, "same", "relu"), MaxPooling2D(2), Flatten()),
	} {
		if got := m.WithLevels(4); got != m {
			t.Errorf("%s: has levels %v, expected none", name, got.LevelWidths())
		}
	}
}
