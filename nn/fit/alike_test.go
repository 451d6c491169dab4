package fit

import (
	"fmt"
	"testing"

	"wafer/nn/data"
	"wafer/nn/task"
)

// stripes is a picture of uneven stripes; brighter says by how much.
func stripes(seed, brighter int) task.Input {
	p := &task.Pixels{Width: 72, Height: 64, RGBA: make([]byte, 4*72*64)}
	for i := range p.RGBA {
		x, y := i/4%72, i/4/72
		p.RGBA[i] = byte((x/9*61*seed+y/8*97+x/9*y/8*31)%180 + brighter)
	}
	return task.Input{Pixels: p}
}

// A picture that was only made brighter is a copy; a copy in another class is told.
func TestNearlyTheSamePictures(t *testing.T) {
	samples := []data.Sample{{Input: stripes(1, 0)}, {Input: stripes(3, 0)}, {Input: stripes(1, 9), Label: 1},
		{Input: stripes(5, 0), Label: 1}}
	cache := &Cache{}
	for _, c := range []*Cache{nil, cache, cache} {
		pairs := c.alike(samples)
		if got := fmt.Sprint(pairs, copies(samples, pairs)); got != "[[0 2]] [[0 2]]" {
			t.Errorf("alike and copies in two classes are %s, expected the first and the third picture", got)
		}
	}
	samples[2].Label = 0
	if got := copies(samples, cache.alike(samples)); got != nil {
		t.Errorf("copies in two classes are %v, expected none within a class", got)
	}
}
