package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/static"
)

// questions are English texts of two topics.
var questions = []string{
	"How do I reset my password?|I forgot my login|My account is locked|I cannot sign in any more|Which password do " +
		"I use?",
	"Will it rain tomorrow?|Is it sunny in Paris|What is the temperature outside|Do I need an umbrella today|How " +
		"warm will it be?",
}

// A worker that teaches topics from sentences says of other texts that they are none of these.
func TestTaughtTopicsSayNoneOfThese(t *testing.T) {
	file, err := fs.ReadFile(static.Files, "models/sentences.wafer")
	must(err)
	sum := sha256.Sum256(file)
	q := recipe.Teaching{Name: "Topics", Base: hex.EncodeToString(sum[:]), Kind: task.Text,
		Classes: []string{"password", "weather"}, Counts: []int{5, 5}, Seed: 1, Solve: true}
	r, err := q.Recipe()
	must(err)
	req := bridge.TeachRequest{Recipe: r.Bytes(), Base: "sentences"}
	for c, texts := range questions {
		for text := range strings.SplitSeq(texts, "|") {
			req.Inputs = append(req.Inputs, bridge.Input{Text: text, Buffer: -1})
			req.Labels = append(req.Labels, c)
		}
	}
	w := New(NN{})
	if l := ask(t, w, bridge.Load, bridge.LoadRequest{Model: "sentences"}, file); l.why != "" {
		t.Fatal(l.why)
	}
	taught := ask(t, w, bridge.Teach, req)
	if len(taught.files) != 1 {
		t.Fatalf("teaching: %q with %d files, expected a model", taught.why, len(taught.files))
	}
	if l := ask(t, w, bridge.Load, bridge.LoadRequest{Model: "m"}, taught.files[0]); l.why != "" ||
		!l.done.Model.Rejects {
		t.Fatalf("%s: %+v, expected a model that can say none of these", l.why, l.done.Model)
	}
	for text, foreign := range map[string]bool{"I lost my password and cannot log in": false,
		"is it raining in London today": false, "The recipe needs two eggs and flour": true,
		"Who won the football match": true} {
		a := ask(t, w, bridge.Classify, about(text))
		if len(a.news) != 1 || a.news[0].Result.Rejected != foreign {
			t.Errorf("%q: %q, %+v, expected it to be none of these: %v", text, a.why, a.news, foreign)
		}
	}
}
