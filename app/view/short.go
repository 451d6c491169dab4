package view

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Elements that pages are full of, in one call each: every call of go-app's chains takes some sixty bytes of the page's
// program, where nothing is inlined.

// Button is a button that submits no form.
func Button(class string) app.HTMLButton { return app.Button().Class(class).Type("button") }

// Div is a box of a class.
func Div(class string, body ...app.UI) app.HTMLDiv { return app.Div().Class(class).Body(body...) }

// P is a sentence of a class.
func P(class, text string) app.HTMLP { return app.P().Class(class).Text(text) }

// Span is a text of a class.
func Span(class, text string) app.HTMLSpan { return app.Span().Class(class).Text(text) }

// Box is a box of no class, such as the place of what comes and goes.
func Box(body ...app.UI) app.HTMLDiv { return app.Div().Body(body...) }

// Text is a text of no class.
func Text(text string) app.HTMLSpan { return app.Span().Text(text) }

// Act is a Button that says and does something; id is "" for none. scope must differ where do does.
func Act(class, id, text string, do app.EventHandler, scope ...any) app.HTMLButton {
	b := Button(class).Text(text).OnClick(do, scope...)
	if id != "" {
		b = b.ID(id)
	}
	return b
}
