package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/teach"
	"wafer/app/view"
)

// whole is about the project as a whole: how safe it is here, how to take it along, and who else has it open.
func (t *Teach) whole(s teach.State) app.UI {
	empty := untouched(&s.Project)
	return view.Div("whole",
		view.Box(app.If(s.Shared, app.P().Class("hint").ID("teach-shared").Role("status").Text(T("bundle.shared")))),
		safety(t.shared.Get(), !empty),
		view.Div("card-tools",
			view.Button("button small").ID("project-download").Disabled(empty).
				Title(T("bundle.download.hint")).Text(T("bundle.download")).OnClick(t.onDownload),
			chooser{Pages: t.Pages, ID: "project-open", Label: T("bundle.open"), Title: T("bundle.open.hint"),
				Accept: ".zip,application/zip", Small: true}.with(func(files []browser.File) {
				t.teaching.AddFiles("", files)
			},
				"project"),
		),
	)
}

// onDownload saves all samples and settings as one ZIP file.
func (t *Teach) onDownload(app.Context, app.Event) { t.teaching.DownloadProject() }
