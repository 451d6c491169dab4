package page

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/words"
)

// lineField is where examples of a class are typed, one after the other: Enter, or
// a line break that was pasted, ends an example.
type lineField struct {
	app.Compo
	Class, Title string
	Lang         words.Lang

	text  string
	bad   *words.Say
	shown string // the class whose text this is
}

// OnMount remembers the class; see OnUpdate.
func (l *lineField) OnMount(app.Context) { l.shown = l.Class }

// OnUpdate drops a text that was begun for another class.
func (l *lineField) OnUpdate(app.Context) {
	if l.shown != l.Class {
		l.text, l.bad, l.shown = "", nil, l.Class
		setValue("line-"+l.Class, "")
	}
}

func (l *lineField) Render() app.UI {
	return app.Div().Class("line-field").Body(
		app.Textarea().Class("field").ID("line-"+l.Class).Rows(1).
			Aria("label", T("teach.add.type.label", l.Title)).Placeholder(T("teach.add.type")).
			OnInput(l.onInput),
		app.Button().Class("button small").Type("button").Text(T("teach.add.add")).OnClick(l.onAdd),
		app.If(l.bad != nil, app.P().Class("field-bad").Role("alert").Text(l.bad.Text())),
	)
}

// onInput adds the finished lines and leaves what follows them: handlers run a
// little after the key, when more may have been typed.
func (l *lineField) onInput(ctx app.Context, _ app.Event) {
	l.text = ctx.JSSrc().Get("value").String()
	if at := strings.LastIndexByte(l.text, '\n'); at >= 0 {
		l.add(l.text[:at], l.text[at+1:])
	}
}

func (l *lineField) onAdd(app.Context, app.Event) {
	l.add(l.text, "")
	browser.Focus("line-" + l.Class)
}

// add adds lines and leaves rest in the field, or leaves everything there and says
// what is wrong.
func (l *lineField) add(lines, rest string) {
	l.bad = nil
	if strings.TrimSpace(lines) != "" {
		l.bad = teaching.AddLines(l.Class, lines)
	}
	if l.bad == nil {
		l.text = rest
		setValue("line-"+l.Class, rest)
	}
}

// setValue empties or fills a field that the page does not write to while
// somebody types into it.
func setValue(id, value string) { showValue(id, value, true) }

// showValue writes a value into a field unless somebody is typing into it; force
// writes it even then.
func showValue(id, value string, force bool) {
	if app.IsServer {
		return
	}
	e := app.Window().GetElementByID(id)
	if !e.Truthy() || e.Get("value").String() == value {
		return
	}
	if force || app.Window().Get("document").Get("activeElement").Get("id").String() != id {
		e.Set("value", value)
	}
}

// pasteLines is where many lines with their classes are pasted at once.
type pasteLines struct {
	app.Compo
	Lang words.Lang

	text string
	bad  *words.Say
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
