package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/bridge"
	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// tableChoice says which columns of a table are read, lets people choose others, and shows how the answers did where
// the table has the right ones.
type tableChoice struct {
	app.Compo
	*Pages

	Batch   state.Batch
	Model   task.Model
	Wrong   bool // only the wrong answers are shown
	OnWrong app.EventHandler
	Lang    words.Lang
}

// Render shows nothing for inputs that are no table. It says what of the table was left out, too.
func (t *tableChoice) Render() app.UI {
	table := t.Batch.Table
	if table == nil {
		return app.Div()
	}
	c := table.Columns
	var left *words.Say
	for _, l := range table.Left {
		if said := words.Left(l.Why, l.Count, l.Where); left == nil {
			left = said
		} else {
			left = words.Of("read.and", left, said)
		}
	}
	return view.Div("table-choice",
		view.Div("ask-columns",
			columnChoice("table-text", T("table.text"), "", table.Table, c, c.Text, t.onText),
			columnChoice("table-truth", T("table.truth"), T("table.truth.no"), table.Table, c, c.Label, t.onTruth)),
		app.Label().Class("check").Body(
			app.Input().Type("checkbox").ID("table-header").Checked(c.Header).OnChange(t.onHeader),
			view.Text(T("ask.header"))),
		app.If(left != nil, view.P("hint", words.Of("table.left", left).Text())),
		app.If(table.Broken > 0, view.P("hint", T("read.broken", table.Broken))),
		app.If(c.Label >= 0, t.judged()),
	)
}

// use has the table read again with other columns. The same column cannot be both text and truth: then there is no
// truth.
func (t *tableChoice) use(change func(*bridge.Columns)) {
	c := t.Batch.Table.Columns
	change(&c)
	if c.Label == c.Text {
		c.Label = -1
	}
	go t.shared.SetColumns(c)
}

func (t *tableChoice) onText(ctx app.Context, _ app.Event) {
	t.use(func(c *bridge.Columns) { c.Text = chosenColumn(ctx) })
}

func (t *tableChoice) onTruth(ctx app.Context, _ app.Event) {
	t.use(func(c *bridge.Columns) { c.Label = chosenColumn(ctx) })
}

func (t *tableChoice) onHeader(ctx app.Context, _ app.Event) {
	t.use(func(c *bridge.Columns) { c.Header = ctx.JSSrc().Get("checked").Bool() })
}

// mostMatrix is the most labels of which the confusion matrix is shown.
const mostMatrix = 20

// judged shows how many answers are right, and what was taken for what.
func (t *tableChoice) judged() app.UI {
	j := t.Batch.Judge(t.Model)
	if j.All == 0 {
		return app.Div()
	}
	return view.Div("judged",
		app.P().ID("table-right").Text(T("table.correct", j.Right, j.All,
			words.Percent(float64(j.Right)/float64(j.All)))),
		app.Label().Class("check").Body(
			app.Input().Type("checkbox").ID("table-wrong").Checked(t.Wrong).OnChange(t.OnWrong),
			view.Text(T("table.wrong", j.All-j.Right))),
		app.If(len(j.Labels) <= mostMatrix, confusion(j.Labels, j.Matrix, nil)),
	)
}

// confusion is the matrix of what was taken for what: rows are the true labels, columns the answers.
func confusion(labels []string, counts [][]int, open func(row, column int)) app.UI {
	return view.Matrix{Caption: T("table.confusion"), Labels: labels, Counts: counts,
		Write: func(n int) string { return words.Count(n) },
		Say:   func(i, k int) string { return T("judge.cell", labels[i], labels[k], counts[i][k]) },
		Open:  open,
	}.UI()
}
