package web

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"math/rand/v2"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wafer/nn"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
	"wafer/server/api"
	"wafer/static"
)

// weightsOf is the file of a shipped model.
func weightsOf(t testing.TB, name string) []byte {
	t.Helper()
	b, err := fs.ReadFile(static.Files, "models/"+name+".wafer")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAModelFromUploadToDelete(t *testing.T) {
	x := start(t)
	weights := weightsOf(t, "sentiment")
	f, recipe := x.upload(weights), x.upload([]byte(moodRecipe))
	lie := api.Model{File: api.File{SHA256: f.SHA256, Size: 1}, Recipe: &recipe, License: "MIT", Job: "j1",
		Info: task.Model{Labels: []string{"this", "is", "ignored"}, Kind: task.Image}}
	m := into[api.Model](x, x.ask("PUT", "/api/models/mine", lie))
	want, err := nn.Describe(weights)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(m.Info.Labels, m.Info.Kind, m.Info.Bytes) != fmt.Sprint(want.Labels, want.Kind, want.Bytes) ||
		m.Name != "mine" || m.File != f || m.Created.IsZero() {
		t.Errorf("got %+v, expected what the file says", m)
	}
	if got := into[api.Model](x, x.ask("GET", "/api/models/mine", nil)); fmt.Sprint(got.Info, got.License,
		got.Job) != fmt.Sprint(m.Info, "MIT", "j1") {
		t.Errorf("got %+v", got)
	}
	all := into[api.Catalogue](x, x.ask("GET", "/api/models", nil))
	if len(all.Stored) != 1 || all.Stored[0].Name != "mine" || len(all.Models) < 3 {
		t.Errorf("the catalogue has %d shipped and %d stored models", len(all.Models), len(all.Stored))
	}
	x.want(x.ask("POST", "/api/models/mine/predict", `{"text":"what a lovely day"}`), 200, `"positive"`)
	x.want(x.ask("DELETE", "/api/models/mine", nil), 204, "")
	x.want(x.ask("DELETE", "/api/models/mine", nil), 404, "no model with this name")
	x.want(x.ask("GET", "/api/models/mine", nil), 404, "no model with this name")
	x.want(x.ask("POST", "/api/models/mine/predict", `{"text":"x"}`), 404, "no model with this name")
	if all := into[api.Catalogue](x, x.ask("GET", "/api/models", nil)); len(all.Stored) != 0 {
		t.Errorf("stored: %+v", all.Stored)
	}
}

// What is no model gets no name, and says why in a sentence.
func TestOnlyModelsGetAName(t *testing.T) {
	x := start(t)
	weights := weightsOf(t, "digits")
	cut, broken := weights[:len(weights)-100], bytes.Clone(weights)
	for i := range broken[:200] {
		broken[i] ^= byte(i)
	}
	f := x.upload(weights)
	for name, c := range map[string]struct {
		file   api.File
		status int
	}{
		"text": {x.upload([]byte("this is no model")), 422}, "empty": {x.upload(nil), 422}, "cut": {x.upload(cut), 422},
		"broken": {x.upload(broken), 422},
		"zip":    {x.upload([]byte("PK\x03\x04 a zip")), 422}, "missing": {api.File{SHA256: strings.Repeat("0", 64)},
			409},
		"nohash": {api.File{SHA256: "../etc"}, 400},
	} {
		x.want(x.ask("PUT", "/api/models/"+name, api.Model{File: c.file}), c.status, "")
	}
	for name, words := range map[string]string{"digits": "came with the server", "UPPER": "a name is 1 to 64",
		"..%2fx": "a name is 1 to 64", strings.Repeat("a", 65): "a name is 1 to 64"} {
		x.want(x.ask("PUT", "/api/models/"+name, api.Model{File: f}), 400, words)
	}
	x.want(x.ask("DELETE", "/api/models/digits", nil), 400, "came with the server")
	x.want(x.ask("PUT", "/api/models/a", api.Model{Name: "b", File: f}), 400, "the address about")
	x.want(x.ask("PUT", "/api/models/a", api.Model{File: f, License: "a\nb"}), 400, "one line")
	x.want(x.ask("PUT", "/api/models/a", api.Model{File: f, Recipe: &api.File{SHA256: strings.Repeat("1", 64)}}), 404,
		"does not have")
	if all := into[api.Catalogue](x, x.ask("GET", "/api/models", nil)); len(all.Stored) != 0 {
		t.Errorf("stored: %+v", all.Stored)
	}
}

// picture is a PNG with a vertical stroke, which is a one.
func picture(t testing.TB, side int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, side, side))
	for y := side / 6; y < side*5/6; y++ {
		for x := side*9/20 + 1; x < side*11/20+1; x++ {
			m.SetGray(x, y, color.Gray{255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// form is a multipart body, and its type.
func form(t testing.TB, field string, files ...[]byte) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i, f := range files {
		part, err := w.CreateFormFile(field, fmt.Sprintf("%d.png", i))
		if err != nil {
			t.Fatal(err)
		}
		part.Write(f)
	}
	w.Close()
	return b.Bytes(), w.FormDataContentType()
}

// noise is a colourful picture of nothing.
func noise(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 64, 64))
	r := rand.New(rand.NewPCG(1, 1))
	for i := range m.Pix {
		m.Pix[i] = byte(r.IntN(256)) | byte(255*(i%4/3))
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPredict(t *testing.T) {
	x := start(t)
	one := into[api.Prediction](x, x.ask("POST", "/api/models/sentiment/predict", `{"text":"what a lovely day"}`))
	several := into[[]api.Prediction](x, x.ask("POST", "/api/models/sentiment/predict",
		`{"texts":["what a lovely day","this is terrible"]}`))
	if len(several) != 2 || several[0][0] != one[0] || one[0].Label != "positive" || several[1][0].Label != "negative" {
		t.Errorf("got %v and %v", one, several)
	}
	if sum := one[0].Score + one[1].Score; math.Abs(float64(sum)-1) > 1e-5 {
		t.Errorf("the scores sum to %v", sum)
	}
	if list := into[[]api.Prediction](x, x.ask("POST", "/api/models/sentiment/predict",
		`{"texts":["fine"]}`)); len(list) != 1 {
		t.Errorf("a list of one: got %v", list)
	}
	body, kind := form(t, "image", picture(t, 28))
	if p := into[api.Prediction](x, x.ask("POST", "/api/models/digits/predict", body, "Content-Type",
		kind)); len(p) != 10 || p[0].Label != "1" {
		t.Errorf("a stroke is %v", p)
	}
	body, kind = form(t, "image", picture(t, 28), picture(t, 280), picture(t, 56))
	if list := into[[]api.Prediction](x, x.ask("POST", "/api/models/digits/predict", body, "Content-Type",
		kind)); len(list) != 3 || list[2][0].Label != "1" {
		t.Errorf("three strokes are %v", list)
	}
	body, kind = form(t, "image", noise(t), picture(t, 28))
	list := into[[]api.Prediction](x, x.ask("POST", "/api/models/digits/predict", body, "Content-Type", kind))
	for i, p := range list {
		for _, s := range p {
			if s.Rejected != (i == 0) {
				t.Errorf("input %d is %v, expected noise to be none of the digits and a stroke to be one", i, p)
			}
		}
	}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if got := x.ask("POST", "/api/models/sentiment/predict",
				`{"text":"what a lovely day"}`); !strings.Contains(string(got.body), fmt.Sprint(one[0].Score)) {
				t.Errorf("among others: got %d %s", got.status, got.body)
			}
		})
	}
	wait.Wait()
}

func TestWrongPredictions(t *testing.T) {
	x := start(t, func(s *server) { s.o.Limits.MaxBatch, s.o.Limits.MaxPredict, s.o.Limits.MaxPixels = 3, 1<<20, 3000 })
	bomb := picture(t, 28)
	copy(bomb[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // says that it is 65536 pixels wide and high
	for name, c := range map[string]struct {
		model, body, kind string
		status            int
		words             string
	}{
		"empty":      {"sentiment", "", "", 400, "empty"},
		"neither":    {"sentiment", "{}", "", 400, "expected"},
		"both":       {"sentiment", `{"text":"a","texts":["b"]}`, "", 400, "expected"},
		"wrong kind": {"sentiment", `{"text":7}`, "", 400, "wrong kind"},
		"no texts":   {"sentiment", `{"texts":[]}`, "", 400, "from 1 to 3"},
		"too many": {"sentiment", `{"texts":["a","b","c","d"]}`, "", 400,
			"from 1 to 3 inputs are expected, found more"},
		"one is none":    {"sentiment", `{"texts":["a",7]}`, "", 400, `wrong kind at \"texts\"`},
		"no list":        {"sentiment", `{"texts":"a"}`, "", 400, "wrong kind"},
		"null":           {"sentiment", `{"texts":null}`, "", 400, "expected"},
		"empty text":     {"sentiment", `{"text":""}`, "", 422, "input 1 of 1"},
		"too large":      {"sentiment", `{"text":"` + strings.Repeat("x", 2<<20) + `"}`, "", 413, "too large"},
		"text for image": {"digits", `{"text":"a"}`, "", 422, "takes pictures"},
		"no such model":  {"nosuch", `{"text":"a"}`, "", 404, "no model with this name"},
		"bad name":       {"..%2f..%2fetc", `{"text":"a"}`, "", 400, "a name is"},
		"no boundary":    {"digits", "x", "multipart/form-data", 400, "form"},
		"no form":        {"digits", "x", "multipart/form-data; boundary=b", 400, "from 1 to 3"},
	} {
		t.Run(name, func(t *testing.T) {
			x.want(x.ask("POST", "/api/models/"+c.model+"/predict", c.body, "Content-Type", c.kind), c.status, c.words)
		})
	}
	for name, c := range map[string]struct {
		field  string
		files  [][]byte
		status int
		words  string
	}{
		"field":   {"picture", [][]byte{bomb}, 400, "files named image"},
		"no file": {"image", nil, 400, "from 1 to 3"},
		"four": {"image", [][]byte{picture(t, 28), picture(t, 28), picture(t, 28), picture(t, 28)}, 400,
			"from 1 to 3"},
		"empty":        {"image", [][]byte{{}}, 422, "empty"},
		"no picture":   {"image", [][]byte{picture(t, 28), []byte("no picture")}, 422, "input 2 of 2"},
		"cut":          {"image", [][]byte{picture(t, 28)[:60]}, 422, "input 1 of 1"},
		"bomb":         {"image", [][]byte{bomb}, 422, "too large"},
		"too long":     {"image", [][]byte{make([]byte, 2<<20)}, 413, "too large"},
		"pixels":       {"image", [][]byte{picture(t, 28), picture(t, 60)}, 422, "the first 2 pictures"},
		"no text here": {"image", [][]byte{picture(t, 28)}, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			body, kind := form(t, c.field, c.files...)
			x.want(x.ask("POST", "/api/models/digits/predict", body, "Content-Type", kind), c.status, c.words)
		})
	}
	body, kind := form(t, "image", picture(t, 28))
	x.want(x.ask("POST", "/api/models/sentiment/predict", body, "Content-Type", kind), 422, "takes texts")
}

// A model whose scores can be no shares of its labels, and one with an absurd temperature, is no model.
func TestScoresThatAreNoNumbers(t *testing.T) {
	x := start(t)
	folder := sharedtest.Path(t, "cases/scores-that-are-no-numbers")
	for name, says := range map[string]string{"nan": "values that are no numbers",
		"linear":      "must end with softmax or sigmoid",
		"temperature": "has temperature 1e-300, must be from 0.05 to 100"} {
		f := x.upload(readFile(t, folder, name+".wafer"))
		x.want(x.ask("PUT", "/api/models/"+name, api.Model{File: f}), 422, says)
	}
}

func readFile(t *testing.T, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
