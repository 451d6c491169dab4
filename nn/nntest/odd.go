package nntest

import (
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// Odd are models, by what is odd about them, whose scratch memory is large beside their results or
// the other way round: for tests of what a plan states.
func Odd() map[string]*layers.Model {
	picture := func(h, w, c int) layers.Spec { return layers.Spec{Shape: tensor.Shape{h, w, c}} }
	far := layers.Conv2D(4, 3, "same", "relu")
	far.DilationRate = [2]int{1 << 18, 1 << 18}
	spread := layers.Conv2D(4, 3, "same", "relu")
	spread.DilationRate = [2]int{30, 30}
	spreadDepthwise := layers.DepthwiseConv2D(5, 1, "same", "")
	spreadDepthwise.DilationRate = [2]int{15, 15}
	wide := layers.MaxPooling2D(200)
	wide.Padding = "same"
	causal := layers.Conv1D(8, 9, "causal", "gelu")
	causal.DilationRate = 512
	deep := layers.NewFunctional("deep", picture(4, 4, 2))
	at := layers.InputName
	for range 300 {
		at = deep.Add(layers.Add(), deep.Add(layers.Conv2D(2, 3, "same", "silu"), at), at)
	}
	spreadOut := layers.Conv2DTranspose(3, 9, 7, "same", "")
	skewed := layers.Conv2D(8, 3, "valid", "relu")
	skewed.Strides, skewed.KernelSize = [2]int{1, 5}, [2]int{31, 1}
	attended := layers.NewFunctional("attended", layers.Spec{Shape: tensor.Shape{300, 16}})
	attended.Add(layers.MultiHeadAttention(4, 8), layers.InputName, layers.InputName)
	many := layers.NewFunctional("many", layers.Spec{Shape: tensor.Shape{1000}})
	var all []string
	for range 200 {
		all = append(all, many.Add(layers.Activation("tanh"), layers.InputName))
	}
	many.Add(layers.Concatenate(), all...)
	return map[string]*layers.Model{
		"transposed":  layers.Sequential("m", picture(30, 30, 40), spreadOut),
		"skewed":      layers.Sequential("m", picture(64, 64, 6), skewed),
		"attention":   attended.Model(),
		"many inputs": many.Model(),
		"grown and cut": layers.Sequential("m", picture(20, 20, 3), layers.UpSampling2D(16), layers.ZeroPadding2D(100),
			layers.AveragePooling2D(50), layers.Flatten()),
		"separable": layers.Sequential("m", picture(112, 112, 3), layers.SeparableConv2D(64, 5, 3, "same", "silu"),
			layers.GroupNormalization(8), layers.PReLU()),
		"turned round": layers.Sequential("m", picture(50, 70, 30), layers.Permute(3, 1, 2), layers.Reshape(1500, 70),
			layers.Activation("softmax")),
		"step by step": layers.Sequential("m", layers.Spec{Shape: tensor.Shape{20, 24, 24, 2}},
			layers.TimeDistributed(layers.Conv2D(12, 3, "same", "relu")), layers.TimeDistributed(layers.Flatten()),
			layers.SimpleRNN(16)),
		"repeated": layers.Sequential("m", layers.Spec{Shape: tensor.Shape{2000}}, layers.RepeatVector(300),
			layers.GlobalAveragePooling1D()),
		"far dilation":     layers.Sequential("m", picture(8, 8, 2), far),
		"dilation across":  layers.Sequential("m", picture(64, 64, 8), spread, spreadDepthwise),
		"window for all":   layers.Sequential("m", picture(40, 30, 3), wide, layers.Flatten()),
		"whole picture":    layers.Sequential("m", picture(96, 96, 4), layers.Conv2D(3, 96, "same", "")),
		"one large kernel": layers.Sequential("m", picture(7, 7, 256), layers.Conv2D(2, 7, "valid", "")),
		"long sequence": layers.Sequential("m", layers.Spec{Shape: tensor.Shape{20000, 2}}, causal,
			layers.GlobalMaxPooling1D()),
		"wide row": layers.Sequential("m", layers.Spec{Shape: tensor.Shape{50000}},
			layers.BatchNormalization(), layers.Activation("elu"), layers.LayerNormalization()),
		"wide recurrence": layers.Sequential("m", layers.Spec{Shape: tensor.Shape{3, 4}},
			layers.Bidirectional(layers.GRU(300).Sequences()), layers.LSTM(200)),
		"transformed": layers.Sequential("m", picture(65, 63, 48), layers.Conv2D(80, 3, "same", "relu")),
		"deep":        deep.Model(),
	}
}
