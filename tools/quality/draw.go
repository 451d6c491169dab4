package main

import (
	"math/rand/v2"

	"wafer/nn/data"
)

// drawn are the samples of one draw.
type drawn struct {
	labels      []string
	train, test []data.Sample
	rest        []data.Sample // not drawn, as many of each class as there are of the scarcest, `mostTest` at most
}

// mostTest bounds the samples that are tested on where a corpus has no test part.
const mostTest = 2000

// draw takes perClass samples of every class (0: all; negative: that many in all).
func (c *corpus) draw(perClass, number int) drawn {
	r := rand.New(rand.NewPCG(uint64(number), 77))
	count := make([]int, len(c.labels))
	d := drawn{labels: c.labels, test: c.test}
	var rest []data.Sample
	for _, i := range r.Perm(len(c.train)) {
		s := c.train[i]
		if perClass == 0 || perClass > 0 && count[s.Label] < perClass || len(d.train) < -perClass {
			count[s.Label]++
			d.train = append(d.train, s)
		} else {
			rest = append(rest, s)
		}
	}
	d.rest = even(rest, len(c.labels))
	if d.test == nil {
		d.test = d.rest
	}
	return d
}

// even takes the same number of every class of which there are any.
func even(list []data.Sample, classes int) (some []data.Sample) {
	count := make([]int, classes)
	for _, s := range list {
		count[s.Label]++
	}
	each := mostTest / classes
	for _, n := range count {
		if n > 0 {
			each = min(each, n)
		}
	}
	clear(count)
	for _, s := range list {
		if count[s.Label] < each {
			count[s.Label]++
			some = append(some, s)
		}
	}
	return some
}

// texts are the inputs as scikit-learn and n-grams see them.
func texts(list []data.Sample) []string {
	all := make([]string, len(list))
	for i, s := range list {
		all[i] = s.Input.Text
	}
	return all
}

// labels are the numbers of the classes.
func labels(list []data.Sample) []int {
	all := make([]int, len(list))
	for i, s := range list {
		all[i] = s.Label
	}
	return all
}
