package fit

import (
	"bytes"
	"strings"
	"testing"

	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// topics is a model of two topics, taught from the shipped encoder.
func topics(t *testing.T, threads int) *model.Model {
	t.Helper()
	file, base := encoder(t, 1)
	l := teaching{base: file, Teaching: recipe.Teaching{Name: "Topics", Base: base.Info().SHA256, Kind: task.Text,
		Classes: []string{"password", "weather"}, Counts: []int{8, 8}, Seed: 1, Solve: true}}
	for c, texts := range []string{
		"How do I reset my password?|I forgot my login|My account is locked|I cannot sign in any more|Which password " +
			"do I use?|" +
			"The login page rejects my password|Please send me a new password|Where can I change my passphrase?",
		"Will it rain tomorrow?|Is it sunny in Paris|What is the temperature outside|Do I need an umbrella today|" +
			"How warm will it be at noon?|Is there going to be snow this week|What is the weather like in Oslo|Will " +
			"there be a storm tonight?",
	} {
		for text := range strings.SplitSeq(texts, "|") {
			l.in, l.labels = append(l.in, task.Input{Text: text}), append(l.labels, c)
		}
	}
	m, _ := l.taught(t, Options{Runner: native.Runner(threads)})
	return m
}

func TestTaughtModelKnowsWhatIsNoneOfItsClasses(t *testing.T) {
	m := topics(t, 1)
	about := m.Document().Outside
	if !m.Info().Rejects || about == nil || about.Samples != 16 {
		t.Fatalf("the file says %+v, expected a rule from all 16 samples", about)
	}
	for text, foreign := range map[string]bool{
		"I lost my password and cannot log in": false, "is it raining in London today": false,
		"The recipe needs two eggs and flour": true, "Who won the football match": true, "12345 67890": true,
		"asdf qwer zxcv uiop": true, "Où est la gare la plus proche ?": true,
		"Wir suchen eine Wohnung in der Stadt": true,
		"!!! ???":                              true} {
		res := m.Classify(task.Input{Text: text})
		if res.Error != "" || res.Rejected != foreign || len(res.Scores) != 2 {
			t.Errorf("%q is %+v, expected none of these: %v, with the nearest classes", text, res, foreign)
		}
	}
	for _, text := range []string{"今天天气怎么样", "Какая сегодня погода", "🙂🙂"} {
		if res := m.Classify(task.Input{Text: text}); !strings.Contains(res.Error, "none of these words") {
			t.Errorf("%q is %+v, expected no answer", text, res)
		}
	}
	if same := topics(t, 2); !bytes.Equal(same.Bytes(), m.Bytes()) {
		t.Error("with two threads the file is another")
	}
}

func TestRuleForOutsideIsCheckedWhenOpened(t *testing.T) {
	m := topics(t, 1)
	for name, spoil := range map[string]func(*model.Document, map[string]*tensor.Tensor){
		"a cosine of 2": func(d *model.Document, _ map[string]*tensor.Tensor) {
			d.Outside.Linear, d.Outside.Threshold = false, 2
		},
		"a layer that is not": func(d *model.Document, _ map[string]*tensor.Tensor) {
			d.Outside.Features = "nowhere"
		},
		"no word of it":         func(d *model.Document, _ map[string]*tensor.Tensor) { d.Info.Rejects = false },
		"centroids but no rule": func(d *model.Document, s map[string]*tensor.Tensor) { d.Outside.Features = "head" },
		"centroids in one axis": func(_ *model.Document, s map[string]*tensor.Tensor) {
			s[model.CentroidsName] = tensor.New(tensor.Float32, 1024)
		},
		"centroids without rows": func(_ *model.Document, s map[string]*tensor.Tensor) {
			s[model.CentroidsName] = tensor.New(tensor.Float32, 0, 512)
		},
	} {
		doc, state := *m.Document(), map[string]*tensor.Tensor{}
		rule := *doc.Outside
		doc.Outside = &rule
		for k, v := range m.State() {
			state[k] = v
		}
		spoil(&doc, state)
		if _, err := model.Write(doc, state, model.Options{}); err == nil {
			t.Errorf("%s: the file is opened, expected an error", name)
		}
	}
	doc, state := *m.Document(), map[string]*tensor.Tensor{}
	for k, v := range m.State() {
		state[k] = v
	}
	doc.Outside, doc.Info.Rejects = nil, false
	delete(state, model.CentroidsName)
	old, err := model.Write(doc, state, model.Options{})
	if err != nil {
		t.Fatalf("without a rule the file is not opened: %v", err)
	}
	if res := old.Classify(task.Input{Text: "The recipe needs two eggs"}); res.Rejected || res.Error != "" {
		t.Errorf("without a rule the answer is %+v, expected a class", res)
	}
}
