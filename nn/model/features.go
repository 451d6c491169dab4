package model

import (
	"wafer/nn/context"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// Features are what the network makes of inputs before its head, or as an encoder: a row [d] each, which
// does not depend on the others. done, if given, is told how many are finished. An input that cannot be used is an
// error that names it.
func (m *Model) Features(ctx context.Context, inputs []task.Input, done func(n int)) (*tensor.Tensor, error) {
	if m.features == nil {
		base, err := m.base()
		if err != nil {
			return nil, err
		}
		m.features = &train.Tester{Model: base, State: m.state, Runner: m.tester.Runner, Trim: m.encode.Trim,
			Even: true}
	}
	m.features.Done = done
	y, err := m.features.Predict(ctx, source{m, inputs})
	if err != nil {
		return nil, err
	}
	return y.Reshape(len(inputs), m.features.Model.OutputShape().Size()), nil
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

// source are inputs as the model's network takes them.
type source struct {
	model  *Model
	inputs []task.Input
}

func (s source) Len() int            { return len(s.inputs) }
func (s source) Shape() tensor.Shape { return s.model.encode.Shape() }
func (s source) DType() tensor.DType { return s.model.encode.DType() }
func (s source) Label(int) int       { return 0 }

func (s source) Fill(row *tensor.Tensor, i, _ int) error {
	if _, err := s.model.fill(s.inputs[i], row); err != nil {
		if name := s.inputs[i].Name; name != "" {
			return say.Errorf("input %d (%s): %w", i+1, name, err)
		}
		return say.Errorf("input %d: %w", i+1, err)
	}
	return nil
}
