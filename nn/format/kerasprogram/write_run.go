package kerasprogram

import (
	"fmt"
	"strings"

	"wafer/nn/recipe"
)

// runs writes compile, fit and evaluate, once or, with stages, for each of them.
func (w *writer) runs() {
	r := w.recipe
	stages := r.Stages
	if len(stages) == 0 {
		stages = []recipe.Stage{{Trains: recipe.Whole}}
	}
	for _, s := range stages {
		if len(r.Stages) > 0 {
			w.line("\nbase.trainable = %s", python(s.Trains != recipe.Head))
		}
		if s.Trains == recipe.LastBlock {
			w.line("for layer in base.layers[:2 * len(base.layers) // 3]:\n    layer.trainable = False")
		}
		w.run(r.Of(s))
	}
	if r.Preprocess.Text != nil && r.Test.Split > 0 {
		w.line("\n# Test.\nmodel.evaluate(x_test, y_test)")
	} else if len(r.Preprocess.Data.Test) > 0 {
		w.line("\n# Test.\nmodel.evaluate(test)")
	}
}

// run writes one training.
func (w *writer) run(r *recipe.Recipe) {
	w.line("\n# Loss, optimizer, train, validate.")
	w.line("model.compile(loss=%s, optimizer=%s, metrics=['accuracy'])", lossCall(r.Loss), optimizerCall(r))
	args := []string{"x_train, y_train"}
	if r.Preprocess.Text == nil {
		args[0] = "train"
	}
	args = append(args, fmt.Sprintf("epochs=%d", r.Train.Epochs))
	if r.Preprocess.Text != nil {
		args = append(args, fmt.Sprintf("batch_size=%d", r.Train.BatchSize))
		if !r.Train.Shuffle {
			args = append(args, "shuffle=False")
		}
		if r.Validate.Split > 0 {
			args = append(args, "validation_split="+pythonNumber(r.Validate.Split))
		}
	} else if r.Validate.Split > 0 || len(r.Preprocess.Data.Validation) > 0 {
		args = append(args, "validation_data=validation")
	}
	if r.Train.ClassWeight != "" {
		w.line("# Not written: train.class_weight %q", r.Train.ClassWeight)
	}
	if c := callbacks(r); c != nil {
		args = append(args, "callbacks=["+strings.Join(c, ", ")+"]")
	}
	w.line("model.fit(%s)", strings.Join(args, ", "))
}

func lossCall(l recipe.Loss) string {
	if !l.FromLogits && l.LabelSmoothing == 0 {
		return quoted(l.Name)
	}
	class := map[string]string{"binary_crossentropy": "BinaryCrossentropy",
		"categorical_crossentropy":        "CategoricalCrossentropy",
		"sparse_categorical_crossentropy": "SparseCategoricalCrossentropy"}[l.Name]
	args := []string{"from_logits=" + python(l.FromLogits)}
	if l.LabelSmoothing > 0 {
		args = append(args, "label_smoothing="+pythonNumber(l.LabelSmoothing))
	}
	return fmt.Sprintf("keras.losses.%s(%s)", class, strings.Join(args, ", "))
}

func optimizerCall(r *recipe.Recipe) string {
	o := r.Optimizer
	usual := recipe.DefaultOptimizer(o.Name)
	args := []string{"learning_rate=" + pythonNumber(o.LearningRate)}
	if o.Schedule.Name == "cosine" {
		steps := "len(train)"
		if r.Preprocess.Text != nil {
			steps = fmt.Sprintf("-(-len(x_train) // %d)", r.Train.BatchSize)
		}
		args[0] = fmt.Sprintf("learning_rate=keras.optimizers.schedules.CosineDecay(%v, decay_steps=%d * %s, alpha=%v)",
			o.LearningRate, r.Train.Epochs, steps, o.Schedule.Alpha)
	}
	for _, s := range []struct {
		key       string
		is, usual float64
	}{{"momentum", o.Momentum, usual.Momentum}, {"rho", o.Rho, usual.Rho}, {"beta_1", o.Beta1, usual.Beta1},
		{"beta_2", o.Beta2, usual.Beta2}, {"epsilon", o.Epsilon, usual.Epsilon},
		{"weight_decay", o.WeightDecay, usual.WeightDecay}, {"clipnorm", o.ClipNorm, 0},
		{"global_clipnorm", o.GlobalClipNorm, 0}, {"clipvalue", o.ClipValue, 0},
		{"ema_momentum", o.EMAMomentum, usual.EMAMomentum}} {
		if s.is != s.usual {
			args = append(args, s.key+"="+pythonNumber(s.is))
		}
	}
	for _, s := range []struct {
		key string
		is  bool
	}{{"nesterov", o.Nesterov}, {"centered", o.Centered}, {"use_ema", o.UseEMA}} {
		if s.is {
			args = append(args, s.key+"=True")
		}
	}
	class := map[string]string{"sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}[o.Name]
	return fmt.Sprintf("keras.optimizers.%s(%s)", class, strings.Join(args, ", "))
}

// callbacks are early stopping and the reduction of the rate.
func callbacks(r *recipe.Recipe) (all []string) {
	if v := r.Validate; v.Patience > 0 {
		all = append(all, fmt.Sprintf("keras.callbacks.EarlyStopping(monitor=%s, min_delta=%v, patience=%d, "+
			"restore_best_weights=%s)", quoted(v.Monitor), v.MinDelta, v.Patience, python(v.RestoreBestWeights)))
	}
	if s := r.Optimizer.Schedule; s.Name == "reduce_on_plateau" {
		all = append(all, fmt.Sprintf("keras.callbacks.ReduceLROnPlateau(factor=%v, patience=%d, min_delta=%v, "+
			"min_lr=%v)",
			s.Factor, s.Patience, s.MinDelta, s.MinLR))
	}
	return all
}
