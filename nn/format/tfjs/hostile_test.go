package tfjs

import (
	"fmt"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
)

// graphFiles is a graph model with the weight w of four numbers.
func graphFiles(nodes, manifest string, weights []byte) foreign.Files {
	doc := fmt.Sprintf(`{"format":"graph-model","modelTopology":{"node":[%s]},"weightsManifest":[%s]}`, nodes, manifest)
	return foreign.Files{{Name: "m/model.json", Data: []byte(doc)}, {Name: "m/weights.bin", Data: weights}}
}

const (
	inputNode = `{"name":"x","op":"Placeholder","attr":{"dtype":{"type":"DT_FLOAT"},"shape":{"shape":{"dim":[{"size":"-1"},{"size":"2"}]}}}}`
	weightW   = `{"name":"w","op":"Const"}`
	product   = `{"name":"y","op":"MatMul","input":["x","w"]}`
	manifestW = `{"paths":["weights.bin"],"weights":[{"name":"w","shape":[2,2],"dtype":"float32"}]}`
)

// Whatever is wrong with a file is one sentence.
func TestRefusals(t *testing.T) {
	w := make([]byte, 16)
	whole := strings.Join([]string{inputNode, weightW, product}, ",")
	if _, err := Load(graphFiles(whole, manifestW, w), 0); err != nil {
		t.Fatalf("the model that the others are made of is refused: %v", err)
	}
	with := func(old, new string) string { return strings.Replace(manifestW, old, new, 1) }
	for says, files := range map[string]foreign.Files{
		"plain names":        graphFiles(whole, with("weights.bin", "../weights.bin"), w),
		"plain names ":       graphFiles(whole, with("weights.bin", "/etc/passwd"), w),
		"plain names  ":      graphFiles(whole, with("weights.bin", `a\\weights.bin`), w),
		"plain names   ":     graphFiles(whole, with("weights.bin", `https://example.org/weights.bin`), w),
		"given together":     graphFiles(whole, with("weights.bin", "other.bin"), w),
		"15 left":            graphFiles(whole, manifestW, w[:15]),
		"need 16":            graphFiles(whole, manifestW, append(w, 1)),
		"which are not read": graphFiles(whole, with("[2,2]", "[2147483647,2147483647,2147483647]"), w),
		"shape [-2 2]":       graphFiles(whole, with("[2,2]", "[-2,2]"), w),
		"9 axes":             graphFiles(whole, with("[2,2]", "[2,2,1,1,1,1,1,1,1]"), w),
		"complex64":          graphFiles(whole, with("float32", "complex64"), w),
		"not read":           graphFiles(whole, with(`"float32"`, `"float32","quantization":{"dtype":"int4"}`), w),
		"comes twice":        graphFiles(whole, with("[{", `[{"name":"w","shape":[0],"dtype":"float32"},{`), w),
		"node \"y\" (Bucketize)": graphFiles(strings.Join([]string{inputNode, weightW,
			`{"name":"y","op":"Bucketize","input":["x","w"]}`}, ","), manifestW, w),
		"no node \"v\"": graphFiles(strings.Join([]string{inputNode, weightW,
			`{"name":"y","op":"MatMul","input":["x","v"]}`}, ","), manifestW, w),
		"makes itself": graphFiles(strings.Join([]string{inputNode, `{"name":"z","op":"Add","input":["x","z2"]}`,
			`{"name":"z2","op":"Add","input":["x","z"]}`, `{"name":"y","op":"Add","input":["x","z"]}`}, ","), manifestW,
			w),
		"no result 3": graphFiles(strings.Join([]string{inputNode, weightW,
			`{"name":"y","op":"MatMul","input":["x:3","w"]}`}, ","), manifestW, w),
		"not among the weights": graphFiles(strings.Join([]string{inputNode, `{"name":"u","op":"Const"}`,
			`{"name":"y","op":"MatMul","input":["x","u"]}`}, ","), manifestW, w),
		"constant": graphFiles(strings.Join([]string{inputNode, weightW,
			`{"name":"y","op":"Reshape","input":["w","x"]}`}, ","), manifestW, w),
		"has no name": graphFiles(`{"op":"Const"}`, manifestW, w),
		"JSON":        {{Name: "model.json", Data: []byte(`{"modelTopology":` + strings.Repeat("[", 1<<20))}},
		"sounds": append(graphFiles(whole, manifestW, w), foreign.File{Name: "m/metadata.json",
			Data: []byte(`{"tfjsVersion":"1.3.1","tmVersion":"2.4.4","packageName":"@tensorflow-models/speech-commands","wordLabels":["a"]}`)}),
		"poses": append(graphFiles(whole, manifestW, w), foreign.File{Name: "m/metadata.json",
			Data: []byte(`{"packageName":"@teachablemachine/pose","labels":["a","b"],"modelSettings":{"posenet":{}}}`)}),
		"pictures, but": append(graphFiles(whole, manifestW, w), foreign.File{Name: "m/metadata.json",
			Data: []byte(`{"packageName":"@teachablemachine/image","labels":["a","b"],"imageSize":224}`)}),
	} {
		if _, err := Load(files, 0); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(says)) {
			t.Errorf("the error is %v, expected one that says %q", err, says)
		}
	}
}

// No model.json crashes the reader or makes it take more than it is given.
func FuzzLoad(f *testing.F) {
	whole := strings.Join([]string{inputNode, weightW, product}, ",")
	add := func(files foreign.Files) { f.Add(files[0].Data, files[1].Data, []byte("{}")) }
	add(graphFiles(whole, manifestW, make([]byte, 16)))
	add(graphFiles(whole, strings.Replace(manifestW, `"float32"`,
		`"float32","quantization":{"dtype":"uint8","scale":0.5,"min":-1}`, 1), make([]byte, 4)))
	for op, attr := range map[string]string{"StridedSlice": `"begin_mask":{"i":"1"},"shrink_axis_mask":{"i":2}`,
		"ConcatV2": "", "Softmax": "", "_FusedConv2D": `"strides":{"list":{"i":[1,2,2,1]}},"padding":{"s":"U0FNRQ=="}`,
		"GatherV2": "", "Split": `"num_split":{"i":"2"}`, "ResizeBilinear": "", "Mean": `"keep_dims":{"b":true}`} {
		node := fmt.Sprintf(`{"name":"y","op":%q,"input":["x","w","w","w"],"attr":{%s}}`, op, attr)
		add(graphFiles(strings.Join([]string{inputNode, weightW, node}, ","), manifestW, make([]byte, 16)))
	}
	f.Add([]byte(`{"modelTopology":{"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"units":2,
		"name":"d","batch_input_shape":[null,2],"use_bias":false}}]}},"weightsManifest":[{"paths":["weights.bin"],"weights":[{
		"name":"d/kernel","shape":[2,2],"dtype":"float32"}]}]}`), make([]byte, 16), []byte(`{"labels":["a","b"],"imageSize":2}`))
	f.Fuzz(func(t *testing.T, doc, weights, metadata []byte) {
		files := foreign.Files{{Name: "model.json", Data: doc}, {Name: "weights.bin", Data: weights},
			{Name: "metadata.json", Data: metadata}}
		n, err := Load(files, 8)
		if err == nil && len(n.Layers.Weights()) != len(n.State) {
			t.Errorf("%d weights for %d of the network", len(n.State), len(n.Layers.Weights()))
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error is no sentence: %q", err)
		}
	})
}
