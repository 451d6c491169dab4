package page

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/state"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// card shows one model: what it is for, how good it is, what it is made of.
func (g *Pages) card(m task.Model, measured, foot app.UI) app.UI {
	title := "model-" + m.ID
	return app.Article().Class("panel", "model").Aria("labelledby", title).Body(
		view.Div("model-title",
			app.H3().ID(title).Text(words.Title(m)),
			view.Span("tag", T("models."+string(m.Kind))),
			app.If(own(m), view.Span("tag", T("models.own"))),
		),
		app.P().Text(words.About(m)),
		measured,
		facts(m, g.shared.Get().Load[m.ID]),
		answering(m, labels),
		answering(m, func(m task.Model) app.UI { return &exportBox{Pages: g, Model: m, Lang: words.Language()} }),
		&inspectBox{Pages: g, Model: m, Lang: words.Language()},
		foot,
	)
}

// accuracy shows the measured share of right answers, or nothing where none was
// measured.
func accuracy(m task.Model) app.UI {
	if m.Accuracy == 0 {
		return nothing()
	}
	on, here := T("models.taught.right"), app.UI(nothing())
	switch {
	case m.Measure != "":
		on = T("models.taught." + string(m.Measure))
	case m.TestSet != "":
		on = T("models.accuracy", words.Text(m.TestSet))
	}
	if published, share, set := words.Beside(m.TestSet); set != "" {
		on = T("models.published", words.Text(published))
		here = app.P().Class("figure").Body(app.Strong().Text(words.Share(share)),
			view.Text(T("models.here", words.Text(set))))
	}
	return view.Box(
		app.P().Class("figure").Body(app.Strong().Text(words.Accuracy(m)), app.Span().Text(on)), here)
}

// own tells the model that follows the Teach page.
func own(m task.Model) bool { return m.ID == teach.OwnModel(m.Kind) }

// facts are names and values; what nobody knows of a model is left out.
func facts(m task.Model, load state.Load) app.UI {
	named := [][2]string{{T("models.takes"), takes(m)}}
	if m.Rejects && m.RejectRate > 0 {
		named = append(named, [2]string{T("models.rejects"), T("models.rejects.share", words.Share(m.RejectRate))})
	}
	named = append(named, [2]string{T("models.size"), T("models.size.both", words.Size(m.Bytes), m.Params)})
	if load.Memory > 0 {
		named = append(named, [2]string{T("models.memory"), T("models.memory.loaded", words.Size(int64(load.Memory)))})
	}
	return list(append(named, [2]string{T("models.credit"), words.Credit(m)})...)
}

// takes says what a model reads: pictures of its size in pixels, or sentences, for shipped models of English only.
func takes(m task.Model) string {
	switch {
	case m.Kind == task.Image:
		return T("models.takes.image", m.Width, m.Height)
	case m.Base != "" || m.TestSet == "":
		return T("models.takes.mytext")
	}
	return T("models.takes.text")
}

// labels are one click away: a model may have hundreds.
func labels(m task.Model) app.UI {
	names := make([]string, len(m.Labels))
	for i := range names {
		names[i] = words.Label(m, i)
	}
	return app.Details().Body(
		app.Summary().Text(T("models.labels", len(names))),
		app.P().Text(strings.Join(names, " · ")),
	)
}

// answering shows a part of a card that models without labels do not have.
func answering(m task.Model, part func(task.Model) app.UI) app.UI {
	if m.Encoder() {
		return nothing()
	}
	return part(m)
}
