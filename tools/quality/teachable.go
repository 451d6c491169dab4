package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"wafer/nn/convert"
	"wafer/nn/data"
	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// teachableBase is the name under which features of Teachable Machine's base are kept.
const teachableBase = "teachable-machine"

// openTeachable reads the network that Teachable Machine exported, without the layers that it trained.
func (b *bench) openTeachable() (*model.Model, error) {
	var files foreign.Files
	for _, name := range []string{"model.json", "metadata.json", "weights.bin"} {
		content, err := os.ReadFile(filepath.Join(b.teachable, name))
		if err != nil {
			return nil, err
		}
		files = append(files, foreign.File{Name: name, Data: content})
	}
	file, err := convert.Model(files, convert.Options{Name: teachableBase})
	if err != nil {
		return nil, err
	}
	whole, err := model.Open(file, model.Options{})
	if err != nil {
		return nil, err
	}
	doc, pooled := *whole.Document(), ""
	for _, e := range doc.Layers.Entries {
		if e.Layer.Class() == "GlobalAveragePooling2D" {
			pooled = e.Name
		}
	}
	front, _, ok := doc.Layers.Cut(pooled)
	if !ok {
		return nil, fmt.Errorf("%s: has no global average pooling that everything after it stands on", b.teachable)
	}
	doc.Layers, doc.Outside = front, nil
	doc.Info.Labels, doc.Info.LabelsZH, doc.Info.Rejects, doc.Info.Backbone = nil, nil, false, true
	state := graph.State{}
	for _, w := range front.Weights() {
		state[w.Name] = whole.State()[w.Name]
	}
	return model.Write(doc, state, model.Options{})
}

// teach is the accuracy of Teachable Machine's recipe: Dense 100 with ReLU and a softmax on features of its base,
// Adam with 0.001, 50 epochs in batches of 16.
func (b *bench) teach(d drawn) (float64, error) {
	var rows [2]train.Rows
	for i, list := range [][]data.Sample{d.train, d.test} {
		x, err := b.vectors(teachableBase, list)
		if err != nil {
			return 0, err
		}
		rows[i] = train.Rows{X: tensor.Floats(x.Dense, x.Rows, x.Width), Y: labels(list)}
	}
	width := rows[0].X.Shape()[1]
	m := layers.Sequential(teachableBase, layers.Spec{Shape: tensor.Shape{width}}, layers.Dense(100, "relu"),
		layers.Dense(len(d.labels), "softmax"))
	r := recipe.Default()
	r.Loss.Name, r.Train.Epochs, r.Train.BatchSize, r.Seed = "sparse_categorical_crossentropy", 50, 16, 1
	state := graph.State{}
	m.Complete(state, r.Seed)
	run, err := train.New(train.Config{Model: m, State: state, Runner: native.Runner(0), Recipe: r, Train: rows[0],
		Report: func(task.Progress) {}})
	if err != nil {
		return 0, err
	}
	if _, err := run.Run(context.Background()); err != nil {
		return 0, err
	}
	tester := &train.Tester{Model: m, State: state, Runner: native.Runner(0), Loss: &r.Loss, Batch: 64}
	defer tester.Close()
	measured, err := tester.Evaluate(context.Background(), rows[1])
	return measured.Accuracy, err
}
