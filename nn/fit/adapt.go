package fit

import (
	"fmt"

	"wafer/nn/layers"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// adapt gives the normalisations that ask for it, and are trained or stand among what is trained for the first time,
// the statistics of what they will see of the training samples, as Keras' Normalization.adapt.
func (f *fitter) adapt(p *part) error {
	for _, e := range p.trained.Entries {
		if !f.network.adapt[e.Name] || f.adapted[e.Name] {
			continue
		}
		if err := f.adaptTo(p, e); err != nil {
			return err
		}
	}
	for _, e := range p.trained.Entries {
		f.adapted[e.Name] = true
	}
	return nil
}

func (f *fitter) adaptTo(p *part, e layers.Entry) error {
	mean, variance := f.state[e.Name+"/moving_mean"].F(), f.state[e.Name+"/moving_variance"].F()
	s := newStatistics(len(mean))
	front, err := p.front(e)
	if err != nil {
		return err
	}
	var run *train.Tester
	if front != nil {
		run = &train.Tester{Model: front, State: f.state, Runner: f.o.Runner}
		defer run.Close()
	}
	rows := p.rows[0]
	x := tensor.New(rows.DType(), append([]int{1}, rows.Shape()...)...)
	for i := range rows.Len() {
		if err := rows.Fill(x.Reshape(rows.Shape()...), i, -1); err != nil {
			return err
		}
		seen := x
		if run != nil {
			if seen, err = run.Run(x); err != nil {
				return err
			}
		}
		s.add(seen.F())
	}
	s.write(mean, variance)
	return nil
}

// front is the trained part before an entry, nil where that only flattens the rows.
func (p *part) front(e layers.Entry) (*layers.Model, error) {
	if e.Inputs[0] == layers.InputName {
		return nil, nil
	}
	front, _, ok := p.trained.Cut(e.Inputs[0])
	if !ok {
		return nil, fmt.Errorf("recipe: define.layers: %s cannot take its statistics from the middle of a block",
			e.Name)
	}
	for _, before := range front.Entries {
		if before.Layer.Class() != "Flatten" {
			return front, nil
		}
	}
	return nil, nil
}

// statistics are sums over the rows of every channel, in float64 and in the order of the samples.
type statistics struct {
	sum, squares []float64
	n            int
}

func newStatistics(channels int) *statistics {
	return &statistics{sum: make([]float64, channels), squares: make([]float64, channels)}
}

func (s *statistics) add(row []float32) {
	for len(row) > 0 {
		for j := range s.sum {
			v := float64(row[j])
			s.sum[j] += v
			s.squares[j] += float64(v * v)
		}
		row, s.n = row[len(s.sum):], s.n+1
	}
}

// write sets mean and variance of the population. The variance has a floor of a tenth of the mean variance, so that a
// feature that hardly varies in a few samples does not drown the others.
func (s *statistics) write(mean, variance []float32) {
	total := 0.0
	for j := range s.sum {
		m := s.sum[j] / float64(s.n)
		spread := max(s.squares[j]/float64(s.n)-float64(m*m), 0)
		mean[j], variance[j] = float32(m), float32(spread)
		total += spread
	}
	for j := range variance {
		variance[j] = max(variance[j], float32(total/float64(10*len(variance))))
	}
}
