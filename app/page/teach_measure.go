package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/store"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
)

// testBox measures the taught model on the examples that are kept to test with, and shows what came out: never mixed
// with what was held out of the others.
type testBox struct {
	app.Compo
	*Pages

	Project teach.Project
	Testing teach.Testing
	Lang    words.Lang
}

func (b *testBox) Render() app.UI {
	r, d := b.Project.Report, b.Project.Tested
	samples, _ := b.Project.ForTest(r.Model.Labels)
	if len(samples) == 0 && d == nil {
		return app.Div()
	}
	return app.Div().Class("judge").ID("teach-tested").Role("group").Aria("label", T("test.title")).Body(
		view.P("judge-head", T("test.title")),
		view.Box(b.result(samples)...),
		b.act(len(samples)),
		view.Box(app.If(b.Testing.Error != "", view.Notice(view.Bad, b.Testing.Error, nil))),
	)
}

// result is the newest measuring in words and tables.
func (b *testBox) result(samples []store.Sample) []app.UI {
	d := b.Project.Tested
	if d == nil {
		return []app.UI{view.P("hint", T("test.why"))}
	}
	e := &d.Estimate
	right := 0
	for i := range e.Confusion {
		right += e.Confusion[i][i]
	}
	list := []app.UI{app.P().Class("outcome-main").Role("status").Text(
		T("test.verdict", right, e.Samples, words.Rounded(e.Low), words.Rounded(e.High)))}
	say := func(class, key string, values ...any) { list = append(list, view.P(class, T(key, values...))) }
	switch {
	case d.Weights != b.Project.Report.WeightsHash:
		say("changed", "test.earlier")
	case !sameSamples(d, samples):
		say("changed", "test.others")
	}
	if n := len(d.Used); n > 1 {
		say("changed", "test.used", n)
	}
	if d.Rejected > 0 {
		say("hint", "test.rejected", d.Rejected, d.Kept, e.Samples-d.Rejected)
	}
	if d.Failed > 0 {
		say("hint", "test.failed", d.Failed)
	}
	return append(list, &judgeBox{Pages: b.Pages, Project: b.Project, Labels: d.Labels, Estimate: e, Asked: d.Asked,
		Set: testSet, Lang: b.Lang, Host: b.teaching})
}

// sameSamples tells whether these samples were measured, and no others.
func sameSamples(d *store.Tested, samples []store.Sample) bool {
	here := make(map[string]bool, len(samples))
	for _, s := range samples {
		here[s.ID] = true
	}
	for _, id := range d.Asked {
		if !here[id] {
			return false
		}
	}
	return len(samples) == len(d.Asked)+d.Failed
}

// act begins a measuring, or tells how far one is.
func (b *testBox) act(n int) app.UI {
	if t := b.Testing; t.Active {
		return view.Box(
			view.Loading(T("test.running"), T("test.done", t.Done, t.Samples), int64(t.Done), int64(t.Samples)),
			view.Act("button small", "teach-test-stop", T("test.stop"), b.onStop))
	}
	return view.Box(view.Button("button small").ID("teach-test").Disabled(n == 0).Text(T("test.do", n)).
		OnClick(b.onTest))
}

func (b *testBox) onTest(app.Context, app.Event) { b.teaching.Test() }
func (b *testBox) onStop(app.Context, app.Event) { b.teaching.StopTest() }
