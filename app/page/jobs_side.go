package page

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/jobs"
	"wafer/app/view"
	"wafer/nn/task"
)

// side shows jobs side by side: their curves in one chart each, their numbers in one table.
func side(s jobs.State) app.UI {
	return app.Article().Class("job").Aria("labelledby", "side-title").Body(
		app.P().Class("job-back").Body(app.A().Href("/jobs").Text(T("jobs.back"))),
		app.Header().Class("job-head").Body(app.H2().ID("side-title").Text(T("jobs.side"))),
		app.Div().Class("panel", "charts").Body(
			app.Raw(sideChart(s, T("teach.chart.accuracy"), true, accuracyOf).SVG()),
			app.Raw(sideChart(s, T("teach.chart.loss"), false, lossOf).SVG()),
		),
		app.Div().Class("panel", "jobs-table").Body(app.Div().Class("scroll").TabIndex(0).Body(sideTable(s))),
		view.Box(app.If(jobs.SameWeights(s), view.P("outcome-main", T("jobs.side.same")))),
	)
}

// sideChart has a curve per job: on held-out samples where there are some.
func sideChart(s jobs.State, title string, percent bool, of func(task.Progress) (train, held float64)) view.Chart {
	c := view.Chart{Title: title, Axis: T("teach.chart.epoch"), Percent: percent}
	for i, id := range s.Compare {
		j, _ := s.Find(id)
		curve := view.Curve{Class: "curve-" + strconv.Itoa(i), Label: shorten(j.Spec.Name)}
		for _, p := range s.Runs[id].Curve {
			v, held := of(p)
			if p.HasValidation {
				v = held
			}
			curve.Values = append(curve.Values, v)
		}
		c.Curves = append(c.Curves, curve)
		if n := len(curve.Values); n > 0 {
			c.Summary += " " + T("jobs.spoken", j.Spec.Name, strconv.FormatFloat(curve.Values[n-1], 'g', 3, 64))
		}
	}
	return c
}

// shorten makes a name fit beside a chart.
func shorten(name string) string {
	if r := []rune(name); len(r) > 9 {
		return string(r[:8]) + "…"
	}
	return name
}

// sideTable has a column per job, in the colours of the curves, and a row per setting or measure of which the jobs have
// one.
func sideTable(s jobs.State) app.UI {
	head := []app.UI{app.Th().Scope("col").Body(view.Span("unseen", T("jobs.facts")))}
	for i, id := range s.Compare {
		j, _ := s.Find(id)
		head = append(head, app.Th().Scope("col").Class("curve-"+strconv.Itoa(i)).
			Body(app.A().Href(jobs.PlaceOf(id)).Text(j.Spec.Name)))
	}
	var rows []app.UI
	for _, row := range jobs.SideBySide(s) {
		cells := []app.UI{app.Th().Scope("row").Text(T(row.Key))}
		for _, v := range row.Values {
			cells = append(cells, app.Td().Text(v))
		}
		rows = append(rows, app.Tr().Body(cells...))
	}
	return app.Table().Body(app.THead().Body(app.Tr().Body(head...)), app.TBody().Body(rows...))
}
