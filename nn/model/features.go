package model

import (
	"slices"

	"wafer/nn/context"
	"wafer/nn/layers"
	"wafer/nn/order"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// featureTokens is how much text runs at once when features are computed, and featurePictures how many pictures.
const (
	featureTokens   = 128
	featurePictures = 8
)

// Features are what the network makes of inputs before its head, or as an encoder: a row [d] each, which
// does not depend on the others. done, if given, is told how many are finished. An input that cannot be used is an
// error that names it.
func (m *Model) Features(ctx context.Context, inputs []task.Input, done func(n int)) (*tensor.Tensor, error) {
	f, err := m.featurer()
	if err != nil {
		return nil, err
	}
	f.out, f.done = tensor.New(tensor.Float32, len(inputs), f.tester.Model.OutputShape().Size()), done
	if m.info.Kind == task.Text {
		return f.out, f.texts(ctx, inputs)
	}
	for at := 0; at < len(inputs); at += featurePictures {
		index := make([]int, 0, featurePictures)
		for i := at; i < min(at+featurePictures, len(inputs)); i++ {
			index = append(index, i)
		}
		if err := f.pictures(ctx, inputs, index); err != nil {
			return nil, err
		}
	}
	return f.out, nil
}

// FeatureSize is the length of a row of Features, 0 where the network has none.
func (m *Model) FeatureSize() int {
	base, err := m.base()
	if err != nil {
		return 0
	}
	return base.OutputShape().Size()
}

// FeatureWidths are the lengths of the parts that a row of Features consists of, see layers.Model.WithLevels.
func (m *Model) FeatureWidths() []int {
	base, err := m.base()
	if err != nil {
		return nil
	}
	if widths := base.LevelWidths(); widths != nil {
		return widths
	}
	return []int{base.OutputShape().Size()}
}

// FeatureEntry is the entry of the network that gives the features, "" where there are none or it is an encoder.
func (m *Model) FeatureEntry() string {
	base, err := m.base()
	if err != nil || m.info.Encoder() {
		return ""
	}
	return base.Last().Name
}

// base is the network without its head, see layers.Model.Body, and with the levels that Options asked for.
func (m *Model) base() (*layers.Model, error) {
	if m.info.Encoder() {
		return m.doc.Layers, nil
	}
	if body, ok := m.doc.Layers.Body(); ok && len(body.OutputShape()) == 1 {
		return body.WithLevels(m.levels), nil
	}
	return nil, say.New("this model has no features: its network has no layer at its end that stands on others")
}

// featurer runs the base.
type featurer struct {
	*Model
	tester   *train.Tester
	out      *tensor.Tensor
	done     func(n int)
	finished int
}

func (m *Model) featurer() (*featurer, error) {
	if m.features == nil {
		base, err := m.base()
		if err != nil {
			return nil, err
		}
		m.features = &train.Tester{Model: base, State: m.state, Runner: m.tester.Runner}
	}
	return &featurer{Model: m, tester: m.features}, nil
}

// encodeRow writes one input into a row.
func (f *featurer) encodeRow(inputs []task.Input, i int, row *tensor.Tensor) error {
	if _, err := f.fill(inputs[i], row); err != nil {
		if name := inputs[i].Name; name != "" {
			return say.Errorf("input %d (%s): %w", i+1, name, err)
		}
		return say.Errorf("input %d: %w", i+1, err)
	}
	return nil
}

// pictures runs a full batch at once, and fewer one by one, so that there are two programs.
func (f *featurer) pictures(ctx context.Context, inputs []task.Input, index []int) error {
	size := 1
	if len(index) == featurePictures {
		size = featurePictures
	}
	x := tensor.New(f.encode.DType(), f.doc.Layers.Batch(size)...)
	for at := 0; at < len(index); at += size {
		for k, i := range index[at : at+size] {
			if err := f.encodeRow(inputs, i, x.Rows(k, k+1)); err != nil {
				return err
			}
		}
		if err := f.run(ctx, x, index[at:at+size]); err != nil {
			return err
		}
	}
	return nil
}

// texts runs those of a length together, in batches of one size for each length: the last is filled up with nothing.
func (f *featurer) texts(ctx context.Context, inputs []task.Input) error {
	rows := tensor.New(f.encode.DType(), f.doc.Layers.Batch(len(inputs))...)
	byLength := map[int][]int{}
	for i := range inputs {
		if err := f.encodeRow(inputs, i, rows.Rows(i, i+1)); err != nil {
			return err
		}
		n := f.encode.Trim(rows.Rows(i, i+1)).Shape()[1]
		byLength[n] = append(byLength[n], i)
	}
	lengths := make([]int, 0, len(byLength))
	for n := range byLength {
		lengths = append(lengths, n)
	}
	order.Sort(lengths)
	for _, n := range lengths {
		for index := range slices.Chunk(byLength[n], max(featureTokens/n, 1)) {
			x := tensor.New(tensor.Int32, max(featureTokens/n, 1), n)
			for k, i := range index {
				copy(x.I()[k*n:(k+1)*n], rows.Rows(i, i+1).I())
			}
			if err := f.run(ctx, x, index); err != nil {
				return err
			}
		}
	}
	return nil
}

// run computes a batch and puts its rows where they belong.
func (f *featurer) run(ctx context.Context, x *tensor.Tensor, index []int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	y, err := f.tester.Run(x)
	if err != nil {
		return err
	}
	for k, i := range index {
		f.out.Rows(i, i+1).CopyFrom(y.Rows(k, k+1))
	}
	if f.finished += len(index); f.done != nil {
		f.done(f.finished)
	}
	return nil
}
