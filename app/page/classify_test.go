package page

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
	"wafer/server/api"
)

// mute is a worker that never answers.
type mute struct{}

func (mute) Send(string, []byte, []browser.Buffer, func(bridge.Message, [][]byte)) int { return 1 }

var (
	digits = task.Model{ID: "digits", Kind: task.Image, Labels: []string{"0", "1", "2"}, SHA256: "d", Title: "Digits",
		About: "Tells digits apart.", Drawing: true, Accuracy: 0.9944, TestSet: "10,000 pictures", Credit: "MNIST"}
	sentiment = task.Model{ID: "sentiment", Kind: task.Text, Labels: []string{"negative", "positive"}, SHA256: "s",
		Title: "Sentiment", Binary: true, Accuracy: 0.81}
)

func opened(t *testing.T) *Pages {
	t.Helper()
	g := New(state.New(mute{}, func() (api.Catalogue, string, error) {
		return api.Catalogue{Models: []task.Model{digits, sentiment}}, "{}", nil
	}, store.Open))
	g.shared.Refresh()
	return g
}

func expect(t *testing.T, html string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(html, w) {
			t.Errorf("expected %q in\n%s", w, html)
		}
	}
}

func TestClassifyOpensReadyToUse(t *testing.T) {
	g := opened(t)
	html := app.HTMLString(&Classify{Pages: g})
	expect(t, html, "Drop pictures here", "Nothing you drop here leaves this tab.", "Choose pictures", `id="pad"`,
		"99.44%", "MNIST", "samples/digits/7.png", `aria-label="Sample picture 1"`, `role="status"`, "<main", "<nav",
		"<footer", "<h1")
	if strings.Contains(html, "Why?") {
		t.Error("there is no explanation yet, so no button for one")
	}
	if strings.Count(html, "<h1") != 1 {
		t.Error("a page has exactly one h1")
	}
	g.shared.SetKind(task.Text)
	expect(t, app.HTMLString(&Classify{Pages: g}), `aria-label="Sentence to classify"`,
		"Nothing you type leaves this tab")
}

func TestNoPageHasInlineStylesOrForeignAddresses(t *testing.T) {
	g := opened(t)
	foreign := regexp.MustCompile(`(?:src|href)="https?:`)
	for name, p := range map[string]app.UI{"Classify": &Classify{Pages: g}, "Teach": &Teach{Pages: g},
		"Models": &Models{Pages: g}} {
		html := app.HTMLString(p)
		if strings.Contains(html, " style=") || strings.Contains(html, "<style") || strings.Contains(html, "onclick=") {
			t.Errorf("%s has inline styles or handlers, which the content policy forbids", name)
		}
		if m := foreign.FindString(html); m != "" {
			t.Errorf("%s asks another host: %s", name, m)
		}
	}
}

func TestAnswerOfABinaryModelIsOneBar(t *testing.T) {
	g := opened(t)
	r := task.Result{Binary: true, Millis: 3.2,
		Scores: []task.Score{{Label: "positive", Index: 1, Probability: 0.934},
			{Label: "negative", Probability: 0.066}}}
	html := answerHTML(g, state.Item{Text: "fine", Step: state.Answered, Result: r}, sentiment)
	expect(t, html, `<h2 class="label">positive</h2>`, "93.4%", "3.2 ms", "Teach it your own")
	if n := strings.Count(html, `class="track"`); n != 1 {
		t.Errorf("expected one bar, found %d in %s", n, html)
	}
}

func answerHTML(g *Pages, it state.Item, m task.Model) string {
	b := state.Batch{Items: []state.Item{it}}
	return app.HTMLString(g.answer(state.State{Kind: m.Kind, Batch: map[task.Kind]state.Batch{m.Kind: b}}, m))
}

func TestAnswers(t *testing.T) {
	g := opened(t)
	scores := []task.Score{{Label: "2", Index: 2, Probability: 0.7}, {Label: "1", Index: 1, Probability: 0.3}}
	expect(t, answerHTML(g, state.Item{Name: "a.png", Image: "blob:1", Step: state.Answered,
		Result: task.Result{Scores: scores}}, digits),
		"a.png", `<h2 class="label">2</h2>`, "70.0%", "30.0%")
	expect(t, answerHTML(g, state.Item{Step: state.Answered, Result: task.Result{Scores: scores, Rejected: true}},
		digits),
		`<h2 class="label">None of these</h2>`, "nothing that the model has learned",
		"<summary>What comes nearest</summary>", "70.0%")
	learnChinese(t)
	g.shared.SetLanguage(words.Chinese)
	expect(t, answerHTML(g, state.Item{Step: state.Answered, Result: task.Result{Scores: scores, Rejected: true}},
		digits), `<h2 class="label">都不是</h2>`, "<summary>最接近的类别</summary>", "70.0%")
	g.shared.SetLanguage(words.English)
	expect(t, answerHTML(g, state.Item{Step: state.Answered, Result: task.Result{Error: "It is empty."}}, digits),
		"No answer", "It is empty.", `role="alert"`)
	expect(t, answerHTML(g, state.Item{Step: state.Working}, digits), "Looking…")
}

func TestManyAnswersAreATable(t *testing.T) {
	g := opened(t)
	items := make([]state.Item, 130)
	for i := range items {
		items[i] = state.Item{Name: "n", Step: state.Answered,
			Result: task.Result{Scores: []task.Score{{Label: "1", Index: 1, Probability: 0.5}}}}
	}
	items[1].Result = task.Result{Error: "Not a picture."}
	items[2].Step = state.Waiting
	html := app.HTMLString(&results{Pages: g, Batch: state.Batch{Items: items}, Model: digits})
	expect(t, html, "129 of 130 answered", "Download CSV", "Go on", "Not a picture.", "Not answered", "Show 30 more",
		`scope="col"`)
	if n := strings.Count(html, "<tr>"); n != rowsAtOnce+1 {
		t.Errorf("expected %d rows and a head, found %d", rowsAtOnce, n)
	}
	if html := app.HTMLString(&results{Pages: g, Batch: state.Batch{Items: items[:1]},
		Model: digits}); strings.Contains(html, "<table") {
		t.Error("one answer needs no table")
	}
}

func TestModelsPage(t *testing.T) {
	g := opened(t)
	expect(t, app.HTMLString(&Models{Pages: g}), "Nothing here yet", "Import a model", "Tells digits apart.",
		"right on 10,000 pictures",
		`href="/weights/d"`, `download="digits.wafer"`, `aria-label="Use Digits"`)
	if err := g.shared.AddTaught(task.Model{ID: "taught-1", Kind: task.Text, Title: "Mine", Labels: []string{"a", "b"}},
		[]byte("x")); err != nil {
		t.Fatal(err)
	}
	expect(t, app.HTMLString(&Models{Pages: g}), `aria-label="Rename Mine"`, `aria-label="Delete Mine"`,
		`aria-label="Download Mine"`)
	expect(t, app.HTMLString(&Models{Pages: g, renaming: "taught-1"}), `aria-label="New name of Mine"`, "Save",
		"Cancel")
}

func TestNothingHereIsSaidWhereItIs(t *testing.T) {
	g := opened(t)
	g.shared.Say("classify", "x.txt is empty")
	expect(t, app.HTMLString(&Classify{Pages: g}), "x.txt is empty", `role="alert"`)
}
