package cli

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/sharedtest"
	"wafer/static"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Every shipped recipe, reduced to 48 samples and one epoch, gives the weights whose
// hash is kept in testdata, with one thread and with two.
func TestReducedRecipesAreReproduced(t *testing.T) {
	dir := sharedtest.Path(t, "data")
	golden := filepath.Join("testdata", "reduced.json")
	want := map[string]string{}
	if b, err := os.ReadFile(golden); err == nil {
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]string{}
	for _, name := range trainedModels {
		for _, threads := range []int{1, 2} {
			hash := reducedHash(t, dir, name, threads)
			if got[name] == "" {
				got[name] = hash
			}
			if hash != got[name] {
				t.Errorf("%s: two threads give %s, one gives %s", name, hash, got[name])
			}
		}
		if !*update && got[name] != want[name] {
			t.Errorf("%s: weights %s, want %s (run with -update if the recipe or the arithmetic was changed on "+
				"purpose)", name, got[name], want[name])
		}
	}
	if *update {
		b, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		put(t, golden, append(b, '\n'))
	}
}

func reducedHash(t *testing.T, dir, name string, threads int) string {
	t.Helper()
	r := shippedRecipe(t, name)
	r.Preprocess.Data.Limit, r.Train.Epochs = 48, 1
	d, _, err := data.Load(os.DirFS(dir), r.Preprocess, nil)
	if err != nil {
		t.Fatal(err)
	}
	if base := r.Define.Base(); base != "" {
		if d.Weights, err = static.Model(base); err != nil {
			t.Fatal(err)
		}
	}
	_, rep, err := nn.Fit(context.Background(), r, d, nn.FitOptions{Runner: native.Runner(threads)})
	if err != nil {
		t.Fatal(err)
	}
	return rep.WeightsHash
}

func shippedRecipe(t *testing.T, name string) *recipe.Recipe {
	t.Helper()
	r, err := readRecipe(filepath.Join("..", "..", "static", "recipes", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The shipped files are what their recipes describe, do what the catalogue says, and
// reach the accuracy that they must have.
func TestShippedModels(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "static", "models", "catalogue.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		ID       string
		SHA256   string
		Accuracy float64
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	least := map[string]float64{"digits": 0.992, "fashion": 0.925, "sentiment": 0.85, "sentiment-lstm": 0.86,
		"intents": 0.88, "land": 0.85, "photos": 0.73, "photos-light": 0.70, "sentences": 0}
	if len(list) != len(least) {
		t.Errorf("the catalogue lists %d models, want %d", len(list), len(least))
	}
	total := 0
	for _, e := range list {
		file, err := os.ReadFile(filepath.Join("..", "..", "static", "models", e.ID+".wafer"))
		if err != nil {
			t.Error(err)
			continue
		}
		m, err := nn.OpenIn(file, nil, static.Model)
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
			continue
		}
		total += len(file)
		info := m.Info()
		if info.SHA256 != e.SHA256 || info.Accuracy != e.Accuracy || e.Accuracy < least[e.ID] {
			t.Errorf("%s: file %.12s with accuracy %v, catalogue %.12s with %v, at least %v is wanted", e.ID,
				info.SHA256, info.Accuracy, e.SHA256, e.Accuracy, least[e.ID])
		}
		if !slices.Contains(trainedModels, e.ID) {
			continue
		}
		if hash, _ := m.Hashes(); hash != shippedRecipe(t, e.ID).Hash() {
			t.Errorf("%s: was trained by the recipe %.12s, static/recipes has %.12s", e.ID, hash,
				shippedRecipe(t, e.ID).Hash())
		}
	}
	if total > 24<<20 {
		t.Errorf("the models take %d bytes together, at most 24 MB are wanted", total)
	}
}

// The model of sentiment is right about reviews as often as bench/QUALITY.md says: of films, which it has not seen, and
// those of the UCI that its recipe holds out.
func TestSentimentOfReviews(t *testing.T) {
	dir := sharedtest.Path(t, "data")
	m, err := openModel(filepath.Join("..", "..", "static", "models", "sentiment.wafer"), "", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	films := recipe.Source{Form: "tsv", Path: "sst2/dev.tsv", TextColumn: "sentence", LabelColumn: "label",
		Map: map[string][]string{"negative": {"0"}, "positive": {"1"}}}
	set, err := data.Read(os.DirFS(dir), []recipe.Source{films}, data.Options{Labels: m.Info().Labels})
	if err != nil {
		t.Fatal(err)
	}
	r := shippedRecipe(t, "sentiment")
	d, _, err := data.Load(os.DirFS(dir), r.Preprocess, nil)
	if err != nil {
		t.Fatal(err)
	}
	// GoEmotions has one
	reviews := slices.DeleteFunc(d.Split(r).Test, func(s data.Sample) bool { return s.Weight > 0 })
	for _, c := range []struct {
		name    string
		samples []data.Sample
		least   float64
	}{{"SST-2, dev", set.Samples, 0.76}, {"UCI, held out", reviews, 0.86}} {
		e, err := m.Evaluate(context.Background(), c.samples)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.4f of %d, rejected %.4f", c.name, e.Accuracy, e.Samples, e.Rejected)
		if e.Accuracy < c.least {
			t.Errorf("%s: right about %.4f of %d, at least %v is wanted", c.name, e.Accuracy, e.Samples, c.least)
		}
	}
}

// The accuracy of the smaller test sets is measured again on the real data.
func TestShippedAccuracyIsWhatTheCatalogueSays(t *testing.T) {
	dir := sharedtest.Path(t, "data")
	for _, name := range []string{"land", "intents", "sentiment"} {
		m, err := openModel(filepath.Join("..", "..", "static", "models", name+".wafer"), "", nil, "")
		if err != nil {
			t.Fatal(err)
		}
		r := shippedRecipe(t, name)
		d, _, err := data.Load(os.DirFS(dir), r.Preprocess, nil)
		if err != nil {
			t.Fatal(err)
		}
		e, err := m.Evaluate(context.Background(), d.Split(r).Test)
		if err != nil {
			t.Fatal(err)
		}
		if e.Accuracy != m.Info().Accuracy {
			t.Errorf("%s: measured %v on %d samples, the file says %v", name, e.Accuracy, e.Samples, m.Info().Accuracy)
		}
	}
}
