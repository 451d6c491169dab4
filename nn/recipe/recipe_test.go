package recipe

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const minimal = `{"name":"t","preprocess":{"kind":"image","image":{"height":28,"width":28,"channels":1}},
 "define":{"zoo":"digits_cnn"},"loss":{"name":"sparse_categorical_crossentropy"}}`

func TestDefaultsAreThoseOfKeras(t *testing.T) {
	r, err := Parse([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	o := r.Optimizer
	if o.Name != "adam" || o.LearningRate != 0.001 || o.Beta1 != 0.9 || o.Beta2 != 0.999 || o.Epsilon != 1e-7 ||
		r.Train.BatchSize != 32 || !r.Train.Shuffle {
		t.Errorf("got %+v, %+v", o, r.Train)
	}
	for name, want := range map[string]Optimizer{
		"sgd":     {LearningRate: 0.01},
		"rmsprop": {LearningRate: 0.001, Rho: 0.9, Epsilon: 1e-7},
		"adamw":   {LearningRate: 0.001, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, WeightDecay: 0.004},
	} {
		want.Name, want.EMAMomentum, want.Schedule.Name = name, 0.99, "constant"
		r, err := Parse([]byte(strings.Replace(minimal, `"define"`, `"optimizer":{"name":"`+name+`"},"define"`, 1)))
		if err != nil || r.Optimizer != want {
			t.Errorf("%s: got %+v, %v, want %+v", name, r.Optimizer, err, want)
		}
	}
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	with := func(s string) string { return strings.TrimSuffix(minimal, "}") + "," + s + "}" }
	for doc, want := range map[string]string{
		"":                                     "is not JSON",
		"[]":                                   "must be an object",
		"{} {}":                                "behind",
		minimal[:40]:                           "is not JSON",
		with(`"optimizer":{"learningrate":1}`): "optimizer.learningrate: unknown key, did you mean learning_rate?",
		with(`"optimiser":{}`):                 "optimiser: unknown key, did you mean optimizer?",
		with(`"train":{"xyzzyplugh":1}`):       "the keys here are batch_size",
		with(`"train":{"epochs":"3"}`):         `train.epochs: must be a number, found "3"`,
		with(`"train":{"epochs":2.5}`):         "train.epochs: must be a whole number, found 2.5",
		with(`"train":{"epochs":0}`):           "train.epochs: must be a whole number from 1",
		with(`"train":{"shuffle":1}`):          "train.shuffle: must be true or false, found 1",
		with(`"seed":-1`):                      "seed: must be a whole number from 0",
		with(`"optimizer":{"learning_rate":1e999}`): "optimizer.learning_rate: " +
			"must be a number of ordinary size",
		with(`"optimizer":{"learning_rate":0}`): "above 0",
		with(`"optimizer":{"name":"adan"}`): "must be one of sgd, rmsprop, " +
			"adam, adamw",
		with(`"optimizer":{"momentum":0.9}`): "is an argument of sgd and " +
			"rmsprop, not of adam",
		with(`"optimizer":{"clipnorm":1,"clipvalue":1}`):                         "only one of clipnorm",
		with(`"optimizer":{"schedule":{"name":"reduce_on_plateau","factor":1}}`): "schedule.factor",
		with(`"validate":{"validation_split":1}`): "validate.validation_split: " +
			"must be from 0 to below 1",
		with(`"validate":{"patience":3}`):   "nothing is held back",
		with(`"validate":{"monitor":"f1"}`): "must be one of val_loss",
		with(`"numerics":{"contract":2}`):   "must be 1",
		strings.Replace(minimal, "28", "0",
			1): "height and width must be from 1",
		strings.Replace(minimal, `"channels":1`, `"channels":4`,
			1): "must be 1 (grey) or 3 (RGB), found 4",
		strings.Replace(minimal, `"kind":"image"`, `"kind":"text"`,
			1): "of kind text needs text",
		strings.Replace(minimal, `"kind"`, `"data":{"train":[{"form":"csv","path":"../x"}]},"kind"`,
			1): "below the data folder",
		strings.Replace(minimal, `"kind"`, `"data":{"train":[{"form":"idx","path":"x"}]},"kind"`, 1): "labels_path",
		strings.Replace(minimal, `"kind"`, `"labels":["a","a"],"kind"`, 1):                           "named twice",
		strings.Replace(minimal, `"zoo":"digits_cnn"`, ``,
			1): "must have either zoo",
		strings.Replace(minimal, "sparse_", "spare_",
			1): "must be one of mean_squared_error",
	} {
		_, err := Parse([]byte(doc))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\n want an error with %q", doc, err, want)
		}
	}
}

func TestEveryMistakeIsReported(t *testing.T) {
	_, err := Parse([]byte(`{"nam":1,"train":{"epoch":1},"loss":[]}`))
	if err == nil || strings.Count(err.Error(), "recipe: ") != 3 {
		t.Errorf("got %v, want three sentences", err)
	}
}

func TestLint(t *testing.T) {
	image := Facts{Input: []int{28, 28, 1}, Output: []int{10}, Activation: "softmax", Classes: 10}
	for _, c := range []struct {
		loss   Loss
		change func(*Facts)
		want   string
	}{
		{Loss{Name: "sparse_categorical_crossentropy"}, func(*Facts) {}, ""},
		{Loss{Name: "mean_squared_error"}, func(*Facts) {}, ""},
		{Loss{Name: "binary_crossentropy"}, func(f *Facts) {
			f.Output[0], f.Activation, f.Classes = 1, "sigmoid", 2
		}, ""},
		{Loss{Name: "categorical_crossentropy", FromLogits: true}, func(f *Facts) { f.Activation = "" }, ""},
		{Loss{Name: "categorical_crossentropy"}, func(f *Facts) { f.Activation = "sigmoid" },
			"needs softmax in the last layer, found sigmoid"},
		{Loss{Name: "categorical_crossentropy"}, func(f *Facts) {
			f.Activation = ""
		}, "add softmax or set from_logits"},
		{Loss{Name: "categorical_crossentropy", FromLogits: true}, func(*Facts) {},
			"needs a linear last layer, found softmax"},
		{Loss{Name: "categorical_crossentropy"}, func(f *Facts) { f.Output[0] = 1 }, "needs one unit per label"},
		{Loss{Name: "binary_crossentropy"}, func(*Facts) {}, "needs a last layer of 1 unit, found 10"},
		{Loss{Name: "binary_crossentropy"}, func(f *Facts) { f.Output[0], f.Activation = 1, "sigmoid" },
			"tells two labels apart, found 10"},
		{Loss{Name: "sparse_categorical_crossentropy"}, func(f *Facts) { f.Classes = 9 }, "has 10 units for 9 labels"},
		{Loss{Name: "sparse_categorical_crossentropy"}, func(f *Facts) { f.Input[0] = 32 },
			"makes samples of shape [28 28 1], but the network takes [32 28 1]"},
		{Loss{Name: "sparse_categorical_crossentropy"},
			func(f *Facts) { f.IntInput = true }, "numbers (f32) for a picture"},
		{Loss{Name: "sparse_categorical_crossentropy"},
			func(f *Facts) { f.Output = []int{5, 10} }, "gives shape [5 10]"},
	} {
		r, err := Parse([]byte(minimal))
		if err != nil {
			t.Fatal(err)
		}
		f := image
		f.Input, f.Output = append([]int{}, image.Input...), append([]int{}, image.Output...)
		c.change(&f)
		r.Loss = c.loss
		got := strings.Join(r.Lint(f), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%+v on %+v: got %q, want %q", c.loss, f, got, c.want)
		}
	}
}

func TestCanonicalBytesParseToThemselves(t *testing.T) {
	files, _ := filepath.Glob("../../static/recipes/*.json")
	if len(files) == 0 {
		t.Fatal("found no recipes under static")
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Parse(b)
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		again, err := Parse(r.Bytes())
		if err != nil || !bytes.Equal(again.Bytes(), r.Bytes()) || again.Hash() != r.Hash() {
			t.Errorf("%s: canonical bytes parse to something else: %v", f, err)
		}
		hash := r.Hash()
		r.Card = nil
		if r.Hash() != hash {
			t.Errorf("%s: the card changes the hash", f)
		}
		if r.Seed++; r.Hash() == hash {
			t.Errorf("%s: the seed does not change the hash", f)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte(`{"preprocess":{"data":{"train":[{"map":{"a":["b"]}}]}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := Parse(b); err == nil {
			if _, err := Parse(r.Bytes()); err != nil {
				t.Errorf("canonical bytes of a good recipe: %v", err)
			}
		}
	})
}

func TestTextsOfARecipe(t *testing.T) {
	huge, long := strings.Repeat("x", 900_000), strings.Repeat("long ", 50_000)
	with := func(s string) string { return strings.TrimSuffix(minimal, "}") + "," + s + "}" }
	labels := func(s string) string { return strings.Replace(minimal, `"kind"`, `"labels":[`+s+`],"kind"`, 1) }
	for _, c := range [][2]string{
		{with(`"card":{"about":"` + long + `","title":"t"}`),
			""}, // as people have handed in
		{with(`"card":{"about":"` + huge + `"}`),
			"card: has a text that is 900000 bytes long, at most 262144 are read"},
		{with(`"card":{"title":"gpj.\u202eexe"}`), "card: has a text that has the character U+202E"},
		{with(`"card":{"title_zh":"a\nb"}`), "U+000A"},
		{with(`"card":{"labels":["a","` + huge + `"]}`), "at most 1024 are read"},
		{with(`"card":{"labels_zh":["a","\u001b[2J"]}`), "U+001B"},
		{with(`"card":{"credit":"\u0000"}`), "U+0000"},
		{with(`"card":{"examples":["` + huge + `"]}`), "at most 262144 are read"},
		{with(`"test":{"set":"` + huge + `"}`), "test.set: has a text that is 900000"},
		{with(`"stages":[{"name":"\u2066","trains":"whole"}]`), "stages: has a text that has the character U+2066"},
		{strings.Replace(minimal, `"t"`, `"`+huge+`"`, 1), "name: has a text that is 900000 bytes long"},
		{labels(`"a","` + huge + `"`), "preprocess.labels: has a text that is 900000"},
		{labels(`"a","b\u202e"`), "preprocess.labels: has a text that has the character U+202E"},
		{labels(strings.Repeat(`"a",`, 200_000) + `"a"`),
			"preprocess.labels: has 200001 labels, at most 65536 are read"},
		{with(`"optimizer":{"` + huge + `":1}`), "optimizer.xxx"},
		{with(`"optimizer":{"name":"` + huge + `"}`), "must be one of sgd"},
		{`{` + strings.Repeat(`"x`+strings.Repeat("y", 60)+`":1,`, 9000) + `"z\u001b[2J":1}`, "unknown key"},
		{`{` + manyKeys(9000) + `"name":"t"}`, "and 8980 places more"},
		{strings.Replace(minimal, `"kind"`, `"data":{"train":[{"form":"csv","path":"a.csv","map":{"\u202e":["a"]}}]},"kind"`, 1),
			"preprocess.data.train.map: has a text"},
	} {
		doc, want := c[0], c[1]
		_, err := Parse([]byte(doc))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.120s…: got %.300v, expected %q", doc, err, want)
		}
		if err != nil && (len(err.Error()) > 22*520 || strings.ContainsAny(err.Error(), "\x1b\u202e")) {
			t.Errorf("%.120s…: an error of %d bytes, expected sentences that can be shown", doc, len(err.Error()))
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"key %d":1,`, i)
	}
	return b.String()
}

// A taught model is named after its classes, however many there are.
func TestTheNameOfManyClasses(t *testing.T) {
	teaching := Teaching{Kind: "text", Solve: true}
	for i := range 300 {
		teaching.Classes, teaching.Counts = append(teaching.Classes, fmt.Sprint("class number ", i)),
			append(teaching.Counts, 2)
	}
	if r, err := teaching.Recipe(); err != nil || !strings.HasPrefix(r.Name, "class number 0, class number 1, ") {
		t.Errorf("300 classes gave the error %v, expected a recipe that has their names", err)
	}
}
