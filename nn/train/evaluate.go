package train

import (
	"wafer/nn/context"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// TestBatch is the number of samples that go through a network at once outside training:
// 128, halved until its largest layer gives at most 2²⁶ numbers. The network alone decides.
func TestBatch(m *layers.Model) int {
	const most = 1 << 26
	n := 128
	for largest := m.LargestOutput(); n > 1 && n*largest > most; {
		n /= 2
	}
	return n
}

// Tester runs a model outside training, with one program per shape of its input. It sees
// changes of the state's values.
type Tester struct {
	Model  *layers.Model
	State  graph.State
	Runner graph.Runner
	Loss   *recipe.Loss // nil: predictions only
	Also   string       // an entry whose results RunAlso gives beside the outputs; "": none
	Batch  int          // samples at once; 0: TestBatch of the model
	Done   func(n int)  // told how many samples are done; nil: nobody

	// shortens the rows of a batch where that changes no output; nil: as they are
	Trim func(rows *tensor.Tensor) *tensor.Tensor
	Even bool // without a Loss: small batches of one size, or of one sample, of rows that Trim makes equally long

	finished int                      // samples of the source at hand
	programs map[string]graph.Program // by the shape of the input
}

// Program is what runs inputs of a shape, [batch, …]; it is made when it is first asked for. Axes behind the batch
// may differ from the model's where its layers can do with that, as with shorter sequences.
func (t *Tester) Program(shape tensor.Shape) (graph.Program, error) {
	key := shape.String()
	if p := t.programs[key]; p != nil {
		return p, nil
	}
	p, err := t.Runner(TestGraphAlso(t.Model, t.Loss, shape, t.Also), t.State)
	if err == nil {
		if t.programs == nil {
			t.programs = map[string]graph.Program{}
		}
		t.programs[key] = p
	}
	return p, err
}

// Close gives back the programs' memory; the next run makes new ones.
func (t *Tester) Close() {
	for _, p := range t.programs {
		graph.Close(p)
	}
	t.programs = nil
}

// Run gives the outputs [batch, …] for x [batch, …]; they are valid until the next call.
func (t *Tester) Run(x *tensor.Tensor) (*tensor.Tensor, error) {
	out, _, err := t.RunAlso(x)
	return out, err
}

// RunAlso is Run with the results of the entry Also, nil where there is none.
func (t *Tester) RunAlso(x *tensor.Tensor) (values, also *tensor.Tensor, err error) {
	inputs := map[string]*tensor.Tensor{inX: x}
	if t.Loss != nil {
		inputs[inY] = tensor.New(tensor.Int32, x.Shape()[0])
	}
	p, err := t.Program(x.Shape())
	if err != nil {
		return nil, nil, err
	}
	out, err := p.Run(inputs)
	if err != nil {
		return nil, nil, err
	}
	return out[outValues], out[outAlso], nil
}

// Each hands every batch's outputs to use, with the numbers of its samples; loss and
// correct are 0 without a Loss.
func (t *Tester) each(ctx context.Context, s Source, use func(index []int, out map[string]*tensor.Tensor)) (err error) {
	if t.Batch == 0 {
		t.Batch = TestBatch(t.Model)
	}
	t.finished = 0
	lists := [][][]int{cut(ascending(s.Len()), t.Batch)}
	if t.Even {
		lists, err = t.evenly(s)
	}
	for i := 0; i < len(lists) && err == nil; i++ {
		if i > 0 {
			t.Close() // one length's programs at a time
		}
		err = t.through(ctx, s, lists[i], use)
	}
	return err
}

// through runs batches of samples.
func (t *Tester) through(ctx context.Context, s Source, list [][]int,
	use func(index []int, out map[string]*tensor.Tensor)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for b := range batches(ctx, s, list, -1) {
		if b.err != nil {
			return b.err
		}
		if t.Trim != nil {
			b.x = t.Trim(b.x)
		}
		p, err := t.Program(b.x.Shape())
		if err != nil {
			return err
		}
		inputs := map[string]*tensor.Tensor{inX: b.x}
		if t.Loss != nil {
			inputs[inY] = b.y
		}
		out, err := p.Run(inputs)
		if err != nil {
			return err
		}
		use(b.index, out)
		if t.finished += distinct(b.index); t.Done != nil {
			t.Done(t.finished)
		}
	}
	return ctx.Err()
}

// Evaluate measures loss and accuracy on every sample of s.
func (t *Tester) Evaluate(ctx context.Context, s Source) (task.Metrics, error) {
	return t.measure(ctx, s, func([]int, map[string]*tensor.Tensor) {})
}

func (t *Tester) measure(ctx context.Context, s Source, use func(index []int,
	out map[string]*tensor.Tensor)) (task.Metrics, error) {
	var m task.Metrics
	err := t.each(ctx, s, func(index []int, out map[string]*tensor.Tensor) {
		m.Loss += float64(float64(out[outLoss].F()[0]) * float64(len(index)))
		m.Accuracy += float64(out[outHits].F()[0])
		use(index, out)
	})
	n := float64(max(s.Len(), 1))
	return task.Metrics{Loss: m.Loss / n, Accuracy: m.Accuracy / n}, err
}

// Predict gives the outputs of every sample of s, [n, …].
func (t *Tester) Predict(ctx context.Context, s Source) (*tensor.Tensor, error) {
	all, keep := t.rows(s)
	return all, t.each(ctx, s, keep)
}

// PredictAlso is Predict with the results [n, …] of the entry Also.
func (t *Tester) PredictAlso(ctx context.Context, s Source) (values, also *tensor.Tensor, err error) {
	values, keep := t.rows(s)
	err = t.each(ctx, s, func(index []int, out map[string]*tensor.Tensor) {
		keep(index, out)
		if rows := out[outAlso]; rows != nil {
			if also == nil {
				also = tensor.New(tensor.Float32, append([]int{s.Len()}, rows.Shape()[1:]...)...)
			}
			scatter(also, index, rows)
		}
	})
	return values, also, err
}

// Test is Predict and Evaluate in one.
func (t *Tester) Test(ctx context.Context, s Source) (*tensor.Tensor, task.Metrics, error) {
	all, keep := t.rows(s)
	m, err := t.measure(ctx, s, keep)
	return all, m, err
}

// rows makes room for the outputs of every sample, and what puts them there.
func (t *Tester) rows(s Source) (all *tensor.Tensor, keep func(index []int, out map[string]*tensor.Tensor)) {
	all = tensor.New(tensor.Float32, append([]int{s.Len()}, t.Model.OutputShape()...)...)
	return all, func(index []int, out map[string]*tensor.Tensor) { scatter(all, index, out[outValues]) }
}

// scatter puts the rows of a batch where its samples' are.
func scatter(all *tensor.Tensor, index []int, rows *tensor.Tensor) {
	for k, i := range index {
		all.Rows(i, i+1).CopyFrom(rows.Rows(k, k+1))
	}
}
