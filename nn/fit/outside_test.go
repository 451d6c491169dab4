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

// texts is a model taught from the shipped encoder: of each class its name, and texts between strokes.
func texts(t *testing.T, threads int, classes ...string) *model.Model {
	t.Helper()
	file, base := encoder(t, 1)
	l := teaching{base: file, Teaching: recipe.Teaching{Name: "Topics", Base: base.Info().SHA256, Kind: task.Text,
		Seed: 1, Solve: true}}
	for c, class := range classes {
		name, list, _ := strings.Cut(class, ": ")
		l.Classes, l.Counts = append(l.Classes, name), append(l.Counts, 0)
		for text := range strings.SplitSeq(list, "|") {
			l.in, l.labels = append(l.in, task.Input{Text: text}), append(l.labels, c)
			l.Counts[c]++
		}
	}
	m, _ := l.taught(t, Options{Runner: native.Runner(threads)})
	return m
}

// topics is a model of two topics.
func topics(t *testing.T, threads int) *model.Model {
	t.Helper()
	return texts(t, threads, "password: How do I reset my password?|I forgot my login|My account is locked|"+
		"I cannot sign in any more|Which password do I use?|The login page rejects my password|"+
		"Please send me a new password|Where can I change my passphrase?",
		"weather: Will it rain tomorrow?|Is it sunny in Paris|What is the temperature outside|"+
			"Do I need an umbrella today|How warm will it be at noon?|"+
			"Is there going to be snow this week|What is the weather like in Oslo|Will there be a storm tonight?")
}

// Eighteen messages to a gym: what has nothing to do with one is none of them, in whatever words it comes.
func TestFewMessagesTellWhatIsNoneOfThem(t *testing.T) {
	m := texts(t, 1, "billing: Why was I charged twice this month?|I want a refund for my membership|"+
		"My card was declined when I paid the fee|Can I get an invoice for last year?|"+
		"How do I change my payment method?|The monthly price went up without notice",
		"hours: When do you open on Sunday?|Are you open on public holidays?|What time does the gym close tonight?|"+
			"Is the pool open in the morning?|Opening times for New Year please|How late can I come in on Fridays?",
		"classes: Is there still a place in the yoga class?|I would like to book spinning on Tuesday|"+
			"Who teaches the pilates course?|Can beginners join the boxing class?|"+
			"Please cancel my spot in zumba|How long is the stretching lesson?")
	for text, label := range map[string]string{"You took the fee from my account two times": "billing",
		"Please give me my money back for this month": "billing", "Are you open on Christmas day?": "hours",
		"When does the gym open tomorrow morning?": "hours", "Can I sign up for the yoga lesson on Monday?": "classes",
		"Is the boxing class full?": "classes"} {
		if res := m.Classify(task.Input{Text: text}); res.Rejected || res.Scores[0].Label != label {
			t.Errorf("%q is %s, none of these: %v, expected %s", text, res.Scores[0].Label, res.Rejected, label)
		}
	}
	for _, text := range []string{"Quarterly earnings rose four percent",
		"The volcano erupted twice in the last century",
		"Add two eggs and a cup of flour", "The striker scored in the final minute", "Who wrote the ninth symphony?",
		"My dog barks at the mailman", "The film was dull and far too long", "Turn left at the next crossing",
		"The patient has a fever and a dry cough", "Wo finde ich die nächste Apotheke?",
		"asdf qwer zxcv uiop"} {
		if res := m.Classify(task.Input{Text: text}); !res.Rejected {
			t.Errorf("%q is %s, expected none of these", text, res.Scores[0].Label)
		}
	}
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
