package model

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"wafer/nn/format"
	"wafer/nn/layers"
	"wafer/nn/names"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// written is the file of a model of 4×4 pictures with so many labels, whose weights all have the value v.
func written(t *testing.T, labels int, v float32, stack ...layers.Layer) []byte {
	t.Helper()
	net := layers.Sequential("odd", layers.Spec{Shape: tensor.Shape{4, 4, 1}},
		append([]layers.Layer{layers.Flatten()}, stack...)...)
	doc := Document{Layers: net, Temperature: 1,
		Info: task.Model{Kind: task.Image, Binary: labels == 2 && net.OutputShape()[0] == 1},
		Preprocess: recipe.Preprocess{Kind: "image", Image: &recipe.Image{Height: 4, Width: 4, Channels: 1,
			Resize: "bilinear", Mode: "stretch", Background: "black", Normalisation: "0..1"}}}
	for i := range labels {
		doc.Info.Labels = append(doc.Info.Labels, fmt.Sprint("label ", i))
	}
	var tensors []format.Tensor
	for _, w := range net.Weights() {
		x := tensor.New(tensor.Float32, w.Shape...)
		for i := range x.F() {
			x.F()[i] = v
		}
		tensors = append(tensors, format.Tensor{Name: w.Name, Value: x})
	}
	file, err := format.Encode(doc, tensors)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// What can never give an answer is refused when it is opened, and what can is not.
func TestModelsThatCanGiveNoShares(t *testing.T) {
	nan, any := float32(math.NaN()), "must end with softmax or sigmoid"
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"linear":                {written(t, 3, 1, layers.Dense(3, "")), any},
		"linear for two labels": {written(t, 2, 1, layers.Dense(1, "linear")), any},
		"relu for two labels":   {written(t, 2, 1, layers.Dense(1, "relu")), any},
		"tanh":                  {written(t, 3, 1, layers.Dense(3, "tanh")), any},
		"normalised":            {written(t, 3, 1, layers.Dense(3, "softmax"), layers.LayerNormalization()), any},
		"no numbers":            {written(t, 3, nan, layers.Dense(3, "softmax")), "values that are no numbers"},
		"softmax":               {written(t, 3, 1, layers.Dense(3, "softmax")), ""},
		"softmax, then dropout": {written(t, 3, 1, layers.Dense(3, ""), layers.Activation("softmax"),
			layers.Dropout(0.5)), ""},
		"sigmoid":                 {written(t, 2, 1, layers.Dense(1, "sigmoid")), ""},
		"sigmoid for each label":  {written(t, 4, 1, layers.Dense(4, "sigmoid")), ""},
		"hard sigmoid":            {written(t, 2, 1, layers.Dense(1, "hard_sigmoid")), ""},
		"relu for several labels": {written(t, 4, 1, layers.Dense(4, "relu")), ""},
		"labels without end": {written(t, names.MaxLabels+1, 1, layers.Dense(1, "sigmoid")),
			"at most 65536 are read"},
		"two labels, three scores": {written(t, 2, 1, layers.Dense(3, "softmax")), "output of shape [3] for 2 labels"},
	} {
		_, err := Open(c.file, Options{})
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: opening gave %v, expected %q", name, err, c.says)
		}
	}
}

// Weights so large that sums are infinite: the answer is a sentence.
func TestAnswersThatAreNoShares(t *testing.T) {
	for name, file := range map[string][]byte{
		"infinite sums": written(t, 3, 3e38, layers.Dense(16, ""), layers.Dense(3, "softmax")),
		"all zero":      written(t, 3, -1, layers.Dense(3, "relu")),
	} {
		m, err := Open(file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r := m.Classify(stroke(1)); r.Error != errNoShares.Error() || len(r.Scores) > 0 {
			t.Errorf("%s: got %+v, expected the error %q", name, r, errNoShares)
		}
	}
}

// Room is told what Memory says later, and asked before weights are read.
func TestRoomIsAskedBeforeWeightsAreRead(t *testing.T) {
	file := written(t, 3, 1, layers.Dense(500, "relu"), layers.Dense(3, "softmax"))
	m, err := Open(file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	asked, full := int64(0), errors.New("no room")
	_, err = Open(file, Options{Room: func(bytes int64) error { asked = bytes; return full }})
	if !errors.Is(err, full) || asked != m.Memory() {
		t.Errorf("opening gave %v, asked for %d bytes, expected %v and %d", err, asked, full, m.Memory())
	}
	all := asked
	fits := func(bytes int64) error { asked = bytes; return nil }
	if _, err = Open(file, Options{Alone: true, Room: fits}); err != nil || asked >= all {
		t.Errorf("one input at a time: asked for %d bytes (%v), for %d in batches; expected fewer", asked, err, all)
	}
	took := testing.AllocsPerRun(1, func() {
		format.Sum(nil).DecodeIf(file, new(struct{}), func(int64) error { return full })
	})
	read := testing.AllocsPerRun(1, func() { format.Decode(file, new(struct{})) })
	if took >= read {
		t.Errorf("refused: %v allocations, read: %v; expected fewer", took, read)
	}
}
