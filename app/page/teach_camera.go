package page

import (
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/view"
	"wafer/app/words"
)

// recordBox records bursts of pictures into a class while its button is held. The pictures of one burst are one
// group: no measurement may put some of them on either side.
type recordBox struct {
	app.Compo
	*Pages

	Class, Title string
	Lang         words.Lang
	Close        func()

	lens   lens
	burst  string // the group that is being recorded, "" between bursts
	bursts int
	shots  int // of this burst
}

const (
	shotPace  = 6   // pictures a second: faster ones hardly differ
	mostShots = 300 // of one burst
)

// videoID and boxID have the class in them: several cards may have their camera open.
func (b *recordBox) videoID() string { return "camera-" + b.Class }
func (b *recordBox) boxID() string   { return "camera-box-" + b.Class }

// OnMount opens the camera once the <video> is in the document and brings it into view, above the buttons of a phone.
func (b *recordBox) OnMount(ctx app.Context) {
	ctx.Defer(func(ctx app.Context) {
		b.lens.open(ctx, b.videoID())
		browser.Reveal(b.boxID())
	})
}

// OnDismount ends a burst that is being recorded and gives the camera back.
func (b *recordBox) OnDismount() {
	b.burst = ""
	b.lens.close()
}

// Render has one button, which records while it is held: by a pointer, by Space or Enter, or by a click for one
// picture.
func (b *recordBox) Render() app.UI {
	said := T("camera.hold.hint")
	if b.shots > 0 {
		said = T("camera.recording", b.shots)
	}
	hold := view.Button("button main hold").ID("record-"+b.Class).Disabled(b.lens.camera == nil).
		Title(T("camera.hold.class", b.Title)).Text(T("camera.hold")).
		On("pointerdown", b.onPress).On("pointerup", b.onRelease).On("pointercancel", b.onRelease).
		On("contextmenu", func(_ app.Context, e app.Event) { e.PreventDefault() }). // of a long press
		OnKeyDown(b.onKey).OnKeyUp(b.onRelease).OnBlur(b.onRelease).OnClick(b.onClick)
	if b.burst != "" {
		hold = hold.Class("recording")
	}
	return app.Div().ID(b.boxID()).Class("camera-box").Body(
		b.lens.picture(b.videoID(), func(ctx app.Context, _ app.Event) { b.lens.open(ctx, b.videoID()) }),
		view.Div("camera-foot", hold, b.lens.foot(
			func(ctx app.Context, _ app.Event) { b.lens.flip(ctx, b.videoID()) },
			func(app.Context, app.Event) { b.Close() })),
		app.P().Class("hint").Role("status").Text(said),
	)
}

// onPress begins a burst.
func (b *recordBox) onPress(ctx app.Context, e app.Event) {
	ctx.JSSrc().Call("setPointerCapture", e.Get("pointerId")) // a finger that slides off still holds
	b.record(ctx)
}

// onKey records while Space or Enter is held; the key repeats itself meanwhile.
func (b *recordBox) onKey(ctx app.Context, e app.Event) {
	if key := e.Get("key").String(); key == " " || key == "Enter" {
		e.PreventDefault()
		b.record(ctx)
	}
}

// onRelease ends the burst; the picture that is being taken still counts.
func (b *recordBox) onRelease(app.Context, app.Event) { b.burst = "" }

// onClick is for programs that click without a pointer or a key: it takes one picture.
func (b *recordBox) onClick(ctx app.Context, e app.Event) {
	if e.Get("detail").Int() == 0 && b.burst == "" {
		b.record(ctx)
		b.burst = ""
	}
}

// record takes pictures until the button is let go, the first at once.
func (b *recordBox) record(ctx app.Context) {
	if b.burst != "" || b.lens.camera == nil {
		return
	}
	b.bursts++
	burst := strconv.FormatInt(time.Now().UnixMilli(), 36) + "-" + strconv.Itoa(b.bursts)
	b.burst, b.shots = burst, 0
	camera, class := b.lens.camera, b.Class
	ctx.Async(func() {
		taken := 0
		for first := true; first || b.burst == burst && taken < mostShots; first = false {
			next := time.Now().Add(time.Second / shotPace)
			f, ok := camera.Take(burst + "-" + strconv.Itoa(taken+1) + ".jpg")
			if !ok || !b.teaching.AddShot(class, burst, f) {
				break
			}
			taken++
			ctx.Dispatch(func(app.Context) { b.shots = taken })
			time.Sleep(time.Until(next))
		}
		ctx.Dispatch(func(app.Context) {
			if b.shots = 0; b.burst == burst {
				b.burst = ""
			}
		})
		b.teaching.TellAdded(class, taken)
	})
}
