package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/view"
	"wafer/app/words"
)

// liveBox is the camera of the Classify page: what it sees is answered a few times a second; the shutter keeps one
// picture as if it had been dropped.
type liveBox struct {
	app.Compo
	*Pages

	Lang  words.Lang
	Close func()

	lens  lens
	taken int
}

const (
	liveID    = "camera"
	livePaces = 4 // answers a second at most: more cannot be read
)

// OnMount waits until the <video> is in the document, which OpenCamera looks for by its ID.
func (b *liveBox) OnMount(ctx app.Context) { ctx.Defer(b.open) }

// OnDismount gives the camera back, also when another page is visited.
func (b *liveBox) OnDismount() { b.lens.close() }

// open asks for the camera and begins to look, once more after a refusal.
func (b *liveBox) open(ctx app.Context) {
	b.lens.open(ctx, liveID)
	b.watch(ctx)
}

// watch hands pictures to the state, which leaves out those that come while one is being answered.
func (b *liveBox) watch(ctx app.Context) {
	b.lens.every(ctx, livePaces, func(c *browser.Camera) {
		if pixels, width, height := c.Pixels(); pixels != nil {
			b.shared.See(pixels, width, height)
		}
	})
}

// Render has the buttons below the picture, the shutter first; all can be reached by Tab.
func (b *liveBox) Render() app.UI {
	return app.Div().Class("panel", "camera-box").DataSet("drop", "classify").Body(
		b.lens.picture(liveID, b.onAgain),
		view.Div("camera-foot",
			view.Button("button main").ID("camera-take").Disabled(b.lens.camera == nil).
				Text(T("camera.take")).OnClick(b.onTake),
			b.lens.foot(b.onFlip, b.onClose),
		),
		view.P("promise", T("camera.promise")),
	)
}

func (b *liveBox) onAgain(ctx app.Context, _ app.Event) { b.open(ctx) }

func (b *liveBox) onFlip(ctx app.Context, _ app.Event) {
	b.lens.flip(ctx, liveID)
	b.watch(ctx)
}

func (b *liveBox) onClose(app.Context, app.Event) { b.Close() }

// onTake takes one picture and closes the camera, so that its answer stays in view.
func (b *liveBox) onTake(ctx app.Context, _ app.Event) {
	b.taken++
	name, camera := T("camera.taken", b.taken), b.lens.camera
	ctx.Async(func() {
		f, ok := camera.Take(name)
		ctx.Dispatch(func(app.Context) {
			if ok {
				b.Close()
				go b.shared.Take(browser.Intake{Files: []browser.File{f}})
			}
		})
	})
}
