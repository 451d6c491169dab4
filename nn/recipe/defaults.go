package recipe

// Default is a recipe with Keras' defaults, lacking data and a network. One thing
// differs from fit(): early stopping restores the best weights when it is used.
func Default() *Recipe {
	return &Recipe{
		Numerics:  Numerics{Contract: 1, Storage: "float32"},
		Optimizer: DefaultOptimizer("adam"),
		Train:     Train{Epochs: 1, BatchSize: 32, Shuffle: true},
		Validate:  Validate{Monitor: "val_loss", RestoreBestWeights: true},
	}
}

// DefaultOptimizer has the defaults of the Keras 3 optimizer of that name.
func DefaultOptimizer(name string) Optimizer {
	o := Optimizer{Name: name, LearningRate: 0.001, Epsilon: 1e-7, EMAMomentum: 0.99,
		Schedule: DefaultSchedule("constant")}
	switch name {
	case "sgd":
		o.LearningRate, o.Epsilon = 0.01, 0
	case "rmsprop":
		o.Rho = 0.9
	case "adam":
		o.Beta1, o.Beta2 = 0.9, 0.999
	case "adamw":
		o.Beta1, o.Beta2, o.WeightDecay = 0.9, 0.999, 0.004
	}
	return o
}

// DefaultSchedule has the defaults of Keras' CosineDecay and ReduceLROnPlateau and of
// PyTorch's OneCycleLR.
func DefaultSchedule(name string) Schedule {
	s := Schedule{Name: name}
	switch name {
	case "one_cycle":
		s.PctStart, s.DivFactor, s.FinalDivFactor = 0.3, 25, 1e4
	case "reduce_on_plateau":
		s.Factor, s.Patience, s.MinDelta = 0.1, 10, 1e-4
	}
	return s
}

// DefaultTokenizer has the defaults of Keras' Tokenizer.
func DefaultTokenizer() *Tokenizer {
	return &Tokenizer{Filters: "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n", Lower: true, Split: " "}
}
