package fit

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wafer/nn/data"
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/plan"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// frozenRecipe has VGG16 on 32×32 pictures as a frozen base, and dropout behind it.
const frozenRecipe = `{"name":"frozen","seed":3,"preprocess":{"kind":"image","image":{"height":32,"width":32,"channels":3%s}},
 "define":{"layers":[{"zoo":"vgg16","include_top":false,"trainable":false%s},{"class":"Flatten"},
  {"class":"Dense","config":{"units":16,"activation":"relu"}},{"class":"Dropout","config":{"rate":0.3}},{"class":"Dense","config":{"units":3,"activation":"softmax"}}]},
 "loss":{"name":"categorical_crossentropy"},"optimizer":{"name":"adam","learning_rate":0.001,"global_clipnorm":1},
 "train":{"epochs":2,"batch_size":4},"validate":{"validation_split":0.2,"patience":9},"test":{"test_split":0.2}}`

func parsed(t *testing.T, doc string, parts ...string) *recipe.Recipe {
	t.Helper()
	for _, p := range parts {
		doc = strings.Replace(doc, "%s", p, 1)
	}
	r, err := recipe.Parse([]byte(strings.ReplaceAll(doc, "%s", "")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// coloured are pictures of three classes, each brighter in another channel.
func coloured(n int) data.Dataset {
	random, d := rand.New(rand.NewPCG(1, 2)), data.Dataset{Labels: []string{"blue", "green", "red"}}
	for i := range n {
		p := &task.Pixels{Width: 40, Height: 30, RGBA: make([]byte, 4*40*30)}
		for k := range p.RGBA {
			p.RGBA[k] = byte(random.IntN(160))
			if k%4 == 2-i%3 {
				p.RGBA[k] += 90
			}
			if k%4 == 3 {
				p.RGBA[k] = 255
			}
		}
		d.Train = append(d.Train, data.Sample{Input: task.Input{Pixels: p}, Label: i % 3})
	}
	return d
}

// ran runs a recipe of one stage; whole computes the frozen layers in every step.
func ran(t *testing.T, r *recipe.Recipe, d data.Dataset, whole bool, o Options) (*model.Model, *task.Report) {
	t.Helper()
	f, p := begun(t, r, d, o)
	if whole {
		p.fixed, p.trained = nil, f.network.Model
	}
	ctx := context.Background()
	if err := f.features(ctx, p); err != nil {
		t.Fatal(err)
	}
	if err := f.fit(ctx, 0, p); err != nil {
		t.Fatal(err)
	}
	m, err := f.finish(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	f.rep.Seconds = 0
	return m, f.rep
}

// begun is a run before its first stage.
func begun(t *testing.T, r *recipe.Recipe, d data.Dataset, o Options) (*fitter, *part) {
	t.Helper()
	f := newFitter(r, d, o)
	f.rep.RecipeHash, f.rep.DataHash = r.Hash(), d.Hash()
	if err := f.prepare(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.begin(context.Background()); err != nil {
		t.Fatal(err)
	}
	p, err := f.part(0)
	if err != nil {
		t.Fatal(err)
	}
	return f, p
}

// Features that are computed once give the same file, to the last bit, as computing the
// frozen layers in every step; with weights rounded at the end too.
func TestFeaturesComputedOnceGiveTheSameBits(t *testing.T) {
	for base, storage := range map[string]string{`"vgg16"`: "float16",
		`"mobilenet_v1","options":{"alpha":0.25}`: "float32"} {
		r := parsed(t, strings.Replace(frozenRecipe, `"vgg16"`, base, 1))
		r.Numerics.Storage = storage
		var steps []task.Phase
		report := func(p task.Progress) { steps = append(steps, p.Phase) }
		once, a := ran(t, r, coloured(30), false, Options{Runner: native.Runner(0), Report: report})
		every, b := ran(t, r, coloured(30), true, Options{Runner: native.Runner(1)})
		if !slices.Equal(once.Bytes(), every.Bytes()) || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: computed once gives %+v\nin every step %+v", base, a, b)
		}
		if !slices.Contains(steps, task.Features) || a.OnHeld.Loss == 0 {
			t.Errorf("%s: no features were reported, or no validation: %v", base, a.OnHeld)
		}
	}
}

// What is frozen keeps its weights: those of a file, where one is named.
func TestTheBaseComesFromAFile(t *testing.T) {
	base, err := newNetwork(parsed(t, frozenRecipe), nil)
	if err != nil {
		t.Fatal(err)
	}
	var tensors []format.Tensor
	weights := base.InitState(77)
	for name, v := range weights {
		tensors = append(tensors, format.Tensor{Name: name, Value: v})
	}
	d := coloured(30)
	if d.Weights, err = format.Encode("", tensors); err != nil {
		t.Fatal(err)
	}
	r := parsed(t, frozenRecipe, "", `,"weights":"base.wafer"`)
	if r.WeightsFile() != "base.wafer" {
		t.Errorf("the file is %q", r.WeightsFile())
	}
	m, rep := ran(t, r, d, false, Options{Runner: native.Runner(0)})
	const kernel = "block3_conv1/kernel"
	if diff := m.State()[kernel].Diff(weights[kernel]); diff != "" {
		t.Errorf("%s is not that of the file: %s", kernel, diff)
	}
	if m.State()["dense/kernel"].Equal(weights["dense/kernel"]) {
		t.Error("the head took its weights from the file; it must be drawn and trained")
	}
	other := d
	other.Weights = nil
	if other.Hash() == rep.DataHash {
		t.Error("the weights to begin with do not count in the data's hash")
	}
	other.Weights, _ = format.Encode("", tensors[:3])
	for _, d := range []data.Dataset{coloured(30), other} {
		if _, _, err := Run(context.Background(), r, d, Options{Runner: native.Runner(0)}); err == nil ||
			!strings.Contains(err.Error(), "weights: base.wafer") {
			t.Errorf("got %v, want a sentence about the file", err)
		}
	}
}

func TestStacksThatDoNotFitAreSentences(t *testing.T) {
	for layers, want := range map[string]string{
		`[{"zoo":"vgg17"}]`: "there is no architecture",
		`[{"zoo":"vgg16","include_top":false,"options":{"clases":3}}]`: "unknown field",
		`[{"class":"Dense","config":{"unit":3}}]`:                      "[0]: config of Dense",
		`[{"class":"Dens"}]`:                      "there is no layer class",
		`[{"class":"LSTM","config":{"units":3}}]`: "needs one input",
		`[{"class":"Flatten"},{"class":"Dense","trainable":false,"config":{"units":3,"activation":"softmax"}}]`: "no layer is left to train",
	} {
		r := parsed(t, frozenRecipe)
		r.Define.Layers = []byte(layers)
		_, _, err := Run(context.Background(), r, coloured(12), Options{Runner: native.Runner(0)})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "recipe: define") {
			t.Errorf("%s: got %v, want an error with %q", layers, err, want)
		}
	}
}

// counting adds up the memory of the programs that a run makes, by plan.
func counting(sum *int64, list *[]*plan.Plan) graph.Runner {
	return func(g *graph.Graph, s graph.State) (graph.Program, error) {
		*sum += model.ProgramBytes(g)
		*list = append(*list, plan.Build(g))
		return native.Runner(0)(g, s)
	}
}

// The memory that is stated is that of the plans, states and samples of the run.
func TestMemoryIsWhatTheRunUses(t *testing.T) {
	augmented := `,"image_data_generator":{"rotation_range":20,"horizontal_flip":true}`
	for _, image := range []string{"", augmented} {
		r := parsed(t, frozenRecipe, image)
		r.Validate.Patience = 0
		var stated Memory
		f, p := begun(t, r, coloured(30), Options{Memory: func(m Memory) error { stated = m; return nil }})
		if cached := image == ""; (p.fixed != nil) != cached || (stated.Features > 0) != cached {
			t.Fatalf("augmented %t: features of %d bytes", !cached, stated.Features)
		}
		var programs int64
		var plans []*plan.Plan
		f.o.Runner = counting(&programs, &plans)
		ctx := context.Background()
		if err := f.features(ctx, p); err != nil {
			t.Fatal(err)
		}
		programs, plans = 0, nil
		if err := f.fit(ctx, 0, p); err != nil {
			t.Fatal(err)
		}
		got := f.fitting(p)
		if got.Programs != programs || len(plans) < 3 {
			t.Errorf("programs of %d bytes are stated, those of the run have %d (%d plans)", got.Programs, programs,
				len(plans))
		}
		var parameters, slots int64
		for name, v := range f.state {
			parameters += 4 * int64(v.Size())
			if layer, _, _ := strings.Cut(name, "/"); !p.frozen(layer) {
				slots += 2 * 4 * int64(v.Size()) // Adam's m and v
			}
		}
		if got.Parameters != parameters || got.Optimizer != slots {
			t.Errorf("stated %d and %d bytes of parameters and optimizer, found %d and %d", got.Parameters,
				got.Optimizer, parameters, slots)
		}
		if n := p.rows[0].Len(); image == "" && got.Features != int64(30*(512*4+8)) || n != 18 {
			t.Errorf("features of %d bytes for %d training samples", got.Features, n)
		}
		total := max(got.Total(), f.computing(p).Total(), f.testing(p, got.Optimizer).Total(), f.writing(p).Total())
		if stated.Total() != total {
			t.Errorf("stated %d bytes, the largest phase has %d", stated.Total(), total)
		}
		again, err := MemoryOf(r, coloured(30), false)
		if err != nil || again != stated {
			t.Errorf("MemoryOf gives %+v, %v; Fit stated %+v", again, err, stated)
		}
	}
}
