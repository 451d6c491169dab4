package page

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/view"
)

// lens is a camera that a component shows in a <video>, with what stands in its way.
// A browser allows a camera on secure pages only, asks its user first, and may take it away at any time.
type lens struct {
	camera  *browser.Camera
	facing  browser.Facing
	trouble string // the key of a sentence, "" while there is none
	several bool   // the device has more than one camera
	mirror  bool   // it looks at the person, who expects a mirror
	opening int    // the newest call of open; what an older one gets is given back
}

// open asks for a camera and shows it in the <video> with this id.
func (l *lens) open(ctx app.Context, id string) {
	l.close()
	l.trouble = ""
	if l.facing == "" {
		l.facing = browser.Back
	}
	asked := l.opening
	ctx.Async(func() {
		camera, trouble := browser.OpenCamera(id, l.facing)
		several := browser.Cameras() > 1
		ctx.Dispatch(func(app.Context) {
			if asked != l.opening {
				camera.Close()
				return
			}
			if l.camera, l.several = camera, several; trouble != "" {
				l.trouble = "camera." + string(trouble)
				return
			}
			l.mirror = !camera.LooksAway()
		})
	})
}

// close gives the camera back, so that its light goes out. What open still waits for is given back when it comes.
func (l *lens) close() {
	l.opening++
	l.camera.Close()
	l.camera = nil
}

// flip opens the camera that looks the other way.
func (l *lens) flip(ctx app.Context, id string) {
	if l.mirror {
		l.facing = browser.Back
	} else {
		l.facing = browser.Front
	}
	l.open(ctx, id)
}

// picture is the <video>, or why there is none. The <video> is always there: OpenCamera needs it.
func (l *lens) picture(id string, again app.EventHandler) app.UI {
	video := app.Video().ID(id).Class("camera").Attr("playsinline", "").Muted(true).
		Aria("label", T("camera.view")).Hidden(l.trouble != "")
	if l.mirror {
		video = video.Class("mirror")
	}
	return view.Div("camera-view", video,
		view.Box(
			app.If(l.trouble != "", view.Notice(view.Bad, T(l.trouble),
				view.Act("button small", "", T("camera.again"), again))),
			app.If(l.trouble == "" && l.camera == nil, app.P().Class("hint").Role("status").Text(T("camera.asking"))),
		))
}

// foot has the buttons after the one that takes pictures.
func (l *lens) foot(flip, close app.EventHandler) app.UI {
	return view.Div("camera-more",
		view.Button("quiet").Hidden(!l.several).Text(T("camera.flip")).OnClick(flip),
		view.Act("quiet", "", T("camera.close"), close),
	)
}

// every calls do on the page's goroutine up to n times a second until the lens is closed or opened anew.
func (l *lens) every(ctx app.Context, n int, do func(*browser.Camera)) {
	asked := l.opening
	ctx.Async(func() {
		for asked == l.opening {
			time.Sleep(time.Second / time.Duration(n))
			ctx.Dispatch(func(app.Context) {
				switch {
				case asked != l.opening || l.camera == nil:
				case l.camera.Ended():
					l.close()
					l.trouble = "camera.ended"
				default:
					do(l.camera)
				}
			})
		}
	})
}
