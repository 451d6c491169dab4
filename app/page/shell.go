// Package page has one file per page. A page composes views, shows what the
// state says and calls the state's actions; it keeps nothing of its own but what
// concerns the screen alone.
package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/jobs"
	"wafer/app/state"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
)

// Pages is what all pages show and change. Components carry it along.
type Pages struct {
	shared   *state.Store
	teaching *teach.Teaching
	jobs     *jobs.Jobs

	openTools string // ID of the class whose tools are open on Teach, "" for none
}

// New returns the pages of a store.
func New(s *state.Store) *Pages { return &Pages{shared: s, teaching: teach.New(s), jobs: jobs.New(s)} }

// Route puts every page at its address.
func (g *Pages) Route() {
	app.RouteFunc("/", func() app.Composer { return &Classify{Pages: g} })
	app.RouteFunc("/teach", func() app.Composer { return &Teach{Pages: g} })
	app.RouteFunc("/models", func() app.Composer { return &Models{Pages: g} })
	app.RouteFunc("/jobs", func() app.Composer { return &Jobs{Pages: g} })
}

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
func (g *Pages) Shell(here string, body ...app.UI) app.UI {
	return view.Div("shell",
		app.A().Class("skip").Href("#"+mainID).Text(T("nav.skip")).OnClick(skip),
		&bar{Pages: g, Here: here, Lang: words.Language(), Theme: g.shared.Get().Theme, Jobs: g.shared.Get().
			Server.Jobs || here == "/jobs"},
		app.Main().ID(mainID).Class("content").TabIndex(-1).Body(append([]app.UI{tooOld()}, body...)...),
		g.foot(),
		app.Div().Class("drop-overlay").Aria("hidden", "true").Body(view.Text(T("shell.drop.overlay"))),
	)
}

// tooOld says that nothing will be computed here, where that is so.
func tooOld() app.UI {
	return app.If(browser.TooOld(), view.Notice(view.Bad, T("shell.old"), nil))
}

// skip moves the focus into the content and leaves the address as it is.
func skip(ctx app.Context, e app.Event) {
	e.PreventDefault()
	browser.Focus(mainID)
}

// safety says how long the browser keeps what was added, once something was.
func safety(st state.State, any bool) app.UI {
	return view.Box(app.If(any && st.Safe != state.SafetyUnknown, app.P().Class("hint").
		Text(T("kept."+string(st.Safe)))))
}

func (g *Pages) foot() app.UI {
	private := "shell.private"
	if g.shared.Get().Server.Jobs {
		private = "shell.private.jobs"
	}
	return app.Footer().Class("foot").Body(
		app.P().Body(app.Raw(view.IconShield), view.Text(T(private))),
		app.If(!browser.Isolated(), app.P().Text(T("shell.onethread"))),
	)
}

// bar is the destination bar: on top of a screen, at the bottom of a phone. Its
// fields are exported so that it is rendered anew when they change.
type bar struct {
	app.Compo
	*Pages

	Here    string
	Lang    words.Lang
	Theme   state.Theme
	Jobs    bool // the server takes them
	update  bool
	install bool // the browser offers to
}

// OnMount asks what the browser may have offered before.
func (b *bar) OnMount(ctx app.Context)            { b.install = ctx.IsAppInstallable() }
func (b *bar) OnAppUpdate(ctx app.Context)        { b.update = ctx.AppUpdateAvailable() }
func (b *bar) OnAppInstallChange(ctx app.Context) { b.install = ctx.IsAppInstallable() }

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
				a := app.A().Class("destination").Href(d.path).Body(app.Raw(d.icon), view.Text(T(d.key)))
				if d.path == b.Here {
					a = a.Aria("current", "page")
				}
				return a
			})),
		view.Div("switches",
			app.If(b.update, view.Button("button small").
				Title(T("shell.update")).Text(T("shell.update.now")).OnClick(reload)),
			app.If(b.install, view.Button("quiet").ID("install").Title(T("shell.install.hint")).
				Text(T("shell.install")).OnClick(install)),
			view.Button("quiet").ID("language").Disabled(app.IsServer). // until the program runs

											Title(T("shell.language.to")).Text(T("shell.language")).
											OnClick(b.onLanguage),
			view.Button("quiet icon").ID("theme").Disabled(app.IsServer).
				Title(T(themeKey(b.Theme))).Aria("label", T(themeKey(b.Theme))).
				Body(app.Raw(themeIcon(b.Theme))).OnClick(b.onTheme),
		),
	)
}

func install(ctx app.Context, _ app.Event) { ctx.ShowAppInstallPrompt() }

func reload(ctx app.Context, e app.Event) { ctx.Reload() }

func (b *bar) onLanguage(ctx app.Context, e app.Event) {
	to := words.Chinese
	if b.Lang == words.Chinese {
		to = words.English
	}
	b.shared.SetLanguage(to)
}

func (b *bar) onTheme(ctx app.Context, e app.Event) { b.shared.SetTheme(state.NextTheme(b.Theme)) }

// themeKey names what the page has now; the button goes on to the next.
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

// watching is embedded by what is rendered again when the store changes.
type watching struct{ stop func() }

func (w *watching) watch(ctx app.Context, s *state.Store) {
	w.stop = s.Watch(func() { ctx.Dispatch(func(app.Context) {}) })
}

func (w *watching) unwatch() {
	if w.stop != nil {
		w.stop()
	}
}
