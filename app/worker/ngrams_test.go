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
	q := recipe.Teaching{Name: "Hotels", Kind: task.Text, Classes: []string{"good", "bad"}, Counts: []int{5, 5}, Seed: 1,
		Solve: true}
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
