// Package hubtest makes a small folder as Hugging Face's hub has it, for tests: a DistilBERT of one block that sorts
// texts into two labels by their words.
package hubtest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"wafer/nn/format/foreign"
)

const config = `{"model_type":"distilbert","architectures":["DistilBertForSequenceClassification"],"vocab_size":16,"dim":8,
"n_layers":1,"n_heads":2,"hidden_dim":16,"max_position_embeddings":32,"activation":"gelu",
"id2label":{"0":"NEGATIVE","1":"POSITIVE"}}`

// Words are those of the vocabulary, behind the four special tokens.
const Words = "a film good bad was the ##s great boring and very not"

// Folder is config.json, vocab.txt and model.safetensors in a folder "tiny".
func Folder() foreign.Files {
	vocab := "[PAD]\n[UNK]\n[CLS]\n[SEP]\n" + strings.ReplaceAll(Words, " ", "\n") + "\n"
	return foreign.Files{{Name: "tiny/config.json", Data: []byte(config)},
		{Name: "tiny/vocab.txt", Data: []byte(vocab)}, {Name: "tiny/model.safetensors", Data: weights()}}
}

// weights are drawn with a fixed seed.
func weights() []byte {
	f := &file{draw: rand.New(rand.NewPCG(1, 2)), prefix: "distilbert."}
	f.add("embeddings.word_embeddings.weight", 16, 8)
	f.add("embeddings.position_embeddings.weight", 32, 8)
	f.norm("embeddings.LayerNorm")
	for _, name := range []string{"q_lin", "k_lin", "v_lin", "out_lin"} {
		f.linear("transformer.layer.0.attention."+name, 8, 8)
	}
	f.norm("transformer.layer.0.sa_layer_norm")
	f.linear("transformer.layer.0.ffn.lin1", 16, 8)
	f.linear("transformer.layer.0.ffn.lin2", 8, 16)
	f.norm("transformer.layer.0.output_layer_norm")
	f.prefix = ""
	f.linear("pre_classifier", 8, 8)
	f.linear("classifier", 2, 8)
	head := "{" + f.header.String()[1:] + "}"
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(head))), head...), f.data.Bytes()...)
}

// file is a file of tensors on its way.
type file struct {
	draw         *rand.Rand
	prefix       string
	header, data bytes.Buffer
}

func (f *file) add(name string, shape ...int) {
	start, n := f.data.Len(), 1
	for _, d := range shape {
		n *= d
	}
	for range n {
		binary.Write(&f.data, binary.LittleEndian, float32(f.draw.NormFloat64()))
	}
	list, _ := json.Marshal(shape)
	fmt.Fprintf(&f.header, `,%q:{"dtype":"F32","shape":%s,"data_offsets":[%d,%d]}`, f.prefix+name, list, start,
		f.data.Len())
}

func (f *file) linear(name string, out, in int) {
	f.add(name+".weight", out, in)
	f.add(name+".bias", out)
}

func (f *file) norm(name string) {
	f.add(name+".weight", 8)
	f.add(name+".bias", 8)
}
