// Package page has one file per page. A page composes views, shows what the
// state says and calls the state's actions; it keeps nothing of its own but what
// concerns the screen alone.
package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
)

// shared is the one store of the page; Use sets it before anything is rendered.
var shared *state.Store

// Use makes all pages show and change this store.
func Use(s *state.Store) { shared = s }

// T is state.T, which pages use on every line.
func T(key string, values ...any) string { return words.T(key, values...) }

// Destinations of the bar, in order.
var destinations = []struct{ path, key, icon string }{
	{"/", "nav.classify", view.IconClassify},
	{"/teach", "nav.teach", view.IconTeach},
	{"/models", "nav.models", view.IconModels},
	{"/jobs", "nav.jobs", view.IconJobs}, // the last one: only where the server takes jobs
}

// mainID is the element that holds a page's content.
const mainID = "content"

// Shell puts a page's content between the destination bar and the foot. here is
// the page's path.
func Shell(here string, body ...app.UI) app.UI {
	return app.Div().Class("shell").Body(
		app.A().Class("skip").Href("#"+mainID).Text(T("nav.skip")).OnClick(skip),
		&bar{Here: here, Lang: words.Language(), Theme: shared.Get().Theme, Jobs: shared.Get().Server.Jobs || here == "/jobs"},
		app.Main().ID(mainID).Class("content").TabIndex(-1).Body(append([]app.UI{tooOld()}, body...)...),
		foot(),
		app.Div().Class("drop-overlay").Aria("hidden", "true").Body(app.Span().Text(T("shell.drop.overlay"))),
	)
}

// tooOld says that nothing will be computed here, where that is so.
func tooOld() app.UI {
	return app.If(browser.TooOld(), view.Notice(view.Bad, T("shell.old"), nil))
}

func skip(ctx app.Context, e app.Event) {
	e.PreventDefault()
	browser.Focus(mainID)
}

// safety says how long the browser keeps what was added, once something was.
func safety(st state.State, any bool) app.UI {
	return app.Div().Body(app.If(any && st.Safe != state.SafetyUnknown, app.P().Class("hint").Text(T("kept."+string(st.Safe)))))
}

func foot() app.UI {
	private := "shell.private"
	if shared.Get().Server.Jobs {
		private = "shell.private.jobs"
	}
	return app.Footer().Class("foot").Body(
		app.P().Body(app.Raw(view.IconShield), app.Span().Text(T(private))),
		app.If(!browser.Isolated(), app.P().Text(T("shell.onethread"))),
	)
}

// bar is the destination bar: on top of a screen, at the bottom of a phone. Its
// fields are exported so that it is rendered anew when they change.
type bar struct {
	app.Compo
	Here   string
	Lang   words.Lang
	Theme  state.Theme
	Jobs   bool // the server takes them
	update bool
}

func (b *bar) OnAppUpdate(ctx app.Context) { b.update = ctx.AppUpdateAvailable() }

func (b *bar) Render() app.UI {
	destinations := destinations
	if !b.Jobs {
		destinations = destinations[:len(destinations)-1]
	}
	return app.Header().Class("bar").Body(
		app.A().Class("brand").Href("/").Body(app.Raw(view.IconWafer), app.Span().Text("Wafer")),
		app.Nav().Class("destinations").Aria("label", T("nav.label")).Body(
			app.Range(destinations).Slice(func(i int) app.UI {
				d := destinations[i]
				a := app.A().Class("destination").Href(d.path).Body(app.Raw(d.icon), app.Span().Text(T(d.key)))
				if d.path == b.Here {
					a = a.Aria("current", "page")
				}
				return a
			})),
		app.Div().Class("switches").Body(
			app.If(b.update, app.Button().Class("button small").Type("button").
				Title(T("shell.update")).Text(T("shell.update.now")).OnClick(reload)),
			app.Button().Class("quiet").Type("button").ID("language").Disabled(app.IsServer). // until the program runs

														Title(T("shell.language.to")).Text(T("shell.language")).OnClick(b.onLanguage),
			app.Button().Class("quiet icon").Type("button").ID("theme").Disabled(app.IsServer).
				Title(T(themeKey(b.Theme))).Aria("label", T(themeKey(b.Theme))).
				Body(app.Raw(themeIcon(b.Theme))).OnClick(b.onTheme),
		),
	)
}

func reload(ctx app.Context, e app.Event) { ctx.Reload() }

func (b *bar) onLanguage(ctx app.Context, e app.Event) {
	to := words.Chinese
	if b.Lang == words.Chinese {
		to = words.English
	}
	shared.SetLanguage(to)
}

func (b *bar) onTheme(ctx app.Context, e app.Event) { shared.SetTheme(state.NextTheme(b.Theme)) }

func themeKey(t state.Theme) string {
	switch t {
	case state.Light:
		return "shell.theme.light"
	case state.Dark:
		return "shell.theme.dark"
	}
	return "shell.theme.auto"
}

func themeIcon(t state.Theme) string {
	switch t {
	case state.Light:
		return view.IconSun
	case state.Dark:
		return view.IconMoon
	}
	return view.IconAuto
}

// watching is embedded by pages: it renders them again when the store changes.
type watching struct{ stop func() }

func (w *watching) watch(ctx app.Context) {
	w.stop = shared.Watch(func() { ctx.Dispatch(func(app.Context) {}) })
}

func (w *watching) unwatch() {
	if w.stop != nil {
		w.stop()
	}
}
