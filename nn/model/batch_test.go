package model

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
	m := shipped(t, "digits")
	for _, n := range []int{0, 1, 2, 7, 16, 37} {
		var inputs []task.Input
		for i := range n {
			in := stroke(i)
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

// stroke is a bright bar that moves with i.
func stroke(i int) task.Input {
	const side = 30
	p := &task.Pixels{Width: side, Height: side, RGBA: make([]byte, 4*side*side)}
	for k := range side * side {
		v := byte(0)
		if x := k % side; x > 5+i%20 && x < 9+i%20 {
			v = 255
		}
		copy(p.RGBA[4*k:], []byte{v, v, v, 255})
	}
	return task.Input{Name: fmt.Sprint("stroke ", i), Pixels: p}
}

// What a server keeps open must not grow with copies of large weights: a VGG16 for 224 × 224 pixels, 40 million
// parameters, took 2.3 GB, more than a server has for all its models.
func TestLargeModelsRunInSmallBatches(t *testing.T) {
	large := &Model{doc: Document{Layers: zoo.VGG16(zoo.Options{Units: 1024, Classes: 6})}}
	if n, bytes := large.Together(), large.Memory(); n != 1 || bytes > maxPrograms {
		t.Errorf("a large model runs %d inputs together, and its programs take %d bytes", n, bytes)
	}
	small := &Model{doc: Document{Layers: zoo.MobileNetV2(zoo.Options{Height: 96, Width: 96, Classes: 6})}}
	if n := small.Together(); n != maxTogether {
		t.Errorf("a small model runs %d inputs together, expected %d", n, maxTogether)
	}
}
