package page

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/jobs"
	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/server/api"
)

// Jobs shows the trainings on the server: the list, one of them, or some side by side, as the address says.
type Jobs struct {
	app.Compo
	*Pages
	watching
	ctx app.Context
}

// OnMount keeps the page's context: that of a click ends with the button, which may be gone when the server answers.
func (p *Jobs) OnMount(ctx app.Context) {
	p.watch(ctx, p.shared)
	p.ctx = ctx
}

// visit goes to an address once something is done, when what was pressed may be gone.
func (p *Jobs) visit(address string) {
	p.ctx.Dispatch(func(ctx app.Context) { ctx.Navigate(address) })
}

// OnDismount ends the streams of events: a browser has six connections for a server.
func (p *Jobs) OnDismount() {
	p.unwatch()
	p.jobs.Leave()
}

// OnNav opens what the address says: a filter of the list, one job, or a comparison. Back and forward come here, too.
func (p *Jobs) OnNav(ctx app.Context) {
	ctx.Page().SetTitle(T("title.jobs"))
	p.jobs.Visit(ctx.Page().URL().Query())
}

// Render shows troubles above whatever is open. A list that the server cut is said to be cut.
func (p *Jobs) Render() app.UI {
	st, s := p.shared.Get(), p.jobs.Get()
	return p.Shell("/jobs",
		view.Div("page-head",
			view.Box(app.H1().Text(T("nav.jobs")), app.P().Text(T("jobs.lead"))),
			app.If(st.Server.Tokens && st.Server.CanRead(),
				button("button small", "jobs.sign.out", p.jobs.SignOut)),
		),
		view.Div("troubles",
			app.If(s.Notice.Text() != "", view.Notice(tone(s.Notice.Bad), s.Notice.Text(),
				button("button small", "jobs.dismiss", p.jobs.Dismiss))),
			app.If(s.Trouble != "", view.Notice(view.Bad, T("jobs.unreachable", s.Trouble), nil)),
			app.If(len(s.Damaged) > 0, view.Notice(view.Bad, T("jobs.damaged", strings.Join(s.Damaged, ", ")), nil)),
			app.If(s.Total > len(s.List) && s.Loaded, view.P("hint", T("jobs.newest", len(s.List), s.Total))),
		),
		view.Div("jobs-body", p.body(st, s)),
	)
}

// body is what the server allows: a reason why there are no jobs, the form to sign in, one job, some side by side,
// or the list.
func (p *Jobs) body(st state.State, s jobs.State) app.UI {
	switch server := st.Server; {
	case !server.Known && server.Trouble != "":
		return view.Notice(view.Bad, T("jobs.unreachable", server.Trouble),
			button("button small", "jobs.retry", func() { go p.shared.AskServer() }))
	case !server.Known:
		return view.P("hint", T("jobs.asking"))
	case !server.Jobs:
		return emptyJobs("jobs.none", "jobs.none.how", nil)
	case !server.CanRead():
		return &signIn{Pages: p.Pages, Lang: st.Lang}
	case s.Open != "":
		return p.one(st, s)
	case len(s.Compare) > 0:
		return side(s)
	}
	return p.list(st, s)
}

// emptyJobs says why there is nothing, and offers what to do about it; action may be nil.
func emptyJobs(title, how string, action app.UI) app.UI {
	return view.Div("empty", app.H2().Text(T(title)), app.P().Text(T(how)), app.If(action != nil, action))
}

// list keeps its table in place while a filter leaves nothing, so that the filters stay where they were clicked.
func (p *Jobs) list(st state.State, s jobs.State) app.UI {
	if !s.Loaded {
		return view.P("hint", T("jobs.asking"))
	}
	if len(s.List) == 0 {
		return emptyJobs("jobs.empty", "jobs.empty.how", app.A().Class("button", "main").Href("/teach").
			Text(T("jobs.empty.teach")))
	}
	shown := s.Shown()
	return app.Section().Aria("label", T("nav.jobs")).Body(
		filters(s),
		view.Box(app.If(len(shown) == 0, view.P("hint jobs-none", T("jobs.empty.filter")))),
		app.Div().Class("panel", "jobs-table").Hidden(len(shown) == 0).Body(
			view.Div("scroll", app.Table().Class("jobs-list").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Body(view.Span("unseen", T("jobs.col.pick"))),
					app.Th().Scope("col").Text(T("jobs.col.name")), app.Th().Scope("col").Text(T("jobs.col.state")),
					app.Th().Scope("col").Text(T("jobs.col.result")), app.Th().Scope("col").Text(T("jobs.col.created")),
				)),
				app.TBody().Body(app.Range(shown).Slice(func(i int) app.UI { return p.jobRow(shown[i], s) })),
			)),
			compareFoot(s),
		),
	)
}

// filters are links, so that the address says what is shown.
func filters(s jobs.State) app.UI {
	link := func(to api.State, label string, n int) app.UI {
		a := app.A().Class("filter").Href(jobs.Place(to)).
			Body(app.Span().Text(label), app.Span().Class("count").Text(n))
		if s.Filter == to {
			a = a.Aria("current", "true")
		}
		return a
	}
	list := []app.UI{link("", T("jobs.filter.all"), len(s.List))}
	for _, to := range jobs.States {
		n := 0
		for _, j := range s.List {
			if j.Status.State == to {
				n++
			}
		}
		if n > 0 || s.Filter == to {
			list = append(list, link(to, T("jobs.state."+string(to)), n))
		}
	}
	return app.Nav().Class("filters").Aria("label", T("jobs.filter")).Body(list...)
}

// jobRow is a job in the list; its box chooses it for a comparison while there is room for one more.
func (g *Pages) jobRow(j api.Job, s jobs.State) app.UI {
	picked := slices.Contains(s.Picked, j.ID)
	return app.Tr().Body(
		app.Td().Class("pick-cell").Body(app.Input().Type("checkbox").Checked(picked).
			Disabled(!picked && len(s.Picked) >= jobs.MaxCompare).Aria("label", T("jobs.pick", j.Spec.Name)).
			OnChange(func(app.Context, app.Event) { g.jobs.Pick(j.ID) }, j.ID)),
		app.Td().Class("job-name").Body(app.A().Href(jobs.PlaceOf(j.ID)).Text(j.Spec.Name)),
		app.Td().Class("job-state").Body(badge(j), app.If(j.Status.State == api.Running, progressOf(j))),
		app.Td().Body(outcomeOf(j)),
		app.Td().Class("faint", "job-time").Body(when(j.Created)),
	)
}

// badge is the state of a job in words and by colour.
func badge(j api.Job) app.UI {
	return app.Span().Class("badge", "badge-"+string(j.Status.State)).Text(jobs.Words(j))
}

// progressOf is a bar in thousandths of the whole job, all stages counted.
func progressOf(j api.Job) app.UI {
	return app.Progress().Aria("label", T("jobs.progress", j.Spec.Name)).Max(1000).Value(int(1000 * jobs.Share(j)))
}

// outcomeOf is what a list says of a job's result: how often it is right, how long it still takes, or why there is
// none.
func outcomeOf(j api.Job) app.UI {
	switch {
	case j.Status.Error != "":
		return view.Span("job-error", words.Text(j.Status.Error))
	case j.Status.Result != nil:
		if v, ok := jobs.MainMetric(j.Status.Result.Metrics); ok {
			return view.Text(T("jobs.accuracy", words.Share(v)))
		}
	case j.Status.State == api.Running:
		return view.Span("faint", words.Speed(j.Status.Progress))
	}
	return app.Span()
}

// when shows a moment in the time of whoever looks, and carries it in UTC for programs.
func when(t time.Time) app.UI {
	return app.Time().DateTime(t.UTC().Format(time.RFC3339)).Text(t.Local().Format("2006-01-02 15:04"))
}

// compareFoot leads to the comparison once two jobs are chosen, and says before how one comes there.
func compareFoot(s jobs.State) app.UI {
	if len(s.Picked) < 2 {
		return app.P().Class("results-more", "hint").Text(T("jobs.compare.how", jobs.MaxCompare))
	}
	return app.P().Class("results-more").Body(
		app.A().Class("button", "small").ID("jobs-compare").Href(jobs.ComparePlace(s.Picked)).
			Text(T("jobs.compare", len(s.Picked))))
}
