package layers

import (
	"testing"

	"wafer/nn/tensor"
)

// The body ends before the head, whatever stands behind that, and pools where the head is a convolution.
func TestBody(t *testing.T) {
	image := Spec{Shape: tensor.Shape{8, 8, 3}}
	for name, c := range map[string]struct {
		model *Model
		end   string
		size  int
	}{
		"a dense head": {Sequential("m", image, Conv2D(4, 3, "same", "relu"), GlobalAveragePooling2D(),
			Dense(5, "softmax")), "global_average_pooling2d", 4},
		"an activation behind it": {Sequential("m", image, Conv2D(4, 3, "same", ""), Flatten(), Dense(5, ""),
			Activation("softmax")), "flatten", 256},
		"a convolution as the head": {Sequential("m", image, Conv2D(4, 3, "same", ""), Conv2D(5, 1, "same", ""),
			GlobalAveragePooling2D(), Activation("softmax")), BodyPooling, 4},
		"nothing but the head": {Sequential("m", Spec{Shape: tensor.Shape{8}}, Dense(5, "softmax")), "", 0},
	} {
		body, ok := c.model.Body()
		if ok != (c.end != "") {
			t.Errorf("%s: has a body: %v", name, ok)
		}
		if ok && (body.Last().Name != c.end || body.OutputShape().Size() != c.size) {
			t.Errorf("%s: ends with %s of %v, expected %s of %d", name, body.Last().Name, body.OutputShape(), c.end,
				c.size)
		}
	}
}
