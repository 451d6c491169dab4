package fit

import (
	"bytes"
	"context"

	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"strings"
	"testing"

	"wafer/nn/data"
	"wafer/nn/format/samples"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/plan"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// teaching is what a model is taught from: a base, choices, samples.
type teaching struct {
	recipe.Teaching
	base   []byte
	labels []int
	in     []task.Input
}

// halves are two new classes on the features of base: which half is bright.
func halves(base *model.Model, each int) teaching {
	l := teaching{base: base.Bytes(), Teaching: recipe.Teaching{Name: "Mine", Base: base.Info().SHA256,
		Kind: task.Image, Classes: []string{"up", "down"}, Seed: 1}}
	for i := range each {
		for c := range 2 {
			l.in, l.labels = append(l.in, square(3*c, i)), append(l.labels, c)
		}
	}
	l.Counts = []int{each, each}
	return l
}

func (l teaching) recipe(t *testing.T) *recipe.Recipe {
	t.Helper()
	r, err := l.Recipe()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (l teaching) data() data.Dataset {
	d := data.Labelled(l.Classes, l.labels, l.in)
	d.Weights = l.base
	return d
}

func (l teaching) run(t *testing.T, ctx context.Context, o Options) (*model.Model, *task.Report, error) {
	t.Helper()
	if o.Runner == nil {
		o.Runner = native.Runner(1)
	}
	return Run(ctx, l.recipe(t), l.data(), o)
}

// taught is a run that must go well.
func (l teaching) taught(t *testing.T, o Options) (*model.Model, *task.Report) {
	t.Helper()
	m, rep, err := l.run(t, context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return m, rep
}

func imageBase(t *testing.T) *model.Model {
	m, _ := fitted(t, imageRecipe, corners(), Options{})
	return m
}

func TestATaughtModelKnowsItsClasses(t *testing.T) {
	base := imageBase(t)
	for _, whole := range []bool{false, true} {
		for _, each := range []int{3, 12} {
			l := halves(base, each)
			l.Whole = whole
			ends := map[string]int{}
			m, rep := l.taught(t, Options{Report: func(p task.Progress) {
				if p.EpochEnd {
					ends[p.Stage]++
				}
			}})
			if rep.Training.Accuracy < 0.95 || rep.Validation != map[int]int{3: 0, 12: 4}[each] || rep.Stopped ||
				rep.Model.ID != m.Info().ID {
				t.Errorf("whole %v, %d each: %+v", whole, each, rep)
			}
			if ends["head"] == 0 || (ends["whole"] > 0) != whole || rep.Epochs != ends["head"]+ends["whole"] ||
				len(rep.History) != rep.Epochs {
				t.Errorf("whole %v, %d each: epochs %v, the report has %d and a history of %d", whole, each, ends,
					rep.Epochs, len(rep.History))
			}
			again, err := model.Open(m.Bytes(), model.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for c, want := range []string{"up", "down"} {
				if res := again.Classify(square(3*c, 77)); res.Error != "" || res.Scores[0].Label != want {
					t.Errorf("whole %v, %d each: class %d is %+v, want %s", whole, each, c, res, want)
				}
			}
			same, _ := l.taught(t, Options{Runner: native.Runner(2)})
			if !bytes.Equal(same.Bytes(), m.Bytes()) {
				t.Errorf("whole %v, %d each: teaching again gave another file", whole, each)
			}
			if info := m.Info(); info.Title != "Mine" || !strings.HasPrefix(info.ID, "taught-") ||
				len(info.Labels) != 2 || info.Height != 12 {
				t.Errorf("the taught model is described as %+v", info)
			}
			if r, err := recipe.Parse(m.Document().Recipe); err != nil || r.Hash() != rep.RecipeHash {
				t.Errorf("the recipe in the file: %v", err)
			}
		}
	}
}

// The base is cut before its last layer and before the head of an earlier teaching.
func TestTeachingFromATaughtModel(t *testing.T) {
	base := imageBase(t)
	first, _ := halves(base, 4).taught(t, Options{})
	second, _ := halves(first, 4).taught(t, Options{})
	if a, b := first.Document().Layers.Entries, second.Document().Layers.Entries; len(a) != len(b) ||
		len(a) != len(base.Document().Layers.Entries)+2 {
		t.Errorf("the base has %d layers, taught %d, taught again %d", len(base.Document().Layers.Entries), len(a),
			len(b))
	}
}

// A taught model that was made before recipes had stages opens, classifies and can be taught from.
func TestModelsTaughtBeforeOpen(t *testing.T) {
	file, err := os.ReadFile("testdata/taught_before.wafer")
	if err != nil {
		t.Fatal(err)
	}
	old, err := model.Open(file, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range []string{"up", "down"} {
		if res := old.Classify(square(3*c, 77)); res.Error != "" || res.Scores[0].Label != want {
			t.Errorf("class %d is %+v, want %s", c, res, want)
		}
	}
	m, _ := halves(old, 4).taught(t, Options{})
	for _, e := range m.Document().Layers.Entries {
		if e.Name == "head" && e.Layer.(*layers.DenseLayer).Units != 2 {
			t.Errorf("its head is %+v", e)
		}
	}
}

func TestTeachingTexts(t *testing.T) {
	base, _ := fitted(t, textRecipe, mood(), Options{})
	l := teaching{base: base.Bytes(), Teaching: recipe.Teaching{Base: base.Info().SHA256, Kind: task.Text,
		Classes: []string{"minus", "plus"}, Counts: []int{32, 32}}}
	for _, s := range sentences() {
		l.in, l.labels = append(l.in, s.Input), append(l.labels, s.Label)
	}
	m, rep := l.taught(t, Options{})
	if rep.Validation == 0 || rep.OnHeld.Accuracy < 0.9 || rep.Temperature <= 1 {
		t.Fatalf("%+v, expected a temperature that makes a head less sure which was right of a few held-out texts", rep)
	}
	if res := m.Classify(task.Input{Text: "this song is great"}); res.Binary || res.Scores[0].Label != "plus" {
		t.Errorf("got %+v, want plus", res)
	}
}

// A stage may train from a layer on; the frozen layers before it are computed once.
func TestAStageTrainsATrailingPart(t *testing.T) {
	base := imageBase(t)
	l := halves(base, 6)
	r := l.recipe(t)
	o := recipe.DefaultOptimizer("sgd")
	r.Stages = append(r.Stages, recipe.Stage{Name: "behind", Trains: recipe.HeadDense, Optimizer: &o,
		Train: &recipe.Train{Epochs: 2, BatchSize: 4}})
	phases := map[string]bool{}
	m, _, err := Run(context.Background(), r, l.data(),
		Options{Report: func(p task.Progress) { phases[p.Stage+" "+string(p.Phase)] = true }})
	if err != nil {
		t.Fatal(err)
	}
	if d := m.State()["conv/kernel"].Diff(base.State()["conv/kernel"]); d != "" || !phases["behind features"] {
		t.Errorf("the base changed (%s), or nothing was computed once: %v", d, phases)
	}
	r.Stages[1].Trains = "nowhere"
	if _, _, err := Run(context.Background(), r, l.data(), Options{}); err == nil || !strings.Contains(err.Error(),
		`stages[1].trains: there is no layer "nowhere"`) {
		t.Errorf("got %v", err)
	}
}

func TestARunSaysWhyItCannotTeach(t *testing.T) {
	base := imageBase(t)
	texts, _ := fitted(t, textRecipe, mood(), Options{})
	for want, change := range map[string]func(*recipe.Recipe, *data.Dataset){
		"is not among the data": func(_ *recipe.Recipe, d *data.Dataset) { d.Weights = nil },
		"expected the model":    func(_ *recipe.Recipe, d *data.Dataset) { d.Weights = texts.Bytes() },
		"base: model file": func(r *recipe.Recipe, d *data.Dataset) {
			d.Weights = []byte("nothing")
			rebase(r,
				d.Weights)
		},
		"takes text": func(r *recipe.Recipe, d *data.Dataset) {
			d.Weights = texts.Bytes()
			rebase(r,
				d.Weights)
		},
		"expected a picture, found a text": func(_ *recipe.Recipe,
			d *data.Dataset) {
			d.Train[3].Input = task.Input{Text: "hi"}
		},
		"training sample 4 (x.jpg) cannot be used": func(_ *recipe.Recipe, d *data.Dataset) {
			d.Train[3].Input = task.Input{Name: "x.jpg", File: []byte("text")}
		},
		`is "-1..1", but the base was trained with "0..1"`: func(r *recipe.Recipe, _ *data.Dataset) {
			r.Preprocess.Image = &recipe.Image{Height: 12, Width: 12, Channels: 1, Resize: "bilinear", Mode: "stretch",
				Background: "white", Normalisation: "-1..1"}
		},
		"2 units for 3 labels": func(_ *recipe.Recipe, d *data.Dataset) { d.Labels = append(d.Labels, "third") },
	} {
		l := halves(base, 3)
		r, d := l.recipe(t), l.data()
		change(r, &d)
		if _, _, err := Run(context.Background(), r, d, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

// rebase makes another file the base of a recipe.
func rebase(r *recipe.Recipe, file []byte) {
	sum := hashOf(file)
	r.Define.Layers = json.RawMessage(strings.Replace(string(r.Define.Layers), r.Define.Base(), sum, 1))
}

// photo is a JPEG that no two decoders must agree on.
func photo(class, i int) task.Input {
	m := image.NewRGBA(image.Rect(0, 0, 33, 25))
	for y := range 25 {
		for x := range 33 {
			v := byte(30 + (x*7+y*i)%50)
			if (y < 12) == (class == 0) {
				v += 140
			}
			m.Set(x, y, color.RGBA{v, v / 2, byte(x * 5), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return task.Input{Name: fmt.Sprintf("%d.jpg", i), File: b.Bytes()}
}

// A run that began on prepared samples goes on elsewhere on the packed ones, and has the weights of a run on the
// samples themselves.
func TestARunGoesOnWithPackedSamples(t *testing.T) {
	for _, channels := range []string{"1", "3"} {
		doc := strings.NewReplacer(`"channels":1`, `"channels":`+channels+`,"mode":"fit"`, `[12,12,1]`,
			`[12,12,`+channels+`]`).Replace(imageRecipe)
		base, _ := fitted(t, doc, corners(), Options{})
		l := halves(base, 12)
		for i := range l.in {
			l.in[i] = photo(i%2, i)
		}
		l.Whole, l.Epochs = true, 2
		_, raw := l.taught(t, Options{})
		var err error
		if _, err := samples.Pack(l.Classes, l.labels, l.in); err == nil || !strings.Contains(err.Error(),
			"sample 1 is an encoded picture") {
			t.Errorf("packing encoded pictures: %v", err)
		}
		for i := range l.in {
			if l.in[i], err = base.Prepared(l.in[i]); err != nil {
				t.Fatal(err)
			}
		}
		want, rep := l.taught(t, Options{})
		if rep.WeightsHash != raw.WeightsHash {
			t.Errorf("%s channels: prepared samples give other weights", channels)
		}
		_, at := stopping(t, l, nil, func(step int) bool { return step == 3 })
		file, err := samples.Pack(l.Classes, l.labels, l.in)
		if err != nil {
			t.Fatal(err)
		}
		there, err := samples.Unpack(file)
		if err != nil {
			t.Fatal(err)
		}
		l.in, l.labels = there.Samples, there.Labels
		if got, _ := l.taught(t, Options{Resume: at}); !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%s channels: the run went on to another file", channels)
		}
	}
}

// What a run in stages states is there before anything is computed, and is that of its plans and weights.
func TestStagesStateTheirMemory(t *testing.T) {
	base := imageBase(t)
	l := halves(base, 12)
	for _, whole := range []bool{false, true} {
		l.Whole, l.Epochs = whole, 1
		var programs int64
		var plans []*plan.Plan
		runner := counting(&programs, &plans)
		no := errors.New("no")
		if _, _, err := l.run(t, context.Background(), Options{Runner: runner,
			Memory: func(Memory) error { return no }}); !errors.Is(err, no) || programs > 0 {
			t.Errorf("refused: error %v after programs of %d bytes", err, programs)
		}
		var stated Memory
		l.taught(t, Options{Runner: runner, Memory: func(m Memory) error { stated = m; return nil }})
		if stated.Programs == 0 || stated.Programs > programs {
			t.Errorf("whole %t: stated %+v; all programs of the run have %d bytes", whole, stated, programs)
		}
		if whole && stated.Phase == task.Training && stated.Optimizer < 4*int64(base.Info().Params) {
			t.Errorf("Adam's state for the whole network has %d bytes, which is less than its weights",
				stated.Optimizer)
		}
	}
}

// One sample of each class is enough to begin with; how good that is nobody can say.
func TestOneSampleOfEachClass(t *testing.T) {
	l := halves(imageBase(t), 1)
	l.Solve = true
	m, rep := l.taught(t, Options{})
	if rep.Estimate != nil {
		t.Errorf("the estimate is %+v, expected none", rep.Estimate)
	}
	for c, want := range []string{"up", "down"} {
		if res := m.Classify(square(3*c, 5)); res.Scores[0].Label != want || res.Scores[0].Probability > 0.999 {
			t.Errorf("got %+v for another %s, expected it with care", res.Scores, want)
		}
	}
}
