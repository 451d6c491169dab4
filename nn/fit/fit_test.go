package fit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"wafer/nn/data"
	"wafer/nn/eval"
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// square is a picture of one colour with a bright corner, which differs by class.
func square(class, i int) task.Input {
	const side = 12
	p := &task.Pixels{Width: side, Height: side, RGBA: make([]byte, 4*side*side)}
	for k := range side * side {
		y, x := k/side, k%side
		v := byte(20 + (i*37+k*11)%40)
		if inCorner := y < side/2 == (class&1 == 0) && x < side/2 == (class&2 == 0); inCorner {
			v += 150
		}
		copy(p.RGBA[4*k:], []byte{v, v, v, 255})
	}
	return task.Input{Name: fmt.Sprintf("%d-%d", class, i), Pixels: p}
}

func pictures(classes, each int) (samples []data.Sample) {
	for i := range each {
		for c := range classes {
			samples = append(samples, data.Sample{Input: square(c, i), Label: c})
		}
	}
	return samples
}

const imageRecipe = `{"name":"corners","seed":3,"numerics":{"contract":1,"storage":"float16"},
 "preprocess":{"kind":"image","labels":["a","b","c","d"],"image":{"height":12,"width":12,"channels":1,"augment":{"shift":0.1,"rotation":5}}},
 "define":{"layers":{"name":"tiny","input_shape":[12,12,1],"input_dtype":"f32","layers":[
  {"name":"conv","class":"Conv2D","config":{"filters":4,"kernel_size":[3,3],"activation":"relu"},"inputs":["input"]},
  {"name":"pool","class":"MaxPooling2D","inputs":["conv"]},
  {"name":"flatten","class":"Flatten","inputs":["pool"]},
  {"name":"drop","class":"Dropout","config":{"rate":0.2},"inputs":["flatten"]},
  {"name":"out","class":"Dense","config":{"units":4,"activation":"softmax"},"inputs":["drop"]}]}},
 "loss":{"name":"sparse_categorical_crossentropy"},
 "optimizer":{"name":"adam","learning_rate":0.01},
 "train":{"epochs":4,"batch_size":8},
 "validate":{"validation_split":0.2},
 "test":{"test_split":0.2,"set":"corners"}}`

const textRecipe = `{"name":"mood","seed":5,
 "preprocess":{"kind":"text","labels":["bad","good"],"text":{"tokenizer":{"num_words":50},"pad_sequences":{"maxlen":6}}},
 "define":{"zoo":"text_lstm","options":{"words":50,"length":6,"dim":8,"units":8}},
 "loss":{"name":"binary_crossentropy"},
 "optimizer":{"name":"adam","learning_rate":0.02},
 "train":{"epochs":8,"batch_size":8},
 "validate":{"validation_split":0.2},
 "test":{"test_split":0.2}}`

func sentences() (samples []data.Sample) {
	subjects := []string{"the film", "this phone", "our dinner", "that song", "my day", "the book", "a walk",
		"her talk"}
	words := [2][]string{{"was terrible", "made me sad", "is awful", "was boring"}, {"was wonderful", "made me happy",
		"is great", "was lovely"}}
	for i, s := range subjects {
		for k := range 4 {
			for c := range 2 {
				samples = append(samples, data.Sample{Input: task.Input{Text: fmt.Sprintf("%s %s number%d", s,
					words[c][k], i)}, Label: c})
			}
		}
	}
	return samples
}

func parse(t testing.TB, doc string) *recipe.Recipe {
	t.Helper()
	r, err := recipe.Parse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func fitted(t *testing.T, doc string, d data.Dataset, o Options) (*model.Model, *task.Report) {
	t.Helper()
	if o.Runner == nil {
		o.Runner = native.Runner(1)
	}
	m, rep, err := Run(context.Background(), parse(t, doc), d, o)
	if err != nil {
		t.Fatal(err)
	}
	return m, rep
}

func corners() data.Dataset {
	return data.Dataset{Labels: []string{"a", "b", "c", "d"}, Train: pictures(4, 20)}
}

func mood() data.Dataset { return data.Dataset{Labels: []string{"bad", "good"}, Train: sentences()} }

func TestFitMakesAModelThatOpensAndClassifies(t *testing.T) {
	m, rep := fitted(t, imageRecipe, corners(), Options{})
	if rep.Test.Accuracy < 0.9 || rep.TestSamples != 16 || rep.Validation != 12 {
		t.Errorf("got %+v, want a test accuracy of 0.9 or more on 16 samples", rep)
	}
	res := m.Classify(square(2, 99))
	if res.Error != "" || len(res.Scores) != 4 || res.Scores[0].Label != "c" {
		t.Errorf("classified as %+v, want c", res)
	}
	sum := float32(0)
	for _, s := range res.Scores {
		sum += s.Probability
	}
	if sum < 0.999 || sum > 1.001 {
		t.Errorf("probabilities add up to %v", sum)
	}
	again, err := model.Open(m.Bytes(), model.Options{})
	if err != nil || fmt.Sprint(again.Info()) != fmt.Sprint(m.Info()) {
		t.Errorf("opening the file again: %v", err)
	}
	info, err := model.Describe(m.Bytes(), model.Options{})
	if err != nil || fmt.Sprint(info) != fmt.Sprint(m.Info()) || info.Bytes != int64(len(m.Bytes())) {
		t.Errorf("Describe says %+v, %v; Info %+v", info, err, m.Info())
	}
}

func TestBinaryTextModel(t *testing.T) {
	m, rep := fitted(t, textRecipe, mood(), Options{})
	if !m.Info().Binary || rep.Test.Accuracy < 0.8 {
		t.Errorf("binary %v, test accuracy %v, want true and at least 0.8", m.Info().Binary, rep.Test.Accuracy)
	}
	res := m.Classify(task.Input{Text: "the film was wonderful"})
	if !res.Binary || len(res.Scores) != 2 || res.Scores[0].Label != "good" {
		t.Errorf("got %+v, want good with both labels", res)
	}
	if res := m.Classify(task.Input{Text: strings.Repeat("film ", 20)}); !strings.Contains(res.Note, "last 6 of 20") {
		t.Errorf("a long text has the note %q", res.Note)
	}
	if res := m.Classify(task.Input{Text: "xyzzy"}); !strings.Contains(res.Error, "none of these words") ||
		res.Scores != nil {
		t.Errorf("an unknown word has the answer %+v, expected none", res)
	}
}

func TestBadInputIsASentence(t *testing.T) {
	image, _ := fitted(t, imageRecipe, corners(), Options{})
	words, _ := fitted(t, textRecipe, mood(), Options{})
	for _, c := range []struct {
		m    *model.Model
		in   task.Input
		want string
	}{
		{image, task.Input{Text: "hello"}, "expected a picture, found a text"},
		{image, task.Input{File: []byte("just text")}, "not a picture"},
		{image, task.Input{File: []byte{}}, "empty"},
		{image, task.Input{Pixels: &task.Pixels{Width: 3, Height: 3, RGBA: make([]byte, 5)}}, "expected 36 bytes"},
		{words, task.Input{}, "empty"},
		{words, task.Input{Text: "  \n"}, "white space"},
		{words, task.Input{Text: "\xff\xfe"}, "not UTF-8"},
		{words, task.Input{Text: strings.Repeat("a", 10<<20)}, "too long"},
		{words, square(0, 0), "expected a text, found a picture"},
	} {
		res := c.m.Classify(c.in)
		if !strings.Contains(res.Error, c.want) || len(res.Scores) != 0 {
			t.Errorf("%.40q: got error %q and %d scores, want an error with %q", c.in.Text, res.Error, len(res.Scores),
				c.want)
		}
	}
}

// The same recipe gives the same file on every runner and over stops.
func TestTheSameRecipeGivesTheSameBytes(t *testing.T) {
	for name, c := range map[string]struct {
		recipe string
		data   func() data.Dataset
	}{"image": {imageRecipe, corners}, "text": {textRecipe, mood}} {
		want, rep := fitted(t, c.recipe, c.data(), Options{})
		for _, runner := range map[string]Options{"eval": {Runner: eval.Runner},
			"two threads": {Runner: native.Runner(2)}} {
			got, _ := fitted(t, c.recipe, c.data(), runner)
			if !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Errorf("%s: another runner gave another file", name)
			}
		}
		var saved []byte
		epochs := 0
		ctx, cancel := context.WithCancel(context.Background())
		_, _, err := Run(ctx, parse(t, c.recipe), c.data(), Options{Runner: native.Runner(1),
			Checkpoint: func(b []byte) error {
				saved = b
				if epochs++; epochs == 2 {
					cancel()
				}
				return nil
			}})
		if !errors.Is(err, ErrStopped) {
			t.Fatalf("%s: a cancelled run ended with %v, want %v", name, err, ErrStopped)
		}
		rest, rep2 := fitted(t, c.recipe, c.data(), Options{Resume: saved})
		if !bytes.Equal(rest.Bytes(), want.Bytes()) || rep2.WeightsHash != rep.WeightsHash {
			t.Errorf("%s: a resumed run gave another file", name)
		}
		other := c.data()
		other.Train = other.Train[1:]
		if _, _, err := Run(context.Background(), parse(t, c.recipe), other, Options{Runner: native.Runner(1),
			Resume: saved}); err == nil || !strings.Contains(err.Error(), "other data") {
			t.Errorf("%s: resuming on other data: got %v", name, err)
		}
		if _, _, err := Run(context.Background(), parse(t, c.recipe), c.data(), Options{Runner: native.Runner(1),
			Resume: want.Bytes()}); err == nil || !strings.Contains(err.Error(), "is not a checkpoint") {
			t.Errorf("%s: resuming from a model file: got %v", name, err)
		}
	}
}

func TestRecipesThatDoNotFitAreSentences(t *testing.T) {
	for replace, want := range map[[2]string]string{
		{`"sparse_categorical_crossentropy"`, `"binary_crossentropy"`}: "needs a last layer of 1 unit, found 4",
		{`"softmax"`, `"sigmoid"`}: "needs softmax in the last layer, " +
			"found sigmoid",
		{`"height":12`, `"height":14`}: "makes samples of shape [14 12 1]",
		{`"Flatten"`, `"Flaten"`}:      `no layer class "Flaten"`,
		{`"units":4`, `"units":3`}:     "3 units for 4 labels",
	} {
		doc := strings.Replace(imageRecipe, replace[0], replace[1], 1)
		_, _, err := Run(context.Background(), parse(t, doc), corners(), Options{Runner: native.Runner(1)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", replace[1], err, want)
		}
	}
}

func TestDamagedModelFilesAreSentences(t *testing.T) {
	m, _ := fitted(t, imageRecipe, corners(), Options{})
	file := m.Bytes()
	for name, b := range map[string][]byte{
		"empty":     nil,
		"cut":       file[:len(file)/2],
		"last byte": file[:len(file)-1],
		"a picture": []byte("\xff\xd8\xff\xe0 not a model"),
		"labels": bytes.Replace(file, []byte(`"labels":["a","b","c","d"]`), []byte(`"labels":["a","b","c"]    `),
			1),
		"kind":       bytes.Replace(file, []byte(`"kind":"image"`), []byte(`"kind":"sound"`), 1),
		"units":      bytes.Replace(file, []byte(`"units":4`), []byte(`"units":5`), 1),
		"no layers":  bytes.Replace(file, []byte(`"layers":{"name"`), []byte(`"lalala":{"name"`), 1),
		"preprocess": bytes.Replace(file, []byte(`"height":12,"width":12`), []byte(`"height":13,"width":12`), 2),
	} {
		if _, err := model.Open(b, model.Options{}); err == nil || !strings.Contains(err.Error(), "model file") {
			t.Errorf("%s: got %v, want an error", name, err)
		}
	}
}

func TestTheDocumentInAModelFileIsTheRecipe(t *testing.T) {
	m, rep := fitted(t, textRecipe, mood(), Options{})
	if err := json.Unmarshal(m.Document().Recipe, new(recipe.Recipe)); err != nil {
		t.Fatal(err)
	}
	if r, d := m.Hashes(); r != parse(t, textRecipe).Hash() || d != rep.DataHash {
		t.Errorf("hashes %s %s, want those of recipe and data", r, d)
	}
}

// headerOf is what the header of a model's file says about the model.
func headerOf(f *testing.F, m *model.Model) []byte {
	var meta json.RawMessage
	if err := format.Meta(m.Bytes(), &meta); err != nil {
		f.Fatal(err)
	}
	return meta
}

// FuzzOpen changes what a header says and gives it a hash that fits; it wants an error, or a model that answers and can
// be exported, without much memory.
func FuzzOpen(f *testing.F) {
	r, err := recipe.Parse([]byte(textRecipe))
	if err != nil {
		f.Fatal(err)
	}
	m, _, err := Run(context.Background(), r, mood(), Options{Runner: native.Runner(1)})
	if err != nil {
		f.Fatal(err)
	}
	image, _, err := Run(context.Background(), parse(f, imageRecipe), corners(), Options{Runner: native.Runner(1)})
	if err != nil {
		f.Fatal(err)
	}
	for _, m := range []*model.Model{m, image} {
		f.Add(headerOf(f, m))
	}
	full := errors.New("no room")
	room := func(bytes int64) error {
		if bytes > 64<<20 {
			return full
		}
		return nil
	}
	f.Fuzz(func(t *testing.T, meta []byte) {
		if !json.Valid(meta) {
			return
		}
		var tensors []format.Tensor
		for _, state := range []graph.State{m.State(), image.State()} {
			for name, v := range state {
				if bytes.Contains(meta, []byte(`"name":"`+strings.SplitN(name, "/", 2)[0]+`"`)) {
					tensors = append(tensors, format.Tensor{Name: name, Value: v})
				}
			}
		}
		file, err := format.Encode(json.RawMessage(meta), tensors)
		if err != nil {
			return
		}
		m, err := model.Open(file, model.Options{Room: room})
		if err != nil {
			return
		}
		defer m.Close()
		for _, r := range m.ClassifyAll([]task.Input{{Text: "the film"}, square(1, 5), square(2, 6)}) {
			for _, s := range r.Scores {
				if !(s.Probability >= 0 && s.Probability <= 1) {
					t.Errorf("a share of %v", s.Probability)
				}
			}
		}
		m.Export(model.ExportOptions{})
	})
}
