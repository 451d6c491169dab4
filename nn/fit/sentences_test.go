package fit

import (
	"os"
	"testing"

	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// encoder is the shipped encoder of sentences, and its file.
func encoder(t *testing.T, threads int) ([]byte, *model.Model) {
	t.Helper()
	file, err := os.ReadFile("../../static/models/sentences.wafer")
	if err != nil {
		t.Fatal(err)
	}
	base, err := model.Open(file, model.Options{Runner: native.Runner(threads)})
	if err != nil {
		t.Fatal(err)
	}
	return file, base
}

// A model taught from the shipped encoder keeps its pieces and gives the bits that all lengths of rows have in common.
func TestTeachingFromSentences(t *testing.T) {
	file, base := encoder(t, 2)
	l := teaching{base: file, Teaching: recipe.Teaching{Name: "Requests", Base: base.Info().SHA256, Kind: task.Text,
		Classes: []string{"password", "weather"}, Counts: []int{4, 4}, Seed: 1, Solve: true}}
	for c, texts := range [][]string{
		{"How do I reset my password?", "I forgot my login", "My account is locked",
			"I cannot sign in any more, the page says that my code is wrong and asks for another one"},
		{"Will it rain tomorrow?", "Is it sunny in Paris", "What is the temperature outside",
			"Do I need an umbrella today"},
	} {
		for _, text := range texts {
			l.in, l.labels = append(l.in, task.Input{Text: text}), append(l.labels, c)
		}
	}
	m, rep := l.taught(t, Options{Runner: native.Runner(2)})
	for text, want := range map[string]string{"please let me change my passphrase": "password",
		"how cold will it be this evening": "weather"} {
		if res := m.Classify(task.Input{Text: text}); res.Error != "" || res.Scores[0].Label != want {
			t.Errorf("%q is %+v, expected %s", text, res, want)
		}
	}
	if f := rep.Estimate.Features; rep.Training.Accuracy != 1 || len(f) != 3 || f[0].Name == task.NGramFeatures {
		t.Errorf("%v of the samples are learnt from %+v, expected all, with sentence vectors", rep.Training.Accuracy, f)
	}
	one, all := m.Classify(l.in[0]), m.ClassifyAll(l.in)
	if one.Scores[0] != all[0].Scores[0] {
		t.Errorf("alone the answer is %+v, among others %+v", one.Scores[0], all[0].Scores[0])
	}
}
