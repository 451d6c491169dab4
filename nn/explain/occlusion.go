package explain

import (
	"fmt"

	"wafer/nn/tensor"
)

// Patches are what Occlusion covers of a picture.
type Patches struct {
	Size   int // side in pixels
	Stride int // pixels between one and the next
	Batch  int // covered pictures that score gets at once; 0: 1
}

// Scores gives the score of each of several inputs [n, …].
type Scores func(x *tensor.Tensor) ([]float32, error)

// Occlusion covers a picture x [1 h w c] with one patch after the other, whose pixels come from cover [1 h w c], such
// as grey. A pixel has the mean of what the score loses by the patches that cover it; patches begin at every Stride and
// end with the picture, whose last row and column are covered always.
func Occlusion(x, cover *tensor.Tensor, o Patches, score Scores) (*Map, error) {
	s := x.Shape()
	if len(s) != 4 || s[0] != 1 || !s.Equal(cover.Shape()) || o.Size < 1 || o.Stride < 1 || o.Stride > o.Size {
		return nil, fmt.Errorf("explain: expected pictures [1 h w c] and patches of a stride up to their size, "+
			"found %v, %v, patches of %d and a stride of %d", s, cover.Shape(), o.Size, o.Stride)
	}
	whole, err := score(x)
	if err != nil {
		return nil, err
	}
	c := &coverer{Patches: o, x: x, cover: cover, m: &Map{Height: s[1], Width: s[2], Score: whole[0]}}
	c.m.Values = make([]float32, s[1]*s[2])
	corners := c.corners()
	for at := 0; at < len(corners); {
		end := min(at+max(o.Batch, 1), len(corners))
		if err := c.lose(corners[at:end], score); err != nil {
			return nil, err
		}
		at = end
	}
	c.mean(corners)
	return c.m, nil
}

type coverer struct {
	Patches
	x, cover *tensor.Tensor
	m        *Map
}

// corners are the upper left ones of all patches: row, column.
func (c *coverer) corners() (list [][2]int) {
	for _, y := range c.starts(c.m.Height) {
		for _, x := range c.starts(c.m.Width) {
			list = append(list, [2]int{y, x})
		}
	}
	return list
}

// starts are where patches begin along a side.
func (c *coverer) starts(side int) (list []int) {
	for at := 0; ; at += c.Stride {
		if list = append(list, at); at+c.Size >= side {
			return list
		}
	}
}

// lose adds what the score loses by each of some patches to the pixels that it covers.
func (c *coverer) lose(corners [][2]int, score Scores) error {
	s := c.x.Shape()
	batch := tensor.New(c.x.DType(), append([]int{len(corners)}, s[1:]...)...)
	for i, corner := range corners {
		row := batch.Rows(i, i+1)
		row.CopyFrom(c.x)
		c.each(corner, func(from, to int) { copy(row.F()[from*s[3]:to*s[3]], c.cover.F()[from*s[3]:]) })
	}
	found, err := score(batch)
	if err != nil {
		return err
	}
	for i, corner := range corners {
		c.each(corner, func(from, to int) {
			for k := from; k < to; k++ {
				c.m.Values[k] += c.m.Score - found[i]
			}
		})
	}
	return nil
}

// each goes through the lines of pixels that a patch covers.
func (c *coverer) each(corner [2]int, line func(from, to int)) {
	right := min(corner[1]+c.Size, c.m.Width)
	for y := corner[0]; y < min(corner[0]+c.Size, c.m.Height); y++ {
		line(y*c.m.Width+corner[1], y*c.m.Width+right)
	}
}

// mean divides the sums by how many patches cover each pixel.
func (c *coverer) mean(corners [][2]int) {
	count := make([]float32, len(c.m.Values))
	for _, corner := range corners {
		c.each(corner, func(from, to int) {
			for k := from; k < to; k++ {
				count[k]++
			}
		})
	}
	for k, n := range count {
		c.m.Values[k] /= n
	}
}
