package tfjs

import (
	"bytes"
	"encoding/json"
	"image/png"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/native"
	"wafer/nn/sharedtest"
	"wafer/nn/tensor"
)

// folder is the files of a model of shared/models.
func folder(t testing.TB, name string) (files foreign.Files) {
	t.Helper()
	list, err := filepath.Glob(sharedtest.Path(t, "models/"+name) + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range list {
		files = append(files, foreign.File{Name: filepath.Base(path),
			Data: sharedtest.Read(t, "models/"+name+"/"+filepath.Base(path))})
	}
	return files
}

func load(t testing.TB, files foreign.Files) *foreign.Network {
	t.Helper()
	n, err := Load(files, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// run is the result of an entry, or with "" of the model, for one sample.
func run(t testing.TB, n *foreign.Network, entry string, x []float32) []float32 {
	t.Helper()
	g, in := graph.New(), n.Layers.Input()
	name := in.Name
	if name == "" {
		name = layers.InputName
	}
	var input *graph.Node
	if input = n.Layers.Declare(g, 1)[0]; input.Shape.Size() != len(x) {
		t.Fatalf("the input is %v, %d numbers were given", input.Shape, len(x))
	}
	g.Output("y", n.Layers.Build(g, []*graph.Node{input}, layers.Options{To: entry})[0])
	p, err := native.Runner(1)(g, n.State)
	if err != nil {
		t.Fatal(err)
	}
	defer graph.Close(p)
	value := tensor.Floats(x, input.Shape...)
	if in.DType == tensor.Int32 {
		value = tensor.New(tensor.Int32, input.Shape...)
		for i, v := range x {
			value.I()[i] = int32(v)
		}
	}
	out, err := p.Run(map[string]*tensor.Tensor{input.Name: value})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(out["y"].F())
}

// golden is an entry of golden.json.
func golden(t *testing.T, name string, into any) {
	t.Helper()
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(sharedtest.Read(t, "conformance/reference-outputs/golden.json"), &all); err != nil {
		t.Fatal(err)
	}
	for key, v := range all {
		if strings.HasPrefix(key, name+" ") {
			if err := json.Unmarshal(v, into); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("golden.json lacks %s", name)
}

// picture is the numbers of a lossless picture, each byte times scale plus offset.
func picture(t *testing.T, name string, scale, offset float32) []float32 {
	t.Helper()
	p, err := png.Decode(bytes.NewReader(sharedtest.Read(t, "data/sample-photos/png224/"+name)))
	if err != nil {
		t.Fatal(err)
	}
	var list []float32
	for y := range p.Bounds().Dy() {
		for x := range p.Bounds().Dx() {
			r, g, b, _ := p.At(x, y).RGBA()
			for _, c := range []uint32{r, g, b} {
				list = append(list, float32(float32(c>>8)*scale)+offset)
			}
		}
	}
	return list
}

// tally counts what agrees with TensorFlow.js within 1e-4 of the output's range.
type tally struct {
	t              *testing.T
	passed, models int
	greatest       float64
}

func (c *tally) compare(what string, out []float32, want map[int]float64) {
	c.t.Helper()
	span := float64(slices.Max(out) - slices.Min(out))
	for i, w := range want {
		off := math.Abs(float64(out[i])-w) / span
		c.greatest = math.Max(c.greatest, off)
		if !(off <= 1e-4) {
			c.t.Errorf("%s: output %d is %v, expected %v; they differ by %.2g of the range", what, i, out[i], w, off)
		}
	}
	c.passed++
}

// indexed are pairs of a place and a value.
func indexed(pairs [][2]float64) map[int]float64 {
	m := map[int]float64{}
	for _, p := range pairs {
		m[int(p[0])] = p[1]
	}
	return m
}

// The models of shared/models give what TensorFlow.js gives for the same numbers.
func TestConformanceGolden(t *testing.T) {
	c := &tally{t: t}
	var kinds map[string][][2]float64
	golden(t, "tiny-darknet-tfjs", &kinds)
	darknet := load(t, folder(t, "tiny-darknet-tfjs"))
	for name, pairs := range kinds {
		c.compare("tiny-darknet "+name, run(t, darknet, "", picture(t, name, 1.0/255, 0)), indexed(pairs))
	}
	c.teachable()
	var ring [][2]float64
	golden(t, "doodlenet-tfjs", &ring)
	x := make([]float32, 28*28)
	for i := range x {
		if r := math.Hypot(float64(i/28)-13.5, float64(i%28)-13.5); r >= 8 && r <= 10 {
			x[i] = 1
		}
	}
	c.compare("doodlenet", run(t, load(t, folder(t, "doodlenet-tfjs")), "", x), indexed(ring))
	t.Logf("TensorFlow.js: %d of 14 outputs of 4 models agree with its own, greatest difference %.1e of the range",
		c.passed, c.greatest)
	if c.passed != 14 {
		t.Errorf("%d outputs were compared, expected 14", c.passed)
	}
}

// teachable compares both exports of Teachable Machine, and the features of the first.
func (c *tally) teachable() {
	var pictures map[string]struct {
		Probs  []float64 `json:"probs"`
		Length int       `json:"embedding_len"`
		First  []float64 `json:"embedding_first8"`
	}
	golden(c.t, "teachable-machine-image-tfjs", &pictures)
	n := load(c.t, folder(c.t, "teachable-machine-image-tfjs"))
	var dense []layers.Entry
	for _, e := range n.Layers.Entries {
		if e.Layer.Class() == "Dense" {
			dense = append(dense, e)
		}
	}
	for name, want := range pictures {
		x := picture(c.t, name, 1/127.5, -1)
		c.compare("Teachable Machine "+name, run(c.t, n, "", x), numbered(want.Probs))
		features := run(c.t, n, dense[0].Inputs[0], x)
		if len(features) != want.Length {
			c.t.Fatalf("there are %d features, expected %d", len(features), want.Length)
		}
		c.compare("features of "+name, features, numbered(want.First))
		c.passed--
	}
	var tiny []float64
	golden(c.t, "teachable-machine-tiny-gray-tfjs", &tiny)
	ramp := make([]float32, 96*96)
	for i := range ramp {
		ramp[i] = float32(float32(i%256)/127.5) - 1
	}
	c.compare("tiny", run(c.t, load(c.t, folder(c.t, "teachable-machine-tiny-gray-tfjs")), "", ramp), numbered(tiny))
}

func numbered(list []float64) map[int]float64 {
	m := map[int]float64{}
	for i, v := range list {
		m[i] = v
	}
	return m
}

// small are the models of TensorFlow.js' own tests, by their model.json.
func small(t testing.TB) map[string]foreign.Files {
	t.Helper()
	all, err := foreign.Unzip(sharedtest.Read(t, "conformance/tfjs-models-small/tfjs-models-small.zip"), 0)
	if err != nil {
		t.Fatal(err)
	}
	models := map[string]foreign.Files{}
	for _, f := range all {
		if !Recognise(f.Data) {
			continue
		}
		files := foreign.Files{f}
		for _, o := range all {
			if !Recognise(o.Data) && filepath.Dir(o.Name) == filepath.Dir(f.Name) {
				files = append(files, o)
			}
		}
		models[f.Name] = files
	}
	return models
}

// The models of TensorFlow.js' integration tests are read; those whose layers are all known give what their weights
// say.
func TestConformanceSmallModels(t *testing.T) {
	models, read, run := small(t), 0, 0
	for name, files := range models {
		m, err := Inspect(files)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if o := m.Outline(); len(o.Inputs) != 1 || len(o.Outputs) != 1 || len(o.Nodes) == 0 || o.Params() == 0 {
			t.Errorf("%s: the outline is %+v, expected one input, one output, nodes and weights", name, o)
		}
		read++
		if _, err := m.Load(0); err == nil {
			run++
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
	t.Logf("TensorFlow.js' own test models: %d of %d read, %d run", read, len(models), run)
	if len(models) != 4 || run < 3 {
		t.Errorf("found %d models, %d run; expected 4, of which 3 at least run", len(models), run)
	}
}

// A graph's product is that of its weights, which lie in a file of 16 bytes.
func TestGraphModelMultiplies(t *testing.T) {
	files := small(t)["load_predict_data/graph_model/model.json"]
	n := load(t, files)
	w := n.State["output/kernel"]
	if w == nil {
		t.Fatalf("the state has %d weights, expected output/kernel", len(n.State))
	}
	got := run(t, n, "", []float32{1, 10})
	for i, v := range got {
		if want := w.F()[i] + 10*w.F()[2+i]; v != want {
			t.Errorf("output %d is %v, expected %v", i, v, want)
		}
	}
}
