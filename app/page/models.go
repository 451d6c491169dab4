package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// Models lists what can be used: models taught here and those that come with
// Wafer.
type Models struct {
	app.Compo
	*Pages
	watching
	shown      bool
	ctx        app.Context // the page's: one that came with a click is gone with what was clicked
	stopIntake func()
	said       string // what just happened, such as a deletion
	failed     bool   // said is about a failure
	undo       func() // takes back what was said, or nil
	renaming   string // ID of the model whose name is being changed
}

// OnMount keeps the page's context: what is said comes from goroutines that outlive the button that began them.
func (p *Models) OnMount(ctx app.Context) {
	p.ctx, p.shown = ctx, true
	p.watch(ctx, p.shared)
	go p.shared.WatchPulls(p.live)
	p.stopIntake = browser.OnIntake(func(in browser.Intake) { p.take(in.Files) })
}

// OnDismount ends the watch over public models, which asks live.
func (p *Models) OnDismount() {
	p.shown = false
	p.unwatch()
	if p.stopIntake != nil {
		p.stopIntake()
	}
}

// live reports whether the page is shown.
func (p *Models) live() bool { return p.shown }

// OnNav names the page; its address has no parameters.
func (p *Models) OnNav(ctx app.Context) { ctx.Page().SetTitle(T("title.models")) }

// Render shows models taught here first, then those that came with Wafer, then public ones that the server can fetch.
func (p *Models) Render() app.UI {
	st := p.shared.Get()
	return p.Shell("/models",
		view.Div("page-head",
			view.Box(app.H1().Text(T("nav.models")), app.P().Text(T("models.lead"))),
		),
		view.Div("troubles",
			app.If(p.said != "", view.Notice(p.tone(), p.said, p.undoButton())),
			p.importing(st),
			app.If(st.Notice["models"] != "", view.Notice(view.Bad, st.Notice["models"], nil)),
			app.If(st.Loaded && st.CatalogueError != "",
				view.Notice(view.Bad, T("classify.models.none", st.CatalogueError), p.retryCatalogue())),
		),
		app.Section().DataSet("drop", "models").Aria("label", T("models.taught")).
			Body(p.taughtHead(), view.P("hint", T("models.import.help")), p.taughtList(st),
				safety(st, len(st.Taught) > 0)),
		app.Section().Aria("label", T("models.shipped")).Body(
			view.Div("section-head", app.H2().Text(T("models.shipped"))),
			view.Div("model-list", app.Range(st.Models).Slice(func(i int) app.UI {
				m := st.Models[i]
				return p.card(m, accuracy(m), p.shippedFoot(m))
			})),
		),
		p.pulls(st),
	)
}

// importing shows that another tool's model is being read, and ends that.
func (g *Pages) importing(st state.State) app.UI {
	return app.If(st.Importing != "", view.Notice(view.Plain, T("models.import.reading", st.Importing),
		button("button small", "models.import.stop", g.shared.StopImport)))
}

func (p *Models) tone() view.Tone { return tone(p.failed) }

// undoButton takes back the last deletion, nil where there is nothing to take back. It works once.
func (p *Models) undoButton() app.UI {
	if p.undo == nil {
		return nil
	}
	return button("button small", "models.undo", func() {
		undo := p.undo
		p.undo, p.said = nil, ""
		go undo()
	})
}

const importID = "import"

// taughtHead has the button that opens model files, of Wafer or of other tools.
func (p *Models) taughtHead() app.UI {
	return view.Div("section-head",
		app.H2().Text(T("models.taught")),
		view.Box(
			app.Input().Type("file").ID(importID).Class("unseen").Multiple(true).TabIndex(-1).Aria("hidden", "true").
				OnChange(func(app.Context, app.Event) { p.take(browser.FilesIn(importID)) }),
			view.Button("button").DataSet("chooses", importID).Text(T("models.import")).
				OnClick(func(app.Context, app.Event) { browser.Choose(importID) }),
		),
	)
}

// taughtList shows the way to Teach while there is no model.
func (p *Models) taughtList(st state.State) app.UI {
	if len(st.Taught) == 0 {
		return view.Div("empty",
			app.P().Text(T("models.taught.empty")),
			app.A().Class("button", "main").Href("/teach").Text(T("models.teach")),
		)
	}
	return view.Div("model-list", app.Range(st.Taught).Slice(func(i int) app.UI {
		m := st.Taught[i]
		return p.card(m, accuracy(m), p.taughtFoot(m))
	}))
}

// take imports model files one after the other.
func (p *Models) take(files []browser.File) {
	if len(files) == 0 {
		return
	}
	go func() {
		for _, model := range state.Models(files) {
			m, err := p.shared.Import(model...)
			if err != nil {
				p.say(words.Explain(err), true, nil)
				return
			}
			p.say(T("models.imported", words.Title(m)), false, nil)
		}
	}()
}

// say shows what just happened, from any goroutine; undo may be nil.
func (p *Models) say(sentence string, failed bool, undo func()) {
	p.ctx.Dispatch(func(app.Context) { p.said, p.failed, p.undo = sentence, failed, undo })
}

// shippedFoot has a plain link to the file: it is public, and the browser saves it by itself.
func (p *Models) shippedFoot(m task.Model) app.UI {
	return view.Div("model-foot",
		useLink(m),
		app.A().Class("quiet").Href(state.WeightsURL(m)).Download(m.ID+".wafer").
			Aria("label", T("models.download.label", words.Title(m))).Text(T("models.download")),
	)
}

// useLink opens the page Classify with the model. An encoder has no labels to answer with, and so no link.
func useLink(m task.Model) app.UI {
	if m.Encoder() {
		return nothing()
	}
	return app.A().Class("button", "small").Href(state.PlaceOf(m)).
		Aria("label", T("models.use.label", words.Title(m))).Text(T("models.use"))
}

// taughtFoot has what can be done with a model of one's own. The one that follows the Teach page has its name from
// there.
func (p *Models) taughtFoot(m task.Model) app.UI {
	if p.renaming == m.ID {
		return p.renameForm(m)
	}
	return view.Div("model-foot",
		useLink(m),
		cardButton("models.download", m, func(app.Context) { go p.download(m) }),
		app.If(!own(m), cardButton("models.rename", m, func(app.Context) { p.renaming = m.ID })),
		cardButton("models.delete", m, p.remove(m)),
	)
}

// cardButton is a button whose label names the model, for those who do not see which
// card it is on.
func cardButton(key string, m task.Model, do func(app.Context)) app.UI {
	return view.Button("quiet").Text(T(key)).Aria("label", T(key+".label", words.Title(m))).
		OnClick(func(ctx app.Context, e app.Event) { do(ctx) }, key, m.ID, m.Title) // do has the title
}

// download saves the file with the title that the model has now; the worker writes it in, and makes a file where the
// model had stayed there without one.
func (p *Models) download(m task.Model) {
	if err := p.shared.DownloadTaught(m); err != nil {
		p.shared.Say("models", words.Explain(err))
	}
}

// remove deletes at once and offers the way back, instead of asking before.
func (p *Models) remove(m task.Model) func(app.Context) {
	return func(app.Context) {
		go func() {
			was, file, err := p.shared.RemoveTaught(m.ID)
			if err != nil {
				p.say(words.Explain(err), true, nil)
				return
			}
			p.say(T("models.deleted", words.Title(was)), false, func() {
				if err := p.shared.AddTaught(was, file); err != nil {
					p.say(words.Explain(err), true, nil)
				}
			})
		}()
	}
}

const renameID = "rename"

// renameForm takes the place of the card's buttons.
func (p *Models) renameForm(m task.Model) app.UI {
	return app.Form().Class("model-foot").OnSubmit(func(ctx app.Context, e app.Event) {
		e.PreventDefault()
		p.rename(m)
	}, m.ID, m.Title).Body(
		app.Input().Class("field").ID(renameID).MaxLength(60).AutoFocus(true).
			Aria("label", T("models.rename.field", words.Title(m))),
		&shows{ID: renameID, Value: m.Title},
		app.Button().Class("button", "small").Type("submit").Text(T("models.rename.save")),
		button("quiet", "models.rename.cancel", func() { p.renaming = "" }),
	)
}

// rename refuses an empty name and leaves the form open with what was typed.
func (p *Models) rename(m task.Model) {
	title := words.CleanName(app.Window().GetElementByID(renameID).Get("value").String())
	if title == "" {
		p.said, p.failed, p.undo = T("models.rename.empty"), true, nil
		return
	}
	p.renaming = ""
	go func() {
		if err := p.shared.RenameTaught(m.ID, title); err != nil {
			p.say(words.Explain(err), true, nil)
		}
	}()
}
