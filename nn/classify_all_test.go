package nn

import (
	"fmt"
	"slices"
	"testing"

	"wafer/nn/task"
	"wafer/nn/zoo"
)

// A batch of any size gives every input the bits that it gets alone, and inputs that cannot be
// used do not disturb the others.
func TestClassifyAllGivesTheBitsOfClassify(t *testing.T) {
	m, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	for _, n := range []int{0, 1, 2, 7, 16, 37} {
		var inputs []task.Input
		for i := range n {
			in := square(i%4, i)
			if i%5 == 3 {
				in = task.Input{Name: fmt.Sprint("text ", i), Text: "no picture"}
			}
			inputs = append(inputs, in)
		}
		got := m.ClassifyAll(inputs)
		if len(got) != n {
			t.Fatalf("%d inputs: got %d results", n, len(got))
		}
		for i, in := range inputs {
			want := m.Classify(in)
			if got[i].Name != want.Name || got[i].Error != want.Error || !slices.Equal(got[i].Scores, want.Scores) {
				t.Errorf("input %d of %d: got %+v, expected %+v", i, n, got[i], want)
			}
		}
	}
	if m.Memory() < int64(len(m.Bytes())) {
		t.Errorf("the model needs %d bytes, fewer than its file", m.Memory())
	}
}

// What a server keeps open must not grow with copies of large weights: a VGG16 for 224 × 224 pixels, 40 million parameters,
// took 2.3 GB, more than a server has for all its models.
func TestLargeModelsRunInSmallBatches(t *testing.T) {
	large := &Model{doc: document{Layers: zoo.VGG16(zoo.Options{Units: 1024, Classes: 6})}}
	if n, bytes := large.together(), large.Memory(); n != 1 || bytes > maxPrograms {
		t.Errorf("a large model runs %d inputs together, and its programs take %d bytes", n, bytes)
	}
	small := &Model{doc: document{Layers: zoo.MobileNetV2(zoo.Options{Height: 96, Width: 96, Classes: 6})}}
	if n := small.together(); n != maxTogether {
		t.Errorf("a small model runs %d inputs together, expected %d", n, maxTogether)
	}
}
