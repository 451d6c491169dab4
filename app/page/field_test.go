package page

import (
	"net/url"
	"regexp"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/jobs"
	"wafer/app/store"
	"wafer/nn/task"
	"wafer/server/api"
)

// A field whose value is rendered is rewritten while somebody types into it, now or after the next change of the page.
func TestNoTextFieldIsRenderedWithItsValue(t *testing.T) {
	g, q, see := teachPage(t)
	see("the base", showing("Chosen for you"))
	g.teaching.SetKind(task.Text)
	g.teaching.AddLines("", "a\tone\na\ttwo\nb\tthree\nb\tfour")
	g.teaching.Draft("", "typed and not added")
	g.teaching.Set(func(s *store.Settings) { s.Epochs, s.Seed = 7, 9 })
	see("the samples", showing("four"))
	g.teaching.Train()
	(<-q.Teach).Finish(&task.Report{Model: task.Model{ID: "taught-1", Title: "Mine", Kind: task.Text,
		Labels: []string{"a", "b"}}}, "file")
	pages := map[string]string{"Teach": see("the model", showing("teach-model-name", "teach-try-text", "teach-epochs"))}
	g.shared.SetKind(task.Text)
	g.shared.SetText("something ")
	pages["Classify"] = render(&Classify{Pages: g})
	pages["Models"] = render(&Models{Pages: g, renaming: "taught-1"})
	g.jobs.Visit(url.Values{"id": {"j"}})
	form := jobs.State{Clone: &jobs.CloneForm{Of: "j", Name: "n", Epochs: "3", Rate: "0.1", Seed: "1", Recipe: "{}"},
		List: []api.Job{{ID: "j", Spec: api.Spec{Name: "n"}}}}
	pages["Jobs"] = app.HTMLString((&Jobs{Pages: g}).cloneForm(form))
	g.jobs.Leave()

	field := regexp.MustCompile(`<(?:textarea|input)[^>]*>[^<]*`)
	value := regexp.MustCompile(` value="[^"]|^<textarea[^>]*>\s*\S`)
	choice := regexp.MustCompile(`type="(?:radio|checkbox|file)"`)
	for name, html := range pages {
		fields := 0
		for _, f := range field.FindAllString(html, -1) {
			if choice.MatchString(f) {
				continue
			}
			if fields++; value.MatchString(f) {
				t.Errorf("%s renders the value of a text field: %s", name, f)
			}
		}
		if fields == 0 {
			t.Errorf("%s has no text field here, so nothing was tested", name)
		}
	}
}
