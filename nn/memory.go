package nn

import (
	"wafer/nn/data"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/plan"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// Memory is what a run needs at the moment when it needs most, in bytes, computed from its
// plans and sizes before it starts.
type Memory struct {
	Phase      task.Phase `json:"phase"`      // that moment
	Programs   int64      `json:"programs"`   // arenas, prepared parameters and inputs of the plans
	Parameters int64      `json:"parameters"` // of the network
	Optimizer  int64      `json:"optimizer"`  // its state
	Kept       int64      `json:"kept"`       // weights of the last good epoch, of the best and averaged; the file being written
	Samples    int64      `json:"samples"`    // as read and decoded
	Features   int64      `json:"features"`   // what the frozen layers gave for every sample, kept between epochs
	Ahead      int64      `json:"ahead"`      // batches made ahead
}

// Total is the sum.
func (m Memory) Total() int64 {
	return m.Programs + m.Parameters + m.Optimizer + m.Kept + m.Samples + m.Features + m.Ahead
}

// MemoryOf is what Fit will need for a recipe and its data.
func MemoryOf(r *recipe.Recipe, d data.Dataset, checkpoints bool) (Memory, error) {
	f := &fitter{r: r, data: d.Split(r)}
	if checkpoints {
		f.o.Checkpoint = func([]byte) error { return nil }
	}
	if err := f.build(); err != nil {
		return Memory{}, err
	}
	return f.memory(), nil
}

// memory needs the split data and the built network.
func (f *fitter) memory() Memory {
	most := f.fitting()
	for _, m := range []Memory{f.computing(), f.testing(most.Optimizer), f.writing()} {
		if m.Total() > most.Total() {
			most = m
		}
	}
	return most
}

// parts are the sizes of the training, validation and test samples.
func (f *fitter) parts() [3]int {
	return [3]int{len(f.data.Train), len(f.data.Validation), len(f.data.Test)}
}

// sizeOf is the size of a graph's program.
func sizeOf(g *graph.Graph) int64 {
	p := plan.Build(g)
	n := p.ArenaLen + p.PreparedLen
	for _, in := range p.Inputs {
		n += in.Shape.Size()
	}
	return 4 * int64(n)
}

// tests is the size of the programs that put so many samples through a model outside training.
func (f *fitter) tests(m *layers.Model, l *recipe.Loss, counts ...int) int64 {
	return testsOf(m, l, f.testBatch, counts...)
}

func testsOf(m *layers.Model, l *recipe.Loss, batch int, counts ...int) (sum int64) {
	seen := map[int]bool{}
	for _, n := range counts {
		for _, size := range train.Batches(n, batch) {
			if !seen[size] {
				seen[size] = true
				sum += sizeOf(train.TestGraph(m, l, size))
			}
		}
	}
	return sum
}

// aheadOf is the size of the batches of n samples that wait to be used.
func aheadOf(m *layers.Model, n, size int) int64 {
	batches := (n + size - 1) / size
	return int64(train.Ahead(batches)) * int64(min(n, size)) * int64(4*m.Input().Shape.Size()+4)
}

// raw is the size of the samples as they were read.
func (f *fitter) raw() int64 {
	return f.data.Bytes()
}

// decoded is the size of n samples as a source keeps them: pictures as bytes, texts as
// indices.
func (f *fitter) decoded(n int) int64 {
	each := int64(f.network.Input().Shape.Size())
	if f.network.Input().DType == tensor.Int32 {
		each *= 4
	}
	return int64(n) * (each + 8)
}

// standing is what is there in every phase. With fixed, training samples are dropped once
// their features are there, and the others too unless the weights will be rounded.
func (f *fitter) standing() Memory {
	n := f.parts()
	m := Memory{Parameters: 4 * int64(f.network.Params()), Samples: f.raw() + f.decoded(n[0]+n[1]+n[2])}
	if f.fixed != nil {
		all := n[0] + n[1] + n[2]
		m.Features = int64(f.padded(n[0])+f.padded(n[1])+f.padded(n[2]))*int64(4*f.trained.Input().Shape.Size()) + int64(8*all)
		m.Samples = f.raw()
		if f.r.Numerics.Storage != "float32" {
			m.Samples += f.decoded(n[1] + n[2])
		}
	}
	return m
}

// computing is the phase of the features.
func (f *fitter) computing() Memory {
	if f.fixed == nil {
		return Memory{}
	}
	m := f.standing()
	m.Phase, m.Samples = task.Features, f.raw()
	m.Programs = f.fixing()
	for _, n := range f.parts() {
		m.Samples += f.decoded(n)
		m.Ahead = max(m.Ahead, aheadOf(f.fixed, n, f.testBatch))
	}
	return m
}

// fixing is the size of the programs that compute the features.
func (f *fitter) fixing() int64 {
	n := f.parts()
	return f.tests(f.fixed, nil, f.padded(n[0]), f.padded(n[1]), f.padded(n[2]))
}

// fitting is the phase of training, with the validation after each epoch.
func (f *fitter) fitting() Memory {
	m, n := f.standing(), f.parts()
	m.train(f.trained, f.r, f.network.isFrozen, n[0], n[1], f.testBatch, f.o.Checkpoint != nil)
	return m
}

// train adds what it takes to train a model on n samples by a recipe, with held ones to validate on.
func (m *Memory) train(model *layers.Model, r *recipe.Recipe, frozen func(string) bool, n, held, testBatch int, checkpoints bool) {
	m.Phase = task.Training
	size := r.Train.BatchSize
	weights := 4 * int64(model.Params())
	var slots int64
	for _, b := range train.Batches(n, size) {
		g := train.StepGraph(model, r.Loss, r.Optimizer, b, r.Train.ClassWeight != "", frozen)
		m.Programs += sizeOf(g)
		slots = -weights
		for _, p := range g.Leaves(graph.Param) {
			slots += 4 * int64(p.Shape.Size())
		}
	}
	m.Optimizer = slots
	m.Programs += testsOf(model, &r.Loss, testBatch, held)
	m.Ahead = max(aheadOf(model, n, size), aheadOf(model, held, testBatch))
	m.Kept = weights // of the last epoch that ended well
	if v := r.Validate; v.Patience > 0 && v.RestoreBestWeights {
		m.Kept += weights
	}
	if checkpoints {
		m.Kept += weights + slots + m.Kept
	}
	if r.Optimizer.UseEMA {
		m.Kept += weights
	}
}

// testing is the phase of the last tests; the optimizer's state is still there.
func (f *fitter) testing(optimizer int64) Memory {
	m, n := f.standing(), f.parts()
	m.Phase = task.Testing
	m.Optimizer = optimizer
	m.Programs = f.tests(f.trained, &f.r.Loss, n[1], n[2])
	if f.fixed != nil && f.r.Numerics.Storage != "float32" { // computed again, with rounded weights
		m.Programs += f.fixing()
		m.Features += int64(max(f.padded(n[1]), f.padded(n[2]))) * int64(4*f.trained.Input().Shape.Size())
	}
	m.Ahead = max(aheadOf(f.trained, n[1], f.testBatch), aheadOf(f.trained, n[2], f.testBatch))
	return m
}

// writing is the phase of the model file, which is read again once it is written.
func (f *fitter) writing() Memory {
	m := f.standing()
	m.Phase, m.Kept = task.Done, 2*m.Parameters
	return m
}
