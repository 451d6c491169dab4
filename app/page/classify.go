package page

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// Classify is where pictures and sentences are answered.
type Classify struct {
	app.Compo
	*Pages
	watching
	stopIntake func()
}

// OnMount follows the state and takes what is dropped or pasted anywhere on the page, also what came before the program
// ran.
func (c *Classify) OnMount(ctx app.Context) {
	c.watch(ctx, c.shared)
	c.stopIntake = browser.OnIntake(c.shared.Take)
}

// OnDismount lets go of both; a page that was generated at build time never took them.
func (c *Classify) OnDismount() {
	c.unwatch()
	if c.stopIntake != nil {
		c.stopIntake()
	}
}

// OnNav goes where the address says.
func (c *Classify) OnNav(ctx app.Context) {
	ctx.Page().SetTitle(T("title.classify"))
	c.shared.Open(ctx.Page().URL().Query())
}

// Render shows, from top to bottom: which model, what is wrong, the input beside its answer, the table of many
// answers.
func (c *Classify) Render() app.UI {
	st := c.shared.Get()
	m, ok := st.Model(st.Kind)
	return c.Shell("/",
		view.Div("page-head",
			view.Box(
				app.H1().Text(T("nav.classify")),
				app.P().Text(T("classify.lead")),
			),
		),
		c.choice(st, m),
		c.trouble(st, ok),
		view.Div("work",
			c.inputs(st, m),
			c.answer(st, m),
		),
		&results{Pages: c.Pages, Batch: st.Batch[st.Kind], Model: m, Lang: words.Language()},
		&follower{Query: st.Query(), Answered: lastAnswered(st.Batch[st.Kind])},
	)
}

// choice has the switch between pictures and text, the models, and a line about
// the one in use.
func (g *Pages) choice(st state.State, m task.Model) app.UI {
	kinds := []view.Option{{Value: string(task.Image), Label: T("classify.image")},
		{Value: string(task.Text), Label: T("classify.text")}}
	var models []view.Option
	for _, o := range st.Of(st.Kind) {
		note := ""
		if o.Accuracy > 0 {
			note = words.Accuracy(o)
		}
		models = append(models, view.Option{Value: o.ID, Label: words.Title(o), Note: note})
	}
	return app.Section().Aria("label", T("classify.model")).Body(
		view.Div("choice",
			view.Segments("kind", T("classify.kind"), string(st.Kind), kinds,
				func(v string) { g.shared.SetKind(task.Kind(v)) }),
			view.Picks("model", T("classify.model"), m.ID, models, g.shared.Choose),
		),
		modelLine(m),
	)
}

// modelLine says what the model tells apart, how often it is right and where
// its data came from.
func modelLine(m task.Model) app.UI {
	measured := words.Measured(m)
	if m.Rejects && m.RejectRate > 0 {
		measured += " " + T("classify.rejection", words.Share(m.RejectRate))
	}
	return app.P().Class("model-line").Body(
		app.Strong().Text(words.About(m)),
		app.Text(" "+measured+" "),
		view.Span("credit", words.Credit(m)),
	)
}

// trouble shows what went wrong on this page, next to where inputs come in.
func (g *Pages) trouble(st state.State, haveModel bool) app.UI {
	said := st.Notice["classify"]
	return view.Div("troubles",
		app.If(!st.Loaded && !app.IsServer, view.P("model-line", T("classify.models.waiting"))),
		app.If(st.Loaded && st.CatalogueError != "",
			view.Notice(view.Bad, T("classify.models.none", st.CatalogueError), g.retryCatalogue())),
		g.importing(st),
		app.If(st.Notice[state.Imported] != "", view.Notice(view.Plain, st.Notice[state.Imported], nil)),
		app.If(said != "", view.Notice(view.Bad, said, nil)),
	)
}

// retryCatalogue asks the server for its models once more, beside the drawing of the page.
func (g *Pages) retryCatalogue() app.UI {
	return view.Act("button small", "", T("classify.again"), func(app.Context, app.Event) { go g.shared.Refresh() })
}

// lastAnswered is the ID of the one input whose answer should come into view, 0
// for none: drawings and typed text are watched by those who make them, and
// scrolling would take the pad from under their finger.
func lastAnswered(b state.Batch) int {
	if len(b.Items) != 1 || b.Drawing || b.Typed || b.Live || b.Items[0].Step != state.Answered {
		return 0
	}
	return b.Items[0].ID
}

// follower keeps the address in step with the page, and a new answer in view on
// small screens.
type follower struct {
	app.Compo
	Query    string
	Answered int
	revealed int
}

// OnUpdate replaces the address instead of adding one: Back should leave the page, not go through every model that
// was tried.
func (f *follower) OnUpdate(ctx app.Context) {
	u := *ctx.Page().URL()
	if u.Path == "/" && u.RawQuery != f.Query {
		ctx.Page().ReplaceURL(&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawQuery: f.Query})
	}
	if f.Answered != f.revealed {
		f.revealed = f.Answered
		if f.Answered != 0 {
			ctx.Defer(func(app.Context) { browser.Reveal(answerID) })
		}
	}
}

// Render shows nothing: a follower is on the page for its OnUpdate, which go-app calls when a field changed.
func (f *follower) Render() app.UI { return app.Span().Hidden(true) }
