package page

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// pickerID is the hidden <input type=file>; what it takes depends on the kind.
const pickerID = "picker"

// inputs is the side where pictures or sentences come in. Only models that were trained on drawings have a pad.
func (g *Pages) inputs(st state.State, m task.Model) app.UI {
	if st.Kind == task.Text {
		return app.Section().Class("inputs").Aria("label", T("classify.write")).Body(g.writer(st, m), g.sampleTexts(m))
	}
	section := app.Section().Class("inputs").Aria("label", T("classify.image"))
	if st.Camera {
		return section.Class("with-camera").Body(
			&liveBox{Pages: g, Lang: words.Language(), Close: g.shared.CloseCamera})
	}
	if m.Drawing {
		return section.Class("with-pad").Body(g.dropZone(), &pad{Pages: g, Lang: words.Language()}, g.samplePictures(m))
	}
	return section.Body(g.dropZone(), g.samplePictures(m))
}

// dropZone is rendered before the program runs, too: static/js/boot.js keeps what is dropped there and opens the
// dialogue of what carries data-chooses.
func (g *Pages) dropZone() app.UI {
	return app.Div().Class("drop").DataSet("drop", "classify").Body(
		app.Raw(view.IconDrop),
		view.P("lead", T("classify.drop")),
		view.P("how", T("classify.drop.hint")),
		g.picker("image/*"),
		view.Div("drop-buttons",
			view.Button("button main").DataSet("chooses", pickerID).
				Text(T("classify.drop.choose")).OnClick(choose),
			view.Button("button").ID("camera-open").
				Disabled(app.IsServer).Text(T("camera.live")).OnClick(g.openCamera),
		),
		view.P("promise", T("classify.drop.promise")),
	)
}

// picker is reached by its button alone, which says what it does.
func (g *Pages) picker(accept string) app.UI {
	return app.Input().Type("file").ID(pickerID).Class("unseen").Multiple(true).Accept(accept).
		TabIndex(-1).Aria("hidden", "true").OnChange(g.picked)
}

// choose opens the browser's dialogue of files; only a handler of a click may.
func choose(app.Context, app.Event) { browser.Choose(pickerID) }

// openCamera puts the live picture in the place of the drop zone; the browser then asks for permission.
func (g *Pages) openCamera(app.Context, app.Event) { g.shared.OpenCamera() }

// picked takes the chosen files. Reading them takes as long as they are large, so it is not done where pages are drawn.
func (g *Pages) picked(app.Context, app.Event) {
	if files := browser.FilesIn(pickerID); len(files) > 0 {
		go g.shared.Take(browser.Intake{Files: files})
	}
}

// writer is the field for sentences. Its value is written by shows, never rendered.
func (g *Pages) writer(st state.State, m task.Model) app.UI {
	return app.Div().Class("panel", "writer").DataSet("drop", "classify").Body(
		app.Textarea().ID("sentence").Spellcheck(false).
			Aria("label", T("classify.write")).Placeholder(T("classify.write.hint")).OnInput(g.typed),
		&shows{ID: "sentence", Value: st.Typed, Rev: st.Put},
		view.Div("writer-foot",
			app.P().Text(T("classify.write.promise")),
			g.picker(".txt,.csv,.tsv,.xlsx,.json,.jsonl,.gz,text/plain"),
			view.Act("button small", "", T("classify.write.choose"), choose),
			app.If(st.Typed != "", view.Act("quiet", "", T("batch.clear"), g.clearText)),
		),
	)
}

// typed is called for every key; state.Store waits for a pause (state.TypingPause) before it answers.
func (g *Pages) typed(ctx app.Context, e app.Event) {
	g.shared.SetText(ctx.JSSrc().Get("value").String())
}

// clearText empties the field and keeps the keyboard there: the button that had the focus is gone.
func (g *Pages) clearText(app.Context, app.Event) {
	g.shared.Clear(task.Text)
	browser.Focus("sentence")
}

// samplePictures are the catalogue's pictures of the model, 64 by 64 CSS pixels each, one click to classify. A model of
// one's own has none.
func (g *Pages) samplePictures(m task.Model) app.UI {
	list := state.Samples(m)
	if len(list) == 0 {
		return app.Div()
	}
	return view.Div("samples",
		view.P("samples-title", T("classify.samples.image")),
		view.Div("sample-row", app.Range(list).Slice(func(i int) app.UI {
			name := T("classify.sample", i+1)
			return view.Button("sample").Aria("label", name).Title(name).
				DataSet("sample", list[i]).
				Body(app.Img().Src(state.SampleURL(list[i])).Alt("").Width(64).Height(64)).
				OnClick(func(app.Context, app.Event) { go g.shared.Sample(task.Image, list[i]) }, list[i])
		})),
	)
}

// sampleTexts are the catalogue's sentences of the model, one click to classify.
func (g *Pages) sampleTexts(m task.Model) app.UI {
	list := state.Samples(m)
	if len(list) == 0 {
		return app.Div()
	}
	return view.Div("samples",
		view.P("samples-title", T("classify.samples.text")),
		view.Div("sample-row", app.Range(list).Slice(func(i int) app.UI {
			return view.Button("sample-text").Text(list[i]).DataSet("sample", strconv.Itoa(i)).
				OnClick(func(app.Context, app.Event) { go g.shared.Sample(task.Text, list[i]) }, list[i])
		})),
	)
}

// pad is the drawing pad. The canvas belongs to browser.Pad; the page renders
// around it.
type pad struct {
	app.Compo
	*Pages

	Lang  words.Lang // renders it again in another language
	pad   *browser.Pad
	empty bool
}

const padID = "pad"

// OnMount takes the canvas over. Strokes come from events of the browser, so they are dispatched to where pages are
// rendered.
func (p *pad) OnMount(ctx app.Context) {
	p.empty = true
	p.pad = browser.NewPad(padID, func() {
		ctx.Dispatch(func(app.Context) {
			p.empty = p.pad.Empty()
			if p.empty {
				p.shared.Drawn(nil, "")
				return
			}
			p.shared.Drawn(p.pad.Pixels(), p.pad.Image())
		})
	})
}

// OnDismount takes the listeners off the canvas, which go-app removes.
func (p *pad) OnDismount() { p.pad.Close() }

// Render draws around the canvas; what is on it is the browser's and outlives a new drawing of the page. A screen
// reader is told what the canvas is for; there are the samples for whoever cannot draw.
func (p *pad) Render() app.UI {
	return app.Div().Class("panel", "pad").Body(
		app.Canvas().ID(padID).Role("img").Aria("label", T("classify.pad")),
		view.Div("pad-foot",
			app.P().Text(T("classify.pad.hint")),
			view.Box(
				view.Button("quiet").Disabled(p.empty).Text(T("classify.pad.undo")).
					OnClick(func(app.Context, app.Event) { p.pad.Undo() }),
				view.Button("quiet").Disabled(p.empty).Text(T("classify.pad.clear")).
					OnClick(func(app.Context, app.Event) { p.pad.Clear() }),
			),
		),
	)
}
