package peers

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
	"wafer/nn/train"
	"wafer/nn/zoo"
)

// Steps are the training tasks.
var Steps = map[string]Step{
	"fit_smallcnn":    {smallCNN, "sparse_categorical_crossentropy", "adam", 1e-3, nil},
	"fit_textlstm":    {textLSTM, "binary_crossentropy", "adam", 1e-3, nil},
	"fit_mobilenetv2": {mobileNetV2, "sparse_categorical_crossentropy", "adam", 1e-3, nil},
	"fit_head":        {head, "sparse_categorical_crossentropy", "adam", 1e-3, nil},
	"fit_vgg16_head":  {vgg16Head, "sparse_categorical_crossentropy", "adam", 1e-4, base},
	"fit_mlp":         {mlp, "mean_squared_error", "sgd", 0.03, nil},
}

// Step is how one network is trained.
type Step struct {
	model           func() *layers.Model
	loss, optimizer string
	rate            float64
	frozen          func(layer string) bool
}

// Training is a step of the named task on a batch of random samples, with fresh weights.
// Its output "loss" is the mean over the batch before the step. The inputs' scalars are those of
// step number 1; Scalars gives the others.
func Training(name string, batch int) (*Task, error) {
	s, known := Steps[name]
	if !known {
		return nil, fmt.Errorf("there is no training task %q", name)
	}
	m, o := s.model(), s.Optimizer()
	g := train.StepGraph(m, recipe.Loss{Name: s.loss}, o.Optimizer, batch, false, train.Part{Frozen: s.frozen})
	t := &Task{g, m.InitState(1), zeros(g)}
	for _, p := range g.Leaves(graph.Param) {
		if t.State[p.Name] == nil { // of the optimizer
			t.State[p.Name] = tensor.New(tensor.Float32, p.Shape...)
		}
	}
	s.fill(t.Inputs, m.OutputShape().Last())
	for k, v := range s.Scalars(1) {
		t.Inputs[k] = tensor.Scalar(float32(v))
	}
	return t, nil
}

// Scalars are the inputs that change with the number of the step, counted from 1.
func (s Step) Scalars(step int) map[string]float64 { return s.Optimizer().Scalars(step, s.rate) }

// Optimizer has Keras' defaults and the step's rate.
func (s Step) Optimizer() train.Optimizer {
	o := recipe.DefaultOptimizer(s.optimizer)
	o.LearningRate = s.rate
	return train.Optimizer{Optimizer: o}
}

// fill draws samples: pictures and features in −1…1, words, labels.
func (s Step) fill(in map[string]*tensor.Tensor, classes int) {
	r := rand.New(rand.NewPCG(1, 2))
	if x := in["x"]; x.DType() == tensor.Int32 {
		for i := range x.I() {
			x.I()[i] = int32(r.IntN(vocabulary))
		}
	} else {
		for i := range x.F() {
			x.F()[i] = 2*r.Float32() - 1
		}
	}
	for i := range in["y"].I() {
		y := int32(r.IntN(max(classes, 2)))
		if s.loss == "mean_squared_error" {
			y = 2*y - 1
		}
		in["y"].I()[i] = y
	}
}

const vocabulary = 10000

func image(side, channels int) layers.Spec {
	return layers.Spec{Shape: tensor.Shape{side, side, channels}, DType: tensor.Float32}
}

func features(n int) layers.Spec { return layers.Spec{Shape: tensor.Shape{n}, DType: tensor.Float32} }

func smallCNN() *layers.Model {
	return layers.Sequential("smallcnn", image(28, 1),
		layers.Conv2D(32, 3, "valid", "relu"), layers.MaxPooling2D(2),
		layers.Conv2D(64, 3, "valid", "relu"), layers.MaxPooling2D(2),
		layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(10, "softmax"))
}

func textLSTM() *layers.Model {
	return layers.Sequential("textlstm", layers.Spec{Shape: tensor.Shape{100}, DType: tensor.Int32},
		layers.Embedding(vocabulary, 128), layers.LSTM(64), layers.Dense(1, "sigmoid"))
}

func head() *layers.Model {
	return layers.Sequential("head", features(1280), layers.Dense(100, "relu"), layers.Dense(3, "softmax"))
}

func mlp() *layers.Model {
	return layers.Sequential("mlp", features(2), layers.Dense(4, "tanh"), layers.Dense(2, "tanh"),
		layers.Dense(1, "tanh"))
}

func vgg16Head() *layers.Model {
	var stack []layers.Layer
	for _, c := range [][2]int{{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}} {
		for range c[1] {
			stack = append(stack, layers.Conv2D(c[0], 3, "same", "relu"))
		}
		stack = append(stack, layers.MaxPooling2D(2))
	}
	stack = append(stack, layers.Flatten(), layers.Dense(1024, "relu"), layers.Dense(5, "softmax"))
	return layers.Sequential("vgg16_head", image(224, 3), stack...)
}

// base tells the layers of VGG16 that stay as they are.
func base(layer string) bool {
	return strings.HasPrefix(layer, "conv2d") || strings.HasPrefix(layer, "max_pooling2d")
}

// mobileNetV2 is for 96×96 pictures and five classes.
func mobileNetV2() *layers.Model {
	return zoo.MobileNetV2(zoo.Options{Height: 96, Width: 96, Classes: 5})
}
