package fit

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/run"
	"wafer/nn/task"
)

// stripedBy are three classes of pictures to teach the shipped network for photos.
func stripedBy(t *testing.T, base string, each int) teaching {
	t.Helper()
	file, err := os.ReadFile("../../static/models/" + base + ".wafer")
	if err != nil {
		t.Fatal(err)
	}
	open, err := model.Open(file, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := teaching{base: file, Teaching: recipe.Teaching{Name: "Stripes", Base: open.Info().SHA256, Kind: task.Image,
		Classes: []string{"across", "down", "aslant"}, Solve: true, Seed: 1}}
	for c := range 3 {
		for i := range each {
			l.in, l.labels = append(l.in, striped(c, i)), append(l.labels, c)
		}
		l.Counts = append(l.Counts, each)
	}
	return l
}

// A model that was taught on photos is one network: the means of earlier layers stand beside its features, its answers
// have the same bits with every runner, its rule for none of its classes looks at the features alone.
func TestEarlierLevelsStandBesideTheFeatures(t *testing.T) {
	for base, want := range map[string][]int{"photos": {1280, 128, 192, 320, 576, 576, 960},
		"photos-light": {1280, 96, 144, 144, 192, 192, 576, 576, 960}} {
		m, rep := stripedBy(t, base, 4).taught(t, Options{})
		if got := m.Document().Layers.LevelWidths(); !slices.Equal(got, want) {
			t.Errorf("%s: joins parts of %v, expected %v", base, got, want)
		}
		about, rows := m.Document().Outside, m.State()[model.CentroidsName]
		if about == nil || about.Features != "global_average_pooling2d" || rows.Shape()[1] != want[0] {
			t.Errorf("%s: the rule is %+v with rows %v, expected features of the last layer", base, about, rows)
		}
		if rep.Training.Accuracy < 1 {
			t.Errorf("%s: is right of %v of what it learned from, expected all", base, rep.Training.Accuracy)
		}
		answers := map[string]task.Result{}
		for name, runner := range map[string]graph.Runner{"eval": eval.Runner, "native": native.Runner(2),
			"compiled": run.Runner(run.Options{})} {
			opened, err := model.Open(m.Bytes(), model.Options{Runner: runner})
			if err != nil {
				t.Fatal(err)
			}
			answers[name] = opened.Classify(striped(2, 9))
			opened.Close()
		}
		for name, got := range answers {
			if got.Error != "" || got.Scores[0].Label != "aslant" ||
				!reflect.DeepEqual(got.Scores, answers["eval"].Scores) {
				t.Errorf("%s: %s says %+v, expected aslant, with the bits of %+v", base, name, got, answers["eval"])
			}
		}
	}
}

// Teaching from a taught model takes the features of its base, and their levels once.
func TestTeachingAgainHasLevelsOnce(t *testing.T) {
	l := stripedBy(t, "photos", 2)
	first, _ := l.taught(t, Options{})
	l.base, l.Base = first.Bytes(), first.Info().SHA256
	second, _ := l.taught(t, Options{})
	names := func(m *model.Model) (list []string) {
		for _, e := range m.Document().Layers.Entries {
			list = append(list, e.Name)
		}
		return list
	}
	if a, b := names(first), names(second); !slices.Equal(a, b) || !slices.Contains(a, layers.BodyLevels) {
		t.Errorf("taught once, its layers are %v, taught again %v", a, b)
	}
}

// A recipe without levels has the features of the last layer alone, as before there were levels.
func TestARecipeWithoutLevels(t *testing.T) {
	l := stripedBy(t, "photos", 2)
	r := l.recipe(t)
	list := r.Define.Stack()
	list[0].Levels = 0
	var err error
	if r.Define.Layers, err = json.Marshal(list); err != nil {
		t.Fatal(err)
	}
	m, _, err := Run(t.Context(), r, l.data(), Options{Runner: native.Runner(1)})
	if err != nil {
		t.Fatal(err)
	}
	if head := m.State()["head/kernel"]; head.Shape()[0] != 1280 {
		t.Errorf("the head is %v, expected 1280 features", head)
	}
}
