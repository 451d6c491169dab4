package recipe

import (
	"strings"
	"testing"

	"wafer/nn/task"
)

// staged is a recipe on a base by hash with the given list in stages.
func staged(stages string) string {
	base := `[{"base":"` + strings.Repeat("5e",
		32) + `"},{"class":"Dense","name":"top","config":{"units":6,"activation":"softmax"}}]`
	return strings.Replace(stacked(base), `"define"`, `"stages":`+stages+`,"define"`, 1)
}

func TestASectionOfAStageBeginsWithThatOfTheDocument(t *testing.T) {
	r, err := Parse([]byte(staged(`[{"name":"a","trains":"head"},
	 {"name":"b","trains":"whole","train":{"epochs":7},"optimizer":{"learning_rate":0.5},"validate":{"patience":3,"monitor":"loss"}},
	 {"name":"c","trains":"top","optimizer":{"name":"sgd"}}]`)))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Of(r.Stages[0]); got.Train != r.Train || got.Optimizer != r.Optimizer || len(got.Stages) != 0 {
		t.Errorf("a stage without sections has %+v", got)
	}
	b := r.Of(r.Stages[1])
	if b.Train.Epochs != 7 || b.Train.BatchSize != r.Train.BatchSize || b.Optimizer.Name != r.Optimizer.Name ||
		b.Optimizer.LearningRate != 0.5 ||
		b.Validate.Patience != 3 || b.Validate.Split != r.Validate.Split {
		t.Errorf("the second stage has %+v, %+v, %+v", b.Train, b.Optimizer, b.Validate)
	}
	if c := r.Of(r.Stages[2]).Optimizer; c != DefaultOptimizer("sgd") {
		t.Errorf("another optimizer begins with %+v, expected its defaults", c)
	}
	if again, err := Parse(r.Bytes()); err != nil || again.Hash() != r.Hash() {
		t.Errorf("canonical bytes parse to something else: %v", err)
	}
	if parts := r.Parts(); len(parts) != 3 {
		t.Errorf("%d parts, expected 3", len(parts))
	}
	if plain, err := Parse([]byte(minimal)); err != nil || len(plain.Parts()) != 1 ||
		strings.Contains(string(plain.Bytes()), "stages") {
		t.Errorf("a recipe without stages: %v, %s", err, plain.Bytes())
	}
}

func TestStagesThatAreWrong(t *testing.T) {
	for stages, want := range map[string]string{
		`[{"trains":"head"}]`: "stages[0].name: must have from 1 to 100 bytes",
		`[{"name":"a"}]`:      "stages[0].trains: must be head, last_block, whole, or the name of a layer",
		`[{"name":"a","trains":"head"},{"name":"a","trains":"whole"}]`: `stages[1].name: "a" is that of an earlier stage`,
		`[{"name":"a","trains":"head","epochs":3}]`:                    "stages[0].epochs: unknown key",
		`[{"name":"a","trains":"head","train":{"epochs":0}}]`: "stages[0].train.epochs: " +
			"must be a whole number from 1",
		`[{"name":"a","trains":"head","optimizer":{"name":"adan"}}]`: "stages[0].optimizer.name: " +
			"must be one of",
		`[{"name":"a","trains":"head","validate":{"validation_split":0.125}}]`: "stages[0].validate.validation_split: is that of the document",
		`[{"name":"a","trains":"head","validate":{"calibration":"none"}}]`: "stages[0].validate.calibration: " +
			"is that of the document",
		`[{"name":"a","trains":"head","validate":{"monitor":"accurac"}}]`: "stages[0].validate.monitor: must be one of",
		`{"name":"a"}`: "stages: must be a list",
	} {
		if _, err := Parse([]byte(staged(stages))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\n want an error with %q", stages, err, want)
		}
	}
	if _, err := Parse([]byte(strings.Replace(minimal, `"define"`, `"stages":[{"name":"a","trains":"head"}],"define"`,
		1))); err == nil || !strings.Contains(err.Error(), "has no base") {
		t.Errorf("a head without a base: %v", err)
	}
	for list, want := range map[string]string{
		`[{"base":"abc"}]`: "must be the SHA-256 of a model file",
		`[{"class":"Dense","adapt":true,"config":{"units":2}}]`:             "adapt: goes with BatchNormalization",
		`[{"class":"Flatten"},{"base":"` + strings.Repeat("5e", 32) + `"}]`: "a base must come first",
	} {
		if _, err := Parse([]byte(stacked(list))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\n want an error with %q", list, err, want)
		}
	}
}

func TestTheRecipeOfATaughtModel(t *testing.T) {
	q := Teaching{Base: strings.Repeat("5e", 32), Kind: task.Text, Classes: []string{"praise", "complaint"},
		Counts: []int{20, 31}, Whole: true, Seed: 4}
	r, err := q.Recipe()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(r.Bytes())
	if err != nil || again.Hash() != r.Hash() {
		t.Fatalf("its bytes parse to something else: %v", err)
	}
	if f := r.Files(); len(f) != 2 || f[0] != SamplesFile || f[1] != q.Base+".wafer" {
		t.Errorf("it needs the files %q", f)
	}
	if r.Name != "praise, complaint" || r.Validate.Split != 0.2 || r.Train.ClassWeight != "balanced" ||
		len(r.Stages) != 2 || r.Stages[1].Optimizer.LearningRate != 1e-4 {
		t.Errorf("got %s", r.Bytes())
	}
	q.Whole, q.LearningRate, q.Epochs, q.Counts = false, 0.5, 3, []int{9, 9}
	if r, err = q.Recipe(); err != nil || r.Validate.Split != 0 || r.Validate.Patience != 0 || r.Train.Epochs != 3 ||
		r.Optimizer.LearningRate != 0.5 || r.Train.ClassWeight != "" {
		t.Errorf("%v: got %s", err, r.Bytes())
	}
	for want, edit := range map[string]func(*Teaching){
		"two classes or more":        func(q *Teaching) { q.Classes, q.Counts = q.Classes[:1], q.Counts[:1] },
		"has no name":                func(q *Teaching) { q.Classes = []string{"a", " "} },
		`two classes are named "a"`:  func(q *Teaching) { q.Classes = []string{"a", "a"} },
		`but "complaint" has one`:    func(q *Teaching) { q.Counts = []int{2, 1} },
		`but "complaint" has none`:   func(q *Teaching) { q.Counts, q.Solve = []int{2, 0}, true },
		"for 1":                      func(q *Teaching) { q.Counts = q.Counts[:1] },
		"must be the SHA-256":        func(q *Teaching) { q.Base = "digits" },
		"must be one of image, text": func(q *Teaching) { q.Kind = "sound" },
	} {
		bad := q
		edit(&bad)
		if _, err := bad.Recipe(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected an error with %q", err, want)
		}
	}
}
