package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// exportBox makes files of a model that work without Wafer.
type exportBox struct {
	app.Compo
	*Pages
	watching
	Model   task.Model
	Lang    words.Lang
	weights string
}

// OnMount follows the state: an export takes seconds and says how it went.
func (b *exportBox) OnMount(ctx app.Context) { b.watch(ctx, b.shared) }
func (b *exportBox) OnDismount()             { b.unwatch() }

// exportWeights are the choices, with the keys of their names.
var exportWeights = []struct{ value, key string }{{"", "export.exact"}, {"float16", "export.float16"},
	{"int8", "export.int8"}}

// exportFormats are those of other tools, in the order of their buttons.
var exportFormats = []string{"onnx", "tfjs", "keras", "h5", "tflite", "pytorch"}

// Render is a fold, since few need it: how weights are stored, then a button per kind of file. While one is made all
// wait, as the worker makes one after the other.
func (b *exportBox) Render() app.UI {
	now, id := b.shared.Get().Export[b.Model.ID], "export-"+b.Model.ID
	return app.Details().Class("export").Body(
		app.Summary().Text(T("export.open")),
		app.P().Text(T("export.lead")),
		view.Div("export-weights",
			app.Label().For(id).Text(T("export.weights")),
			app.Select().Class("field").ID(id).OnChange(b.onWeights).
				Body(app.Range(exportWeights).Slice(func(i int) app.UI {
					w := exportWeights[i]
					return app.Option().Value(w.value).Selected(w.value == b.weights).Text(T(w.key))
				})),
		),
		view.Div("export-files",
			b.file("export.page", true, now.Busy),
			b.file("export.module", false, now.Busy),
			app.Range(exportFormats).Slice(func(i int) app.UI { return b.as(exportFormats[i], now.Busy) }),
		),
		app.If(now.Say != "", view.Notice(tone(now.Failed), now.Say, nil)),
	)
}

// file is the button for one kind of file. The scope of its handler has the model, since cards are matched by their
// place.
func (b *exportBox) file(key string, page, busy bool) app.UI {
	return view.Button("button small").Disabled(busy).
		Aria("label", T(key+".label", words.Title(b.Model))).Text(T(key)).
		OnClick(func(app.Context, app.Event) { b.shared.Export(b.Model, page, b.weights) }, key, b.Model.ID)
}

// as is the button for a file of another tool.
func (b *exportBox) as(format string, busy bool) app.UI {
	key := "export." + format
	return view.Button("button small").Disabled(busy).
		Aria("label", T(key+".label", words.Title(b.Model))).Text(T(key)).
		OnClick(func(app.Context, app.Event) { b.shared.ExportAs(b.Model, format, b.weights) }, key, b.Model.ID)
}

// onWeights counts for the next export; nothing is made before a button is clicked.
func (b *exportBox) onWeights(ctx app.Context, _ app.Event) {
	b.weights = ctx.JSSrc().Get("value").String()
}

// tone is how a notice looks and is announced.
func tone(failed bool) view.Tone {
	if failed {
		return view.Bad
	}
	return view.Plain
}
