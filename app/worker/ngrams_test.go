package worker

import (
	"bytes"
	"testing"

	"wafer/app/bridge"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// reviews are Chinese texts of two classes, which no base reads.
func reviews() (req bridge.TeachRequest) {
	for c, texts := range [][]string{
		{"房间很干净，服务很好", "早餐好吃，位置方便", "服务热情，房间宽敞", "很满意，下次再来", "环境安静，床很舒服"},
		{"房间很脏，服务不好", "太吵了，睡不着", "早餐难吃，态度很差", "很失望，不会再来", "床单有异味，太脏了"},
	} {
		for _, text := range texts {
			req.Inputs = append(req.Inputs, bridge.Input{Text: text, Buffer: -1})
			req.Labels = append(req.Labels, c)
		}
	}
	q := recipe.Teaching{Name: "Hotels", Kind: task.Text, Classes: []string{"good", "bad"}, Counts: []int{5, 5},
		Seed: 1, Solve: true}
	r, err := q.Recipe()
	must(err)
	req.Recipe = r.Bytes()
	return req
}

// A worker that has loaded nothing teaches from n-grams; a server gets the samples alone, and they give the same file.
func TestTeachWithoutABase(t *testing.T) {
	w, req := New(NN{}), reviews()
	a := ask(t, w, bridge.Teach, req)
	if len(a.files) != 1 || a.done.Report == nil || a.done.Report.Estimate == nil {
		t.Fatalf("teaching without a base: %q with %d files, expected a model with an estimate", a.why, len(a.files))
	}
	packed := ask(t, w, bridge.Pack, req)
	if len(packed.files) != 1 || packed.done.Files[0].Name != bridge.SamplesFile {
		t.Fatalf("packed: %q, %+v, expected the samples alone", packed.why, packed.done.Files)
	}
	again := bridge.TeachRequest{Recipe: req.Recipe, Files: map[string]int{bridge.SamplesFile: 0}}
	b := ask(t, w, bridge.Teach, again, packed.files[0])
	if len(b.files) != 1 || !bytes.Equal(a.files[0], b.files[0]) {
		t.Fatalf("from the file of samples: %q, expected the file that the samples gave", b.why)
	}
	if l := ask(t, w, bridge.Load, bridge.LoadRequest{Model: "mine"}, a.files[0]); l.why != "" {
		t.Fatal(l.why)
	}
}

// A model that stays in the worker answers at once; its file, when asked for, is the one that Teach would have brought.
func TestAModelStaysInTheWorker(t *testing.T) {
	w, req := New(NN{}), reviews()
	want := ask(t, w, bridge.Teach, req)
	req.Stay = "project-text"
	a := ask(t, w, bridge.Teach, req)
	if len(a.files) != 0 || a.done.Report == nil || a.done.Report.WeightsHash != "" {
		t.Fatalf("teaching: %q with %d files and %+v, expected a report without hashes and no file", a.why,
			len(a.files), a.done.Report)
	}
	q := bridge.ClassifyRequest{Model: req.Stay, Inputs: []bridge.Input{{Text: "早餐好吃，服务热情", Buffer: -1}}}
	if c := ask(t, w, bridge.Classify, q); c.why != "" || len(c.news) != 1 ||
		c.news[0].Result.Scores[0].Label != "good" {
		t.Errorf("it says %q %+v, expected good", c.why, c.news)
	}
	s := ask(t, w, bridge.Seal, bridge.Named{Model: req.Stay})
	if len(s.files) != 1 || !bytes.Equal(s.files[0], want.files[0]) {
		t.Fatalf("its file: %q, expected that of a Teach that brings one", s.why)
	}
	if got := s.done.Report; got.WeightsHash != want.done.Report.WeightsHash ||
		got.DataHash != want.done.Report.DataHash || got.Model.SHA256 != want.done.Report.Model.SHA256 {
		t.Errorf("with its file comes the report %+v, expected %+v", got, want.done.Report)
	}
	if e := ask(t, w, bridge.Export, bridge.ExportRequest{Model: req.Stay}); len(e.files) != 1 {
		t.Errorf("its export: %q, expected a module", e.why)
	}
	if s := ask(t, w, bridge.Seal, bridge.Named{Model: "other"}); s.why == "" {
		t.Error("a file is made of a model that nobody has taught")
	}
}
