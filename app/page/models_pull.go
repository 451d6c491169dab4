package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/server/api"
)

// pulls lists the public models that the server can fetch, or nothing where it fetches none.
func (p *Models) pulls(st state.State) app.UI {
	if len(st.Pulls) == 0 {
		return nothing()
	}
	return app.Section().Aria("label", T("models.public")).Body(
		view.Div("section-head", app.H2().Text(T("models.public"))),
		view.P("hint", T("models.public.help")),
		view.Div("model-list", app.Range(st.Pulls).Slice(func(i int) app.UI {
			return p.pullCard(st, st.Pulls[i])
		})),
	)
}

func (p *Models) pullCard(st state.State, m api.Pull) app.UI {
	name := words.InLanguage(m.Title, m.TitleZH)
	title := "pull-" + m.Name
	return app.Article().Class("panel", "model").Aria("labelledby", title).Body(
		view.Div("model-title",
			app.H3().ID(title).Text(name),
			view.Span("tag", T("models."+string(m.Kind))),
		),
		app.P().Text(words.InLanguage(m.About, m.AboutZH)),
		pullFacts(m),
		app.P().Class("changed").Role("status").Text(pulled(m)),
		view.Div("model-foot", p.pullButton(st, m, name),
			app.A().Class("quiet").Href(m.Source).Rel("noreferrer").Target("_blank").Text(T("models.public.source"))),
	)
}

func pullFacts(m api.Pull) app.UI {
	size, right := "", ""
	if m.Size > 0 {
		size = words.Size(m.Size)
	}
	if m.Accuracy > 0 {
		right = words.Share(m.Accuracy)
	}
	return list([2]string{T("models.public.license"), m.License}, [2]string{T("models.size"), size},
		[2]string{T("models.public.accuracy"), right}, [2]string{T("models.credit"), m.Credit})
}

// pulled says how far a fetch is.
func pulled(m api.Pull) string {
	switch m.State {
	case api.PullWaits, api.PullConverts:
		return T("models.public." + string(m.State))
	case api.PullFetches:
		if m.Size > 0 {
			return T("models.public.fetching.of", words.Size(m.Done), words.Size(m.Size))
		}
		return T("models.public.fetching", words.Size(m.Done))
	case api.PullFailed:
		return T("models.public.failed", m.Error)
	}
	return ""
}

// pullButton is what can be done next.
func (p *Models) pullButton(st state.State, m api.Pull, name string) app.UI {
	do, key := func() { p.shared.Pull(m.Name); p.shared.WatchPulls(p.live) }, "models.public.fetch"
	switch {
	case m.State == api.PullStored:
		do, key = func() { p.bring(m) }, "models.public.add"
	case !st.Server.CanPull():
		return view.Span("hint", T("models.public.admin"))
	case m.State.Runs():
		do, key = func() { p.shared.EndPull(m.Name) }, "models.public.stop"
	}
	return view.Button("button small").Text(T(key)).Aria("label", T(key+".label", name)).
		OnClick(func(app.Context, app.Event) { go do() }, key, m.Name)
}

// bring adds a model that the server has to those of this browser.
func (p *Models) bring(m api.Pull) {
	got, err := p.shared.BringPulled(m)
	if err != nil {
		p.say(words.Explain(err), true, nil)
		return
	}
	p.say(T("models.imported", words.Title(got)), false, nil)
}
