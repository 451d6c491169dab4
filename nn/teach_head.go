package nn

import (
	"context"
	"slices"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// network is the base without its last layer (nor the head of an earlier teaching),
// then the new head.
func (t *teacher) network() *layers.Model {
	from := t.base.doc.Layers
	entries := slices.Clone(from.Entries[:len(from.Entries)-1])
	if n := len(entries); n > 0 && entries[n-1].Name == headNorm {
		entries = entries[:n-1]
	}
	at := layers.InputName
	if n := len(entries); n > 0 {
		at = entries[n-1].Name
	}
	if len(from.ShapeOf(at)) != 1 {
		entries = append(entries, layers.Entry{Name: "head_flatten", Layer: layers.Flatten(), Inputs: []string{at}})
		at = "head_flatten"
	}
	return &layers.Model{Name: "taught", Inputs: from.Inputs, Entries: append(entries, headEntries(at, len(t.req.Classes))...)}
}

func headEntries(from string, classes int) []layers.Entry {
	norm := layers.BatchNormalization()
	norm.Center, norm.Scale = false, false
	return []layers.Entry{
		{Name: headNorm, Layer: norm, Inputs: []string{from}},
		{Name: head, Layer: layers.Dense(classes, "softmax"), Inputs: []string{headNorm}},
	}
}

// headModel is the new layers alone, on features.
func headModel(features layers.Spec, classes int) *layers.Model {
	return &layers.Model{Name: "head", Inputs: []layers.Spec{features}, Entries: headEntries(layers.InputName, classes)}
}

// body is the network without the head, nil when nothing is before it.
func body(network *layers.Model) *layers.Model {
	n := len(network.Entries) - 2
	if n == 0 {
		return nil
	}
	return &layers.Model{Name: "body", Inputs: network.Inputs, Entries: network.Entries[:n]}
}

// featuresBatch is how many samples go through the body at once.
const featuresBatch = 16

// features runs the body once over every sample.
func (t *teacher) features(ctx context.Context, network *layers.Model, state graph.State, all train.Rows) (train.Rows, error) {
	b := body(network)
	if b == nil {
		return all, nil
	}
	out := train.Rows{X: tensor.New(tensor.Float32, append([]int{all.Len()}, b.OutputShape()...)...), Y: all.Y}
	run := &train.Tester{Model: b, State: state, Runner: Runner}
	defer run.Close()
	for lo := 0; lo < all.Len(); lo += featuresBatch {
		if ctx.Err() != nil {
			return out, t.stopped()
		}
		hi := min(lo+featuresBatch, all.Len())
		f, err := run.Run(all.X.Rows(lo, hi))
		if err != nil {
			return out, err
		}
		out.X.Rows(lo, hi).CopyFrom(f)
		t.tell(task.Features, hi, all.Len())
	}
	return out, nil
}

// standardise sets the moving statistics of the head to those of the features. The
// variance has a floor of a tenth of the mean variance, so that a feature that
// hardly varies in a few samples does not drown the others.
func standardise(state graph.State, f train.Rows, fit []int) {
	mean, variance := state[headNorm+"/moving_mean"].F(), state[headNorm+"/moving_variance"].F()
	n, total := len(mean), 0.0
	for j := range n {
		sum, squares := 0.0, 0.0
		for _, i := range fit {
			v := float64(f.X.F()[i*n+j])
			sum += v
			squares += float64(v * v)
		}
		m := sum / float64(len(fit))
		spread := max(squares/float64(len(fit))-float64(m*m), 0)
		mean[j], variance[j] = float32(m), float32(spread)
		total += spread
	}
	for j := range variance {
		variance[j] = max(variance[j], float32(total/float64(10*n)))
	}
}

// headRecipe trains the head for about 400 steps.
func headRecipe(req task.TeachRequest, samples, held int) *recipe.Recipe {
	r := recipe.Default()
	r.Name, r.Seed = req.Name, req.Seed
	r.Loss.Name = "sparse_categorical_crossentropy"
	r.Optimizer = recipe.DefaultOptimizer("adamw")
	r.Optimizer.LearningRate, r.Optimizer.WeightDecay = 0.01, 0.05
	r.Optimizer.Schedule = recipe.DefaultSchedule("cosine")
	r.Train.BatchSize = 32
	steps := (samples + r.Train.BatchSize - 1) / r.Train.BatchSize
	r.Train.Epochs = min(max(400/steps, 12), 100)
	r.Train.ClassWeight = classWeight(req)
	if req.Epochs > 0 {
		r.Train.Epochs = req.Epochs
	}
	if req.LearningRate > 0 && !req.WholeNetwork {
		r.Optimizer.LearningRate = req.LearningRate
	}
	if held > 0 {
		r.Validate.Patience = max(8, r.Train.Epochs/4)
	}
	return r
}

// wholeRecipe goes on with every layer at a tenth of the usual rate.
func wholeRecipe(req task.TeachRequest, samples, held int) *recipe.Recipe {
	r := headRecipe(req, samples, held)
	r.Optimizer = recipe.DefaultOptimizer("adam")
	r.Optimizer.LearningRate = 1e-4
	r.Optimizer.Schedule = recipe.DefaultSchedule("cosine")
	r.Train.BatchSize = 16
	if req.Epochs == 0 {
		r.Train.Epochs = min(max(1500/samples, 3), 20)
	}
	if req.LearningRate > 0 {
		r.Optimizer.LearningRate = req.LearningRate
	}
	return r
}

// classWeight balances the classes when one has half as many again as another.
func classWeight(req task.TeachRequest) string {
	count := make([]int, len(req.Classes))
	for _, label := range req.Labels {
		count[label]++
	}
	if 2*slices.Max(count) > 3*slices.Min(count) {
		return "balanced"
	}
	return ""
}
