package page

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// inspectBox shows what is inside a model: its layers in their order with what each makes of its inputs, connections
// that pass over others as lanes beside them, and their weights.
type inspectBox struct {
	app.Compo
	*Pages
	watching
	Model task.Model
	Lang  words.Lang
}

// OnMount follows the state, where the outline comes from the worker.
func (b *inspectBox) OnMount(ctx app.Context) { b.watch(ctx, b.shared) }
func (b *inspectBox) OnDismount()             { b.unwatch() }

// maxShown is how many layers are drawn.
const maxShown = 600

// Render is a button until somebody looks inside: a large model has hundreds of layers.
func (b *inspectBox) Render() app.UI {
	found := b.shared.Get().Inspected[b.Model.ID]
	o := found.Outline
	open := len(o.Nodes) > 0
	return view.Div("inspect",
		app.If(!open, view.Button("quiet").Disabled(found.Busy).Text(T("inspect.open")).
			Aria("label", T("inspect.open.label", words.Title(b.Model))).
			OnClick(func(app.Context, app.Event) { b.shared.Inspect(b.Model) }, b.Model.ID)),
		app.If(open, view.Button("quiet").Text(T("inspect.close")).
			Aria("label", T("inspect.close.label", words.Title(b.Model))).
			OnClick(func(app.Context, app.Event) { b.shared.CloseInspect(b.Model) }, b.Model.ID)),
		app.If(found.Error != "", view.Notice(view.Bad, found.Error, nil)),
		app.If(open, view.Box(
			view.P("hint", T("inspect.totals", len(o.Nodes), words.Count(o.Params()), flopsOf(totalFLOPs(o)))),
			app.If(len(o.Nodes) > maxShown, view.P("hint", T("inspect.cut", maxShown))),
			b.graph(o, found),
		)),
	)
}

// totalFLOPs are the operations for one sample, of the layers where they are known.
func totalFLOPs(o task.Outline) (n int64) {
	for _, node := range o.Nodes {
		n += node.FLOPs
	}
	return n
}

// flopsOf writes a number of operations: "3.6 G".
func flopsOf(n int64) string {
	v, unit := float64(n), 0
	for v >= 1000 && unit < 3 {
		v, unit = v/1000, unit+1
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") + []string{"", " k", " M", " G"}[unit]
}

// graph finds for each layer which layers before it feed it, −1 for an input of the model, and the weights that its
// name owns. Shares are of all operations, at least one.
func (b *inspectBox) graph(o task.Outline, found state.Inspected) app.UI {
	nodes := o.Nodes[:min(len(o.Nodes), maxShown)]
	at, weights := map[string]int{}, map[string][]task.Value{}
	inputs := make([][]int, len(nodes))
	for i, n := range nodes {
		for _, in := range n.Inputs {
			from, ok := at[in]
			if !ok {
				from = -1
			}
			inputs[i] = append(inputs[i], from)
		}
		at[n.Name] = i
	}
	for _, w := range o.Weights {
		layer, _, _ := strings.Cut(w.Name, "/")
		weights[layer] = append(weights[layer], w)
	}
	lanes, all := view.Lanes(inputs), max(totalFLOPs(o), 1)
	return app.Ol().Class("graph").Aria("label", T("inspect.layers")).Body(app.Range(nodes).Slice(func(i int) app.UI {
		return app.Li().Body(view.LaneCells(lanes[i]), b.node(nodes[i], weights[nodes[i].Name], found, all))
	}))
}

// node is one layer: what it is and gives, opened its settings and weights.
func (b *inspectBox) node(n task.Node, weights []task.Value, found state.Inspected, all int64) app.UI {
	params := task.Outline{Weights: weights}.Params()
	facts := [][2]string{{T("inspect.from"), strings.Join(n.Inputs, ", ")}}
	for _, a := range n.Attrs {
		facts = append(facts, [2]string{a.Name, a.Value})
	}
	share := ""
	if n.FLOPs > 0 {
		share = T("inspect.share", flopsOf(n.FLOPs), words.Rounded(float64(n.FLOPs)/float64(all)))
	}
	numbers := ""
	if params > 0 {
		numbers = T("inspect.numbers", words.Count(params))
	}
	return app.Details().Body(
		app.Summary().Body(app.Strong().Text(n.Op), app.Span().Text(n.Name), app.Span().Text(shapeOf(n.Shape)),
			app.Span().Text(numbers), app.Span().Text(share)),
		list(facts...),
		app.Range(weights).Slice(func(i int) app.UI { return b.weight(weights[i], found.Spreads) }),
	)
}

// shapeOf writes a shape, a dash for any length: "– × 28 × 28 × 8".
func shapeOf(shape []int) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		if parts[i] = strconv.Itoa(d); d < 0 {
			parts[i] = "–"
		}
	}
	return strings.Join(parts, " × ")
}

// weight is a weight with the button that looks at its numbers, or what was found of them.
func (b *inspectBox) weight(w task.Value, spreads map[string]task.Spread) app.UI {
	s, seen := spreads[w.Name]
	line := app.P().Text(w.Name + "  " + shapeOf(w.Shape) + "  " + w.DType)
	if !seen {
		return view.Div("weight", line, view.Button("button small").
			Text(T("inspect.weigh")).Aria("label", T("inspect.weigh.label", w.Name)).
			OnClick(func(app.Context, app.Event) { b.shared.Weigh(b.Model, w.Name) }, b.Model.ID, w.Name))
	}
	said := T("inspect.spread", number(float64(s.Min)), number(float64(s.Max)), number(s.Mean), number(s.Deviation))
	return view.Div("weight", line, app.Raw(view.Histogram(s.Bins, said)), app.P().Text(said))
}

// number writes four digits, as many as tell weights apart.
func number(v float64) string { return fmt.Sprintf("%.4g", v) }
