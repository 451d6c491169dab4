package train

import (
	"errors"
	"fmt"
	"math"

	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// Config is everything that a run depends on. State holds the model's weights and
// is trained in place; the optimizer's state is added to it.
type Config struct {
	Model  *layers.Model
	State  graph.State
	Runner graph.Runner
	Recipe *recipe.Recipe // Seed, Loss, Optimizer, Train, Validate
	Part
	Train      Source
	Validation Source // nil or empty: none
	TestBatch  int    // samples at once in validation; 0: TestBatch of the model

	Report     func(task.Progress)  // a few times a second and after every epoch
	Checkpoint func(*Trainer) error // after every epoch, and when Wanted says so
	Wanted     func() bool          // asked after every step: a checkpoint now? nil: no
}

// Result says how a run ended. The weights are in Config.State.
type Result struct {
	History  []task.Epoch
	Best     int    // epoch whose weights were kept, counted from 1; 0: the last
	Stopped  bool   // the context ended first
	Diverged bool   // the loss became infinite or not a number
	Note     string // why it ended before the last epoch, in plain words
}

// ErrDiverged is the error of a run whose loss was not a number in its first epoch.
var ErrDiverged = errors.New("training: the loss became infinite or not a number in the first epoch; a smaller " +
	"learning rate may help")

// Trainer is a run between two steps.
type Trainer struct {
	Config
	opt      Optimizer
	names    []string // of the model's weights
	programs map[int]graph.Program
	shown    graph.State // what is validated and kept: State, or the averaged weights
	tester   *Tester
	weights  []float32 // of the classes, nil when all are 1
	at       position
	best     graph.State // weights of the best epoch
	good     graph.State // weights of the last epoch that ended well
	clock    clock
}

// position is where a run stands; with the tensors it is a checkpoint.
type position struct {
	Epoch   int          `json:"epoch"` // finished epochs
	Step    int          `json:"step"`  // finished steps of this epoch
	Total   int          `json:"total"` // finished steps
	Loss    float64      `json:"loss"`  // sums over this epoch
	Hits    float64      `json:"hits"`
	Seen    int          `json:"seen"`
	History []task.Epoch `json:"history"`
	Best    int          `json:"best"` // best epoch, from 1
	Wait    int          `json:"wait"` // epochs since then
	Plateau plateau      `json:"plateau"`
}

// New prepares a run. It panics with a graph or layers error when the network
// cannot be built; recipe.Lint says so before.
func New(c Config) (*Trainer, error) {
	if c.Train == nil || c.Train.Len() == 0 {
		return nil, errors.New("training: there are no samples to train on")
	}
	if c.Validation != nil && c.Validation.Len() == 0 {
		c.Validation = nil
	}
	t := &Trainer{Config: c, opt: Optimizer{c.Recipe.Optimizer}, programs: map[int]graph.Program{}}
	t.at.Plateau.Factor = 1
	for _, w := range c.Model.Weights() {
		t.names = append(t.names, w.Name)
	}
	if c.Recipe.Train.ClassWeight == "balanced" {
		t.weights = balanced(c.Train)
	}
	t.shown = c.State
	if c.Recipe.Optimizer.UseEMA {
		t.shown = clone(c.State, t.names)
	}
	t.tester = &Tester{Model: c.Model, State: t.shown, Runner: c.Runner, Loss: &c.Recipe.Loss, Batch: c.TestBatch}
	t.good = clone(t.shown, t.names)
	return t, nil
}

// balanced is n / (classes · samples of the class) for every class, as
// scikit-learn's "balanced".
func balanced(s Source) []float32 {
	var count []int
	for i := range s.Len() {
		for s.Label(i) >= len(count) {
			count = append(count, 0)
		}
		count[s.Label(i)]++
	}
	w := make([]float32, len(count))
	for c, n := range count {
		w[c] = float32(float64(s.Len()) / float64(len(count)*max(n, 1)))
	}
	return w
}

// Run trains until the last epoch, early stopping, a diverging loss or the end of
// ctx, and leaves the weights to keep in Config.State. It can be called again to go on after ctx ended.
func (t *Trainer) Run(ctx context.Context) (*Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer t.close()
	r := t.Recipe
	for t.at.Epoch < r.Train.Epochs && !t.enough() {
		err := t.epoch(ctx)
		switch {
		case errors.Is(err, errNotFinite):
			return t.diverged()
		case err != nil && ctx.Err() != nil:
			return t.stopped(), nil
		case err != nil:
			return nil, err
		}
	}
	res := &Result{History: t.at.History}
	if t.at.Epoch < r.Train.Epochs {
		res.Note = fmt.Sprintf("stopped early: %s did not get better for %d epochs", r.Validate.Monitor,
			r.Validate.Patience)
	}
	t.finish(res)
	return res, nil
}

// close gives back the memory of the programs; the State has the parameters.
func (t *Trainer) close() {
	for n, p := range t.programs {
		graph.Close(p)
		delete(t.programs, n)
	}
	t.tester.Close()
}

// enough reports whether early stopping ends the run.
func (t *Trainer) enough() bool {
	return t.Recipe.Validate.Patience > 0 && t.at.Wait >= t.Recipe.Validate.Patience
}

// finish leaves the weights to keep in State.
func (t *Trainer) finish(res *Result) {
	if t.best != nil {
		assign(t.State, t.best)
		res.Best = t.at.Best
		return
	}
	t.average()
	if t.opt.UseEMA {
		assign(t.State, t.shown)
	}
}

// diverged goes back to the last epoch whose numbers were finite, or to the best one; there is none in the first, which
// is ErrDiverged.
func (t *Trainer) diverged() (*Result, error) {
	if t.at.Epoch == 0 {
		return nil, ErrDiverged
	}
	assign(t.State, t.good)
	res := &Result{History: t.at.History, Diverged: true, Best: t.at.Epoch,
		Note: fmt.Sprintf("the loss became infinite or not a number in epoch %d; the weights of epoch %d were kept",
			t.at.Epoch+1, t.at.Epoch)}
	if t.best != nil {
		t.finish(res)
		res.Note = fmt.Sprintf("the loss became infinite or not a number in epoch %d; the weights of the best epoch, "+
			"%d, were kept", t.at.Epoch+1, t.at.Best)
	}
	return res, nil
}

// stopped leaves State as it is, so that a checkpoint can be taken and Run can go on.
func (t *Trainer) stopped() *Result {
	return &Result{History: t.at.History, Stopped: true, Note: "stopped on request"}
}

// Keep leaves the weights to keep in State after a run that was stopped: those of
// the best epoch, or the present ones. The run cannot go on afterwards.
func (t *Trainer) Keep() { t.finish(&Result{}) }

var errNotFinite = errors.New("not finite")

// epoch runs the rest of the present epoch.
func (t *Trainer) epoch(ctx context.Context) error {
	list := t.order()
	t.clock.start(t.at.Step)
	left := list[t.at.Step:]
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	for b := range batches(inner, t.Train, left, t.at.Epoch) {
		if b.err != nil {
			return b.err
		}
		if err := t.step(b, len(list)); err != nil {
			return err
		}
		t.progress(len(list), false)
		if ctx.Err() != nil {
			break
		}
	}
	if t.at.Step < len(list) {
		return ctx.Err()
	}
	return t.endEpoch(ctx, len(list))
}

// order cuts the present epoch into batches, shuffled anew from (seed, epoch).
func (t *Trainer) order() [][]int {
	order := ascending(t.Train.Len())
	if t.Recipe.Train.Shuffle {
		data.Shuffle(order, t.Recipe.Seed, t.at.Epoch)
	}
	return cut(order, t.Recipe.Train.BatchSize)
}

// step runs forward, backward and update on a batch. Class weights are looked up by label. A checkpoint that is wanted
// meanwhile is made after it.
func (t *Trainer) step(b *batch, steps int) error {
	p, err := t.program(len(b.index))
	if err != nil {
		return err
	}
	rate := t.rate(steps)
	inputs := map[string]*tensor.Tensor{inX: b.x, inY: b.y, inKey: t.key()}
	for name, v := range t.opt.Scalars(t.at.Total+1, rate) {
		inputs[name] = tensor.Scalar(float32(v))
	}
	if t.weights != nil {
		w := tensor.New(tensor.Float32, len(b.index))
		for i, label := range b.y.I() {
			w.F()[i] = t.weights[label]
		}
		inputs[inWeight] = w
	}
	out, err := p.Run(inputs)
	if err != nil {
		return err
	}
	loss := float64(out[outLoss].F()[0])
	if !finite(loss) {
		return errNotFinite
	}
	t.at.Loss += float64(loss * float64(len(b.index)))
	t.at.Hits += float64(out[outHits].F()[0])
	t.at.Seen += len(b.index)
	t.at.Step++
	t.at.Total++
	if t.Checkpoint != nil && t.Wanted != nil && t.Wanted() {
		return t.Checkpoint(t)
	}
	return nil
}

// finite tells a number from an infinity or NaN.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// program is the step for n samples; a run needs two, for full batches and for the last of an epoch.
func (t *Trainer) program(n int) (graph.Program, error) {
	if p := t.programs[n]; p != nil {
		return p, nil
	}
	g := StepGraph(t.Model, t.Recipe.Loss, t.Recipe.Optimizer, n, t.weights != nil, t.Part)
	complete(g, t.State)
	p, err := t.Runner(g, t.State)
	if err == nil {
		t.programs[n] = p
	}
	return p, err
}

// rate is the learning rate of the present step, by the schedule and by what a plateau has reduced it to.
func (t *Trainer) rate(steps int) float64 {
	return rateAt(t.Recipe.Optimizer, t.at.Total, steps*t.Recipe.Train.Epochs) * t.at.Plateau.Factor
}

// key is the dropout key of the present step.
func (t *Trainer) key() *tensor.Tensor {
	r := data.Rand(t.Recipe.Seed, "dropout", t.at.Epoch, t.at.Step)
	return tensor.Ints([]int32{int32(r.Uint32()), int32(r.Uint32())}, 2)
}

// average brings the shown weights up to date: the moving averages, and the present
// values of what is not averaged.
func (t *Trainer) average() {
	if !t.opt.UseEMA {
		return
	}
	for _, n := range t.names {
		src := t.State[EMAPrefix+n]
		if src == nil {
			src = t.State[n]
		}
		t.shown[n].CopyFrom(src)
	}
}
