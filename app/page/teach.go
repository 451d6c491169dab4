package page

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Teach is where people make a model of their own classes.
type Teach struct{ app.Compo }

func (t *Teach) Render() app.UI {
	return Shell("/teach", app.H1().Text(T("nav.teach")))
}
