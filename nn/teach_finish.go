package nn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/train"
)

func (t *teacher) finish(network *layers.Model, state graph.State, result *train.Result, all train.Rows, fit, held []int) (*Model, task.TeachReport, error) {
	loss := recipe.Loss{Name: "sparse_categorical_crossentropy"}
	tester := &train.Tester{Model: network, State: state, Runner: Runner, Loss: &loss}
	defer tester.Close()
	ctx := context.Background() // a stopped run is measured too
	t.o.Report(task.Progress{Phase: task.Testing, Steps: len(held) + len(fit)})
	rep := task.TeachReport{Epochs: len(result.History), Stopped: result.Stopped, HeldOut: len(held), Note: result.Note}
	own, err := tester.Evaluate(ctx, train.Subset{Source: all, Index: fit})
	if err != nil {
		return nil, rep, err
	}
	rep.Accuracy = own.Accuracy
	if len(held) > 0 {
		other, err := tester.Evaluate(ctx, train.Subset{Source: all, Index: held})
		if err != nil {
			return nil, rep, err
		}
		rep.ValAccuracy = other.Accuracy
	}
	doc := t.document(network, state, rep)
	doc.History = result.History
	m, err := write(doc, state)
	if err != nil {
		return nil, rep, err
	}
	rep.Model, rep.Seconds = m.info, time.Since(t.began).Seconds()
	t.o.Report(task.Progress{Phase: task.Done, Epoch: rep.Epochs, Epochs: rep.Epochs})
	return m, rep, nil
}

func (t *teacher) document(network *layers.Model, state graph.State, rep task.TeachReport) document {
	b := t.base.info
	hash := format.Hash(state)
	title := t.req.Name
	if title == "" {
		title = strings.Join(t.req.Classes, ", ")
	}
	info := task.Model{ID: "taught-" + hash[:12], Title: title, Kind: b.Kind, Labels: slices.Clone(t.req.Classes),
		Height: b.Height, Width: b.Width, Channels: b.Channels, Drawing: b.Drawing,
		Params: network.Params(), WeightsHash: hash, Credit: b.Credit, About: "Taught from " + b.Title + "."}
	if rep.HeldOut > 0 {
		info.Accuracy, info.TestSet = rep.ValAccuracy, fmt.Sprintf("%d held-out samples", rep.HeldOut)
	}
	return document{Info: info, Layers: network, Preprocess: t.base.doc.Preprocess, Tokenizer: t.base.doc.Tokenizer, Temperature: 1, Base: b.ID}
}
