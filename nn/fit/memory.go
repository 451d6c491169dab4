package fit

import (
	"wafer/nn/data"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/model"
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
	// weights of the last good epoch, of the best and averaged; the file being written
	Kept     int64 `json:"kept"`
	Samples  int64 `json:"samples"`  // as read and decoded
	Features int64 `json:"features"` // what the frozen layers gave for every sample, kept between epochs
	Ahead    int64 `json:"ahead"`    // batches made ahead
}

// Total is the sum.
func (m Memory) Total() int64 {
	return m.Programs + m.Parameters + m.Optimizer + m.Kept + m.Samples + m.Features + m.Ahead
}

// MemoryOf is what Run will need for a recipe and its data.
func MemoryOf(r *recipe.Recipe, d data.Dataset, checkpoints bool) (Memory, error) {
	f := newFitter(r, d.Split(r), Options{})
	if checkpoints {
		f.o.Checkpoint = func([]byte) error { return nil }
	}
	if err := f.build(); err != nil {
		return Memory{}, err
	}
	return f.memory(), nil
}

// memory needs the split data and the built network.
func (f *fitter) memory() (most Memory) {
	if _, only := f.r.NGrams(); only {
		return f.solvingTexts(Memory{Phase: task.Training, Samples: f.raw()})
	}
	var p *part
	for i := range f.r.Parts() {
		p, _ = f.part(i) // build has seen its error
		fitting := f.fitting(p)
		for _, m := range []Memory{fitting, f.computing(p), f.testing(p, fitting.Optimizer)} {
			if m.Total() > most.Total() {
				most = m
			}
		}
	}
	if m := f.writing(p); m.Total() > most.Total() {
		most = m
	}
	return most
}

// parts are the sizes of the training, validation and test samples.
func (f *fitter) parts() [3]int {
	return [3]int{len(f.data.Train), len(f.data.Validation), len(f.data.Test)}
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
				sum += model.ProgramBytes(train.TestGraph(m, l, m.Batch(size)))
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

// standing is what is there in every phase of a stage. With fixed, the samples of the last stage are dropped once their
// features are there, but those that are measured on stay where the weights will be rounded.
func (f *fitter) standing(p *part) Memory {
	n := f.parts()
	m := Memory{Parameters: 4 * int64(f.network.Params()), Samples: f.raw() + f.decoded(n[0]+n[1]+n[2])}
	if p.fixed == nil {
		return m
	}
	kept := n[:2]
	if p.last {
		kept = n[:]
		m.Samples = f.raw()
		if f.r.Numerics.Storage != "float32" {
			m.Samples += f.decoded(n[1] + n[2])
		}
	}
	for _, n := range kept {
		m.Features += int64(n)*int64(4*p.trained.Input().Shape.Size()) + int64(8*n)
	}
	return m
}

// computing is the phase of the features.
func (f *fitter) computing(p *part) Memory {
	if p.fixed == nil {
		return Memory{}
	}
	m := f.standing(p)
	m.Phase, m.Samples = task.Features, f.raw()
	m.Programs = f.fixing(p)
	for _, n := range f.parts() {
		m.Samples += f.decoded(n)
		m.Ahead = max(m.Ahead, aheadOf(p.fixed, n, train.Together(p.fixed.Input().Shape, p.fixed.Input().DType)))
	}
	return m
}

// fixing is the size of the programs that compute the features.
func (f *fitter) fixing(p *part) int64 {
	together := train.Together(p.fixed.Input().Shape, p.fixed.Input().DType)
	return testsOf(p.fixed, nil, together, together, 1)
}

// fitting is the phase of training, with the validation after each epoch.
func (f *fitter) fitting(p *part) Memory {
	m, n := f.standing(p), f.parts()
	if p.TFIDF != nil {
		m = f.solvingTexts(m)
	}
	m.train(p.trained, p.r, train.Part{Frozen: p.frozen, Factor: p.factor}, n[0], n[1], f.testBatch,
		f.o.Checkpoint != nil)
	for _, e := range p.trained.Entries {
		if f.network.adapt[e.Name] {
			if front, err := p.front(e); err == nil && front != nil {
				m.Programs += f.tests(front, nil, 1)
			}
		}
	}
	return m
}

// solvingTexts adds what n-grams take: two numbers for each of every text, the table of their weights for a few heads,
// and the products of all pairs of texts where these are few.
func (f *fitter) solvingTexts(m Memory) Memory {
	grams := f.r.Stages[0].TFIDF
	for _, list := range f.samples() {
		for _, s := range list {
			m.Features += 8 * int64(min(len(s.Input.Text)*(grams.CharMax+grams.Words), grams.Most))
		}
	}
	m.Parameters += 4 * 4 * mostGramNumbers
	n := int64(min(len(f.data.Train), 6144))
	m.Features += 4 * max(n*n, 3*min(n, 2048)*min(n, 2048))
	return m
}

// train adds what it takes to train a model on n samples by a recipe, with held ones to validate on.
func (m *Memory) train(net *layers.Model, r *recipe.Recipe, part train.Part, n, held, testBatch int,
	checkpoints bool) {
	m.Phase = task.Training
	size := r.Train.BatchSize
	weights := 4 * int64(net.Params())
	var slots int64
	for _, b := range train.Batches(n, size) {
		g := train.StepGraph(net, r.Loss, r.Optimizer, b, r.Train.ClassWeight != "", part)
		m.Programs += model.ProgramBytes(g)
		slots = -weights
		for _, p := range g.Leaves(graph.Param) {
			slots += 4 * int64(p.Shape.Size())
		}
	}
	m.Optimizer = slots
	m.Programs += testsOf(net, &r.Loss, testBatch, held)
	m.Ahead = max(aheadOf(net, n, size), aheadOf(net, held, testBatch))
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

// testing is the phase of the last tests; the optimizer's state is still there. After any stage but the last, the whole
// network may be measured, where the run is stopped.
func (f *fitter) testing(p *part, optimizer int64) Memory {
	m, n := f.standing(p), f.parts()
	measured := n[1:]
	if len(f.r.Stages) > 0 {
		measured = n[:]
	}
	m.Phase = task.Testing
	m.Optimizer = optimizer
	trained := p.trained
	if !p.last {
		trained = f.network.Model
	}
	m.Programs = f.tests(trained, &f.r.Loss, measured...)
	if p.fixed != nil && p.last && f.r.Numerics.Storage != "float32" { // computed again, with rounded weights
		m.Programs += f.fixing(p)
		m.Features += int64(max(n[1], n[2])) * int64(4*p.trained.Input().Shape.Size())
	}
	for _, n := range measured {
		m.Ahead = max(m.Ahead, aheadOf(trained, n, f.testBatch))
	}
	return m
}

// writing is the phase of the model file.
func (f *fitter) writing(p *part) Memory {
	m := f.standing(p)
	m.Phase, m.Kept = task.Done, m.Parameters
	return m
}
