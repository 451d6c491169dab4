package huggingface

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/native"
	"wafer/nn/tensor"
	"wafer/nn/tokens"
)

// torchCase is one case of testdata/torch_huggingface.py.
type torchCase struct {
	Name    string
	Config  json.RawMessage
	Files   map[string]json.RawMessage
	Text    string
	Tensors []madeUp
	Output  []float64
}

type madeUp struct {
	Name          string
	Shape         []int
	Middle, Reach float64
}

// mix is lowbias32 (Chris Wellons, "Prospecting for Hash Functions").
func mix(x uint32) uint32 {
	x = (x ^ x>>16) * 0x7feb352d
	x = (x ^ x>>15) * 0x846ca68b
	return x ^ x>>16
}

// unit is element i of tensor number k in [−1, 1).
func unit(k, i int) float64 { return float64(mix(uint32(i)+mix(uint32(k)))>>8)/(1<<23) - 1 }

// vocabulary is a tokenizer.json of whole words w4 … w11.
func vocabulary() []byte {
	var list bytes.Buffer
	for i := 4; i < 12; i++ {
		fmt.Fprintf(&list, `,"w%d":%d`, i, i)
	}
	return []byte(`{"pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]},
"model":{"type":"WordLevel","unk_token":"[UNK]","vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3` + list.String() + `}}}`)
}

// safetensorsOf writes a file of made-up tensors.
func safetensorsOf(list []madeUp) []byte {
	var header, data bytes.Buffer
	for k, t := range list {
		start := data.Len()
		for i := range tensor.Shape(t.Shape).Size() {
			binary.Write(&data, binary.LittleEndian, float32(t.Middle+t.Reach*unit(k, i)))
		}
		shape, _ := json.Marshal(t.Shape)
		fmt.Fprintf(&header, `,%q:{"dtype":"F32","shape":%s,"data_offsets":[%d,%d]}`, t.Name, shape, start, data.Len())
	}
	head := "{" + header.String()[1:] + "}"
	return slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(head))), []byte(head), data.Bytes())
}

func (c torchCase) folder() foreign.Files {
	files := foreign.Files{{Name: "m/config.json", Data: c.Config}, {Name: "m/tokenizer.json", Data: vocabulary()},
		{Name: "m/model.safetensors", Data: safetensorsOf(c.Tensors)}}
	for name, doc := range c.Files {
		files = append(files, foreign.File{Name: "m/" + name, Data: doc})
	}
	return files
}

func torchCases(t testing.TB) []torchCase {
	t.Helper()
	file, err := os.ReadFile("testdata/torch_huggingface.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []torchCase
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestFoldersEqualPyTorch(t *testing.T) {
	for _, c := range torchCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			if o, err := Inspect(c.folder()); err != nil || len(o.Weights) != len(c.Tensors) {
				t.Fatalf("the outline has %d weights (%v), expected %d", len(o.Weights), err, len(c.Tensors))
			}
			n, err := Load(c.folder())
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, n, input(t, n, c.Text))
			if len(got) != len(c.Output) {
				t.Fatalf("got %d numbers, expected %d", len(got), len(c.Output))
			}
			for i, want := range c.Output {
				if math.Abs(float64(got[i])-want) > 1e-5 {
					t.Errorf("number %d is %v, PyTorch has %v", i, got[i], want)
				}
			}
		})
	}
}

// A folder with pytorch_model.bin in place of model.safetensors (testdata/torch_bin.py) answers the same.
func TestFoldersWithPyTorchsFile(t *testing.T) {
	bin, err := os.ReadFile("testdata/pytorch_model.bin")
	if err != nil {
		t.Fatal(err)
	}
	c := torchCases(t)[0]
	files := c.folder()
	for i, f := range files {
		if f.Name == "m/model.safetensors" {
			files[i] = foreign.File{Name: "m/pytorch_model.bin", Data: bin}
		}
	}
	if o, err := Inspect(files); !Recognise(files) || err != nil || len(o.Weights) != len(c.Tensors) {
		t.Errorf("the outline has %d weights (%v), expected %d", len(o.Weights), err, len(c.Tensors))
	}
	n, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range run(t, n, input(t, n, c.Text)) {
		if math.Abs(float64(v)-c.Output[i]) > 1e-5 {
			t.Errorf("number %d is %v, PyTorch has %v", i, v, c.Output[i])
		}
	}
}

// input is the row of a text with padding behind, or the made-up picture.
func input(t *testing.T, n *foreign.Network, text string) *tensor.Tensor {
	in := n.Layers.Input()
	x := tensor.New(in.DType, append([]int{1}, in.Shape...)...)
	if n.Text == nil {
		for i := range x.F() {
			x.F()[i] = float32((unit(1<<20, i) + 1) / 2)
		}
		return x
	}
	tok, err := tokens.Open(n.Tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range tok.Encode(text, in.Shape[0]).IDs {
		x.I()[i] = id + 1
	}
	return x
}

func run(t *testing.T, n *foreign.Network, x *tensor.Tensor) []float32 {
	t.Helper()
	g := graph.New()
	y := n.Layers.Apply(g, g.Input("x", x.DType(), x.Shape()...), layers.Options{})
	g.Output("y", y)
	p, err := native.Runner(0)(g, n.State)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(map[string]*tensor.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	return out["y"].F()
}

// Folders whose weights are an ONNX file with two or three inputs (testdata/onnx_graphs.py) answer as PyTorch does.
func TestFoldersWithAnONNXFile(t *testing.T) {
	file, err := os.ReadFile("testdata/onnx_graphs.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]float64
	if err := json.Unmarshal(file, &want); err != nil {
		t.Fatal(err)
	}
	config := map[string]string{
		"bert": `{"model_type":"bert","max_position_embeddings":40,"vocab_size":12,"pad_token_id":0,
			"id2label":{"0":"a","1":"b","2":"c"}}`,
		"roberta": `{"model_type":"roberta","max_position_embeddings":40,"vocab_size":12,"pad_token_id":1,
			"id2label":{"0":"a","1":"b","2":"c"}}`,
		"encoder": `{"model_type":"bert","max_position_embeddings":40,"vocab_size":12}`}
	for name, c := range config {
		doc, err := os.ReadFile("testdata/" + name + ".onnx")
		if err != nil {
			t.Fatal(err)
		}
		files := foreign.Files{{Name: "m/config.json", Data: []byte(c)}, {Name: "m/tokenizer.json", Data: vocabulary()},
			{Name: "m/onnx/model.onnx", Data: doc}}
		if o, err := Inspect(files); !Recognise(files) || err != nil || len(o.Nodes) == 0 {
			t.Errorf("%s: the outline has %d nodes, %v", name, len(o.Nodes), err)
		}
		n, err := Load(files)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if n.Encoder != (name == "encoder") || len(n.Labels) != 3 && !n.Encoder {
			t.Errorf("%s: encoder %v, labels %v", name, n.Encoder, n.Labels)
		}
		got := run(t, n, input(t, n, "w5 w9 w4 w7"))
		if !n.Encoder {
			got = shares(got)
		}
		for i, v := range want[name] {
			if i >= len(got) || math.Abs(float64(got[i])-v) > 1e-5 {
				t.Errorf("%s: got %v, PyTorch has %v", name, got, want[name])
				break
			}
		}
	}
}

// shares is softmax.
func shares(scores []float32) []float32 {
	sum, out := 0.0, slices.Clone(scores)
	for _, s := range scores {
		sum += math.Exp(float64(s))
	}
	for i := range out {
		out[i] = float32(math.Exp(float64(scores[i])) / sum)
	}
	return out
}

// A classifier of pictures as an ONNX file takes them as preprocessor_config.json says.
func TestAFolderWithAnONNXFileForPictures(t *testing.T) {
	doc, err := os.ReadFile("testdata/picture.onnx")
	if err != nil {
		t.Fatal(err)
	}
	n, err := Load(foreign.Files{{Name: "config.json",
		Data: []byte(`{"model_type":"resnet","id2label":{"0":"cat","1":"dog","2":"hen"}}`)},
		{Name: "preprocessor_config.json",
			Data: []byte(`{"image_mean":[0.485,0.456,0.406],"image_std":[0.229,0.224,0.225],"do_center_crop":true}`)},
		{Name: "model.onnx", Data: doc}})
	if err != nil {
		t.Fatal(err)
	}
	if n.Image == nil || n.Image.Height != 8 || n.Image.Mode != "centre" || n.Pixels == nil ||
		n.Pixels.Std[2] != 0.225 || !slices.Equal(n.Labels, []string{"cat", "dog", "hen"}) {
		t.Errorf("pictures %+v, pixels %+v, labels %v", n.Image, n.Pixels, n.Labels)
	}
}
