package page

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// rowsAtOnce bounds the table: more rows come when asked for.
const rowsAtOnce = 100

// results is the table of many inputs. It is a component of its own so that a
// long table is compared with itself only.
type results struct {
	app.Compo
	*Pages

	Batch state.Batch
	Model task.Model
	Lang  words.Lang
	more  int  // how often more rows were asked for
	wrong bool // only items with another answer than the right one are shown
}

// Render shows nothing for one input that came without a table. The region that scrolls can be reached by Tab, since
// the keyboard could not scroll it otherwise.
func (t *results) Render() app.UI {
	b := t.Batch
	if len(b.Items) < 2 && b.Table == nil {
		return app.Div()
	}
	items := t.items()
	shown := min(len(items), rowsAtOnce*(t.more+1))
	return app.Section().Class("panel results").Aria("label", T("batch.title", len(b.Items))).Body(
		t.head(),
		app.If(b.Table != nil, &tableChoice{Pages: t.Pages, Batch: b, Model: t.Model, Wrong: t.wrong,
			OnWrong: t.onWrong, Lang: t.Lang}),
		app.Div().Class("scroll").TabIndex(0).Role("region").Aria("label", T("batch.title", len(b.Items))).Body(
			app.Table().Body(
				app.THead().Body(t.columns()),
				app.TBody().Body(app.Range(items[:shown]).Slice(func(i int) app.UI { return t.row(items[i]) })),
			)),
		app.If(shown < len(items), view.Div("results-more",
			view.Button("button small").
				Text(T("batch.more", min(rowsAtOnce, len(items)-shown))).
				OnClick(func(app.Context, app.Event) { t.more++ }))),
	)
}

// items are those that are shown.
func (t *results) items() []state.Item {
	if !t.wrong {
		return t.Batch.Items
	}
	return slices.DeleteFunc(slices.Clone(t.Batch.Items), func(it state.Item) bool { return !it.Wrong(t.Model) })
}

// onWrong begins the list anew: of a shorter one the further rows were never asked for.
func (t *results) onWrong(ctx app.Context, _ app.Event) {
	t.wrong, t.more = ctx.JSSrc().Get("checked").Bool(), 0
}

// head has the count, how far it is, and what can be done with all: stop, go on, save, clear.
func (t *results) head() app.UI {
	b := t.Batch
	done, all := b.Done(), len(b.Items)
	title := T("batch.title", all)
	if done < all {
		title = T("batch.title.running", done, all)
	}
	return view.Box(
		view.Div("results-head",
			app.H2().Text(title),
			app.If(b.Running, button("button", "batch.stop", func() { t.shared.Stop(t.Model.Kind) })),
			app.If(!b.Running && done < all, button("button", "batch.resume",
				func() { t.shared.Resume(t.Model.Kind) })),
			button("button", "batch.csv", t.download),
			button("quiet", "batch.clear", func() { t.shared.Clear(t.Model.Kind) }),
		),
		app.If(b.Running, app.Progress().Max(all).Value(done).Aria("label", title)),
	)
}

// button is a button with the text of a key. The key is its scope: go-app keeps a handler while its scope stays the
// same.
func button(class, key string, do func()) app.UI {
	return app.Button().Class(class).Type("button").Text(T(key)).
		OnClick(func(app.Context, app.Event) { do() }, key)
}

// download offers the table of answers; see state.Batch.CSV for what stands in it.
func (t *results) download() {
	browser.Download("wafer-"+t.Model.ID+".csv", "text/csv;charset=utf-8", []byte(t.Batch.CSV()))
}

// columns are the heads: the picture, the input, further columns of a table, label, probability, time.
func (t *results) columns() app.UI {
	head := func(class, key string) app.UI { return app.Th().Scope("col").Class(class).Text(T(key)) }
	return app.Tr().Body(
		app.If(t.Model.Kind == task.Image, head("", "batch.picture")),
		head("", "batch.input"), app.Range(t.others()).Slice(func(i int) app.UI {
			return app.Th().Scope("col").Text(t.Batch.Table.Name(t.others()[i]))
		}), head("", "batch.label"), head("right", "batch.probability"), head("right", "batch.time"),
	)
}

// mostOthers is how many columns of a table are shown beside the text; the file has all.
const mostOthers = 5

// others are the columns of a table beside that of the texts.
func (t *results) others() (list []int) {
	if t.Batch.Table == nil {
		return nil
	}
	for i := 0; i < t.Batch.Table.Width && len(list) < mostOthers; i++ {
		if i != t.Batch.Table.Columns.Text {
			list = append(list, i)
		}
	}
	return list
}

// row shows one input by how far it is: waiting, failed with its reason, or answered. Pictures are decoded when they
// come into view. Long texts are cut by the style sheet and whole as the cell's title.
func (t *results) row(it state.Item) app.UI {
	name := it.Name
	if t.Model.Kind == task.Text {
		name = it.Text
	}
	picture := app.If(t.Model.Kind == task.Image, app.Td().Class("picture").Body(
		app.Img().Src(it.Image).Alt("").Attr("loading", "lazy").Attr("decoding", "async").Width(40).Height(40)))
	input := app.Range(append([]int{-1}, t.others()...)).Slice(func(i int) app.UI {
		if i == 0 {
			return app.Td().Class("name").Title(name).Text(name)
		}
		text := ""
		if k := t.others()[i-1]; k < len(it.Cells) {
			text = it.Cells[k]
		}
		return app.Td().Class("name").Title(text).Text(text)
	})
	r := it.Result
	switch {
	case it.Step == state.Answered && (r.Error != "" || len(r.Scores) == 0):
		return app.Tr().Body(picture, input, app.Td().Class("error").ColSpan(3).Text(r.Error))
	case it.Step != state.Answered:
		return app.Tr().Body(picture, input, app.Td().Class("faint").ColSpan(3).Text(T(t.waiting(it))))
	}
	label := words.ScoreLabel(t.Model, r.Scores[0])
	if r.Rejected {
		label = T(none(r))
	}
	return app.Tr().Body(picture, input,
		app.Td().Class("answered").ColSpan(1).Body(view.Span("label", label)),
		app.Td().Class("right number").Text(words.Percent(float64(r.Scores[0].Probability))),
		app.Td().Class("right number faint").Text(words.Millis(r.Millis)),
	)
}

// waiting says why a row has no answer yet: it is being looked at, or waits for its turn.
func (t *results) waiting(it state.Item) string {
	switch {
	case !t.Batch.Running:
		return "batch.stopped"
	case it.Step == state.Working:
		return "batch.working"
	}
	return "batch.waiting"
}
