package convert

import (
	"bytes"
	"errors"
	"fmt"

	"wafer/nn/format/foreign"
	"wafer/nn/format/safetensors"
	"wafer/nn/format/statedict"
	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

var safetensorsFormat = reader{
	name:      "safetensors",
	recognise: func(files foreign.Files) bool { return files.Find(safetensors.Recognise) >= 0 },
	inspect: func(files foreign.Files) (task.Outline, error) {
		f, err := safetensors.Inspect(files[files.Find(safetensors.Recognise)].Data)
		if err != nil {
			return task.Outline{}, err
		}
		return f.Outline(), nil
	},
	load: loadSafetensors,
}

// loadSafetensors makes an encoder of texts, or an architecture of the zoo.
func loadSafetensors(files foreign.Files, o Options) (*foreign.Network, error) {
	f, err := safetensors.Inspect(files[files.Find(safetensors.Recognise)].Data)
	if err != nil {
		return nil, err
	}
	if !isUSELite(f) {
		return statedict.Load(f, o.As, o.Card.Side)
	}
	if len(o.Vocabulary) == 0 {
		return nil, errors.New("convert: an encoder of texts needs its vocabulary, a list of [piece, score]")
	}
	n := &foreign.Network{Encoder: true, Text: &recipe.Text{Unigram: &recipe.Unigram{MaxLen: useLength}}}
	if n.Layers, n.State, err = useLite(f); err != nil {
		return nil, err
	}
	var tight bytes.Buffer
	if err := json.Compact(&tight, o.Vocabulary); err != nil {
		return nil, fmt.Errorf("convert: vocabulary: %w", err)
	}
	n.Tokenizer = tight.Bytes()
	return n, nil
}
