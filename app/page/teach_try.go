package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// tryAct is the third act: the taught model answers, and is kept.
type tryAct struct {
	app.Compo
	*Pages

	State  teach.State
	Models []task.Model
	Lang   words.Lang
}

const modelTypes = ".wafer"

// Render shows the way to open a model file while none is taught, else input, answer, and what can be done with the
// model.
func (a *tryAct) Render() app.UI {
	s := a.State
	open := chooser{Pages: a.Pages, ID: "teach-open", Label: T("teach.keep.open"), Accept: modelTypes,
		Small: true}.with(a.openModel, "")
	if s.Model == nil {
		return act("3", "act-try", T("teach.try"),
			view.P("act-lead", T("teach.try.empty")),
			view.Div("try-open", view.Span("hint", T("teach.try.empty.more")), open),
			a.deleted(),
		).DataSet("drop", dropTry)
	}
	return act("3", "act-try", T("teach.try"),
		view.Div("try-input",
			app.If(s.Kind == task.Image, a.pictureInput()).
				Else(&tryText{Pages: a.Pages, Model: s.Model.ID, Typed: s.Trial.Typed, Lang: a.Lang}),
		),
		app.P().Class("unseen").Role("status").Text(a.spoken()),
		view.Div("try-answer", a.answer()...).Aria("busy", s.Trial.Busy || s.Trial.Stale),
		&keepBox{Pages: a.Pages, Model: *s.Model, Lang: a.Lang},
		view.Div("try-open", open),
		a.deleted(),
	).DataSet("drop", dropTry)
}

// openModel takes the first of the chosen files.
func (g *Pages) openModel(files []browser.File) {
	if len(files) > 0 {
		g.teaching.OpenModel(files[0])
	}
}

// tryFile answers the first of the chosen pictures.
func (g *Pages) tryFile(files []browser.File) {
	if len(files) > 0 {
		g.teaching.TryFile(files[0])
	}
}

// pictureInput has a pad beside the drop zone when the model knows drawings.
func (a *tryAct) pictureInput() app.UI {
	return view.Div("try-picture",
		view.Div("drop small",
			app.If(a.State.Trial.URL != "", app.Img().Class("try-thumb").Src(a.State.Trial.URL).
				Alt(T("teach.try.input"))),
			view.P("hint", T("teach.try.image")),
			chooser{Pages: a.Pages, ID: "teach-try-file", Label: T("teach.try.choose"), Accept: pictureTypes,
				Small: true}.with(a.tryFile, ""),
		),
		app.If(a.drawn(), &tryPad{Pages: a.Pages, Model: a.State.Model.ID, Lang: a.Lang}),
	)
}

// drawn says whether the model was taught with drawings, so that a pad makes sense.
func (a *tryAct) drawn() bool {
	if a.State.Model.Drawing {
		return true
	}
	base, ok := teach.BaseFor(a.Models, &a.State.Project)
	return ok && base.Drawing
}

// answer shows a complaint, that something is on its way, or bars, the most probable class first.
func (a *tryAct) answer() []app.UI {
	tr := a.State.Trial
	switch {
	case tr.Error != "":
		return []app.UI{view.Notice(view.Bad, tr.Error, nil)}
	case tr.Result == nil && tr.Busy:
		return []app.UI{view.P("hint", T("teach.try.loading"))}
	case tr.Result == nil || len(tr.Result.Scores) == 0:
		return []app.UI{view.P("hint", T("teach.try.waiting"))}
	case tr.Stale:
		return []app.UI{view.P("computing", T("teach.try.loading")),
			view.Div("stale", nearest(*tr.Result, *a.State.Model))}
	}
	r := tr.Why.Answer(*tr.Result)
	label, hint := words.ScoreLabel(*a.State.Model, r.Scores[0]), ""
	if r.Rejected {
		label, hint = T(none(r)), T(none(r)+".why")
	}
	return []app.UI{
		view.P("label", label), app.If(hint != "", view.P("hint", hint)),
		nearest(r, *a.State.Model), note(r),
		why("teach-why", tr.Why, a.teaching.AskWhy, a.teaching.LeaveOut),
	}
}

// spoken is the answer for a screen reader, once it is there: not while the next is on its way.
func (a *tryAct) spoken() string {
	r := a.State.Trial.Result
	if r == nil || len(r.Scores) == 0 || a.State.Trial.Busy || a.State.Trial.Stale {
		return ""
	}
	if r.Rejected {
		return T(none(*r))
	}
	return T("classify.said", r.Scores[0].Label, words.Percent(float64(r.Scores[0].Probability)))
}

// deleted offers the way back after a model was deleted.
func (a *tryAct) deleted() app.UI {
	if a.State.Deleted == "" {
		return app.Div()
	}
	return view.Notice(view.Plain, T("teach.removed.model", a.State.Deleted),
		view.Act("button small", "teach-undelete", T("teach.undo"), a.onUndelete))
}

func (a *tryAct) onUndelete(app.Context, app.Event) { a.teaching.UndoDelete() }

// tryText is where a new text is written.
type tryText struct {
	app.Compo
	*Pages

	Model string
	Typed string
	Lang  words.Lang
}

const tryTextID = "teach-try-text"

// Render is one field; what is typed is answered after a pause.
func (t *tryText) Render() app.UI {
	return view.Box(
		app.Textarea().Class("field").ID(tryTextID).Rows(3).
			Aria("label", T("teach.try.text")).Placeholder(T("teach.try.text")).OnInput(t.onInput),
		&shows{ID: tryTextID, Value: t.Typed},
	)
}

func (t *tryText) onInput(ctx app.Context, _ app.Event) {
	t.teaching.TryText(ctx.JSSrc().Get("value").String())
}

// tryPad is where a new picture is drawn.
type tryPad struct {
	app.Compo
	*Pages

	Model string
	Lang  words.Lang

	pad   *browser.Pad
	drawn bool
}

const tryPadID = "teach-try-pad"

// OnMount takes over the canvas; a stroke is answered when it ends.
func (p *tryPad) OnMount(ctx app.Context) {
	p.pad = browser.NewPad(tryPadID, func() {
		ctx.Dispatch(func(app.Context) {
			if p.drawn = !p.pad.Empty(); !p.drawn {
				p.teaching.TryDrawing(nil, "")
				return
			}
			p.teaching.TryDrawing(p.pad.Pixels(), p.pad.Image())
		})
	})
}

// OnDismount lets go of the canvas.
func (p *tryPad) OnDismount() { p.pad.Close() }

func (p *tryPad) Render() app.UI {
	return view.Div("pad draw-box",
		app.Canvas().ID(tryPadID).Role("img").Aria("label", T("teach.draw.pad")),
		view.Div("pad-foot",
			app.P().Text(T("teach.try.draw")),
			view.Button("quiet").Disabled(!p.drawn).Text(T("teach.draw.clear")).
				OnClick(p.onClear),
		),
	)
}

func (p *tryPad) onClear(app.Context, app.Event) { p.pad.Clear() }

// keepBox names the model, gives it away and deletes it.
type keepBox struct {
	app.Compo
	*Pages

	Model task.Model
	Lang  words.Lang
}

// Render has "keep" for the model that follows the examples only; others are kept already.
func (k *keepBox) Render() app.UI {
	return view.Div("keep",
		view.Div("setting",
			app.Label().For("teach-model-name").Text(T("teach.keep.name")),
			app.Input().Type("text").Class("field").ID("teach-model-name").MaxLength(60).
				AutoComplete(false).OnChange(k.onName),
			&shows{ID: "teach-model-name", Value: k.Model.Title},
		),
		view.Div("card-tools",
			view.Button("button").ID("teach-keep").Hidden(!own(k.Model)).
				Text(T("teach.keep.do")).OnClick(k.onKeep),
			view.Button("button").ID("teach-download").
				Body(app.Raw(view.IconDownload), view.Text(T("teach.keep.download"))).OnClick(k.onDownload),
			view.Act("quiet danger", "teach-delete", T("teach.keep.delete"), k.onDelete),
		),
		view.P("hint", k.kept()),
		&exportBox{Pages: k.Pages, Model: k.Model, Lang: k.Lang},
	)
}

// kept says where the model is, and what an edit does to it.
func (k *keepBox) kept() string {
	if own(k.Model) {
		return T("teach.keep.follows")
	}
	return T("teach.keep.kept")
}

// onKeep makes a model of its own of the one that follows the examples.
func (k *keepBox) onKeep(app.Context, app.Event) { k.teaching.KeepModel() }

// onName puts the old name back into a field that was emptied: a model needs one.
func (k *keepBox) onName(ctx app.Context, _ app.Event) {
	name := words.CleanName(ctx.JSSrc().Get("value").String())
	if name == "" {
		ctx.JSSrc().Set("value", k.Model.Title)
		return
	}
	k.teaching.RenameModel(name)
}

func (k *keepBox) onDownload(app.Context, app.Event) { k.teaching.DownloadModel() }

func (k *keepBox) onDelete(ctx app.Context, _ app.Event) {
	k.teaching.DeleteModel()
}
