package page

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/view"
	"wafer/app/words"
)

// lineField is where examples of a class are typed, one after the other: Enter, or
// a line break that was pasted, ends an example. What is typed and not added yet is
// kept with the class.
type lineField struct {
	app.Compo
	*Pages

	Class, Title, Draft string
	Lang                words.Lang

	bad *words.Say
}

// Render is one row high; an example is one line.
func (l *lineField) Render() app.UI {
	return view.Div("line-field",
		app.Textarea().Class("field").ID("line-"+l.Class).Rows(1).
			Aria("label", T("teach.add.type.label", l.Title)).Placeholder(T("teach.add.type")).
			OnInput(l.onInput),
		&shows{ID: "line-" + l.Class, Value: l.Draft},
		view.Act("button small", "", T("teach.add.add"), l.onAdd),
		app.If(l.bad != nil, app.P().Class("field-bad").Role("alert").Text(l.bad.Text())),
	)
}

// onInput adds the finished lines and leaves what follows them: handlers run a
// little after the key, when more may have been typed.
func (l *lineField) onInput(ctx app.Context, _ app.Event) {
	text := ctx.JSSrc().Get("value").String()
	if at := strings.LastIndexByte(text, '\n'); at >= 0 && l.add(text[:at], text[at+1:]) {
		return
	}
	l.teaching.Draft(l.Class, text)
}

// onAdd reads the field itself: the newest key may not have reached the state yet.
func (l *lineField) onAdd(app.Context, app.Event) {
	l.add(app.Window().GetElementByID("line-"+l.Class).Get("value").String(), "")
	browser.Focus("line-" + l.Class)
}

// add adds lines and leaves rest in the field, or leaves everything there, says
// what is wrong and returns false.
func (l *lineField) add(lines, rest string) bool {
	l.bad = nil
	if strings.TrimSpace(lines) != "" {
		l.bad = l.teaching.AddLines(l.Class, lines)
	}
	if l.bad != nil {
		return false
	}
	l.teaching.Draft(l.Class, rest)
	setValue("line-"+l.Class, rest)
	return true
}

// pasteLines is where many lines with their classes are pasted at once.
type pasteLines struct {
	app.Compo
	*Pages

	Draft string
	Lang  words.Lang

	bad *words.Say
}

const pasteID = "teach-lines"

// Render is a fold: few have their examples as lines of class and text.
func (p *pasteLines) Render() app.UI {
	return app.Details().Class("fold").Body(
		app.Summary().Text(T("teach.add.lines")),
		view.Div("fold-body",
			app.Label().For(pasteID).Text(T("teach.add.lines.label")),
			app.Textarea().Class("field mono").ID(pasteID).Rows(5).Spellcheck(false).
				Placeholder(T("teach.add.lines.hint")).OnInput(p.onInput),
			&shows{ID: pasteID, Value: p.Draft},
			app.If(p.bad != nil, app.P().Class("field-bad").Role("alert").Text(p.bad.Text())),
			view.Box(view.Button("button").ID("teach-lines-add").
				Text(T("teach.add.lines.do")).OnClick(p.onAdd)),
		),
	)
}

// onInput keeps the draft and takes a complaint away with the first change.
func (p *pasteLines) onInput(ctx app.Context, _ app.Event) {
	p.bad = nil
	p.teaching.Draft("", ctx.JSSrc().Get("value").String())
}

// onAdd leaves the lines in place when one of them cannot be used, and says which.
func (p *pasteLines) onAdd(app.Context, app.Event) {
	text := app.Window().GetElementByID(pasteID).Get("value").String()
	if p.bad = p.teaching.AddLines("", text); p.bad == nil {
		p.teaching.Draft("", "")
		setValue(pasteID, "")
	}
}
