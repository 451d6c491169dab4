package page

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/jobs"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// elsewhere offers the server for a training, and what can be done with one that is there.
func (a *trainAct) elsewhere(ready bool) app.UI {
	s := a.State
	t := s.Training
	if !a.Server.Jobs && t.Job == "" && !t.Stage.Leaving() {
		return app.Div()
	}
	tool := func(class, id, key string, off bool, do func()) app.UI {
		return app.Button().Class("button", class).Type("button").ID(id).Text(T(key)).Disabled(off).
			OnClick(func(app.Context, app.Event) { do() }, key)
	}
	var body []app.UI
	switch {
	case t.Stage == teach.Halting:
		body = append(body, view.P("hint", T("jobs.send.stopping")))
	case t.Stage == teach.Packing:
		body = append(body, view.P("hint", T("jobs.send.packing")))
	case t.Stage == teach.Broken:
		body = append(body, view.P("act-lead", T("jobs.send.broken")),
			tool("small", "send-on", "jobs.send.on", false, a.teaching.SendOn),
			tool("small", "send-drop", "jobs.send.drop", false, a.teaching.Decline))
	case t.Stage.Leaving():
		body = append(body, &sendSheet{Pages: a.Pages, Sending: s.Sending, Stage: t.Stage, Images: s.Kind == task.Image,
			Lang: a.Lang})
	case t.Stage == teach.Ended || t.Stage == teach.Taking:
		key, taking := "jobs.teach.take", t.Stage == teach.Taking
		if taking {
			key = "jobs.teach.taking"
		}
		body = append(body, view.P("outcome-main", T("jobs.teach.there")),
			tool("main", "job-take", key, taking, a.teaching.TakeModel), jobLink(t.Job),
			tool("small", "job-leave", "jobs.teach.leave", taking, a.teaching.LeaveJob))
	case t.Job != "":
		body = append(body, app.If(t.Active(), view.P("act-lead", T("jobs.teach.where"))),
			app.If(s.Quiet != "", view.P("hint", T("jobs.quiet", s.Quiet))),
			app.If(t.Active(), tool("small", "job-back", "jobs.teach.back", false, a.teaching.TakeBack)),
			jobLink(t.Job), tool("small", "job-leave", "jobs.teach.leave", false, a.teaching.LeaveJob))
	case t.Stage == teach.Running:
		body = append(body, tool("small", "send-half", "jobs.send.half", false, a.teaching.HandOver),
			view.P("hint", T("jobs.send.hint")))
	case !t.Active():
		body = append(body, tool("small", "send", "jobs.send", !ready, a.teaching.TrainOnServer),
			view.P("hint", T("jobs.send.hint")))
	}
	return view.Div("elsewhere", body...)
}

// jobLink opens the job on the page Jobs.
func jobLink(id string) app.UI {
	return app.A().Class("button", "small").Href(jobs.PlaceOf(id)).Text(T("jobs.teach.open"))
}

// sendSheet names everything that is to leave the tab, and lets nothing go before it is agreed to.
type sendSheet struct {
	app.Compo
	*Pages

	Sending teach.Sending
	Stage   teach.Stage
	Images  bool
	Lang    words.Lang
}

const sheetID = "send-sheet"

// OnMount opens the dialogue above everything; it is closed by being taken away.
func (s *sendSheet) OnMount(ctx app.Context) {
	ctx.Defer(func(app.Context) { browser.OpenOver(sheetID) })
}

// Render lists every file with its size and the address of the server. The focus is on the button that declines, so
// that a key pressed too often sends nothing.
func (s *sendSheet) Render() app.UI {
	rows := make([]app.UI, len(s.Sending.Files))
	for i, f := range s.Sending.Files {
		rows[i] = app.Tr().Body(
			app.Td().Body(view.Span("mono", f.Path), app.Br(), view.Span("hint", s.what(f))),
			app.Td().Class("right").Text(words.Size(f.Size)))
	}
	total, _ := s.Sending.Total()
	return app.Dialog().Class("sheet").ID(sheetID).Aria("labelledby", "sheet-title").On("cancel", s.onEscape).Body(
		app.H2().ID("sheet-title").Text(T("jobs.send.title")),
		app.P().Text(T("jobs.send.where", browser.Origin())),
		app.Table().Body(
			app.THead().Body(app.Tr().Body(app.Th().Scope("col").Text(T("jobs.send.what")), app.Th().Scope("col").
				Class("right").Text(T("jobs.send.size")))),
			app.TBody().Body(rows...),
			app.TFoot().Body(app.Tr().Body(app.Th().Scope("row").Text(T("jobs.send.total")), app.Td().Class("right").
				Text(words.Size(total)))),
		),
		view.P("hint", T("jobs.send.also", strings.Join(s.Sending.Run.Preprocess.Labels, ", "))),
		view.Div("sheet-state", s.how()),
		view.Div("job-tools",
			view.Button("button main").ID("sheet-agree").Hidden(s.Stage == teach.Uploading).
				Text(T(s.agreeKey())).OnClick(s.onAgree),
			view.Button("button").ID("sheet-decline").AutoFocus(true).Text(T(s.declineKey())).
				OnClick(s.onDecline),
		),
	)
}

// what says in words what a file is.
func (s *sendSheet) what(f teach.SendFile) string {
	base := s.Sending.Base
	switch {
	case f.Path == s.Sending.Run.WeightsFile():
		if m, ok := s.shared.Get().Find(base); ok {
			base = words.Title(m)
		}
		return T("jobs.send.base", base)
	case f.Path == recipe.SamplesFile && s.Images:
		return T("jobs.send.samples", s.Sending.Count)
	case f.Path == recipe.SamplesFile:
		return T("jobs.send.texts", s.Sending.Count)
	}
	return T("jobs.send.checkpoint")
}

// how is the state of the sheet: how much is sent, or why it was not.
func (s *sendSheet) how() app.UI {
	total, sent := s.Sending.Total()
	switch s.Stage {
	case teach.Uploading:
		return view.Loading(T("jobs.send.uploading", words.Size(sent), words.Size(total)), "", sent, total)
	case teach.Unsent:
		return view.Notice(view.Bad, T("jobs.send.failed", s.Sending.Error), nil)
	}
	return app.Div()
}

// agreeKey is the key of the button's text: send, or send again after a failure.
func (s *sendSheet) agreeKey() string {
	if s.Stage == teach.Unsent {
		return "jobs.send.again"
	}
	return "jobs.send.agree"
}

// declineKey is the key of the button's text: decline, or stop while files go.
func (s *sendSheet) declineKey() string {
	if s.Stage == teach.Uploading {
		return "jobs.send.stop"
	}
	return "jobs.send.decline"
}

func (s *sendSheet) onAgree(app.Context, app.Event)   { s.teaching.Agree() }
func (s *sendSheet) onDecline(app.Context, app.Event) { s.teaching.Decline() }

// onEscape declines; the sheet goes when the state says so.
func (s *sendSheet) onEscape(_ app.Context, e app.Event) {
	e.PreventDefault()
	s.teaching.Decline()
}
