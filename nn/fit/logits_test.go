package fit

import (
	"strings"
	"testing"

	"wafer/nn/data"
	"wafer/nn/recipe"
)

// A model whose loss was computed from logits answers with shares of its labels, as one with softmax does.
func TestLogitsBecomeShares(t *testing.T) {
	doc := strings.ReplaceAll(imageRecipe, `"activation":"softmax"`, `"activation":"linear"`)
	doc = strings.ReplaceAll(doc, `"sparse_categorical_crossentropy"`,
		`"sparse_categorical_crossentropy","from_logits":true`)
	m, rep := fitted(t, doc, corners(), Options{})
	want, same := fitted(t, imageRecipe, corners(), Options{})
	if rep.WeightsHash != same.WeightsHash {
		t.Errorf("weights %s, those with softmax %s", rep.WeightsHash, same.WeightsHash)
	}
	for class := range 4 {
		got, expected := m.Classify(square(class, 99)), want.Classify(square(class, 99))
		if got.Error != "" || len(got.Scores) != 4 || got.Scores[0].Label != expected.Scores[0].Label {
			t.Errorf("class %d: got %+v, expected %+v", class, got, expected)
		}
	}
}

// mean_squared_error would train a linear layer, whose numbers are no shares.
func TestLinearAnswersAreRefusedBeforeTraining(t *testing.T) {
	doc := strings.ReplaceAll(imageRecipe, `"activation":"softmax"`, `"activation":"linear"`)
	r := parse(t, strings.ReplaceAll(doc, "sparse_categorical_crossentropy", "mean_squared_error"))
	d := data.Dataset{Labels: []string{"a", "b", "c", "d"}, Train: pictures(4, 20)}
	_, err := MemoryOf((*recipe.Recipe)(r), d, false)
	if err == nil || !strings.Contains(err.Error(), "mean_squared_error needs softmax or sigmoid in the last layer") {
		t.Errorf("got %v, expected that softmax or sigmoid is asked for", err)
	}
}
