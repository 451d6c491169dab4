package fit

import (
	"wafer/nn/data"
	"wafer/nn/model"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// Cache keeps what the frozen front of a base computes of samples, for the next run on the same base: a training after
// one more sample computes that sample alone, compares it with the others alone, and the base is read once. The results
// are the bits that computing them again would give. It is for one run at a time. The zero value is ready.
type Cache struct {
	base  *model.Model // of the last run that changed none of its weights
	front string       // the base and where it was cut
	rows  map[any][]float32
	// of pictures; whose pixels nobody changes
	traces map[*task.Pixels]trace
}

// open returns the rows of a front, and forgets those of another.
func (c *Cache) open(front string) map[any][]float32 {
	if c.front != front || c.rows == nil {
		c.front, c.rows = front, map[any][]float32{}
	}
	return c.rows
}

// keep forgets all rows but those of these samples.
func (c *Cache) keep(samples [3][]data.Sample) {
	kept := map[any][]float32{}
	for _, part := range samples {
		for _, s := range part {
			if row, ok := c.rows[sampleKey(s.Input)]; ok {
				kept[sampleKey(s.Input)] = row
			}
		}
	}
	c.rows = kept
}

// sampleKey tells samples apart: pixels by where they are, which nobody changes, texts by what they say; nil for files,
// which are decoded anew in every run.
func sampleKey(in task.Input) any {
	switch {
	case in.Pixels != nil:
		return in.Pixels
	case in.File == nil:
		return in.Text
	}
	return nil
}

// missing are the numbers of the samples that have no row.
func missing(rows map[any][]float32, samples []data.Sample) (index []int) {
	for i, s := range samples {
		if _, ok := rows[sampleKey(s.Input)]; !ok {
			index = append(index, i)
		}
	}
	return index
}

// fill puts the rows of the samples into x and keeps those that were computed: number k of fresh is that of sample
// index[k].
func fill(rows map[any][]float32, samples []data.Sample, x, fresh *tensor.Tensor, index []int) {
	width := x.Size() / max(len(samples), 1)
	at := 0
	for i, s := range samples {
		to := x.F()[i*width : (i+1)*width]
		if at < len(index) && index[at] == i {
			copy(to, fresh.F()[at*width:])
			at++
			if key := sampleKey(s.Input); key != nil && rows != nil {
				rows[key] = append([]float32(nil), to...)
			}
			continue
		}
		copy(to, rows[sampleKey(s.Input)])
	}
}
