package tfjs

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/format/foreign"
)

// job is a model that TensorFlow.js is to run on one sample.
type job struct {
	Files map[string]string `json:"files"` // Base64, by name
	Shape []int             `json:"shape"`
	DType string            `json:"dtype"`
	X     []float32         `json:"x"`
}

func jobOf(files foreign.Files, shape []int, x []float32) job {
	j := job{Files: map[string]string{}, Shape: shape, DType: "float32", X: x}
	for _, f := range files {
		j.Files[filepath.Base(f.Name)] = base64.StdEncoding.EncodeToString(f.Data)
	}
	return j
}

// modules is where TensorFlow.js itself is, which make tfjs installs.
func modules(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("WAFER_TFJS")
	if folder == "" {
		t.Skip("skipped: WAFER_TFJS does not say where @tensorflow/tfjs is installed (make tfjs)")
	}
	return folder
}

// peer runs jobs with TensorFlow.js.
func peer(t *testing.T, jobs []job) (out [][]float32) {
	t.Helper()
	doc, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(t.TempDir(), "jobs.json")
	if err := os.WriteFile(in, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "testdata/run.cjs", modules(t), in)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	answer, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, &complaint)
	}
	var list []struct {
		Y     []float32
		Error string
	}
	answer = answer[strings.Index(string(answer), `[{"`):]
	if err := json.Unmarshal(answer, &list); err != nil || len(list) != len(jobs) {
		t.Fatalf("%d answers (%v) to %d jobs: %.200s", len(list), err, len(jobs), answer)
	}
	for i, l := range list {
		if l.Error != "" {
			t.Errorf("job %d: TensorFlow.js says %s", i, l.Error)
		}
		out = append(out, l.Y)
	}
	return out
}

// near holds numbers within a share of their range.
func near(t *testing.T, what string, got, want []float32, share float64) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%s: has %d numbers, expected %d", what, len(got), len(want))
		return
	}
	span := math.Max(float64(slices.Max(want)-slices.Min(want)), 1e-3)
	for i := range got {
		if !(math.Abs(float64(got[i])-float64(want[i])) <= share*span) {
			t.Errorf("%s: number %d is %v, expected %v", what, i, got[i], want[i])
			return
		}
	}
}

// TensorFlow.js opens what is written and gives the same to 1e-5: a network of every layer, and the shipped ones.
func TestTensorFlowJSOpensExports(t *testing.T) {
	modules(t)
	exports := []foreign.Export{exportOf(every(), "-1..1")}
	names := []string{"every layer"}
	for _, name := range []string{"photos", "photos-light", "digits", "fashion", "land"} {
		file, err := os.ReadFile("../../../static/models/" + name + ".wafer")
		if err != nil {
			t.Fatal(err)
		}
		var d document.Document
		state, err := format.Decode(file, &d)
		if err != nil {
			t.Fatal(err)
		}
		net := d.Layers
		if front := Pixels(d.Preprocess.Image); front != nil {
			net = foreign.WithPixels(net, front)
		}
		exports = append(exports, foreign.Export{Layers: net, State: state,
			Extra: foreign.Extra{Title: name, Labels: d.Info.Labels, Image: d.Preprocess.Image}})
		names = append(names, name)
	}
	var jobs []job
	var ours [][]float32
	for i, e := range exports {
		file, err := Write(e)
		if err != nil {
			t.Fatalf("%s: %v", names[i], err)
		}
		files, err := foreign.Unzip(file, 0)
		if err != nil {
			t.Fatal(err)
		}
		x := wave(e.Layers.Input().Shape.Size())
		jobs = append(jobs, jobOf(files, e.Layers.Batch(1), x))
		ours = append(ours, run(t, &foreign.Network{Layers: e.Layers, State: e.State}, "", x))
	}
	for i, theirs := range peer(t, jobs) {
		near(t, names[i], ours[i], theirs, 1e-5)
	}
}

// constants are the weights of the cases of operators: floats by name, whole numbers where the shape says so.
type constants map[string]any

// operatorCase is a graph of one operator behind the input [n 6 6 4], or [n 6] where flat.
type operatorCase struct {
	Name   string
	Op     string
	Inputs []string
	Attrs  string
	Flat   bool
}

func strides(n int) string {
	return fmt.Sprintf(`"dilations":{"list":{"i":["1","1","1","1"]}},"strides":{"list":{"i":["1","%d","%d","1"]}}`, n,
		n)
}

const (
	same  = `"padding":{"s":"U0FNRQ=="}`
	valid = `"padding":{"s":"VkFMSUQ="}`
	ksize = `"ksize":{"list":{"i":["1","3","3","1"]}}`
)

func fusedOps(names ...string) string {
	var list []string
	for _, n := range names {
		list = append(list, `"`+base64.StdEncoding.EncodeToString([]byte(n))+`"`)
	}
	return fmt.Sprintf(`"fused_ops":{"list":{"s":[%s]}},"num_args":{"i":"1"}`, strings.Join(list, ","))
}

func operatorCases() (list []operatorCase) {
	add := func(op, attrs string, inputs ...string) {
		list = append(list, operatorCase{fmt.Sprintf("%s %d", op, len(list)), op, inputs, attrs, false})
	}
	for _, op := range []string{"Relu", "Relu6", "Sigmoid", "Tanh", "Elu", "Selu", "Softplus", "Square", "Abs", "Neg",
		"Exp", "Erf", "Softmax", "Identity", "Sin", "Cos"} {
		add(op, "", "x")
	}
	add("LeakyRelu", `"alpha":{"f":0.1}`, "x")
	for _, op := range []string{"Add", "AddV2", "BiasAdd", "Sub", "Mul", "RealDiv", "Maximum", "Minimum",
		"SquaredDifference", "Prelu"} {
		add(op, "", "x", "four")
	}
	for _, pad := range []string{same, valid} {
		for _, s := range []int{1, 2} {
			add("Conv2D", strides(s)+","+pad, "x", "kernel")
			add("DepthwiseConv2dNative", strides(s)+","+pad, "x", "depthwise")
			add("MaxPool", ksize+","+strides(s)+","+pad, "x")
			add("AvgPool", ksize+","+strides(s)+","+pad, "x")
		}
	}
	add("Conv2D", strings.Replace(strides(1), `"1","1","1","1"`, `"1","2","2","1"`, 1)+","+same, "x", "kernel")
	add("Conv2D", `"explicit_paddings":{"list":{"i":["0","0","1","0","2","1","0","0"]}},"padding":{"s":"RVhQTElDSVQ="},`+strides(1), "x", "kernel")
	add("_FusedConv2D", strides(2)+","+same+","+fusedOps("BiasAdd", "Relu6"), "x", "kernel", "five")
	add("_FusedConv2D", strides(1)+","+valid+","+fusedOps("BiasAdd"), "x", "kernel", "five")
	add("_FusedConv2D", `"leakyrelu_alpha":{"f":0.3},`+strides(1)+","+valid+","+fusedOps("BiasAdd", "LeakyRelu"), "x",
		"kernel", "five")
	add("FusedDepthwiseConv2dNative", strides(2)+","+same+","+fusedOps("BiasAdd", "Relu"), "x", "depthwise", "eight")
	add("FusedBatchNormV3", `"epsilon":{"f":0.001},"is_training":{"b":false}`, "x", "four", "four2", "four3",
		"positive")
	for _, keep := range []string{"true", "false"} {
		for _, op := range []string{"Mean", "Sum", "Max", "Min"} {
			add(op, `"keep_dims":{"b":`+keep+`}`, "x", "axes12")
		}
	}
	add("Reshape", "", "x", "flat")
	add("Transpose", "", "x", "perm")
	add("Pad", "", "x", "paddings")
	add("PadV2", "", "x", "paddings", "minus")
	add("MirrorPad", `"mode":{"s":"UkVGTEVDVA=="}`, "x", "paddings1")
	add("ConcatV2", `"N":{"i":"2"}`, "x", "x", "minus1")
	add("Pack", `"N":{"i":"2"},"axis":{"i":"-1"}`, "x", "x")
	add("ExpandDims", "", "x", "one")
	add("Slice", "", "x", "begin", "size")
	add("StridedSlice", `"begin_mask":{"i":"1"},"end_mask":{"i":"1"},"shrink_axis_mask":{"i":"4"},"ellipsis_mask":{"i":"0"},"new_axis_mask":{"i":"0"}`,
		"x", "begin", "end", "steps")
	add("StridedSlice", `"begin_mask":{"i":"11"},"end_mask":{"i":"11"},"shrink_axis_mask":{"i":"0"},"ellipsis_mask":{"i":"0"},"new_axis_mask":{"i":"0"}`,
		"x", "begin", "end", "backward")
	add("GatherV2", "", "x", "index", "two")
	add("Tile", "", "x", "times")
	add("ClipByValue", "", "x", "minus", "half")
	for _, how := range []string{`"align_corners":{"b":false},"half_pixel_centers":{"b":true}`,
		`"align_corners":{"b":true},"half_pixel_centers":{"b":false}`,
		`"align_corners":{"b":false},"half_pixel_centers":{"b":false}`} {
		add("ResizeBilinear", how, "x", "larger")
		add("ResizeNearestNeighbor", how, "x", "larger")
	}
	flat := func(op, attrs string, inputs ...string) {
		add(op, attrs, inputs...)
		list[len(list)-1].Flat = true
	}
	flat("MatMul", `"transpose_a":{"b":false},"transpose_b":{"b":false}`, "x", "matrix")
	flat("MatMul", `"transpose_a":{"b":false},"transpose_b":{"b":true}`, "x", "turned")
	flat("_FusedMatMul", `"transpose_a":{"b":false},"transpose_b":{"b":false},`+fusedOps("BiasAdd", "Elu"), "x",
		"matrix", "five")
	flat("LogSoftmax", "", "x")
	return list
}

// files is the graph model of a case, with the constants that it takes.
func (c operatorCase) files() foreign.Files {
	values := constants{"four": []int{4}, "four2": []int{4}, "four3": []int{4}, "positive": []int{4}, "five": []int{5},
		"eight":  []int{8},
		"kernel": []int{3, 3, 4, 5}, "depthwise": []int{3, 3, 4, 2}, "matrix": []int{6, 5}, "turned": []int{5, 6},
		"axes12": []int32{1, 2}, "flat": []int32{-1, 144}, "perm": []int32{0, 2, 3, 1},
		"paddings":  []int32{0, 0, 1, 2, 0, 3, 0, 0},
		"paddings1": []int32{0, 0, 1, 2, 0, 3, 1, 0}, "minus1": int32(-1), "one": int32(1), "two": int32(2),
		"begin": []int32{0, 1, 2, 0},
		"size":  []int32{1, 3, 2, -1}, "end": []int32{1, 4, 3, 4}, "steps": []int32{1, 1, 1, 1},
		"backward": []int32{1, -1, 1, 1},
		"index":    []int32{3, 0, 5}, "times": []int32{1, 2, 1, 3}, "larger": []int32{9, 4}, "minus": float32(-0.25),
		"half": float32(0.5)}
	shape := `{"size":"-1"},{"size":"6"},{"size":"6"},{"size":"4"}`
	if c.Flat {
		shape = `{"size":"-1"},{"size":"6"}`
	}
	nodes := []string{`{"name":"x","op":"Placeholder","attr":{"dtype":{"type":"DT_FLOAT"},"shape":{"shape":{"dim":[` +
		shape + `]}}}}`}
	var manifest []string
	var data []byte
	seen := map[string]bool{"x": true}
	for _, in := range c.Inputs {
		if seen[in] {
			continue
		}
		seen[in] = true
		dtype, dims, bits := constantBits(in, values[in])
		nodes = append(nodes, fmt.Sprintf(`{"name":%q,"op":"Const","attr":{"dtype":{"type":%q}}}`, in,
			map[string]string{"float32": "DT_FLOAT", "int32": "DT_INT32"}[dtype]))
		manifest = append(manifest, fmt.Sprintf(`{"name":%q,"shape":%s,"dtype":%q}`, in, dims, dtype))
		data = append(data, bits...)
	}
	inputs, _ := json.Marshal(c.Inputs)
	nodes = append(nodes, fmt.Sprintf(`{"name":"y","op":%q,"input":%s,"attr":{%s}}`, c.Op, inputs, c.Attrs))
	doc := fmt.Sprintf(`{"format":"graph-model","modelTopology":{"node":[%s],"versions":{"producer":175}},"weightsManifest":[{"paths":["weights.bin"],`+
		`"weights":[%s]}],"signature":{"inputs":{"x":{"name":"x:0"}},"outputs":{"y":{"name":"y:0"}}}}`,
		strings.Join(nodes, ","), strings.Join(manifest, ","))
	return foreign.Files{{Name: "model.json", Data: []byte(doc)}, {Name: "weights.bin", Data: data}}
}

// constantBits are a constant's type, its shape as JSON and its bytes. A shape stands for floats like waves.
func constantBits(name string, v any) (dtype, dims string, bits []byte) {
	floats := func(list []float32) (out []byte) {
		for _, f := range list {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
		}
		return out
	}
	whole := func(list ...int32) (out []byte) {
		for _, n := range list {
			out = binary.LittleEndian.AppendUint32(out, uint32(n))
		}
		return out
	}
	switch v := v.(type) {
	case []int:
		size := 1
		for _, n := range v {
			size *= n
		}
		list := wave(size)
		for i := range list {
			if list[i] += 0.0625 * float32(len(name)); name == "positive" {
				list[i] = list[i]*list[i] + 0.5
			}
		}
		doc, _ := json.Marshal(v)
		return "float32", string(doc), floats(list)
	case float32:
		return "float32", "[]", floats([]float32{v})
	case int32:
		return "int32", "[]", whole(v)
	case []int32:
		if strings.HasPrefix(name, "paddings") {
			return "int32", "[4,2]", whole(v...)
		}
		return "int32", fmt.Sprintf("[%d]", len(v)), whole(v...)
	}
	panic("there is no constant " + name)
}

// Operators of graphs give what TensorFlow.js gave; with it installed, what it gives now, which is then written down.
func TestConformanceGraphOperators(t *testing.T) {
	const recorded = "testdata/operators.json"
	cases := operatorCases()
	want := map[string][]float32{}
	if os.Getenv("WAFER_TFJS") != "" {
		var jobs []job
		for _, c := range cases {
			shape := []int{1, 6, 6, 4}
			if c.Flat {
				shape = []int{1, 6}
			}
			jobs = append(jobs, jobOf(c.files(), shape, wave(shapeSize(shape))))
		}
		for i, y := range peer(t, jobs) {
			want[cases[i].Name] = y
		}
		doc, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(recorded, append(doc, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	} else {
		doc, err := os.ReadFile(recorded)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(doc, &want); err != nil {
			t.Fatal(err)
		}
	}
	passed := 0
	for _, c := range cases {
		n, err := Load(c.files(), 0)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		before := t.Failed()
		near(t, c.Name, run(t, n, "", wave(n.Layers.Input().Shape.Size())), want[c.Name], 1e-5)
		if before == t.Failed() {
			passed++
		}
	}
	t.Logf("TensorFlow.js graph operators: %d of %d cases agree with its own", passed, len(cases))
}

func shapeSize(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
