package page

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
)

// askColumns asks which column of a table holds the texts and which the classes, beside its first rows. The keyboard
// goes to the first choice when it comes up.
type askColumns struct {
	app.Compo
	*Pages

	Question *teach.Question
	Lang     words.Lang

	asked   *teach.Question // that of chosen
	columns bridge.Columns
	bad     string
}

const askTextID, askLabelID = "ask-text", "ask-label"

// OnMount waits for the next rendering, when the field is in the document.
func (a *askColumns) OnMount(ctx app.Context) {
	ctx.Defer(func(app.Context) { browser.Focus(askTextID) })
}

// Render begins with the columns that were found; another question takes the place of the answers to the last.
func (a *askColumns) Render() app.UI {
	t := a.Question.Table
	if a.asked != a.Question {
		a.asked, a.columns, a.bad = a.Question, t.Columns, ""
	}
	return app.Section().Class("ask").Aria("labelledby", "ask-title").Body(
		app.H3().ID("ask-title").Text(T("ask.title", t.Name)),
		app.P().Text(T("ask.lead")),
		a.encodings(t),
		firstRows(t, a.columns),
		app.Label().Class("check").Body(
			app.Input().Type("checkbox").ID("ask-header").Checked(a.columns.Header).OnChange(a.onHeader),
			view.Text(T("ask.header"))),
		view.Div("ask-columns",
			columnChoice(askTextID, T("ask.text"), "", t, a.columns, a.columns.Text, a.onText),
			columnChoice(askLabelID, T("ask.label"), T("ask.label.none"), t, a.columns, a.columns.Label, a.onLabel)),
		app.If(a.bad != "", app.P().Class("field-bad").Role("alert").Text(a.bad)),
		view.Div("ask-do",
			view.Act("button main", "ask-do", T("ask.do"), a.onDo),
			view.Act("button", "", T("ask.drop"), func(app.Context, app.Event) { a.teaching.DropQuestion() })),
	)
}

// encodings lets people choose how a table is read whose encoding was guessed.
func (a *askColumns) encodings(t bridge.Table) app.UI {
	if len(t.Encodings) == 0 {
		return app.Div()
	}
	var options []app.UI
	for _, name := range t.Encodings {
		options = append(options, app.Option().Value(name).Selected(name == t.Encoding).Text(name))
	}
	return view.Div("setting",
		app.Label().For("ask-encoding").Text(T("ask.encoding")),
		app.Select().Class("field").ID("ask-encoding").Body(options...).OnChange(func(ctx app.Context, _ app.Event) {
			a.teaching.ReadAs(ctx.JSSrc().Get("value").String())
		}))
}

// firstRows shows how a table begins.
func firstRows(t bridge.Table, c bridge.Columns) app.UI {
	rows := t.First
	var head []app.UI
	for i := range t.Width {
		head = append(head, app.Th().Scope("col").Text(columnName(t, c, i)))
	}
	if c.Header && len(rows) > 0 {
		rows = rows[1:]
	}
	return app.Div().Class("scroll").TabIndex(0).Role("region").Aria("labelledby", "ask-title").Body(
		app.Table().Body(
			app.THead().Body(app.Tr().Body(head...)),
			app.TBody().Body(app.Range(rows).Slice(func(i int) app.UI {
				return app.Tr().Body(app.Range(rows[i]).Slice(func(k int) app.UI { return app.Td().Text(rows[i][k]) }))
			}))))
}

// columnName is the name of a column, or its number from 1.
func columnName(t bridge.Table, c bridge.Columns, i int) string {
	if c.Header && len(t.First) > 0 && i < len(t.First[0]) && t.First[0][i] != "" {
		return t.First[0][i]
	}
	return T("read.column", i+1)
}

// columnChoice is a field to choose one column; none is what it says for no column, "" if there must be one.
func columnChoice(id, label, none string, t bridge.Table, c bridge.Columns, chosen int, on app.EventHandler) app.UI {
	var options []app.UI
	if none != "" {
		options = append(options, app.Option().Value("-1").Selected(chosen < 0).Text(none))
	}
	for i := range t.Width {
		options = append(options, app.Option().Value(strconv.Itoa(i)).Selected(i == chosen).Text(columnName(t, c, i)))
	}
	return view.Div("setting",
		app.Label().For(id).Text(label),
		app.Select().Class("field").ID(id).OnChange(on).Body(options...))
}

// chosenColumn is what a field of columnChoice says.
func chosenColumn(ctx app.Context) int {
	i, err := strconv.Atoi(ctx.JSSrc().Get("value").String())
	if err != nil {
		return -1
	}
	return i
}

// onHeader shows the first row as a name or as a row; nothing is read anew before onDo.
func (a *askColumns) onHeader(ctx app.Context, _ app.Event) {
	a.columns.Header = ctx.JSSrc().Get("checked").Bool()
}

func (a *askColumns) onText(ctx app.Context, _ app.Event)  { a.columns.Text = chosenColumn(ctx) }
func (a *askColumns) onLabel(ctx app.Context, _ app.Event) { a.columns.Label = chosenColumn(ctx) }

// onDo reads the table as it was answered, or says why it cannot be: one column for both, or no class for its rows.
func (a *askColumns) onDo(app.Context, app.Event) {
	switch c := a.columns; {
	case c.Text == c.Label:
		a.bad = T("ask.same")
	case c.Label < 0 && a.Question.Class == "":
		a.bad = T("ask.nolabel")
	default:
		a.teaching.AnswerQuestion(c)
	}
}
