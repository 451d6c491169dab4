package web

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"wafer/nn"
	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/server/api"
	"wafer/server/models"
	"wafer/static"
)

// oddModels are model files, by what of them is large.
func oddModels(t *testing.T) map[string][]byte {
	t.Helper()
	far := layers.Conv2D(4, 3, "same", "relu")
	far.DilationRate = [2]int{1 << 18, 1 << 18}
	window := layers.MaxPooling2D(200)
	window.Padding = "same"
	files := map[string][]byte{}
	for name, c := range map[string]struct {
		side  int
		stack []layers.Layer
	}{
		"far dilation":   {8, []layers.Layer{far}},
		"window for all": {40, []layers.Layer{window}},
		"whole picture":  {96, []layers.Layer{layers.Conv2D(3, 96, "same", "")}},
		"many channels":  {256, []layers.Layer{layers.Conv2D(64, 3, "same", "relu"), layers.GlobalAveragePooling2D()}},
		"wide layer":     {8, []layers.Layer{layers.Flatten(), layers.Dense(20_000, "relu")}},
		"large picture":  {1024, []layers.Layer{layers.MaxPooling2D(1024)}},
	} {
		net := layers.Sequential("odd", layers.Spec{Shape: tensor.Shape{c.side, c.side, 1}},
			append(c.stack, layers.Flatten(), layers.Dense(2, "softmax"))...)
		var tensors []format.Tensor
		for _, w := range net.Weights() {
			tensors = append(tensors, format.Tensor{Name: w.Name, Value: tensor.New(tensor.Float32, w.Shape...)})
		}
		doc := document.Document{Layers: net, Temperature: 1,
			Info: task.Model{Kind: task.Image, Labels: []string{"a", "b"}},
			Preprocess: recipe.Preprocess{Kind: "image", Image: &recipe.Image{Height: c.side, Width: c.side,
				Channels: 1, Resize: "bilinear", Mode: "stretch", Background: "black", Normalisation: "0..1"}}}
		file, err := format.Encode(doc, tensors)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = file
	}
	return files
}

// A model takes a name, and answers, where what it needs is there to a byte; else it is a sentence at both doors.
func TestModelsThatDoNotFitAreRefused(t *testing.T) {
	for name, file := range oddModels(t) {
		need := int64(0)
		m, err := nn.OpenIn(file, func(bytes int64) error { need = bytes; return nil }, static.Model)
		if err != nil {
			t.Fatal(err)
		}
		m.Close()
		for short, status := range map[int64]int{0: 200, 1: 422} {
			x := start(t, func(s *server) {
				s.o.Limits.Memory = need - short
				s.pool = models.NewPool(s.o.Limits.Memory, s.base)
			})
			words := ""
			if short > 0 {
				words = "needs more memory than the server keeps"
			}
			t.Logf("%s: needs %d bytes, %d are lacking", name, need, short)
			x.want(x.ask("PUT", "/api/models/odd", api.Model{File: x.upload(file)}), status, words)
			if n, used := x.pool.Open(); n != 0 || used != 0 {
				t.Errorf("%s: %d models of %d bytes are open after a look, expected none", name, n, used)
			}
			if short == 0 {
				body, kind := form(t, "image", picture(t, 8))
				x.want(x.ask("POST", "/api/models/odd/predict", body, "Content-Type", kind), 200, `"label"`)
			}
		}
	}
	x := start(t, func(s *server) { s.o.Limits.Memory = 1000 })
	x.want(x.ask("PUT", "/api/models/odd", api.Model{File: x.upload(make([]byte, 1001))}), 413, "at most 1000 are read")
}

// Models that were made to do harm, at the doors of a server: what can be answered is, the rest is a sentence.
func TestModelsOfTheCases(t *testing.T) {
	x := start(t)
	for path, says := range map[string]string{
		"dilation-larger-than-the-picture/dilation": "", "dilation-larger-than-the-picture/slow": "",
		"damaged-header-of-a-model/good": "", "damaged-header-of-a-model/activation": "unknown field",
		"cells-that-are-formulas/label": "", "batch-of-small-pictures/large-input": "",
	} {
		put := x.ask("PUT", "/api/models/case", api.Model{File: x.upload(sharedtest.Read(t, "cases/"+path+".wafer"))})
		if says != "" {
			x.want(put, 422, says)
			continue
		}
		m := into[api.Model](x, put)
		body, kind := form(t, "image", picture(t, 8), picture(t, 8))
		if m.Info.Kind == task.Text {
			body, kind = []byte(`{"texts":["what a lovely day"]}`), "application/json"
		}
		got := x.want(x.ask("POST", "/api/models/case/predict", body, "Content-Type", kind), 200, `"label"`)
		if bytes.Contains(got.body, []byte("NaN")) || !json.Valid(got.body) {
			t.Errorf("%s answers %s", path, got.body)
		}
	}
}

// What a caller may send at once is multiplied by what one request takes: a body of nothing but empty texts, which
// would be six times its size as a list, and one long text take at most five times the body, copies included.
func TestABodyTakesLittleMoreThanItsSize(t *testing.T) {
	x := start(t)
	for name, body := range map[string]string{
		"empty texts": `{"texts":[` + strings.Repeat(`"",`, 2<<20) + `""]}`,
		"one text":    `{"text":"` + strings.Repeat("x", 6<<20) + `"}`,
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		x.server.readInputs(httptest.NewRecorder(), r)
		runtime.ReadMemStats(&after)
		took := after.TotalAlloc - before.TotalAlloc
		t.Logf("%s: %d bytes, took %d", name, len(body), took)
		if took > 5*uint64(len(body)) {
			t.Errorf("%s: %d bytes took %d, expected at most five times as much", name, len(body), took)
		}
	}
}
