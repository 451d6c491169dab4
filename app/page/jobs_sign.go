package page

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/view"
	"wafer/app/words"
)

// signIn asks for the token of a server that wants one.
type signIn struct {
	app.Compo
	*Pages

	Lang words.Lang

	busy bool
	bad  string
}

const tokenID = "jobs-token"

// Render has a field of type password, so that the token is not shown and no browser completes it.
func (s *signIn) Render() app.UI {
	return app.Form().Class("panel", "sign-in").Aria("labelledby", "sign-in-title").OnSubmit(s.onSubmit).Body(
		app.H2().ID("sign-in-title").Text(T("jobs.sign.title")),
		view.P("act-lead", T("jobs.sign.lead")),
		view.Div("setting",
			app.Label().For(tokenID).Text(T("jobs.sign.field")),
			app.Input().Type("password").Class("field", "mono").ID(tokenID).AutoComplete(false).Disabled(s.busy),
		),
		view.Box(app.If(s.bad != "", view.Notice(view.Bad, s.bad, nil))),
		view.Box(app.Button().Class("button", "main").Type("submit").Disabled(s.busy).Text(T("jobs.sign.in"))),
	)
}

// onSubmit sends the token; it is nowhere in the page's state and stays in the field until it was right.
func (s *signIn) onSubmit(ctx app.Context, e app.Event) {
	e.PreventDefault()
	token := strings.TrimSpace(app.Window().GetElementByID(tokenID).Get("value").String())
	if s.bad = ""; token == "" {
		s.bad = T("jobs.sign.empty")
		return
	}
	s.busy = true
	go func() {
		err := s.shared.SignIn(token)
		ctx.Dispatch(func(app.Context) {
			if s.busy = false; err != nil {
				s.bad = T("jobs.sign.failed", words.Explain(err))
			}
		})
		if err == nil {
			s.jobs.Refresh()
		}
	}()
}
