package view

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Option is one choice of Segments or Picks.
type Option struct {
	Value string
	Label string
	Note  string // smaller, after the label
}

// Segments is a small choice of which exactly one is taken. name is unique on the page.
func Segments(name, label, chosen string, options []Option, choose func(value string)) app.UI {
	return app.Div().Class("segments").Role("radiogroup").Aria("label", label).Body(
		app.Range(options).Slice(func(i int) app.UI {
			return app.Label().Class("segment").Body(radio(name, options[i].Value, chosen, choose),
				app.Span().Text(options[i].Label))
		}))
}

// Picks is a choice of any number of options with notes, in rows.
func Picks(name, label, chosen string, options []Option, choose func(value string)) app.UI {
	return app.Div().Class("picks").Role("radiogroup").Aria("label", label).Body(
		app.Range(options).Slice(func(i int) app.UI {
			o := options[i]
			return app.Label().Class("pick").Body(radio(name, o.Value, chosen, choose),
				app.Span().Body(app.Text(o.Label), app.If(o.Note != "", app.Elem("em").Text(o.Note))))
		}))
}

func radio(name, value, chosen string, choose func(string)) app.UI {
	return app.Input().Type("radio").Name(name).Value(value).Checked(value == chosen).
		Disabled(app.IsServer). // until the page's program runs
		OnChange(func(app.Context, app.Event) { choose(value) }, value)
}

// Tone says how a notice is meant.
type Tone string

const (
	Plain Tone = ""
	Bad   Tone = "bad"
)

// Notice is a sentence next to where something happened, with an action or nil.
func Notice(tone Tone, sentence string, action app.UI) app.UI {
	role := "status"
	if tone == Bad {
		role = "alert"
	}
	return app.Div().Class("notice", string(tone)).Role(role).Body(
		app.If(tone == Bad, app.Raw(IconWarn)),
		P("say", sentence),
		app.If(action != nil, action),
	)
}

// Loading says in words and with a bar how far something has come. total 0 means
// that nobody knows.
func Loading(what, howFar string, done, total int64) app.UI {
	bar := app.Progress().Aria("label", what)
	if total > 0 {
		bar = bar.Max(100).Value(int(min(100, 100*done/total)))
	}
	return Div("loading",
		app.P().Body(app.Span().Text(what), app.Span().Text(howFar)),
		bar,
	)
}
