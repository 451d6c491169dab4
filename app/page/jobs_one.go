package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/jobs"
	"wafer/app/state"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
	"wafer/server/api"
)

// one shows a job with everything that is known of it.
func (p *Jobs) one(st state.State, s jobs.State) app.UI {
	r := s.Runs[s.Open]
	j, found := s.Find(s.Open)
	if !found {
		if r.Trouble != "" {
			return view.Div("empty", app.H2().Text(T("jobs.missing")), app.P().
				Text(T("jobs.missing.how", r.Trouble)),
				app.A().Class("button").Href("/jobs").Text(T("jobs.back")))
		}
		return view.P("hint", T("jobs.asking"))
	}
	return app.Article().Class("job").Aria("labelledby", "job-title").Body(
		app.P().Class("job-back").Body(app.A().Href("/jobs").Text(T("jobs.back"))),
		app.Header().Class("job-head").Body(app.H2().ID("job-title").Text(j.Spec.Name), badge(j)),
		app.P().Class("unseen").Role("status").Aria("live", "polite").
			Text(T("jobs.spoken", j.Spec.Name, T("jobs.state."+string(j.Status.State)))),
		view.Div("train-state",
			app.If(j.Status.State == api.Running, view.Div("loading",
				app.P().Body(app.Span().Text(jobs.Words(j)), app.Span().Class("number").
					Text(words.Speed(j.Status.Progress))), progressOf(j))),
			app.If(r.Trouble != "" && !j.Status.State.Final(), view.P("hint", T("jobs.quiet", r.Trouble))),
			app.If(j.Status.Error != "", view.Notice(view.Bad, words.Text(j.Status.Error), nil)),
		),
		p.tools(st, s, j),
		p.brought(s.Brought),
		p.cloneForm(s),
		view.Div("job-columns",
			view.Div("job-main", charts(r, j), jobLog(r)),
			view.Div("job-side", jobResult(j), p.jobFacts(r, j), asked(j)),
		),
	)
}

// tools are what can be done with a job now.
func (p *Jobs) tools(st state.State, s jobs.State, j api.Job) app.UI {
	off := s.Busy[j.ID]
	tool := func(class, key string, do app.EventHandler) app.UI {
		return app.Button().Class("button", class).Type("button").Text(T(key)).Disabled(off).OnClick(do, key, j.ID)
	}
	var list []app.UI
	if j.Status.State == api.Succeeded {
		list = append(list, tool("main", "jobs.bring", func(app.Context, app.Event) { p.jobs.Bring(j.ID) }))
	}
	if r := j.Status.Result; r != nil && r.Page != nil {
		list = append(list, tool("small", "jobs.report", func(app.Context, app.Event) { p.jobs.Report(j.ID) }))
	}
	if st.Server.CanSubmit() {
		for _, m := range jobs.MovesOf(j) {
			list = append(list, tool("small", "jobs.move."+string(m),
				func(app.Context, app.Event) { p.jobs.Move(j.ID, m) }))
		}
		if !j.Status.State.Final() && jobs.Taught(j) != nil {
			list = append(list, tool("small", "jobs.here",
				func(ctx app.Context, _ app.Event) { p.takeHere(ctx, j.ID) }))
		}
		list = append(list, tool("small", "jobs.clone", func(app.Context, app.Event) { p.jobs.StartClone(j.ID) }))
	}
	if st.Server.CanDelete() && j.Status.State.Final() {
		list = append(list, tool("small", "jobs.delete",
			func(app.Context, app.Event) { p.jobs.Delete(j.ID, func() { p.visit("/jobs") }) }))
	}
	return view.Div("job-tools", list...)
}

// takeHere goes on with a job in this tab, on the Teach page.
func (g *Pages) takeHere(ctx app.Context, id string) {
	t := g.teaching
	t.Open()
	t.TakeJob(id, func(err error) {
		if err != nil {
			g.jobs.Complain(err)
		}
	})
	ctx.Navigate("/teach")
}

// brought offers what one would do next with a model that has just come into this tab.
func (g *Pages) brought(m *task.Model) app.UI {
	if m == nil {
		return app.Div()
	}
	return view.Div("job-tools",
		app.A().Class("button", "small").Href(state.PlaceOf(*m)).Text(T("jobs.brought.use")),
		view.Act("button small", "", T("jobs.brought.teach"), func(ctx app.Context, _ app.Event) {
			g.teaching.Open()
			g.teaching.StartFrom(*m)
			ctx.Navigate("/teach")
		}, m.ID),
	)
}

// charts draws the curves of one job.
func charts(r jobs.Run, j api.Job) app.UI {
	if len(r.Curve) == 0 {
		return app.Div()
	}
	epochs := len(r.Curve)
	if p := j.Status.Progress; p != nil && !j.Status.State.Final() {
		epochs = max(epochs, p.Epochs)
	}
	return app.Div().Class("panel", "charts").Body(
		app.Raw(chartOf(T("teach.chart.accuracy"), r.Curve, epochs, true, accuracyOf).SVG()),
		app.Raw(chartOf(T("teach.chart.loss"), r.Curve, epochs, false, lossOf).SVG()),
	)
}

// jobLog is one text in a box that scrolls and takes the focus, so that the keyboard can scroll it.
func jobLog(r jobs.Run) app.UI {
	var b strings.Builder
	for _, l := range r.Log {
		b.WriteString(l.Time.Local().Format("15:04:05 ") + l.Text + "\n")
	}
	return app.Section().Class("panel", "job-box").Aria("labelledby", "job-log").Body(
		app.H3().ID("job-log").Text(T("jobs.log")),
		view.Box(
			app.If(len(r.Log) == 0, view.P("hint", T("jobs.log.empty"))),
			app.If(len(r.Log) > 0, app.Pre().Class("log").TabIndex(0).Aria("label", T("jobs.log")).Text(b.String())),
		),
	)
}

// list is a list of names and values; empty values are left out.
func list(pairs ...[2]string) app.UI {
	var cells []app.UI
	for _, p := range pairs {
		if p[1] != "" {
			cells = append(cells, app.Dt().Text(p[0]), app.Dd().Text(p[1]))
		}
	}
	return app.Dl().Class("facts").Body(cells...)
}

// jobResult has the numbers first; the hashes, by which runs are compared, are one click away.
func jobResult(j api.Job) app.UI {
	r := j.Status.Result
	if r == nil {
		return app.Div()
	}
	var pairs [][2]string
	for _, m := range jobs.Metrics(r.Metrics) {
		pairs = append(pairs, [2]string{T(m.Key), m.Text})
	}
	pairs = append(pairs, [2]string{T("jobs.fact.size"), words.Size(r.File.Size)},
		[2]string{T("jobs.fact.name"), r.Name})
	return app.Section().Class("panel", "job-box").Aria("labelledby", "job-result").Body(
		app.H3().ID("job-result").Text(T("jobs.result")), list(pairs...),
		app.Details().Class("fold").Body(app.Summary().Text(T("jobs.hashes")), view.Div("hashes", list(
			[2]string{T("jobs.hash.weights"), r.WeightsHash}, [2]string{T("jobs.hash.file"), r.File.SHA256},
			[2]string{T("jobs.hash.recipe"), r.RecipeHash}, [2]string{T("jobs.hash.data"), r.DataHash}))),
	)
}

// jobFacts are what a job was made from and what it used; facts that nobody knows are left out. Times are those of
// whoever looks.
func (g *Pages) jobFacts(r jobs.Run, j api.Job) app.UI {
	kind, attempts := T("jobs.fact.recipe"), ""
	if r := jobs.Taught(j); r != nil {
		base := words.Title(teach.NGramsOnly)
		if hash := r.Define.Base(); hash != "" {
			base = g.titleOf(hash)
		}
		kind = T("jobs.fact.teach", base)
	}
	if j.Status.Attempt > 1 {
		attempts = strconv.Itoa(j.Status.Attempt)
	}
	var size int64
	for _, f := range j.Spec.Data {
		size += f.Size
	}
	files := T("jobs.fact.files", len(j.Spec.Data), words.Size(size))
	if len(j.Spec.Data) == 1 {
		files = T("jobs.fact.file", words.Size(size))
	}
	pairs := [][2]string{{T("jobs.fact.kind"), kind}, {T("jobs.fact.data"), files},
		{T("jobs.fact.created"), j.Created.Local().Format("2006-01-02 15:04:05")}, {T("jobs.fact.ran"), ranFor(j)},
		{T("jobs.fact.worker"), j.Status.Worker}, {T("jobs.fact.attempts"), attempts},
		{T("jobs.fact.memory"), jobs.MemoryLine(r)}, {T("jobs.clone.of"), j.Spec.CloneOf}, {T("jobs.fact.id"), j.ID}}
	return app.Section().Class("panel", "job-box").Aria("labelledby", "job-facts").
		Body(app.H3().ID("job-facts").Text(T("jobs.facts")), list(pairs...))
}

// ranFor is how long the last attempt took, or takes so far.
func ranFor(j api.Job) string {
	end := j.Status.Ended
	switch {
	case j.Status.Started.IsZero():
		return ""
	case end.IsZero():
		end = j.Updated
	}
	return words.Duration(max(0, end.Sub(j.Status.Started)).Seconds())
}

// titleOf is the title of a model by the hash of its file, or the beginning of that.
func (g *Pages) titleOf(hash string) string {
	if g.shared != nil {
		s := g.shared.Get()
		for _, m := range slices.Concat(s.Models, s.Taught) {
			if m.SHA256 == hash {
				return words.Title(m)
			}
		}
	}
	return hash[:12] + "…"
}

// asked shows the recipe.
func asked(j api.Job) app.UI {
	title := T("jobs.recipe")
	return app.Details().Class("panel", "job-box", "fold").Body(app.Summary().Text(title),
		app.Pre().Class("log").TabIndex(0).Aria("label", title).Text(jobs.Pretty(j.Spec.Recipe)))
}
