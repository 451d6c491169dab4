package page

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// shows writes a value into the field with this ID. Pages never render the value of
// a text field: rendering comes a moment later than the key that was pressed, or in
// the middle of what an input method composes, and would take the next letters away.
// So the value is written when the field appears, when Rev changes, and else only
// while nobody is typing there.
type shows struct {
	app.Compo
	ID, Value string
	Rev       int // counts what the page itself put into the field, such as a sample that was clicked

	id  string
	rev int
}

// OnMount fills a field that has just appeared.
func (s *shows) OnMount(app.Context) { s.write(true) }

// OnUpdate writes what changed elsewhere. Elements are matched by their place: under
// another ID the field is another one.
func (s *shows) OnUpdate(app.Context) { s.write(s.id != s.ID || s.rev != s.Rev) }

func (s *shows) write(force bool) {
	showValue(s.ID, s.Value, force)
	s.id, s.rev = s.ID, s.Rev
}

// Render shows nothing.
func (s *shows) Render() app.UI { return app.Span().Hidden(true) }

// setValue empties or fills a field, even while somebody types there.
func setValue(id, value string) { showValue(id, value, true) }

// showValue writes a value into a field unless somebody is typing into it; force
// writes it even then.
func showValue(id, value string, force bool) {
	if app.IsServer {
		return
	}
	e := app.Window().GetElementByID(id)
	if !e.Truthy() || e.Get("value").String() == value {
		return
	}
	if force || app.Window().Get("document").Get("activeElement").Get("id").String() != id {
		e.Set("value", value)
	}
}
