package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/view"
	"wafer/app/words"
)

// drawBox is a pad on which examples of a class are drawn, one after the other.
type drawBox struct {
	app.Compo
	*Pages

	Class, Title string
	Lang         words.Lang
	Close        func()

	pad   *browser.Pad
	drawn bool // there is something on the pad
}

func (d *drawBox) canvasID() string { return "pad-" + d.Class }

// OnMount takes over the canvas.
func (d *drawBox) OnMount(ctx app.Context) {
	ctx.Defer(func(ctx app.Context) {
		d.pad = browser.NewPad(d.canvasID(), func() {
			ctx.Dispatch(func(app.Context) { d.drawn = !d.pad.Empty() })
		})
	})
}

// OnDismount lets go of the canvas.
func (d *drawBox) OnDismount() { d.pad.Close() }

// Render leaves the canvas alone: what is on it is the browser's. The buttons are off while the pad is empty.
func (d *drawBox) Render() app.UI {
	return view.Div("pad draw-box",
		app.Canvas().ID(d.canvasID()).Role("img").Aria("label", T("teach.draw.pad")),
		view.Div("pad-foot",
			view.Button("button small main").ID("add-"+d.canvasID()).Disabled(!d.drawn).
				Text(T("teach.draw.add")).OnClick(d.onAdd),
			view.Button("quiet").Disabled(!d.drawn).Title(T("teach.draw.undo")).
				Aria("label", T("teach.draw.undo")).Body(app.Raw(view.IconUndo)).OnClick(d.onUndo),
			view.Button("quiet").Disabled(!d.drawn).Text(T("teach.draw.clear")).
				OnClick(d.onClear),
			view.Act("quiet", "", T("teach.draw.done"), d.onDone),
		),
	)
}

// onAdd makes a sample of what is on the pad, which is then empty for the next.
func (d *drawBox) onAdd(app.Context, app.Event)   { d.teaching.AddDrawing(d.Class, d.pad) }
func (d *drawBox) onUndo(app.Context, app.Event)  { d.pad.Undo() }
func (d *drawBox) onClear(app.Context, app.Event) { d.pad.Clear() }
func (d *drawBox) onDone(app.Context, app.Event)  { d.Close() }
