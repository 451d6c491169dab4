package model

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"wafer/nn/graph"
	"wafer/nn/native"
	"wafer/nn/outside"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
	"wafer/static"
)

func shipped(t *testing.T, name string) *Model {
	t.Helper()
	file, err := os.ReadFile("../../static/models/" + name + ".wafer")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(file, Options{Find: static.Model})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// inputsFor are the sample pictures of a model, or sentences.
func inputsFor(t *testing.T, m *Model) []task.Input {
	t.Helper()
	if m.info.Kind == task.Text {
		var list []task.Input
		for _, s := range append([]string{"", "Zürich 東京タワー — it's 7 o'clock!", strings.Repeat("good bad not ", 60)},
			m.info.Examples...) {
			list = append(list, task.Input{Text: "why " + s})
		}
		return list
	}
	files, err := filepath.Glob("../../static/samples/" + m.info.ID + "/*.*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples of %s: %v", m.info.ID, err)
	}
	var list []task.Input
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, task.Input{File: b})
	}
	return list
}

// foreign is an exported module in a host that knows nothing of us.
type foreign struct {
	t   *testing.T
	mod api.Module
}

func host(t *testing.T, code []byte) foreign {
	t.Helper()
	r := wazero.NewRuntime(context.Background())
	t.Cleanup(func() { r.Close(context.Background()) })
	mod, err := r.Instantiate(context.Background(), code)
	if err != nil {
		t.Fatal(err)
	}
	return foreign{t, mod}
}

func (f foreign) call(name string, args ...uint64) uint32 {
	f.t.Helper()
	out, err := f.mod.ExportedFunction(name).Call(context.Background(), args...)
	if err != nil {
		f.t.Fatalf("%s: %v", name, err)
	}
	return uint32(out[0])
}

func (f foreign) manifest() (m Manifest) {
	f.t.Helper()
	b, _ := f.mod.Memory().Read(f.call("wafer_info"), f.call("wafer_info_bytes"))
	if err := json.Unmarshal(b, &m); err != nil {
		f.t.Fatal(err)
	}
	return m
}

func (f foreign) run(x *tensor.Tensor) *tensor.Tensor {
	f.t.Helper()
	at := f.call("wafer_input")
	for i := range x.Size() {
		var bits uint32
		if x.DType() == tensor.Int32 {
			bits = uint32(x.I()[i])
		} else {
			bits = math.Float32bits(x.F()[i])
		}
		f.mod.Memory().WriteUint32Le(at+uint32(4*i), bits)
	}
	b, _ := f.mod.Memory().Read(f.call("wafer_run", uint64(at)), f.call("wafer_output_bytes"))
	y := tensor.New(tensor.Float32, len(b)/4)
	for i := range y.F() {
		y.F()[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return y
}

// score is the number behind the output of the last run.
func (f foreign) score(output int) float32 {
	f.t.Helper()
	at := f.call("wafer_run", uint64(f.call("wafer_input")))
	v, _ := f.mod.Memory().ReadFloat32Le(at + uint32(4*output))
	return v
}

// A module gives the score that tells what is none of the labels: by planes, by planes of which some are taken off, by
// a layer's energy, and by samples of which two are equal.
func TestExportGivesTheScoreOfOutside(t *testing.T) {
	digits, photos := shipped(t, "digits"), shipped(t, "photos-light")
	near := *digits
	near.rule = &outside.Rule{Width: digits.rule.Width, Nearest: 3, Threshold: 0.5}
	draw := rand.New(rand.NewPCG(3, 3))
	for range 5 * near.rule.Width {
		near.rule.Rows = append(near.rule.Rows, draw.Float32())
	}
	copy(near.rule.Rows, near.rule.Rows[near.rule.Width:2*near.rule.Width])
	near.state = maps.Clone(digits.state)
	near.state[CentroidsName] = tensor.Floats(near.rule.Rows, 5, near.rule.Width)
	off := near
	off.rule = &outside.Rule{Width: near.rule.Width, Rows: near.rule.Rows, Bias: []float32{1, 0, 2, 0.5, 0},
		Linear: true, Away: 2}
	off.state = maps.Clone(digits.state)
	table, width := off.rule.Table()
	off.state[CentroidsName] = tensor.Floats(table, 5, width)
	for name, m := range map[string]*Model{"planes": digits, "energy": photos, "samples": &near,
		"what is generic": &off} {
		code, err := m.Export(ExportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		f := host(t, code)
		about := f.manifest()
		if about.Outside == nil || about.Outside.Threshold != m.rule.Threshold || !about.Model.Rejects {
			t.Fatalf("%s: the manifest has the rule %+v, expected the threshold %g", name, about.Outside,
				m.rule.Threshold)
		}
		x := tensor.New(tensor.Float32, m.doc.Layers.Batch(1)...)
		for i := range x.F() {
			x.F()[i] = draw.Float32()
		}
		y := f.run(x)
		if y.Size() != len(m.info.Labels) {
			t.Errorf("%s: the output has %d numbers, expected %d", name, y.Size(), len(m.info.Labels))
		}
		_, features, err := m.tester.RunAlso(x)
		if err != nil {
			t.Fatal(err)
		}
		want, got := m.rule.Score(features.F()), f.score(y.Size())
		if math.Abs(float64(got-want)) > 1e-5*max(1, math.Abs(float64(want))) {
			t.Errorf("%s: the score is %g, expected %g", name, got, want)
		}
	}
}

// dequantised is the model with the weights that its export computes with.
func dequantised(t *testing.T, m *Model, weights string) *Model {
	t.Helper()
	p := m.forOne()
	stored, err := m.stored(p, weights)
	if err != nil {
		t.Fatal(err)
	}
	other := *m
	other.state = graph.State{}
	for name, v := range m.state {
		other.state[name] = v
	}
	for i, l := range p.Params {
		other.state[l.Name] = stored[i].Tensor()
	}
	other.tester = &train.Tester{Model: m.doc.Layers, State: other.state, Runner: native.Runner(0)}
	return &other
}

var shippedModels = []string{"digits", "fashion", "land", "sentiment", "intents", "sentiment-lstm"}

// The module computes what the model does: with weights as trained the model itself, with
// fewer bits the model with the weights that they stand for.
func TestExportEqualsTheModel(t *testing.T) {
	for _, name := range shippedModels {
		for _, weights := range []string{"", "float32", "float16", "int8"} {
			t.Run(name+weights, func(t *testing.T) {
				m := shipped(t, name)
				code, err := m.Export(ExportOptions{Weights: weights})
				if err != nil {
					t.Fatal(err)
				}
				f, want := host(t, code), m
				if weights == "int8" || weights == "float16" { // which 8 bits of a base do not fit exactly
					want = dequantised(t, m, weights)
				}
				inputs := inputsFor(t, m)
				if testing.Short() {
					inputs = inputs[:2]
				}
				for i, in := range inputs {
					x, _, err := m.Encode(in)
					if err != nil {
						t.Fatal(err)
					}
					y, err := want.Predict(x)
					if err != nil {
						t.Fatal(err)
					}
					if d := f.run(x).Diff(y.Reshape(y.Size())); d != "" {
						t.Errorf("input %d: %s", i, d)
					}
				}
				t.Logf("%d bytes, the model file has %d", len(code), len(m.file))
			})
		}
	}
}

func TestManifestSaysWhatAHostNeeds(t *testing.T) {
	m := shipped(t, "intents")
	code, err := m.Export(ExportOptions{Title: "Mine & <yours>"})
	if err != nil {
		t.Fatal(err)
	}
	f := host(t, code).manifest()
	if f.Format != ModuleFormat || f.Model.Title != "Mine & <yours>" || f.Model.TitleZH != "" ||
		len(f.Model.Labels) != 150 {
		t.Errorf("format %q, title %q, %d labels", f.Format, f.Model.Title, len(f.Model.Labels))
	}
	if f.Input.DType != "i32" || !f.Input.Shape.Equal(m.doc.Layers.Input().Shape) ||
		!f.Output.Shape.Equal(tensor.Shape{150}) {
		t.Errorf("input %v, output %v", f.Input, f.Output)
	}
	if f.Preprocess.Text.NGrams == nil || f.Temperature != m.doc.Temperature || f.Threshold != m.doc.Threshold {
		t.Errorf("preprocess %+v, temperature %v, threshold %v", f.Preprocess.Text, f.Temperature, f.Threshold)
	}
	for _, wrong := range []string{"int4", "Float32", " "} {
		if _, err := m.Export(ExportOptions{Weights: wrong}); err == nil || !strings.Contains(err.Error(),
			"float32, float16 or int8") {
			t.Errorf("weights %q: got %v", wrong, err)
		}
	}
}

// The page holds the file as it is or, with fewer bits, that of the weights that an export would compute with.
func TestPageCarriesTheModel(t *testing.T) {
	const template = `<h1>{{title}}</h1><i data-weights="{{weights}}">{{model}}</i>`
	m := shipped(t, "land")
	for weights, want := range map[string]*Model{"": m, "int8": dequantised(t, m, "int8")} {
		page, err := m.ExportPage(template, ExportOptions{Weights: weights, Title: `</h1><script>"&`})
		if err != nil {
			t.Fatal(err)
		}
		head, rest, _ := strings.Cut(string(page), ">&#60;/h1&#62;&#60;script&#62;&#34;&#38;</h1><i data-weights=\""+
			weights+`">`)
		text, tail, _ := strings.Cut(rest, "<")
		file, err := base64.StdEncoding.DecodeString(text)
		if head != "<h1" || tail != "/i>" || err != nil {
			t.Fatalf("weights %q: the page begins with %.100s and ends with %q, %v", weights, page, tail, err)
		}
		if weights == "" && !bytes.Equal(file, m.Bytes()) || weights != "" && len(file) >= len(m.Bytes()) {
			t.Errorf("weights %q: the page has a file of %d bytes, the model one of %d", weights, len(file),
				len(m.Bytes()))
		}
		got, err := Open(file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range want.state {
			if d := got.state[name].Diff(v); d != "" {
				t.Errorf("weights %q: %s: %s", weights, name, d)
			}
		}
	}
	for _, wrong := range []ExportOptions{{Weights: "int4"}, {}} {
		if _, err := m.ExportPage("<html>", wrong); err == nil {
			t.Errorf("%+v and a template without a place for the model gave a page", wrong)
		}
	}
}
