package nn

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"wafer/nn/task"
)

// teachable are samples of two new classes: which half is bright.
func teachable(each int) (inputs []task.Input, labels []int) {
	for i := range each {
		for c := range 2 {
			inputs = append(inputs, square(3*c, i))
			labels = append(labels, c)
		}
	}
	return inputs, labels
}

func request(labels []int) task.TeachRequest {
	return task.TeachRequest{Name: "Mine", Kind: task.Image, Base: "corners", Classes: []string{"up", "down"}, Labels: labels, Seed: 1}
}

func TestTeachLearnsNewClasses(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	for _, whole := range []bool{false, true} {
		for _, each := range []int{3, 12} {
			inputs, labels := teachable(each)
			req := request(labels)
			req.WholeNetwork = whole
			ends := 0
			m, rep, err := Teach(context.Background(), base, req, inputs, TeachOptions{Report: func(p task.Progress) {
				if p.EpochEnd {
					ends++
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			if rep.Accuracy < 0.95 || rep.HeldOut != map[int]int{3: 0, 12: 4}[each] || ends == 0 || rep.Stopped {
				t.Errorf("whole %v, %d each: %+v", whole, each, rep)
			}
			again, err := Open(m.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			for c, want := range []string{"up", "down"} {
				if res := again.Classify(square(3*c, 77)); res.Error != "" || res.Scores[0].Label != want {
					t.Errorf("whole %v, %d each: class %d is %+v, want %s", whole, each, c, res, want)
				}
			}
			same, _, err := Teach(context.Background(), base, req, inputs, TeachOptions{})
			if err != nil || !bytes.Equal(same.Bytes(), m.Bytes()) {
				t.Errorf("whole %v, %d each: teaching again gave another file, %v", whole, each, err)
			}
			if info := m.Info(); info.Title != "Mine" || !strings.HasPrefix(info.ID, "taught-") || len(info.Labels) != 2 {
				t.Errorf("the taught model is described as %+v", info)
			}
		}
	}
}

func TestTeachFromATaughtModel(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	inputs, labels := teachable(4)
	first, _, err := Teach(context.Background(), base, request(labels), inputs, TeachOptions{})
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := Teach(context.Background(), first, request(labels), inputs, TeachOptions{})
	if err != nil || len(second.doc.Layers.Entries) != len(first.doc.Layers.Entries) {
		t.Errorf("a model taught from a taught one: %v", err)
	}
}

func TestTeachTexts(t *testing.T) {
	base, _ := fitted(t, textRecipe, mood(), FitOptions{})
	var inputs []task.Input
	var labels []int
	for _, s := range sentences() {
		inputs, labels = append(inputs, s.Input), append(labels, s.Label)
	}
	req := task.TeachRequest{Name: "T", Kind: task.Text, Classes: []string{"minus", "plus"}, Labels: labels}
	m, rep, err := Teach(context.Background(), base, req, inputs, TeachOptions{})
	if err != nil || rep.HeldOut == 0 || rep.ValAccuracy < 0.9 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if res := m.Classify(task.Input{Text: "this song is great"}); res.Binary || res.Scores[0].Label != "plus" {
		t.Errorf("got %+v, want plus", res)
	}
}

func TestTeachStopsWithTheBestSoFar(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	inputs, labels := teachable(12)
	req := request(labels)
	req.Epochs = 100000
	ctx, cancel := context.WithCancel(context.Background())
	m, rep, err := Teach(ctx, base, req, inputs, TeachOptions{Report: func(p task.Progress) {
		if p.EpochEnd && p.Epoch == 5 {
			cancel()
		}
	}})
	if err != nil || !rep.Stopped || m == nil || rep.Epochs != 5 {
		t.Errorf("got %+v, %v; want a model after five epochs", rep, err)
	}
	if _, _, err := Teach(ctx, base, req, inputs, TeachOptions{}); err == nil || !strings.Contains(err.Error(), "stopped before") {
		t.Errorf("stopped before it began: got %v", err)
	}
}

func TestTeachSaysWhatIsMissing(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	inputs, labels := teachable(3)
	for want, change := range map[string]func(*task.TeachRequest, *[]task.Input){
		"two classes or more":       func(r *task.TeachRequest, _ *[]task.Input) { r.Classes = r.Classes[:1] },
		`"third" has 0`:             func(r *task.TeachRequest, _ *[]task.Input) { r.Classes = append(r.Classes, "third") },
		`"down" has 1`:              func(r *task.TeachRequest, in *[]task.Input) { r.Labels, *in = []int{0, 1, 0}, (*in)[:3] },
		"5 labels":                  func(r *task.TeachRequest, _ *[]task.Input) { r.Labels = r.Labels[:5] },
		"belongs to class number 8": func(r *task.TeachRequest, _ *[]task.Input) { r.Labels[2] = 7 },
		"has no name":               func(r *task.TeachRequest, _ *[]task.Input) { r.Classes[1] = " " },
		"are named \"up\"":          func(r *task.TeachRequest, _ *[]task.Input) { r.Classes[1] = "up" },
		"is not a picture":          func(_ *task.TeachRequest, in *[]task.Input) { (*in)[3] = task.Input{Text: "hi"} },
		"the samples are text":      func(r *task.TeachRequest, _ *[]task.Input) { r.Kind = task.Text },
		`sample 4 (x.jpg) of class "down"`: func(_ *task.TeachRequest, in *[]task.Input) {
			(*in)[3] = task.Input{Name: "x.jpg", File: []byte("text")}
		},
	} {
		req := request(append([]int{}, labels...))
		req.Classes = append([]string{}, req.Classes...)
		in := append([]task.Input{}, inputs...)
		change(&req, &in)
		if _, _, err := Teach(context.Background(), base, req, in, TeachOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

func TestUnevenClassesAreBalanced(t *testing.T) {
	if got := classWeight(request([]int{0, 0, 0, 0, 1, 1})); got != "balanced" {
		t.Errorf("4 against 2: class_weight %q, want balanced", got)
	}
	if got := classWeight(request([]int{0, 0, 0, 1, 1})); got != "" {
		t.Errorf("3 against 2: class_weight %q, want none", got)
	}
}
