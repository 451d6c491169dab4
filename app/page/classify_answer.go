package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// answerID is the panel with the answer.
const answerID = "answer"

// answer is the panel with the answer to one input, or a summary of many.
func (g *Pages) answer(st state.State, m task.Model) app.UI {
	b := st.Batch[st.Kind]
	body, busy := "answer-body", len(b.Items) == 1 && b.Items[0].Step != state.Answered
	if stale(st, b) {
		body, busy = "answer-body stale", true
	}
	return app.Section().ID(answerID).Class("panel", "answer").Aria("label", T("classify.answer")).Body(
		app.P().Class("unseen").Role("status").Text(spoken(b, m)),
		view.Div(body, g.answerBody(st, b, m)...).Aria("busy", busy),
	)
}

// stale tells that the answer is that to another text than stands in the field, whose own is on its way.
func stale(st state.State, b state.Batch) bool {
	return st.Kind == task.Text && b.Typed && len(b.Items) == 1 && b.Items[0].Text != st.Typed
}

// answerBody is the answer by what there is to say: that the model could not be loaded, nothing yet, a count of many
// answers, or one. The number and kind of parts stays the same while one is on its way, so that nothing jumps.
func (g *Pages) answerBody(st state.State, b state.Batch, m task.Model) []app.UI {
	load := st.Load[m.ID]
	switch {
	case len(b.Items) > 0 && b.Error != "":
		return []app.UI{g.failedLoad(b.Error)}
	case len(b.Items) == 0 && load.Error != "":
		return []app.UI{g.failedLoad(load.Error)}
	case len(b.Items) == 0:
		return []app.UI{emptyAnswer(st, m), g.loadingModel(m, load)}
	case len(b.Items) > 1:
		return g.summary(b, m, load)
	}
	return g.single(b.Items[0], b, m, load)
}

// spoken is what a screen reader says when the answer is there.
func spoken(b state.Batch, m task.Model) string {
	if len(b.Items) != 1 || b.Items[0].Step != state.Answered {
		return ""
	}
	r := b.Why.Answer(b.Items[0].Result)
	switch {
	case r.Error != "":
		return r.Error
	case len(r.Scores) == 0:
		return T("classify.noanswer")
	case r.Rejected:
		return T(none(r))
	}
	if b.Live { // many times a second: only another label is news
		return words.ScoreLabel(m, r.Scores[0])
	}
	return T("classify.said", words.ScoreLabel(m, r.Scores[0]), words.Percent(float64(r.Scores[0].Probability)))
}

// emptyAnswer invites an input, in the words that fit the model: a picture, a drawing or a sentence.
func emptyAnswer(st state.State, m task.Model) app.UI {
	title, how := "classify.empty.image", "classify.empty.image.how"
	switch {
	case st.Kind == task.Text:
		title, how = "classify.empty.text", "classify.empty.text.how"
	case m.Drawing:
		how = "classify.empty.drawing.how"
	}
	return view.Div("answer-empty", view.GhostBars(), app.H2().Text(T(title)), app.P().Text(T(how)))
}

// nothing keeps the place of a part that is not shown, so that the parts after
// it are not made anew.
func nothing() app.UI { return app.Div().Class("nothing") }

// loadingModel shows a download under way, which can be stopped; a model that is there needs no word.
func (g *Pages) loadingModel(m task.Model, l state.Load) app.UI {
	if l.Ready || l.Error != "" || m.ID == "" || l.Total == 0 {
		return nothing()
	}
	return view.Box(
		view.Loading(T("classify.loading", words.Title(m)),
			T("classify.loading.bytes", words.Size(l.Bytes), words.Size(l.Total)), l.Bytes, l.Total),
		view.P("answer-note faint", T("classify.loading.once")),
		button("button", "batch.stop", g.shared.StopLoading),
	)
}

// failedLoad says why the model could not be loaded, with a button that tries again.
func (g *Pages) failedLoad(why string) app.UI {
	return view.Div("answer-empty",
		app.H2().Text(T("classify.load.failed")),
		app.P().Text(why),
		app.P().Body(view.Act("button", "", T("classify.again"), func(app.Context, app.Event) { g.retry() })),
	)
}

// retry answers again what has no answer because its model could not be loaded, or loads the model alone.
func (g *Pages) retry() {
	st := g.shared.Get()
	if len(st.Batch[st.Kind].Items) > 0 {
		g.shared.Again(st.Kind)
		return
	}
	g.shared.Prepare()
}

// single shows one input with its answer. Its parts keep their places while the
// answer is on its way, so that nothing jumps.
func (g *Pages) single(it state.Item, b state.Batch, m task.Model, load state.Load) []app.UI {
	r := b.Why.Answer(it.Result)
	switch {
	case it.Step != state.Answered:
		return []app.UI{answerHead(it, b, T("classify.working"), ""), g.loadingModel(m, load)}
	case r.Error != "" || len(r.Scores) == 0:
		why := r.Error
		if why == "" {
			why = T("classify.noanswer")
		}
		return []app.UI{answerHead(it, b, T("classify.failed"), ""), view.Notice(view.Bad, why, nil)}
	}
	value := words.Percent(float64(r.Scores[0].Probability))
	head := answerHead(it, b, words.ScoreLabel(m, r.Scores[0]), T("classify.sure", value))
	if r.Rejected {
		head = answerHead(it, b, T(none(r)), T(none(r)+".why"))
	}
	return []app.UI{head, nearest(r, m), note(r), g.reasons(b, m), answerFoot(r, m.Kind)}
}

// reasons are why an answer was given; of a camera's frames, which come and go, there are none.
func (g *Pages) reasons(b state.Batch, m task.Model) app.UI {
	if b.Live {
		return nothing()
	}
	return why("classify-why", b.Why, func() { g.shared.AskWhy(m.Kind) }, g.shared.LeaveOut)
}

// answerHead names what was answered and the answer; under says how sure it is, "" while nobody knows.
func answerHead(it state.Item, b state.Batch, title, under string) app.UI {
	name := it.Name
	switch {
	case b.Drawing:
		name = T("classify.drawing")
	case b.Live:
		name = T("camera.live")
	}
	return view.Div("answer-head",
		app.If(it.Image != "", app.Img().Class("tiny").Src(it.Image).Alt(name)),
		view.Div("answer-title",
			app.If(name != "", view.P("file", name)),
			app.H2().Class("label").Text(title),
			app.If(under != "", app.P().Text(under)),
		),
	)
}

// none is the text for a result that is no label: none of them is right, or the model is not sure enough.
func none(r task.Result) string {
	if r.Unsure {
		return "classify.unsure"
	}
	return "classify.none"
}

// nearest are the scores; of an input that is none of the labels they are one click away.
func nearest(r task.Result, m task.Model) app.UI {
	if !r.Rejected {
		return scores(r, m)
	}
	return app.Details().Class("nearest").Body(app.Summary().Text(T("classify.nearest")), scores(r, m))
}

// shownScores is the number of bars; the rest is one line.
const shownScores = 5

// scores are bars, the most probable first; what is below the first few is one line with its sum. A model of two
// classes is one bar with an end for each.
func scores(r task.Result, m task.Model) app.UI {
	if r.Binary && len(m.Labels) == 2 {
		p := probability(r, 1)
		right := words.Label(m, 1)
		return view.BinaryBar{Name: T("classify.binary", right), Left: words.Label(m, 0), Right: right,
			Value: words.Percent(p), Share: p}.UI()
	}
	var rows []view.Bar
	rest, restShare := len(m.Labels), 1.0 // the worker sends the first scores only of models with many labels
	for i, s := range r.Scores {
		if i >= shownScores && len(r.Scores) > shownScores+1 {
			break
		}
		rest, restShare = rest-1, restShare-float64(s.Probability)
		rows = append(rows, view.Bar{Label: words.ScoreLabel(m, s), Value: words.Percent(float64(s.Probability)),
			Share: float64(s.Probability)})
	}
	if rest <= 0 {
		return view.Bars(rows, r.Rejected)
	}
	return view.Box(
		view.Bars(rows, r.Rejected),
		view.P("answer-note faint", T("classify.more", rest, words.Percent(max(restShare, 0)))),
	)
}

// probability finds the score of label number index.
func probability(r task.Result, index int) float64 {
	for _, s := range r.Scores {
		if s.Index == index {
			return float64(s.Probability)
		}
	}
	return 0
}

// note is what the model says beside its answer, such as that a text was cut, or an empty place of the same kind.
func note(r task.Result) app.UI {
	if r.Note == "" {
		return nothing()
	}
	return view.P("answer-note", r.Note)
}

// answerFoot says how long the answer took, by which engine and on how many threads, and leads to Teach.
func answerFoot(r task.Result, kind task.Kind) app.UI {
	return view.Div("answer-foot",
		view.Span("number", T("classify.time", words.Millis(r.Millis))+" · "+words.Engine(r,
			browser.Isolated())),
		teachLink(kind),
	)
}

// teachLink opens Teach with the same kind of inputs.
func teachLink(kind task.Kind) app.UI {
	return app.A().Href("/teach?kind="+string(kind)).Body(app.Text(T("classify.teach")), app.Raw(view.IconArrow))
}

// summary counts the answers of many inputs.
func (g *Pages) summary(b state.Batch, m task.Model, load state.Load) []app.UI {
	tallies, errors, mean := b.Summary(m)
	var rows []view.Bar
	for i, t := range tallies {
		if i == 8 {
			break
		}
		rows = append(rows, view.Bar{Label: t.Label, Value: words.Count(t.Count),
			Share: float64(t.Count) / float64(len(b.Items))})
	}
	return []app.UI{
		app.H2().Text(T("batch.summary")),
		g.loadingModel(m, load),
		view.Bars(rows, false),
		failures(errors),
		view.Div("answer-foot",
			view.Span("number", T("batch.mean", words.Millis(mean))),
			teachLink(m.Kind),
		),
	}
}

// failures says how many inputs have an error in place of an answer; the table names each.
func failures(n int) app.UI {
	if n == 0 {
		return nothing()
	}
	return view.P("answer-note", T("batch.errors", n))
}
