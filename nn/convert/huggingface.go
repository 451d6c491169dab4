package convert

import (
	"wafer/nn/format/foreign"
	"wafer/nn/format/huggingface"
)

// huggingfaceFormat stands before the formats of its weights, which it holds, too.
var huggingfaceFormat = reader{
	name:      "Hugging Face folder",
	recognise: huggingface.Recognise,
	inspect:   huggingface.Inspect,
	load:      func(files foreign.Files, _ Options) (*foreign.Network, error) { return huggingface.Load(files) },
}
