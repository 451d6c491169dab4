package huggingface

import (
	"bytes"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/format/huggingface/hubtest"
)

// changed is the small folder with one file's text replaced.
func changed(file, from, to string) foreign.Files {
	files := hubtest.Folder()
	for i := range files {
		if strings.HasSuffix(files[i].Name, file) {
			files[i].Data = bytes.Replace(files[i].Data, []byte(from), []byte(to), 1)
		}
	}
	return files
}

func TestFoldersThatDoNotFitAreASentence(t *testing.T) {
	for name, c := range map[string]struct {
		files foreign.Files
		want  string
	}{
		"unknown architecture": {changed("config.json", `"distilbert"`, `"llama"`), `model_type is "llama"`},
		"negative width":       {changed("config.json", `"dim":8`, `"dim":-8`), "hidden_size is 0"},
		"huge width":           {changed("config.json", `"dim":8`, `"dim":1073741824`), "hidden_size is 1073741824"},
		"many blocks": {changed("config.json", `"n_layers":1`, `"n_layers":100000`),
			"num_hidden_layers is 100000"},
		"more blocks": {changed("config.json", `"n_layers":1`, `"n_layers":2`),
			"lacks the tensor transformer.layer.1"},
		"other width":  {changed("config.json", `"dim":8`, `"dim":6`), "cannot be built"},
		"uneven heads": {changed("config.json", `"n_heads":2`, `"n_heads":3`), "no multiple"},
		"activation":   {changed("config.json", `"gelu"`, `"magic"`), `hidden_act is "magic"`},
		"no config":    {changed("config.json", `{`, `[`), "config.json"},
		"no tokenizer": {append(hubtest.Folder()[:1:1], hubtest.Folder()[2]),
			"neither tokenizer.json nor vocab.txt"},
		"no special tokens": {changed("vocab.txt", "[CLS]", "cls"), `lacks the token "[CLS]"`},
		"longer vocabulary": {changed("vocab.txt", "not\n", "not\nx\ny\n"), "embeddings of 16 tokens"},
		"other type":        {changed("model.safetensors", `"F32"`, `"I32"`), "expected floats"},
		"relative": {changed("config.json", `{`, `{"position_embedding_type":"relative_key",`),
			"relative_key"},
	} {
		if _, err := Load(c.files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, expected an error with %q", name, err, c.want)
		}
	}
}

// Static embeddings: the mean of the known tokens' weighted vectors.
func TestStaticEmbeddings(t *testing.T) {
	files := foreign.Files{{Name: "config.json", Data: []byte(`{"model_type":"model2vec","normalize":false}`)},
		{Name: "tokenizer.json", Data: vocabulary()},
		{Name: "model.safetensors", Data: safetensorsOf([]madeUp{{"embeddings", []int{12, 3}, 0, 1},
			{"weights", []int{12}, 1, 0.5}})}}
	n, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	x := input(t, n, "")
	x.I()[0], x.I()[1] = 5+1, 9+1
	for i, got := range run(t, n, x)[:3] {
		want := 0.0
		for _, id := range []int{5, 9} {
			want += unit(0, 3*id+i) * (1 + 0.5*unit(1, id)) / 2
		}
		if d := float64(got) - want; d > 1e-6 || d < -1e-6 {
			t.Errorf("number %d is %v, expected %v", i, got, want)
		}
	}
	if !n.Encoder || !n.Text.Tokens.Plain {
		t.Errorf("it is %+v, expected an encoder that reads plain tokens", n.Text.Tokens)
	}
}

func FuzzLoad(f *testing.F) {
	files := hubtest.Folder()
	f.Add(files[0].Data, files[1].Data, files[2].Data)
	f.Fuzz(func(t *testing.T, config, vocab, weights []byte) {
		files := foreign.Files{{Name: "config.json", Data: config}, {Name: "vocab.txt", Data: vocab},
			{Name: "model.safetensors", Data: weights}}
		if n, err := Load(files); err == nil {
			for _, w := range n.Layers.Weights() {
				if n.State[w.Name] == nil {
					t.Fatalf("the network lacks its weight %s", w.Name)
				}
			}
		}
		Recognise(files)
	})
}
