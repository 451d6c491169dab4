package page

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Models lists what can be used: shipped models and those taught here.
type Models struct {
	app.Compo
	watching
}

func (m *Models) OnMount(ctx app.Context) { m.watch(ctx) }
func (m *Models) OnDismount()             { m.unwatch() }

func (m *Models) Render() app.UI {
	return Shell("/models", app.H1().Text(T("nav.models")))
}
