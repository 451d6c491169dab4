package page

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/state"
	"wafer/app/state/statetest"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
	"wafer/server/api"
)

// teachPage opens the Teach page on an empty store and returns how to see it.
func teachPage(t *testing.T) (*Pages, *statetest.Desk, func(what string, ok func(html string) bool) string) {
	t.Helper()
	models := []task.Model{
		{ID: "land", Title: "Land", Kind: task.Image, Labels: make([]string, 10), Backbone: true,
			SHA256: strings.Repeat("1", 64)},
		{ID: "intents", Title: "Intents", Kind: task.Text, Labels: make([]string, 150), Backbone: true,
			SHA256: strings.Repeat("2", 64)},
	}
	q := statetest.NewDesk()
	kept := store.Memory()
	s := state.New(q, func() (api.Catalogue, string, error) { return api.Catalogue{Models: models}, "", nil },
		func() (store.Store, error) { return kept, nil })
	s.Reader = q
	g := New(s)
	s.Refresh()
	g.teaching.Open()
	return g, q, func(what string, ok func(string) bool) string {
		t.Helper()
		html := ""
		for range 20_000 {
			if html = render(&Teach{Pages: g}); ok(html) {
				return html
			}
			time.Sleep(time.Millisecond)
		}
		t.Fatalf("after 20 seconds the page does not show %s:\n%s", what, html)
		return ""
	}
}

// render returns the page with the components inside it, as the browser gets it.
func render(page app.Composer) string {
	d := app.NewServerTester(page)
	defer d.Close()
	d.Consume()
	return app.HTMLString(page)
}

func showing(parts ...string) func(string) bool {
	return func(html string) bool {
		for _, p := range parts {
			if !strings.Contains(html, p) {
				return false
			}
		}
		return true
	}
}

func TestTeachOpensWithTwoEmptyClasses(t *testing.T) {
	_, _, see := teachPage(t)
	html := see("the base", showing("Chosen for you: Land"))
	if n := strings.Count(html, "card-name"); n != 2 {
		t.Errorf("it opens with %d classes, want 2", n)
	}
	for _, want := range []string{T("teach.add.files"), T("teach.add.folder"), T("teach.add.draw"), "disabled"} {
		if !strings.Contains(html, want) {
			t.Errorf("it opens without %q", want)
		}
	}
	if strings.Contains(html, "advice") {
		t.Error("a newcomer is told what is missing before doing anything")
	}
}

func TestTeachShowsEveryStage(t *testing.T) {
	g, q, see := teachPage(t)
	see("the base", showing("Chosen for you"))
	g.teaching.SetKind(task.Text)
	if bad := g.teaching.AddLines("", "a\tone\na\ttwo\nb\tthree\n<b>\tfour\nb\tfive\n<b>\tsix"); bad != nil {
		t.Fatal(bad.Text())
	}
	html := see("the classes", showing("four"))
	if strings.Contains(html, "><b>") { // attributes are set by the browser, not parsed
		t.Error("a class name is not escaped")
	}
	see("that ten are better", showing("10 or more"))
	job := <-q.Teach // by itself
	job.News(task.Progress{Phase: task.Features, Step: 2, Steps: 6})
	see("what it does", showing("Looking at your examples: 2 of 6", `id="teach-cancel"`, "<button disabled"))
	job.Finish(&task.Report{Model: task.Model{ID: "taught-0", Title: "a, b and 1 more", Kind: task.Text,
		Labels: []string{"a", "b", "<b>"}}, Train: 6}, "file")
	see("that it is ready", showing("Ready: 6 examples of 3 classes learned.", `id="teach-keep"`))
	g.teaching.Train()
	job = <-q.Teach
	p := task.Progress{Phase: task.Training, Epoch: 1, Epochs: 4, EpochEnd: true, Loss: 0.7, Accuracy: 0.5,
		ValLoss: 0.6, ValAccuracy: 0.75, HasValidation: true, SecondsLeft: 12}
	job.News(p)
	see("progress and curves", showing("Learning: epoch 2 of 4", "about 12 s left", `id="teach-stop"`, "curve-held",
		"after epoch 1, training 50%, held-out examples 75%."))
	r := task.Report{Model: task.Model{ID: "taught-1", Title: "a, b and 1 more", Kind: task.Text,
		Labels: []string{"a", "b", "<b>"}},
		Epochs: 4, Train: 8, Validation: 4, OnHeld: task.Metrics{Accuracy: 0.75}, Training: task.Metrics{Accuracy: 1},
		Seconds: 2}
	job.Finish(&r, "file")
	html = see("the report and the model", showing("Right for 3 of 4 examples", "rough guess", `id="teach-download"`,
		"teach-try-text"))
	if strings.Contains(html, "style=") {
		t.Error("the page has an inline style, which its policy forbids")
	}
	g.teaching.DeleteModel()
	see("the way back", showing("teach-undelete", "Deleted the model a, b and 1 more"))
}

func TestTeachSaysWhyItFailed(t *testing.T) {
	g, q, see := teachPage(t)
	see("the base", showing("Chosen for you"))
	g.teaching.SetKind(task.Text)
	g.teaching.AddLines("", "a\tone\na\ttwo\nb\tthree\nb\tfour")
	see("the samples", showing("four"))
	(<-q.Teach).Fail("The loss is not a number.")
	see("the reason and that nothing is lost",
		showing("The loss is not a number.", "Your examples are still here.", "four"))
}

// learnChinese takes the page's own Chinese, as it does when it first speaks it.
func learnChinese(t *testing.T) {
	t.Helper()
	page, err := os.ReadFile("../../static/words/zh.json")
	errs, err2 := os.ReadFile("../../static/words/errors-zh.json")
	if err := errors.Join(err, err2, words.Learn(page, errs)); err != nil {
		t.Fatal(err)
	}
}

func TestTeachSpeaksChinese(t *testing.T) {
	learnChinese(t)
	g, _, see := teachPage(t)
	g.shared.SetLanguage(words.Chinese)
	defer g.shared.SetLanguage(words.English)
	see("Chinese", showing("教它认识您的东西", "微调网络", "第 1 类"))
}

// Every text that the page asks for exists: T answers an unknown key with the key.
func TestTeachHasNoUnknownText(t *testing.T) {
	g, _, see := teachPage(t)
	html := see("the base", showing("Chosen for you"))
	g.teaching.SetKind(task.Text)
	html += see("the texts", showing("teach-lines"))
	if i := strings.Index(html, ">teach."); i >= 0 {
		t.Errorf("a text is missing: %s", html[i:min(len(html), i+60)])
	}
}
