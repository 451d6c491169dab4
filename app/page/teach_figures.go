package page

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/view"
	"wafer/nn/metrics"
	"wafer/nn/task"
)

const (
	fewPairs  = 3
	fewBehind = 24 // samples that are shown of a cell
	behindID  = "teach-behind"
)

// open shows the samples behind a cell of the matrix, or hides them again.
func (j *judgeBox) open(row, column int) {
	if j.cell != nil && *j.cell == [2]int{row, column} {
		j.cell = nil
		return
	}
	j.cell = &[2]int{row, column}
	browser.FocusSoon(behindID + j.Set)
}

// pairs are the classes that are most often taken for another, and lead to the samples.
func (j *judgeBox) pairs(e *task.Estimate) app.UI {
	pairs := metrics.Confusion(e.Confusion).Pairs(fewPairs)
	return view.Div("card-tools", app.Range(pairs).Slice(func(i int) app.UI {
		p := pairs[i]
		return view.Button("button small").
			Text(T("judge.cell", j.label(p.Class), j.label(p.Said), p.Times)).
			OnClick(func(app.Context, app.Event) { j.open(p.Class, p.Said) }, p.Class, p.Said)
	}))
}

// behind lists the samples of the cell that is open, from where they are moved or deleted.
func (j *judgeBox) behind(e *task.Estimate) app.UI {
	if j.cell == nil || max(j.cell[0], j.cell[1]) >= len(e.Confusion) {
		return app.Div()
	}
	row, column := j.cell[0], j.cell[1]
	wrong := map[int]task.Wrong{}
	for _, w := range e.Wrong {
		wrong[w.Sample] = w
	}
	var list []app.UI
	for n := range j.Asked {
		w, isWrong := wrong[n]
		if !isWrong {
			w = task.Wrong{Sample: n, Label: row, Said: row}
		}
		if s, ok := j.sample(w); ok && w.Label == row && w.Said == column && len(list) < fewBehind {
			list = append(list, j.one(w, s))
		}
	}
	return app.Div().ID(behindID+j.Set).TabIndex(-1).Body(
		view.P("judge-head", T("judge.cell", j.label(row), j.label(column), e.Confusion[row][column])),
		app.Ul().Class("judge-wrong").Body(list...),
		app.If(len(list) == 0, view.P("hint", T("judge.behind.none"))),
	)
}

// figures is the table of what each class is known by, and their means, as scikit-learn's classification_report.
func (j *judgeBox) figures(e *task.Estimate) app.UI {
	return app.Div().Class("scroll").TabIndex(0).Role("region").Aria("label", T("judge.figures")).Body(
		app.Table().Class("matrix").ID("teach-figures"+j.Set).Body(
			app.Caption().Text(T("judge.figures")),
			app.TBody().Body(app.Range(j.rows(e)).Slice(func(i int) app.UI {
				cells := j.rows(e)[i]
				row := []app.UI{app.Th().Scope("row").Text(cells[0])}
				for _, c := range cells[1:] {
					row = append(row, app.Td().Class("right number").Text(c))
				}
				return app.Tr().Body(row...)
			})),
		),
		view.Act("button small", "judge-csv"+j.Set, T("judge.csv"), j.onCSV),
	)
}

// rows are a head, the figures of every class, and their means.
func (j *judgeBox) rows(e *task.Estimate) [][]string {
	c := metrics.Confusion(e.Confusion)
	rows := [][]string{strings.Split(T("judge.columns"), "|")}
	for i, k := range append(c.Classes(), c.Macro()) {
		name := T("judge.macro")
		if i < len(c) {
			name = j.label(i)
		}
		rows = append(rows, []string{name, figure(k.Precision), figure(k.Recall), figure(k.F1),
			strconv.Itoa(k.Support)})
	}
	return rows
}

// figure writes three decimals: classes may have hundreds of samples.
func figure(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }

// onCSV offers figures and matrix as a table (RFC 4180).
func (j *judgeBox) onCSV(app.Context, app.Event) {
	e := j.Estimate
	rows := append(j.rows(e), append([]string{T("table.confusion")}, j.Labels...))
	for i, counts := range e.Confusion {
		row := []string{j.label(i)}
		for _, n := range counts {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	downloadCSV(T("judge.csv.name"+j.Set), rows)
}

// downloadCSV offers a table (RFC 4180).
func downloadCSV(name string, rows [][]string) {
	var out strings.Builder
	for _, cells := range rows {
		for i, c := range cells {
			if strings.ContainsAny(c, "\",\r\n") {
				cells[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
		}
		out.WriteString(strings.Join(cells, ",") + "\r\n")
	}
	browser.Download(name+".csv", "text/csv", []byte("\ufeff"+out.String()))
}
