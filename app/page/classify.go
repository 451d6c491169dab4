package page

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Classify is where pictures and sentences are answered.
type Classify struct {
	app.Compo
	watching
}

func (c *Classify) OnMount(ctx app.Context) { c.watch(ctx) }
func (c *Classify) OnDismount()             { c.unwatch() }

func (c *Classify) Render() app.UI {
	return Shell("/", app.H1().Text(T("nav.classify")))
}
