package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/state"
)

// lineField is where examples of a class are typed, one after the other. Pasted
// lines become an example each.
type lineField struct {
	app.Compo
	Class, Title string
	Lang         state.Lang

	text string
	bad  *state.Say
}

func (l *lineField) Render() app.UI {
	return app.Div().Class("line-field").Body(
		app.Textarea().Class("field").ID("line-"+l.Class).Rows(1).
			Aria("label", T("teach.add.type.label", l.Title)).Placeholder(T("teach.add.type")).
			OnInput(l.onInput).OnKeyDown(l.onKey),
		app.Button().Class("button small").Type("button").Text(T("teach.add.add")).OnClick(l.onAdd),
		app.If(l.bad != nil, app.P().Class("field-bad").Role("alert").Text(l.bad.Text())),
	)
}

func (l *lineField) onInput(ctx app.Context, _ app.Event) {
	l.text = ctx.JSSrc().Get("value").String()
}

func (l *lineField) onKey(ctx app.Context, e app.Event) {
	if e.Get("key").String() != "Enter" || e.Get("shiftKey").Bool() || e.Get("isComposing").Bool() {
		return
	}
	e.PreventDefault()
	l.onAdd(ctx, e)
}

func (l *lineField) onAdd(ctx app.Context, _ app.Event) {
	if l.bad = teaching.AddLines(l.Class, l.text); l.bad == nil {
		l.text = ""
		setValue("line-"+l.Class, "")
	}
	state.Focus("line-" + l.Class)
}

// setValue empties or fills a field that the page does not write to while
// somebody types into it.
func setValue(id, value string) {
	if e := app.Window().GetElementByID(id); e.Truthy() {
		e.Set("value", value)
	}
}

// pasteLines is where many lines with their classes are pasted at once.
type pasteLines struct {
	app.Compo
	Lang state.Lang

	text string
	bad  *state.Say
}

const pasteID = "teach-lines"

func (p *pasteLines) Render() app.UI {
	return app.Details().Class("fold").Body(
		app.Summary().Text(T("teach.add.lines")),
		app.Div().Class("fold-body").Body(
			app.Label().For(pasteID).Text(T("teach.add.lines.label")),
			app.Textarea().Class("field mono").ID(pasteID).Rows(5).Spellcheck(false).
				Placeholder(T("teach.add.lines.hint")).OnInput(p.onInput),
			app.If(p.bad != nil, app.P().Class("field-bad").Role("alert").Text(p.bad.Text())),
			app.Div().Body(app.Button().Class("button").Type("button").ID("teach-lines-add").
				Text(T("teach.add.lines.do")).OnClick(p.onAdd)),
		),
	)
}

func (p *pasteLines) onInput(ctx app.Context, _ app.Event) {
	p.text, p.bad = ctx.JSSrc().Get("value").String(), nil
}

func (p *pasteLines) onAdd(app.Context, app.Event) {
	if p.bad = teaching.AddLines("", p.text); p.bad == nil {
		p.text = ""
		setValue(pasteID, "")
	}
}
